"""What a list is asked for by one parameter, as SQL has it: a bind, and the form of its value."""

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import ColumnElement, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY


@dataclass(frozen=True)
class Asked:
    """The value in bind `name`: one, or several as an array."""

    name: str
    form: Any = None
    """All that the SQL depends on of the value: for most filters, whether it is a list."""

    @classmethod
    def several(cls, name: str) -> Self:
        return cls(name, form=True)

    @property
    def is_several(self) -> bool:
        return self.form is True

    def value(self, kind: Any = None) -> ColumnElement[Any]:
        """The bind itself; `kind`: the type of one value."""
        return bindparam(self.name, type_=ARRAY(kind) if self.is_several else kind)

    def any_of(self, kind: Any) -> Any:
        """What a column equals if it has one of the values.

        One value is an equality: before PostgreSQL 17 only that lets an index give the order.
        """
        value = self.value(kind)
        return any_(value) if self.is_several else value
