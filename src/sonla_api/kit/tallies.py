"""What figures count of a table, kept by month: its records by a few of their fields.

Triggers add to `<table>_lately` what a statement changed, in its transaction, and some of them put
that together in `<table>_by_month`: so it is never older than the last commit, and writers wait for
nobody. What is dated to the day is of use by month unless a period has a part of that month alone;
the few records of such months are read themselves.

The columns are named as the filters of the list that ask for them, so that a condition of the list
can be put to a tally as it stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    Uuid,
    and_,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import DATERANGE
from sqlalchemy.sql.visitors import replacement_traverse

from sonla_api.kit.filters import period_range
from sonla_api.kit.listing import Listing
from sonla_api.kit.model import Model

RECORDS, DAYS = "records", "days"
_ENDS = ("first", "end")
_FIRST, _LAST = period_range("month"), period_range("last_month")
_PARTS = (period_range("part"), period_range("last_part"))


@dataclass(frozen=True, eq=False)
class Counts:
    """`by`: the fields told apart, under the names of the list's filters for them; `sums`: what is
    added up beside the number of records. Both may be those of the record that `part_of` names,
    or of `each`.
    """

    model: Any
    days: Any
    by: Mapping[str, Any]
    sums: Mapping[str, Any] = field(default_factory=dict)
    part_of: Any = None
    whole: Any = None
    """The model that `part_of` leads to."""
    each: Any = None
    """Rows made of a record: it counts in each of them, and in none without any."""

    def records(self, condition: Any = None) -> Any:
        """The records themselves that the actor sees, in the columns of a tally."""
        shown = {**self.by, DAYS: self.days, RECORDS: literal_column("1"), **self.sums}
        found = select(*(column.label(name) for name, column in shown.items()))
        if self.whole is not None:
            joined = self.model.__table__.join(self.whole.__table__, self.whole.id == self.part_of)
            found = found.select_from(joined).where(self.whole.is_seen())
        if self.each is not None:
            found = found.select_from(self.model.__table__.join(self.each, true()))
        found = found.where(self.model.is_seen())
        return found if condition is None else found.where(condition)

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


@dataclass(frozen=True, eq=False)
class Tally(Counts):
    """The same, kept by month."""

    def __post_init__(self) -> None:
        _ = self._by_month, self._lately  # tables are known from the start

    def kept(self, is_wanted: Callable[[Any], Any], *, is_cut: bool) -> Any:
        """The same of all records whose days are wanted, from what is kept.

        `is_cut`: for a period with parts of months, which `months` gives as parameters; of these
        months there may also be records whose days are not wanted.
        """
        parts = []
        for of in (self._by_month, self._lately):
            names = (*self.by, DAYS, RECORDS, *self.sums)
            rows = select(*(of.c[name] for name in names)).where(is_wanted(of.c.days))
            is_apart = and_(~of.c.is_whole, func.is_cut(of.c.days, _FIRST, _LAST))
            parts.append(rows.where(~is_apart) if is_cut else rows)
        if is_cut:
            near = or_(*(self.days.bool_op("&&")(part) for part in _PARTS))
            to_the_day = self.days != func.months_of(self.days)
            cut = func.is_cut(self.days, _FIRST, _LAST)
            parts.append(self.records(and_(near, to_the_day, cut)))
        return union_all(*parts)

    @cached_property
    def _by_month(self) -> Table:
        return self._table(
            "by_month",
            lambda name, c: (
                Index(f"uq_{name}", *c, unique=True, postgresql_nulls_not_distinct=True),
                Index(f"ix_{name}_days", c[-2], postgresql_using="gist"),
            ),
        )

    @cached_property
    def _lately(self) -> Table:
        return self._table("lately", lambda *_: ())

    def _table(self, kind: str, indexes: Any) -> Table:
        name = f"{self.model.__tablename__}_{kind}"
        groups = [
            *(Column(name, _kept_as(column.type)) for name, column in self.by.items()),
            Column(DAYS, DATERANGE()),
            Column("is_whole", Boolean(), nullable=False),
        ]
        sums = [Column(name, _kept_as(column.type)) for name, column in self.sums.items()]
        records = Column(RECORDS, BigInteger(), nullable=False)
        return Table(name, Model.metadata, *groups, records, *sums, *indexes(name, groups))


def months(first: date, end: date) -> dict[str, date]:
    """The months of which a period, up to the day before `end`, has a part alone, and those parts:
    the parameters of a tally that is cut; none where it has whole months.
    """
    if first.day == end.day == 1:
        return {}
    begun, last = first.replace(day=1), end.replace(day=1)
    next_month = _next_month(first) if first > begun else begun
    found = {
        "month": (begun, next_month),
        "part": (first, next_month),
        "last_month": (last, _next_month(end) if end > last else last),
        "last_part": (last, end),
    }
    return {
        f"{n}_{at}": day for n, days in found.items() for at, day in zip(_ENDS, days, strict=True)
    }


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _kept_as(kind: Any) -> Any:
    """Codes as text, as their list may grow, and sums in more digits than what they sum."""
    plain = {Uuid: Uuid(), Integer: BigInteger(), Numeric: Numeric()}
    return next((kept for of, kept in plain.items() if isinstance(kind, of)), Text())


def _name(column: Any) -> str:
    return f"{column.table.name}.{column.key}"
