"""Money of projects: pledged, committed, paid, invested; all sums come from here."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index, Numeric
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Resource
from sonla_api.projects.models import TransactionType


class Qualifier(CodeList):
    about = "about", "About", "Khoảng"
    more_than = "more_than", "More than", "Hơn"
    estimate = "estimate", "Estimate", "Ước tính"
    preliminary = "preliminary", "Preliminary", "Sơ bộ"
    final = "final", "Final", "Chính thức"


class EquivalentQualifier(CodeList):
    equivalent = "equivalent", "Stated as equivalent", "Tương đương, theo nguồn"
    conversion = "conversion", "Converted by the source", "Quy đổi, theo nguồn"


class Transaction(Resource):
    __tablename__ = "transactions"
    called = ("project_id",)
    cites = {
        **Resource.cites,
        "provider": ("partner_id", "agency_id"),
        "receiver": ("partner_id", "agency_id"),
    }
    derived = ("amount", "currency", "on_days", "on_from")

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    type: Mapped[TransactionType]
    on: Mapped[Any | None]
    value: Mapped[dict[str, Any]]
    """As it is printed; `amount` and `currency` are the same for sums."""
    qualifier: Mapped[Qualifier | None]
    equivalents: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    provider: Mapped[dict[str, Any] | None]
    receiver: Mapped[dict[str, Any] | None]
    description: Mapped[str | None]
    amount: Mapped[Decimal] = mapped_column(
        Numeric, Computed("(value ->> 'amount')::numeric", persisted=True)
    )
    currency: Mapped[str] = mapped_column(Computed("value ->> 'currency'", persisted=True))
    on_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed('period_days("on")', persisted=True)
    )
    on_from: Mapped[date | None] = mapped_column(
        Computed('lower(period_days("on"))', persisted=True)
    )

    constraints = (
        Index(None, "project_id", "type"),
        Index(None, "on_from", "id"),
        Index(None, "on_days", postgresql_using="gist"),
    )
