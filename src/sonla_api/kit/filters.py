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
    bindparam,
    cast,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array

from sonla_api.kit.asked import Asked
from sonla_api.kit.mentions import mentioned, names_seen, seen, target_of
from sonla_api.kit.model import constant


@dataclass(frozen=True)
class Filter:
    """How a parameter narrows a list: by a condition on what it asks for."""

    condition: Callable[[Asked], ColumnElement[bool]]
    column: Any
    form: Callable[[Any], Hashable] = lambda value: isinstance(value, list)
    """Of a value: see `Asked`."""
    inner: "Filter | None" = None
    """What is asked of the record that a foreign key names."""
    says: str | None = None
    """What the documentation says of a parameter that does not describe itself."""

    @property
    def is_internal(self) -> bool:
        """About a field that strangers do not see, so they may not ask for it either."""
        return self.column.key in self.column.class_.internal

    def clause(self, name: str, form: Any = None) -> ColumnElement[bool]:
        """The condition on the value in bind `name`."""
        return self.condition(Asked(name, form))


def one_of(column: Any) -> Filter:
    """For a foreign key: one of those records, if the actor may see it."""

    def condition(asked: Asked) -> ColumnElement[bool]:
        wanted = seen(column, asked) if target_of(column) else asked.any_of(column.type)
        equal: ColumnElement[bool] = column == wanted
        return equal

    return Filter(condition, column)


def contains_one_of(column: Any) -> Filter:
    """For a column that is an array of codes, such as countries."""

    def condition(asked: Asked) -> ColumnElement[bool]:
        wanted = asked.value(Text())
        several = wanted if asked.is_several else cast(array([wanted]), ARRAY(Text))
        found: ColumnElement[bool] = column.bool_op("&&")(several)
        return found

    return Filter(condition, column)


def lists_one_of(column: Any, path: str) -> Filter:
    """For a column of JSON: one of these codes stands in it at this path."""

    def condition(asked: Asked) -> ColumnElement[bool]:
        each = func.jsonb_path_query_array(column, constant(path), type_=JSONB)
        has_one = func.jsonb_exists_any if asked.is_several else func.jsonb_exists
        return has_one(each, asked.value(Text()))

    return Filter(condition, column)


def matches(column: Any) -> Filter:
    """Every word stands somewhere in a folded column: no diacritics, no case, đ = d."""

    def condition(asked: Asked) -> ColumnElement[bool]:
        # Queries of their own, so that PostgreSQL folds the words once and not for every row.
        words = func.like_words(asked.value(Text()), type_=ARRAY(Text))
        longest = select(words[1]).scalar_subquery()
        every = cast(select(words).scalar_subquery(), ARRAY(Text))
        # The longest goes through the index; LIKE ALL cannot.
        found: ColumnElement[bool] = column.like(longest) & column.like(all_(every))
        return found

    return Filter(condition, column)


def at_least(day: Any) -> Filter:
    return Filter(
        lambda asked: day >= asked.value(day.type),
        day,
        says="On this day or since.",
    )


def at_most(day: Any) -> Filter:
    return Filter(
        lambda asked: day <= asked.value(day.type),
        day,
        says="On this day or before.",
    )


def overlaps(days: Any) -> Filter:
    """A period filter: the record's days and the period's have one in common."""
    return Filter(
        lambda asked: days.bool_op("&&")(period_range(asked.name)),
        days,
        says="Overlapping this period.",
    )


def lies_within(days: Any) -> Filter:
    """The record's whole period lies in the given one: how reports count."""
    return Filter(
        lambda asked: days.bool_op("<@")(period_range(asked.name)),
        days,
        says="Lying wholly in this period, as reports count.",
    )


def not_placed(days: Any) -> Filter:
    """What `lies_within` cannot count, as it may lie there."""
    return Filter(
        lambda asked: outside(days, asked.name),
        days,
        says="Overlapping this period without lying in it, or without a date.",
    )


def falls_in(day: Any) -> Filter:
    """A period filter on a day."""
    return Filter(
        lambda asked: period_range(asked.name).bool_op("@>")(day), day, says="In this period."
    )


def holds(days: Any) -> Filter:
    """A filter on a day: the record's days hold it."""
    return Filter(lambda asked: days.bool_op("@>")(asked.value(Date())), days)


def told_on(column: Any) -> Filter:
    """The day for which a list is asked, by way of `Context.on`: it narrows nothing by itself, but
    belongs to the list's cursor.
    """
    return Filter(lambda _: true(), column)


def has(reference: Any) -> Filter:
    """Whether a foreign key names a record; one that the actor may not see is none."""
    return Filter(lambda asked: names_seen(reference) == asked.value(), reference)


def lacks(column: Any, gaps: Mapping[Any, ColumnElement[bool]]) -> Filter:
    """Records of which all that is asked for by its name in `gaps` is unknown.

    `column` is one of them: it tells whether a stranger may ask.
    """

    def condition(asked: Asked) -> ColumnElement[bool]:
        value = asked.value(Text())
        named = all_(value) if asked.is_several else value
        return and_(*(or_(constant(gap) != named, is_gap) for gap, is_gap in gaps.items()))

    return Filter(condition, column)


def refers(model: Any, field: str, member: str = "") -> Filter:
    """Records that name another one in their JSON `field`, under `member` where it has several."""
    return Filter(lambda asked: mentioned(model, field, asked, member), getattr(model, field))


def through(reference: Any, inner: Filter) -> Filter:
    """A filter on what a foreign key names; one that the actor may not see matches nothing."""
    other = inner.column.class_

    def condition(asked: Asked) -> ColumnElement[bool]:
        named = select(other.id).where(other.id == reference, other.is_seen())
        return named.where(inner.condition(asked)).correlate(reference.class_).exists()

    return Filter(condition, inner.column if inner.is_internal else reference, inner.form, inner)


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
