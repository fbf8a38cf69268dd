from enum import StrEnum
from typing import Annotated

from pydantic import Field

from sonla_api.indicators.models import Flow
from sonla_api.indicators.schemas import IndicatorSummary
from sonla_api.kit.money import Sum
from sonla_api.kit.schema import SourceSummary, View
from sonla_api.observations.models import ValueKind


class TradeGrouping(StrEnum):
    product = "product"
    partner_country = "partner_country"
    period = "period"


class TradeSum(View):
    """Figures that may be added: of one indicator, flow and kind, none a part of another."""

    group: Annotated[
        str | None,
        Field(description="The code or period grouped by; null in `total`.", examples=["0810"]),
    ]
    amount: Annotated[Sum, Field(description="In the unit of the indicator.")]
    periods: Annotated[
        list[str], Field(description="Those that were added.", examples=[["2025-H1"]])
    ]
    values: Annotated[int, Field(description="How many figures were added.", examples=[1])]
    left_out: Annotated[
        int,
        Field(
            description="Figures of the same that were not added: older vintages, other sources, "
            "parts of a total that is there, and periods within longer ones.",
            examples=[0],
        ),
    ]
    is_sum_of_parts: Annotated[
        bool, Field(description="Whether no figure gives the total, so that parts were added.")
    ]
    totals_differ: Annotated[
        bool, Field(description="Whether a total that was added is flagged as unlike its parts.")
    ]
    sources: Annotated[
        list[SourceSummary], Field(description="Of the figures added, as far as the caller sees.")
    ]
    href: Annotated[
        str,
        Field(
            description="All figures that were chosen from.",
            examples=["/api/v1/observations?indicator_code=exports.total&within=2025-H1"],
        ),
    ]


class TradeSeries(View):
    """What one indicator says of one flow; nothing is added across indicators, units or flows."""

    indicator: IndicatorSummary
    flow: Flow
    value_kind: ValueKind | None
    total: TradeSum
    groups: list[TradeSum]


class TradeView(View):
    period: Annotated[str, Field(examples=["2025-H1"])]
    group_by: TradeGrouping
    items: list[TradeSeries]
