from enum import StrEnum
from functools import partial
from typing import Annotated, Any, ClassVar, Literal, NamedTuple
from uuid import UUID

from pydantic import Field
from sqlalchemy import Text, and_, any_, bindparam, cast, func, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.orm import aliased

from sonla_api.indicators.models import Flow, Indicator
from sonla_api.indicators.schemas import IndicatorCode, ProductCode, Unit
from sonla_api.kit.codes import Country
from sonla_api.kit.context import WriteContext
from sonla_api.kit.filters import (
    Filter,
    lacks,
    lies_within,
    not_placed,
    one_of,
    overlaps,
    period_range,
    refers,
    through,
)
from sonla_api.kit.listing import Listing, Parameters
from sonla_api.kit.model import among, constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.text import Line
from sonla_api.observations.models import Observation, ObservationQualifier, ValueKind
from sonla_api.observations.schemas import ObservationView
from sonla_api.sources.models import Source

O = Observation  # noqa: E741  as other packages name their model
observations = Records(O, ObservationView)
_of_indicator = partial(through, O.indicator_id)
FORECASTS = (ObservationQualifier.forecast, ObservationQualifier.forecast_more_than)


class ObservationGap(StrEnum):
    """What a figure may not be broken down by, and its kind."""

    flow = "flow"
    product = "product"
    partner_country = "partner_country"
    value_kind = "value_kind"


_GAPS = {gap: getattr(O, gap).is_(None) for gap in ObservationGap}


def is_value(of: Any) -> Any:
    """Whether it says what was counted: no forecast, and not growth alone."""
    is_forecast = and_(of.qualifier.is_not(None), among(of.qualifier, FORECASTS))
    return and_(of.amount.is_not(None), ~is_forecast)


def _published(of: Any) -> Any:
    """By which the newest is found: its vintage, or when its source was published."""
    dated = select(cast(Source.published_on, Text)).where(
        Source.id == of.source_id, Source.is_seen()
    )
    told = func.coalesce(of.vintage, dated.correlate(of).scalar_subquery(), constant(""))
    return tuple_(told, of.id)


def is_latest(of: Any) -> Any:
    """Whether it is the newest value of its cell and period that the caller sees."""
    other = aliased(O)
    newer = select(other.id).where(
        other.indicator_id == of.indicator_id,
        other.cell == of.cell,
        other.period_from.is_not_distinct_from(of.period_from),
        other.period_days.is_not_distinct_from(of.period_days),
        is_value(other),
        _published(other) > _published(of),
        other.is_seen(),
    )
    return and_(is_value(of), ~newer.correlate(of).exists())


class ObservationChoice(Parameters):
    """The filters that the list and the series of figures share."""

    flow: Annotated[list[Literal[Flow.exports, Flow.imports]], one_of(O.flow)] = []
    product: Annotated[list[ProductCode], one_of(O.product)] = []
    partner_country: Annotated[list[Country], one_of(O.partner_country)] = []
    value_kind: Annotated[list[ValueKind], one_of(O.value_kind)] = []
    without: Annotated[
        list[ObservationGap],
        lacks(O.flow, _GAPS),
        Field(description="Totals over this dimension, or of no kind, and all else named so."),
    ] = []
    period: Annotated[PeriodFilter | None, overlaps(O.period_days)] = None


class ObservationListing(ObservationChoice, Listing):
    orders: ClassVar = {"created_at": O.created_at, "period": O.period_from}

    key: Annotated[list[Line], one_of(O.key)] = []
    indicator_id: Annotated[list[UUID], one_of(O.indicator_id)] = []
    indicator_code: Annotated[list[IndicatorCode], _of_indicator(one_of(Indicator.code))] = []
    unit: Annotated[list[Unit], _of_indicator(one_of(Indicator.unit))] = []
    qualifier: Annotated[list[ObservationQualifier], one_of(O.qualifier)] = []
    source_id: Annotated[list[UUID], refers(O, "sources")] = []
    latest: Annotated[
        bool | None,
        Filter(lambda asked: is_latest(O) == asked.value(), O.vintage),
        Field(
            description="Of the values of one indicator in the same dimensions, kind and period "
            "the newest; no forecast, and none of which growth alone is printed."
        ),
    ] = None
    exactly: Annotated[
        PeriodFilter | None,
        Filter(lambda asked: O.period_days == period_range(asked.name), O.period_days),
        Field(description="Of just this period."),
    ] = None
    within: Annotated[PeriodFilter | None, lies_within(O.period_days)] = None
    not_placed_in: Annotated[
        PeriodFilter | None,
        not_placed(O.period_days),
        Field(description="Overlapping this period without lying in it, or without a period."),
    ] = None


class Place(NamedTuple):
    """Where a figure stands: of which indicator, in which dimensions and kind, over which days."""

    indicator_id: UUID
    cell: str
    period_days: Any


async def places(ctx: WriteContext, ids: list[UUID]) -> list[Place]:
    """The places of figures, as they are written now."""
    wanted = O.id == any_(bindparam("ids", ids, type_=ARRAY(Uuid)))
    found = await ctx.session.execute(select(*(getattr(O, n) for n in Place._fields)).where(wanted))
    return [Place(*row) for row in found]
