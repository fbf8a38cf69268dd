from collections import defaultdict
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Numeric,
    Text,
    cast,
    column,
    false,
    func,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB

from sonla_api.events.lifecycle import TOOK_PLACE, EventState, lifecycle
from sonla_api.events.models import Event, EventChannel, EventKind, EventRole
from sonla_api.events.schemas import EventCount, EventFigures, EventView, OrderSum
from sonla_api.kit.asked import Asked
from sonla_api.kit.codes import Country, Currency
from sonla_api.kit.context import Context
from sonla_api.kit.filters import (
    Filter,
    lacks,
    lies_within,
    lists_one_of,
    matches,
    not_placed,
    one_of,
    overlaps,
    placed,
    refers,
)
from sonla_api.kit.listing import Listing, Parameters, Q, group_hrefs, refuse_oracle
from sonla_api.kit.model import among, constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.shapes import elements
from sonla_api.kit.statement import Statement, once_per_shape
from sonla_api.kit.text import Line

E = Event
events = Records(E, EventView, lifecycle.parameters, verbs=lifecycle.verbs)


class EventGap(StrEnum):
    """Fields that may be unknown."""

    role = "role"
    channel = "channel"
    country = "country"
    when = "when"


_IS_UNKNOWN = {gap: getattr(E, gap).is_(None) for gap in EventGap}


class _Choice(Parameters):
    """The filters that the list and the count of events share."""

    kind: Annotated[list[EventKind], one_of(E.kind)] = []
    role: Annotated[list[EventRole], one_of(E.role)] = []
    channel: Annotated[list[EventChannel], one_of(E.channel)] = []
    country: Annotated[list[Country], one_of(E.country)] = []
    partner_id: Annotated[list[UUID], refers(E, "partners")] = []
    enterprise_id: Annotated[
        list[UUID],
        refers(E, "enterprises"),
        Field(description="Events to which one of these partners was taken along."),
    ] = []
    without: Annotated[
        list[EventGap],
        lacks(E.when, _IS_UNKNOWN),
        Field(description="Events where this, and all else named so, is unknown."),
    ] = []


_ORDERS = "$.orders[*]"


def _with_orders(asked: Asked) -> Any:
    found = func.jsonb_path_exists(E.results, constant(_ORDERS))
    return func.coalesce(found, false()) == asked.value()


class EventListing(_Choice, Listing):
    orders: ClassVar = {"created_at": E.created_at, "when": E.when_from}

    q: Annotated[Q, matches(E.words)] = None
    state: Annotated[list[EventState], one_of(E.state)] = []
    key: Annotated[list[Line], one_of(E.key)] = []
    site_id: Annotated[
        list[UUID], refers(E, "sites"), Field(description="Naming one of these sites.")
    ] = []
    has_orders: Annotated[
        bool | None,
        Filter(_with_orders, E.results),
        Field(description="Whether anything is known to have been ordered."),
    ] = None
    order_currency: Annotated[
        list[Currency],
        lists_one_of(E.results, f"{_ORDERS}.currency"),
        Field(description="Events at which something was ordered in this currency."),
    ] = []
    period: Annotated[PeriodFilter | None, overlaps(E.when_days)] = None
    within: Annotated[PeriodFilter | None, lies_within(E.when_days)] = None
    not_placed_in: Annotated[PeriodFilter | None, not_placed(E.when_days)] = None


class EventGrouping(StrEnum):
    kind = "kind"
    role = "role"
    channel = "channel"
    country = "country"


class EventFiguresQuery(_Choice):
    """What is counted, by what, and in which period."""

    period: Annotated[
        PeriodFilter | None, Field(description="All events where it is left out.")
    ] = None
    group_by: EventGrouping = EventGrouping.kind


def result(name: str) -> Any:
    """A number among the results of an event."""
    return cast(E.results.op("->>")(constant(name)), BigInteger)


def ordered() -> Any:
    """What was ordered at an event, a row for each currency."""
    order, orders = column("money", JSONB), E.results.op("->")(constant("orders"))
    each = elements(func.coalesce(orders, func.jsonb_build_array()), "money", "each_order")
    currency = order.op("->>")(constant("currency"))
    amount = cast(order.op("->>")(constant("amount")), Numeric)
    sums = select(currency.label("currency"), func.sum(amount).label("amount")).select_from(each)
    return sums.group_by(currency).lateral("ordered")


_NUMBERS = ("events", "enterprises", "contracts", "visitors", "not_placed")


def _chosen(query: EventFiguresQuery) -> list[ColumnElement[bool]]:
    return [E.is_seen(), among(E.state, TOOK_PLACE), *query.conditions()]


@once_per_shape
def _counts(query: EventFiguresQuery) -> Statement:
    """The numbers of each group and of all: what lies in the period, what no period can place."""
    group = getattr(E, query.group_by)
    is_counted, is_outside = placed(E.when_days, is_asked=query.period is not None)

    def added(value: Any, name: str) -> Any:
        return func.coalesce(func.sum(value).filter(is_counted), 0).label(name)

    return Statement(
        select(
            func.grouping(group).label("is_total"),
            cast(group, Text).label("group"),
            func.count().filter(is_counted).label("events"),
            added(E.enterprise_count, "enterprises"),
            added(result("contracts"), "contracts"),
            added(result("visitors"), "visitors"),
            func.count().filter(is_outside).label("not_placed"),
        )
        .where(*_chosen(query))
        .group_by(func.grouping_sets(tuple_(group), tuple_()))
        .order_by(func.grouping(group).desc(), group)
    )


@once_per_shape
def _orders(query: EventFiguresQuery) -> Statement:
    """What was ordered, by group and in all, each currency by itself."""
    group, each = getattr(E, query.group_by), ordered()
    currency = each.c.currency
    is_counted, _ = placed(E.when_days, is_asked=query.period is not None)
    return Statement(
        select(
            func.grouping(group).label("is_total"),
            cast(group, Text).label("group"),
            currency,
            cast(func.sum(each.c.amount), Text).label("amount"),
            func.count().label("events"),
        )
        .select_from(E)
        .join(each, true())
        .where(*_chosen(query), is_counted)
        .group_by(func.grouping_sets(tuple_(group, currency), tuple_(currency)))
        .order_by(currency)
    )


async def event_figures(ctx: Context, query: EventFiguresQuery) -> EventFigures:
    """Events that took place, in all and by group."""
    refuse_oracle(ctx, query)
    binds = query.binds() | ctx.parameters
    rows = await _counts(query).fetch(ctx.reader, **binds)
    ordered = defaultdict(list)
    for row in await _orders(query).fetch(ctx.reader, **binds):
        said = {name: row[name] for name in OrderSum.model_fields}
        ordered[row["is_total"], row["group"]].append(OrderSum(**said))
    counts = [_count(query, row, ordered[row["is_total"], row["group"]]) for row in rows]
    return EventFigures(period=query.period, total=counts[0], items=counts[1:])


def _count(query: EventFiguresQuery, row: Any, orders: list[OrderSum]) -> EventCount:
    return EventCount(
        group=row["group"],
        orders=orders,
        **group_hrefs(query, row, "events", state=TOOK_PLACE),
        **{number: row[number] for number in _NUMBERS},
    )
