from functools import partial
from typing import Annotated, Any, ClassVar, Literal, NamedTuple
from uuid import UUID

from pydantic import Field
from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid

from sonla_api.indicators.models import Dimension, Flow, Indicator
from sonla_api.indicators.schemas import IndicatorCode, ProductCode, Unit
from sonla_api.kit.codes import Country
from sonla_api.kit.context import WriteContext
from sonla_api.kit.listing import (
    Listing,
    Parameters,
    lacks,
    lies_within,
    not_placed,
    one_of,
    overlaps,
    refers,
    through,
)
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.observations.models import Observation, ObservationQualifier, ValueKind
from sonla_api.observations.schemas import ObservationView

O = Observation  # noqa: E741  as other packages name their model
observations = Records(O, ObservationView)
_of_indicator = partial(through, O.indicator_id)
_GAPS: dict[Dimension, Any] = {
    Dimension.flow: O.flow.is_(None),
    Dimension.product: O.product.is_(None),
    Dimension.partner_country: O.partner_country.is_(None),
}


class ObservationChoice(Parameters):
    """The filters that the list and the series of figures share."""

    flow: Annotated[list[Literal[Flow.exports, Flow.imports]], one_of(O.flow)] = []
    product: Annotated[list[ProductCode], one_of(O.product)] = []
    partner_country: Annotated[list[Country], one_of(O.partner_country)] = []
    value_kind: Annotated[list[ValueKind], one_of(O.value_kind)] = []
    without: Annotated[
        list[Dimension],
        lacks(O.flow, _GAPS),
        Field(description="Totals over this dimension, and over all else named so."),
    ] = []
    period: Annotated[
        PeriodFilter | None,
        overlaps(O.period_days),
        Field(description="Overlapping this period."),
    ] = None


class ObservationListing(ObservationChoice, Listing):
    orders: ClassVar = {"created_at": O.created_at, "period": O.period_from}

    key: Annotated[list[str], one_of(O.key)] = []
    indicator_id: Annotated[list[UUID], one_of(O.indicator_id)] = []
    indicator_code: Annotated[list[IndicatorCode], _of_indicator(one_of(Indicator.code))] = []
    unit: Annotated[list[Unit], _of_indicator(one_of(Indicator.unit))] = []
    qualifier: Annotated[list[ObservationQualifier], one_of(O.qualifier)] = []
    source_id: Annotated[list[UUID], refers(O, "sources")] = []
    within: Annotated[
        PeriodFilter | None,
        lies_within(O.period_days),
        Field(description="Lying wholly in this period, as reports count."),
    ] = None
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
