"""What a list accepts: a feature's `Listing` has an annotated field per filter, and its orders."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, get_origin
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, Field, field_validator, model_validator
from sqlalchemy import (
    ColumnElement,
    Date,
    Text,
    all_,
    and_,
    any_,
    bindparam,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from sonla_api.kit.context import Context
from sonla_api.kit.formats import Format
from sonla_api.kit.mentions import mentioned, names_seen, seen, target_of
from sonla_api.kit.model import constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.problems import Unauthenticated
from sonla_api.kit.text import Line, Message, few_words, refusal

_FEW = Field(max_length=100).metadata
"""So many values a filter takes: each is compared with every record."""
MESSAGES = {
    "unknown_parameter": Message(
        "unknown: {unknown}; known: {known}", "không có tham số: {unknown}; có: {known}"
    ),
    "unknown_sort": Message(
        "sort by one of {known}, with - before it to fall",
        "sắp xếp theo một trong {known}, thêm - phía trước để giảm dần",
    ),
}


@dataclass(frozen=True)
class Filter:
    """How a parameter narrows a list: from the name of its bind, and the form of its value."""

    clause: Callable[[str, Any], ColumnElement[bool]]
    column: Any
    form: Callable[[Any], Hashable] = lambda value: isinstance(value, list)
    """All that the SQL depends on of the value: for most filters, whether it is a list."""
    inner: "Filter | None" = None
    """What is asked of the record that a foreign key names."""

    @property
    def is_internal(self) -> bool:
        """About a field that strangers do not see, so they may not ask for it either."""
        return self.column.key in self.column.class_.internal


def one_of(column: Any) -> Filter:
    """For a foreign key: one of those records, if the actor may see it."""

    def clause(name: str, is_several: bool) -> ColumnElement[bool]:  # noqa: FBT001
        """One value is an equality: before PostgreSQL 17 only that lets an index give the order."""
        if target_of(column):
            wanted: Any = seen(column, name, is_several)
        elif is_several:
            wanted = any_(bindparam(name, type_=ARRAY(column.type)))
        else:
            wanted = bindparam(name, type_=column.type)
        equal: ColumnElement[bool] = column == wanted
        return equal

    return Filter(clause, column)


def contains_one_of(column: Any) -> Filter:
    """For a column that is an array of codes, such as countries."""
    texts = ARRAY(Text)

    def clause(name: str, is_several: bool) -> ColumnElement[bool]:  # noqa: FBT001
        wanted = bindparam(name, type_=texts if is_several else Text())
        several = wanted if is_several else cast(array([wanted]), texts)
        return column.bool_op("&&")(several)  # type: ignore[no-any-return]

    return Filter(clause, column)


def matches(column: Any) -> Filter:
    """Every word stands somewhere in a folded column: no diacritics, no case, đ = d."""

    def clause(name: str, _: bool) -> ColumnElement[bool]:  # noqa: FBT001  as Filter calls it
        # Queries of their own, so that PostgreSQL folds the words once and not for every row.
        words = func.like_words(bindparam(name, type_=Text()), type_=ARRAY(Text))
        longest = select(words[1]).scalar_subquery()
        every = cast(select(words).scalar_subquery(), ARRAY(Text))
        # The longest goes through the index; LIKE ALL cannot.
        found: ColumnElement[bool] = column.like(longest) & column.like(all_(every))
        return found

    return Filter(clause, column)


def at_least(column: Any) -> Filter:
    return Filter(lambda name, _: column >= bindparam(name, type_=column.type), column)


def at_most(column: Any) -> Filter:
    return Filter(lambda name, _: column <= bindparam(name, type_=column.type), column)


def overlaps(days: Any) -> Filter:
    """A period filter: the record's days and the period's have one in common."""
    return Filter(lambda name, _: days.bool_op("&&")(period_range(name)), days)


def lies_within(days: Any) -> Filter:
    """The record's whole period lies in the given one: how reports count."""
    return Filter(lambda name, _: days.bool_op("<@")(period_range(name)), days)


def not_placed(days: Any) -> Filter:
    """What `lies_within` cannot count, as it may lie there."""
    return Filter(lambda name, _: outside(days, name), days)


def falls_in(day: Any) -> Filter:
    """A period filter on a day."""
    return Filter(lambda name, _: period_range(name).bool_op("@>")(day), day)


def has(reference: Any) -> Filter:
    """Whether a foreign key names a record; one that the actor may not see is none."""
    return Filter(lambda name, _: names_seen(reference) == bindparam(name), reference)


def lacks(column: Any, gaps: Mapping[Any, ColumnElement[bool]]) -> Filter:
    """Records of which all that is asked for by its name in `gaps` is unknown.

    `column` is one of them: it tells whether a stranger may ask.
    """

    def clause(name: str, is_several: bool) -> ColumnElement[bool]:  # noqa: FBT001
        several = all_(bindparam(name, type_=ARRAY(Text)))
        asked = several if is_several else bindparam(name, type_=Text())
        return and_(*(or_(constant(gap) != asked, is_gap) for gap, is_gap in gaps.items()))

    return Filter(clause, column)


def refers(model: Any, field: str, member: str = "") -> Filter:
    """Records that name another one in their JSON `field`, under `member` where it has several."""
    return Filter(
        lambda name, several: mentioned(model, field, name, several, member), getattr(model, field)
    )


def through(reference: Any, inner: Filter) -> Filter:
    """A filter on what a foreign key names; one that the actor may not see matches nothing."""
    other = inner.column.class_

    def clause(name: str, form: Any) -> ColumnElement[bool]:
        named = select(other.id).where(other.id == reference, other.is_seen())
        return named.where(inner.clause(name, form)).correlate(reference.class_).exists()

    return Filter(clause, inner.column if inner.is_internal else reference, inner.form, inner)


def period_range(name: str) -> ColumnElement[Any]:
    """The days of a period that is bound under `name`."""
    return func.daterange(
        bindparam(f"{name}_first", type_=Date()), bindparam(f"{name}_end", type_=Date()), "[)"
    )


def outside(days: Any, name: str) -> ColumnElement[bool]:
    """In no period: without a date, or reaching beyond the one that it overlaps."""
    wanted = period_range(name)
    return or_(days.is_(None), and_(days.bool_op("&&")(wanted), ~days.bool_op("<@")(wanted)))


class Parameters(BaseModel):
    """What a reading address accepts in its query; an unknown name is told the known ones."""

    filters: ClassVar[Mapping[str, Filter]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        cls.filters = {
            name: mark
            for name, field in cls.model_fields.items()
            for mark in field.metadata
            if isinstance(mark, Filter)
        }
        for name in cls.filters:
            field = cls.model_fields[name]
            if get_origin(field.annotation) is list and _FEW[0] not in field.metadata:
                field.metadata = [*_FEW, *field.metadata]
        cls.model_rebuild(force=True)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, given: dict[str, Any]) -> dict[str, Any]:
        fields = [field.alias or name for name, field in cls.model_fields.items()]
        if unknown := given.keys() - {*fields}:
            names = {"unknown": ", ".join(sorted(unknown)), "known": ", ".join(fields)}
            raise refusal(MESSAGES, "unknown_parameter", **names)
        return given

    def given(self) -> dict[str, Any]:
        """The filters in use, each value once; a list of one is that value."""
        values: dict[str, Any] = {}
        for name in self.filters:
            value = getattr(self, name)
            if value in (None, []):
                continue
            if isinstance(value, list):
                value = [*dict.fromkeys(value)]
                value = value[0] if len(value) == 1 else value
            values[name] = value
        return values

    def forms(self) -> tuple[tuple[str, Hashable], ...]:
        """The filters in use, each with the form of its value."""
        return tuple((name, self.filters[name].form(v)) for name, v in self.given().items())

    def binds(self) -> dict[str, Any]:
        """`given` as bind values: a period is split into its two ends."""
        binds: dict[str, Any] = {}
        for name, value in self.given().items():
            if isinstance(value, PeriodFilter):
                binds[f"{name}_first"], binds[f"{name}_end"] = value.days
            else:
                binds[name] = value
        return binds

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters in use as SQL."""
        return [self.filters[name].clause(name, form) for name, form in self.forms()]

    def query(self, prefix: str = "", **more: Any) -> str:
        """The filters in use as a query string, with others beside them.

        `prefix`: of their names, where they are those of the records that others name.
        """
        pairs = {f"{prefix}{name}": getattr(self, name) for name in self.given()} | more
        said = {n: str(v).lower() if isinstance(v, bool) else v for n, v in pairs.items()}
        return urlencode({n: v for n, v in said.items() if v is not None}, doseq=True)


class Paging(Parameters):
    """Which page of a list, and whether all are counted."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: (
        Annotated[str, Field(max_length=2000, json_schema_extra={"format": "cursor"})] | None
    ) = None
    count: Literal["exact"] | None = None
    format: Format = None


class Listing(Paging):
    """The parameters of one list; `orders` maps the names to sort by to columns."""

    orders: ClassVar[Mapping[str, Any]] = {}

    sort: Annotated[str, Field(max_length=60)] = "-created_at"

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        super().__pydantic_init_subclass__()
        known = ", ".join(f"{name}, -{name}" for name in cls.orders)
        sort = cls.model_fields["sort"]
        sort.description = f"One of {known}; records without it come last."
        sort.json_schema_extra = {"pattern": f"^-?({'|'.join(cls.orders)})$"}
        cls.model_rebuild(force=True)

    @field_validator("sort")
    @classmethod
    def _sortable(cls, sort: str) -> str:
        if sort.removeprefix("-") not in cls.orders:
            raise refusal(MESSAGES, "unknown_sort", known=", ".join(cls.orders))
        return sort

    def ordered_by(self) -> Any:
        return self.orders[self.sort.removeprefix("-")]


def refuse_oracle(ctx: Context, asked: Parameters) -> None:
    """What a stranger may not see it may not filter by: the count would tell."""
    if ctx.actor.is_anonymous and any(asked.filters[name].is_internal for name in asked.given()):
        raise Unauthenticated


Q = Annotated[
    Line | None,
    AfterValidator(few_words),
    Field(description="Words to look for, at most 20; diacritics and case do not matter, đ = d."),
]
