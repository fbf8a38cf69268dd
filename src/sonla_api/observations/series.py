"""An indicator over time: each period with the values of every source and vintage.

Growth is computed between values of the same cell alone, which are of one indicator and so of one
coverage, of the same dimensions and kind, and of the same part of two years.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Date,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import DATERANGE, aggregate_order_by
from sqlalchemy.orm import aliased

from sonla_api.indicators.models import Indicator
from sonla_api.indicators.schemas import IndicatorSummary
from sonla_api.kit.context import Context
from sonla_api.kit.cursors import Rows, page_of, unseal
from sonla_api.kit.listing import Paging
from sonla_api.kit.model import constant
from sonla_api.kit.problems import NotFound
from sonla_api.kit.schema import SourceSummary
from sonla_api.kit.shapes import as_bytes, json_object, summary
from sonla_api.kit.statement import Statement
from sonla_api.kit.tombstones import missing
from sonla_api.observations.models import Observation
from sonla_api.observations.queries import ObservationChoice
from sonla_api.sources.models import Source

O = Observation  # noqa: E741  as other packages name their model


class SeriesListing(ObservationChoice, Paging):
    """Which part of a series."""


class Series(NamedTuple):
    indicator: bytes
    points: Rows


class _Shape(NamedTuple):
    """All that the SQL of a page depends on."""

    side: str
    limit: int
    forms: tuple[tuple[str, Hashable], ...]


async def series(ctx: Context, address: str, listing: SeriesListing) -> Series:
    """One page of what is known of an indicator, by dimensions and kind, then by period."""
    id_, shown = await _indicator(ctx, address)
    bound_to, side = ("series", str(id_), listing.given()), ""
    values = {"indicator_id": id_, **listing.binds(), **ctx.parameters}
    if listing.cursor is not None:
        days, values["cursor_cell"] = unseal(listing.cursor, *bound_to)
        side, values["cursor_days"] = "missing" if days is None else "valued", days
    total = None
    if listing.count:
        ((total,),) = await _count(listing.forms()).fetch(ctx.reader, **values)
    shape = _Shape(side, listing.limit, listing.forms())
    rows = await _page(shape).fetch(ctx.reader, **values)
    return Series(shown, page_of(rows, listing.limit, total, *bound_to))


async def _indicator(ctx: Context, address: str) -> tuple[UUID, bytes]:
    """By its id or its code."""
    try:
        id_ = UUID(address)
    except ValueError:
        id_ = None
    found = await _named(is_id=id_ is not None).fetch(
        ctx.reader, id=id_, code=address, **ctx.parameters
    )
    if not found:
        if id_ is None:
            raise NotFound
        await missing(ctx, Indicator.__tablename__, id_)
    ((known, shown),) = found
    return known, shown


@lru_cache(maxsize=2)
def _named(*, is_id: bool) -> Statement:
    column = Indicator.id if is_id else Indicator.code
    named = column == bindparam("id" if is_id else "code", type_=column.type)
    members = {name: getattr(Indicator, name) for name in IndicatorSummary.model_fields}
    shown = as_bytes(json_object(**members))
    return Statement(select(Indicator.id, shown).where(named, Indicator.is_seen()))


def _points(forms: tuple[tuple[str, Hashable], ...]) -> Any:
    """The cells and periods of which something is known."""
    conditions = [SeriesListing.filters[name].clause(name, form) for name, form in forms]
    of_indicator = O.indicator_id == bindparam("indicator_id", type_=O.id.type)
    return select(O.cell, O.period_days).where(of_indicator, O.is_seen(), *conditions).distinct()


@lru_cache(maxsize=64)
def _count(forms: tuple[tuple[str, Hashable], ...]) -> Statement:
    return Statement(select(func.count()).select_from(_points(forms).subquery()))


@lru_cache(maxsize=128)
def _page(shape: _Shape) -> Statement:
    """Cell by cell in the order of the index; what is not placed in time comes last in each."""
    chosen = _points(shape.forms)
    if shape.side:
        cell = bindparam("cursor_cell", type_=Text())
        days = cast(bindparam("cursor_days", type_=Text()), DATERANGE)
        later: Any = false()
        if shape.side == "valued":
            is_after = or_(O.period_days > days, O.period_days.is_(None))
            later = and_(O.cell == cell, is_after)
        chosen = chosen.where(O.cell >= cell, or_(O.cell > cell, later))
    limit: Any = literal_column(str(shape.limit + 1))
    point = chosen.order_by(O.cell, O.period_days.nulls_last()).limit(limit).subquery("point")
    o = _values(point)
    grown = _growth(o)
    order = (o.vintage.nulls_first(), o.id)
    first: Any = literal_column("1")
    shown = json_object(
        dimensions=func.array_agg(aggregate_order_by(o.dimensions, o.id))[first],
        value_kind=func.min(o.value_kind),
        period=func.array_agg(aggregate_order_by(o.period, o.id))[first],
        values=func.json_agg(aggregate_order_by(_value(o, grown), *order)),
    )
    return Statement(
        select(as_bytes(shown), cast(o.period_days, Text), o.cell)
        .select_from(o)
        .join(grown, true())
        .group_by(o.cell, o.period_days)
        .order_by(o.cell, o.period_days.nulls_last())
    )


def _values(point: Any) -> Any:
    """All that is known at each point, found by its first day where it has one."""
    of_indicator = O.indicator_id == bindparam("indicator_id", type_=O.id.type)
    seen = select(O).where(of_indicator, O.is_seen())
    first, end = func.lower(point.c.period_days), func.upper(point.c.period_days)
    is_end = func.upper(O.period_days).is_not_distinct_from(end)
    placed = and_(O.cell == point.c.cell, O.period_from == first, is_end)
    is_alike = O.period_days.is_not_distinct_from(point.c.period_days)
    undated = and_(O.cell == point.c.cell, first.is_(None), O.period_from.is_(None), is_alike)
    rows = union_all(seen.join(point, placed), seen.join(point, undated)).subquery("value")
    return aliased(O, rows)


def _value(o: Any, grown: Any) -> Any:
    published = select(Source.published_on).where(Source.id == o.source_id, Source.is_seen())
    return json_object(
        observation_id=o.id,
        version=o.version,
        href=func.concat(constant("/api/v1/observations/"), o.id),
        period=o.period,
        value=o.value,
        qualifier=o.qualifier,
        as_of=o.as_of,
        source=summary(SourceSummary, o.source_id),
        published_on=published.scalar_subquery(),
        vintage=o.vintage,
        change_yoy=o.change_yoy,
        computed=func.coalesce(grown.c.computed, literal_column("'[]'::json")),
        growth_differs=func.coalesce(~grown.c.fits, false()),
    )


def _growth(o: Any) -> Any:
    """From each value of the year before that the caller sees; whether any fits what is printed."""
    p = aliased(O)
    growth = func.growth(o.amount, p.amount)
    is_rough = or_(func.is_rough(o.qualifier), func.is_rough(p.qualifier))
    fits = func.growth_fits(o.change_yoy, growth, is_rough)
    shown = json_object(
        observation_id=p.id,
        source=summary(SourceSummary, p.source_id),
        vintage=p.vintage,
        value=p.value,
        growth=cast(growth, Text),
        difference=cast(cast(o.change_yoy, o.amount.type) - growth, Text),
        differs=func.coalesce(~fits, false()),
    )
    a_year_before = cast(o.as_of - literal_column("interval '1 year'"), Date)
    return (
        select(
            func.json_agg(aggregate_order_by(shown, p.vintage.nulls_first(), p.id)).label(
                "computed"
            ),
            func.bool_or(fits).label("fits"),
        )
        .where(
            p.indicator_id == o.indicator_id,
            p.cell == o.cell,
            p.period_from == func.lower(func.year_before(o.period_days)),
            func.upper(p.period_days) == func.upper(func.year_before(o.period_days)),
            p.as_of.is_not_distinct_from(a_year_before),
            growth.is_not(None),
            p.is_seen(),
        )
        .lateral("grown")
    )
