"""How a parameter narrows a list: each filter of a `Listing` is made by one of these."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Text,
    all_,
    and_,
    any_,
    bindparam,
    cast,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from sonla_api.kit.mentions import mentioned, names_seen, seen, target_of
from sonla_api.kit.model import constant


@dataclass(frozen=True)
class Filter:
    """How a parameter narrows a list: from the name of its bind, and the form of its value."""

    clause: Callable[[str, Any], ColumnElement[bool]]
    column: Any
    form: Callable[[Any], Hashable] = lambda value: isinstance(value, list)
    """All that the SQL depends on of the value: for most filters, whether it is a list."""
    inner: "Filter | None" = None
    """What is asked of the record that a foreign key names."""
    says: str | None = None
    """What the documentation says of a parameter that does not describe itself."""

    @property
    def is_internal(self) -> bool:
        """About a field that strangers do not see, so they may not ask for it either."""
        return self.column.key in self.column.class_.internal


def one_of(column: Any) -> Filter:
    """For a foreign key: one of those records, if the actor may see it."""

    def clause(name: str, is_several: bool) -> ColumnElement[bool]:  # noqa: FBT001  as Filter calls it
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

    def clause(name: str, is_several: bool) -> ColumnElement[bool]:  # noqa: FBT001  as Filter calls it
        wanted = bindparam(name, type_=texts if is_several else Text())
        several = wanted if is_several else cast(array([wanted]), texts)
        return column.bool_op("&&")(several)  # type: ignore[no-any-return]  # `column` is of any type

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


def at_least(day: Any) -> Filter:
    return Filter(
        lambda name, _: day >= bindparam(name, type_=day.type),
        day,
        says="On this day or since.",
    )


def at_most(day: Any) -> Filter:
    return Filter(
        lambda name, _: day <= bindparam(name, type_=day.type),
        day,
        says="On this day or before.",
    )


def overlaps(days: Any) -> Filter:
    """A period filter: the record's days and the period's have one in common."""
    return Filter(
        lambda name, _: days.bool_op("&&")(period_range(name)),
        days,
        says="Overlapping this period.",
    )


def lies_within(days: Any) -> Filter:
    """The record's whole period lies in the given one: how reports count."""
    return Filter(
        lambda name, _: days.bool_op("<@")(period_range(name)),
        days,
        says="Lying wholly in this period, as reports count.",
    )


def not_placed(days: Any) -> Filter:
    """What `lies_within` cannot count, as it may lie there."""
    return Filter(
        lambda name, _: outside(days, name),
        days,
        says="Overlapping this period without lying in it, or without a date.",
    )


def falls_in(day: Any) -> Filter:
    """A period filter on a day."""
    return Filter(
        lambda name, _: period_range(name).bool_op("@>")(day), day, says="In this period."
    )


def has(reference: Any) -> Filter:
    """Whether a foreign key names a record; one that the actor may not see is none."""
    return Filter(lambda name, _: names_seen(reference) == bindparam(name), reference)


def lacks(column: Any, gaps: Mapping[Any, ColumnElement[bool]]) -> Filter:
    """Records of which all that is asked for by its name in `gaps` is unknown.

    `column` is one of them: it tells whether a stranger may ask.
    """

    def clause(name: str, is_several: bool) -> ColumnElement[bool]:  # noqa: FBT001  as Filter calls it
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


def placed(days: Any, *, is_asked: bool) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether something lies in the period bound as `period`, and whether no period can place it;
    where none is asked for, all of it counts.
    """
    if not is_asked:
        return true(), false()
    return days.bool_op("<@")(period_range("period")), outside(days, "period")


def outside(days: Any, name: str) -> ColumnElement[bool]:
    """In no period: without a date, or reaching beyond the one that it overlaps."""
    wanted = period_range(name)
    return or_(days.is_(None), and_(days.bool_op("&&")(wanted), ~days.bool_op("<@")(wanted)))
