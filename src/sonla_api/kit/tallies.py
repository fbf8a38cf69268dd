"""What figures count of a table: its records by a few of their fields and by the days they lie in.

The columns are named as the filters of the list that ask for them, so that a condition of the list
can be put to a tally as it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, literal_column, select
from sqlalchemy.sql.visitors import replacement_traverse

from sonla_api.kit.listing import Listing

RECORDS = "records"
DAYS = "days"


@dataclass(frozen=True, eq=False)
class Tally:
    """`by`: the fields told apart, under the names of the list's filters for them; `sums`: what is
    added up beside the number of records. Both may be those of the record that `part_of` names.
    """

    model: Any
    days: Any
    by: Mapping[str, Any]
    sums: Mapping[str, Any] = field(default_factory=dict)
    part_of: Any = None
    whole: Any = None
    """The model that `part_of` leads to."""

    def rows(self) -> Any:
        """The records themselves, in the columns of a tally."""
        shown = {**self.by, DAYS: self.days, RECORDS: literal_column("1"), **self.sums}
        found = select(*(column.label(name) for name, column in shown.items()))
        if self.whole is not None:
            joined = self.model.__table__.join(self.whole.__table__, self.whole.id == self.part_of)
            found = found.select_from(joined).where(self.whole.is_seen())
        return found.where(self.model.is_seen())

    def conditions(self, asked: Listing, rows: Any) -> list[ColumnElement[bool]]:
        """The filters in use of a list, asked of such rows."""
        named = {_name(column): rows.c[name] for name, column in self.by.items()}

        def replaced(element: Any, **_: Any) -> Any:
            return named.get(_name(element)) if isinstance(element, Column) else None

        found = []
        for name, form in asked.forms():
            of_list = asked.filters[name]
            clause = (of_list.inner or of_list).clause(name, form)
            found.append(replacement_traverse(clause, {}, replaced))
        return found


def _name(column: Any) -> str:
    return f"{column.table.name}.{column.key}"
