"""Figures as sources print them: of an indicator, in a period, each with its source and vintage."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.indicators.models import Flow
from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Resource
from sonla_api.kit.text import Message


class ValueKind(CodeList):
    pledge = "pledge", "Pledge", "Cam kết sơ bộ"
    commitment = "commitment", "Commitment", "Cam kết"
    disbursement = "disbursement", "Disbursement", "Giải ngân"
    stock = "stock", "Stock at a time", "Số thời điểm"
    flow = "flow", "Flow over a period", "Số thời kỳ"


class ObservationQualifier(CodeList):
    about = "about", "About", "Khoảng"
    more_than = "more_than", "More than", "Hơn"
    nearly = "nearly", "Nearly", "Gần"
    rounded = "rounded", "Rounded", "Làm tròn"
    estimate = "estimate", "Estimate", "Ước tính"
    forecast = "forecast", "Forecast", "Dự báo"
    forecast_more_than = "forecast_more_than", "Forecast: more than", "Dự báo hơn"
    preliminary = "preliminary", "Preliminary", "Sơ bộ"
    final = "final", "Final", "Chính thức"


_STANDS = Message(
    "this figure of the same source and vintage stands already",
    "đã có số liệu này của cùng nguồn và cùng lần công bố",
)


class Observation(Resource):
    __tablename__ = "observations"
    called = ("indicator_id",)
    derived = (
        "amount",
        "flow",
        "product",
        "partner_country",
        "cell",
        "period_days",
        "period_from",
        "source_id",
    )

    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("indicators.id"))
    period: Mapped[Any | None]
    dimensions: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    value: Mapped[str | None]
    """As it is printed; `amount` is the same for sums."""
    value_kind: Mapped[ValueKind | None]
    qualifier: Mapped[ObservationQualifier | None]
    change_yoy: Mapped[str | None]
    as_of: Mapped[date | None]
    vintage: Mapped[str | None]
    amount: Mapped[Decimal | None] = mapped_column(
        Numeric, Computed("value::numeric", persisted=True)
    )
    flow: Mapped[Flow | None] = mapped_column(Computed("dimensions ->> 'flow'", persisted=True))
    product: Mapped[str | None] = mapped_column(
        Computed("dimensions ->> 'product'", persisted=True)
    )
    partner_country: Mapped[str | None] = mapped_column(
        Computed("dimensions ->> 'partner_country'", persisted=True)
    )
    cell: Mapped[str] = mapped_column(
        Computed("observation_cell(dimensions, value_kind)", persisted=True)
    )
    """Its dimensions and kind in one word: what is compared over time has the same."""
    period_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(period)", persisted=True)
    )
    period_from: Mapped[date | None] = mapped_column(
        Computed("lower(period_days(period))", persisted=True)
    )
    source_id: Mapped[UUID | None] = mapped_column(
        Computed("((sources -> 0) ->> 'source_id')::uuid", persisted=True)
    )
    """The first of its sources, which has published it; the others say the same."""

    constraints = (
        UniqueConstraint(
            "indicator_id",
            "cell",
            "period_days",
            "as_of",
            "source_id",
            "vintage",
            name="uq_observations_period",
            postgresql_nulls_not_distinct=True,
            info={"told": _STANDS},
        ),
        CheckConstraint("value is not null or change_yoy is not null", name="value"),
        # By the first day: for two equal ranges PostgreSQL would take the slow index on ranges.
        Index(None, "indicator_id", "cell", "period_from"),
        Index(None, "indicator_id", "period_from", "id"),
        Index(None, "indicator_id", "product", "partner_country"),
        Index(None, "period_from", "id"),
        Index(None, "period_days", postgresql_using="gist"),
    )
