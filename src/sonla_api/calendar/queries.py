"""What stands in a calendar: events and delegations whose days are known, in the order of ids.

What is known to the month or half-year alone is no event of 181 days: it is left out and counted.
"""

import json
from collections.abc import AsyncIterator
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.dialects.postgresql import UUID as Uuid

from sonla_api.agencies.models import Agency
from sonla_api.calendar.schemas import Entry
from sonla_api.delegations.lifecycle import Direction
from sonla_api.delegations.models import Delegation
from sonla_api.events.models import Event, EventKind
from sonla_api.kit.asked import Asked
from sonla_api.kit.codes import Country
from sonla_api.kit.context import Context
from sonla_api.kit.filters import period_range
from sonla_api.kit.listing import Parameters
from sonla_api.kit.mentions import seen
from sonla_api.kit.model import constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.shapes import as_item, to_json
from sonla_api.kit.statement import Statement
from sonla_api.kit.titles import readable
from sonla_api.partners.models import Partner

_AT_ONCE = 500
"""Records that are looked at, and held at most, while a calendar is written."""
_FIRST = UUID(int=0)
_FORM = b"2"
"""Raised where the same records are written otherwise, so that no copy of before passes for it."""


class CalendarResource(StrEnum):
    events = "events"
    delegations = "delegations"


class TextLanguage(StrEnum):
    """The languages that a text of the register may be in."""

    vi = "vi"
    en = "en"
    lo = "lo"


class CalendarQuery(Parameters):
    """What stands in a calendar, and in which language it speaks."""

    period: Annotated[
        PeriodFilter | None, Field(description="What has a day in this period; else everything.")
    ] = None
    resource: Annotated[
        list[CalendarResource],
        Field(max_length=100, description="Only these; both where none is named."),
    ] = []
    kind: Annotated[
        list[EventKind | Direction],
        Field(max_length=100, description="Kinds of events and directions of delegations."),
    ] = []
    agency_id: Annotated[
        list[UUID],
        Field(max_length=100, description="What these agencies own or lead."),
    ] = []
    country: Annotated[list[Country], Field(max_length=100)] = []
    language: Annotated[
        TextLanguage,
        Field(description="That of titles which have it; labels are in Vietnamese or English."),
    ] = TextLanguage.vi
    key: Annotated[
        str | None,
        Field(description="A key of `/api/v1/me/calendar-keys`, in place of the header."),
    ] = None


class Head(NamedTuple):
    """What tells whether a calendar has changed, and how many records no day places in it."""

    fingerprint: bytes
    not_placed: int


def _day(value: Any) -> Any:
    return func.to_char(value, constant("YYYYMMDD"))


def _instant(value: Any) -> Any:
    in_utc = func.timezone(constant("UTC"), value)
    return func.to_char(in_utc, constant('YYYYMMDD"T"HH24MISS"Z"'))


_COMMON = {
    "first": lambda of: _day(func.lower(of.when_days)),
    "until": lambda of: _day(func.upper(of.when_days)),
    "created": lambda of: _instant(of.created_at),
    "changed": lambda of: _instant(of.updated_at),
}


def _nothing(_: Any) -> Any:
    return null()


def _countries(of: Any) -> Any:
    known = case((of.country.is_not(None), array([of.country])))
    return func.coalesce(known, cast(literal_column("'{}'"), ARRAY(Text)))


_ENTRIES = {
    CalendarResource.events: Records(
        Event,
        Entry,
        kind=lambda of: of.kind,
        title=lambda of: of.name,
        countries=_countries,
        code=_nothing,
        lead_agency=_nothing,
        head_position=_nothing,
        **_COMMON,
    ),
    CalendarResource.delegations: Records(
        Delegation, Entry, kind=lambda of: of.direction, role=_nothing, **_COMMON
    ),
}
_TO_THE_DAY = ('"2026-11-26"', '"2026-11-26/2026-11-27"')
"""No other forms of a period are as long as these but months and quarters with an open end, and a
length is compared fast.
"""


def _is_placed(model: Any) -> ColumnElement[bool]:
    """Whether both its days are known, and there is a day after them."""
    length = func.octet_length(cast(model.when, Text))
    is_known = length.in_([literal_column(str(len(form))) for form in _TO_THE_DAY])
    is_open = func.lower_inf(model.when_days) | func.upper_inf(model.when_days)
    return func.coalesce(and_(is_known, ~is_open), false())


def _is_asked(model: Any) -> ColumnElement[bool]:
    is_any_time: Any = bindparam("is_any_time", type_=Boolean())
    return or_(is_any_time, model.when_days.bool_op("&&")(period_range("period")))


def _any_or(name: str, found: Any) -> ColumnElement[bool]:
    """What is found by a filter, or everything where it is not asked for."""
    return or_(bindparam(name, type_=ARRAY(Text)).is_(None), found)


def _chosen(resource: CalendarResource) -> list[ColumnElement[bool]]:
    """The row filter and all that is asked for but the period."""
    records = _ENTRIES[resource]
    model, texts = records.model, ARRAY(Text)
    is_event = model is Event
    owners = [model.__table__.c.owner_agency_id, *([] if is_event else [model.lead_agency_id])]
    ours = or_(*(owner == seen(owners[0], Asked.several("agency_id")) for owner in owners))
    kinds, countries = bindparam("kind", type_=texts), bindparam("country", type_=texts)
    is_there = (
        model.country == any_(countries) if is_event else model.countries.bool_op("&&")(countries)
    )
    return [
        constant(resource) == any_(bindparam("resources", type_=texts)),
        model.is_seen(),
        _any_or("kind", cast(model.kind if is_event else model.direction, Text) == any_(kinds)),
        or_(bindparam("agency_id", type_=ARRAY(Uuid)).is_(None), ours),
        _any_or("country", is_there),
    ]


def _print(model: Any) -> Any:
    """A sum over records that changes with each of them: any change raises a version."""
    return func.sum(func.uuid_hash_extended(model.id, cast(model.version, BigInteger)))


def _counts(resource: CalendarResource) -> Any:
    model = _ENTRIES[resource].model
    found = (
        select(
            model.id,
            model.version,
            _is_placed(model).label("is_placed"),
            _is_asked(model).label("is_asked"),
            model.when_days.is_(None).label("is_undated"),
        )
        .where(*_chosen(resource))
        .subquery()
    )
    is_shown = and_(found.c.is_placed, found.c.is_asked)
    is_outside = and_(~found.c.is_placed, or_(found.c.is_undated, found.c.is_asked))
    return select(
        func.count().filter(is_shown).label("shown"),
        _print(found.c).filter(is_shown).label("print"),
        func.count().filter(is_outside).label("not_placed"),
    )


def _named(model: Any) -> Any:
    """Records whose names stand in the entries of others."""
    nothing: Any = literal_column("0").label("not_placed")
    return select(func.count().label("shown"), _print(model), nothing).where(model.is_seen())


@cache
def _head() -> Statement:
    return Statement(union_all(*map(_counts, CalendarResource), _named(Partner), _named(Agency)))


@cache
def _page(resource: CalendarResource, *, is_stranger: bool) -> Statement:
    """The next ids, with the records among them that are asked for.

    Without the ids first, and a limit that keeps each of them apart, PostgreSQL shows and sorts the
    whole table anew for every page.
    """
    records = _ENTRIES[resource]
    model = records.model
    page = (
        select(model.id)
        .where(model.id > bindparam("last", type_=Uuid()))
        .order_by(model.id)
        .limit(literal_column(str(_AT_ONCE)))
        .cte("page")
    )
    that = (
        select(*records.columns(is_stranger=is_stranger))
        .where(model.id == page.c.id, *_chosen(resource), _is_placed(model), _is_asked(model))
        .limit(literal_column("1"))
        .correlate(page)
        .lateral("row")
    )
    item = as_item(that, Entry)
    body = case((that.c.id.is_not(None), to_json(item)))
    both = page.outerjoin(that, true()).outerjoin(item, true())
    return Statement(select(page.c.id, body).select_from(both).order_by(page.c.id))


def _binds(ctx: Context, query: CalendarQuery) -> dict[str, Any]:
    first, end = query.period.days if query.period else (None, None)
    return {
        "resources": readable(ctx, query.resource, list(CalendarResource)),
        "kind": query.kind or None,
        "agency_id": query.agency_id or None,
        "country": query.country or None,
        "is_any_time": query.period is None,
        "period_first": first,
        "period_end": end,
        **ctx.parameters,
    }


async def head(ctx: Context, query: CalendarQuery) -> Head:
    """What there is to tell, without telling it."""
    rows = await _head().fetch(ctx.reader, **_binds(ctx, query))
    told = json.dumps([[str(value) for value in row] for row in rows]).encode()
    return Head(sha256(_FORM + told).digest(), sum(row["not_placed"] for row in rows))


async def entries(
    ctx: Context, query: CalendarQuery
) -> AsyncIterator[tuple[CalendarResource, list[dict[str, Any]]]]:
    """All of it, some hundred records at a time; in between no connection is held."""
    binds = _binds(ctx, query)
    for resource in CalendarResource:
        page, last = _page(resource, is_stranger=ctx.actor.is_anonymous), _FIRST
        while rows := await page.fetch(ctx.reader, last=last, **binds):
            yield resource, [json.loads(row[1]) for row in rows if row[1]]
            last = rows[-1][0]
            if len(rows) < _AT_ONCE:
                break
