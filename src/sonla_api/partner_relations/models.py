"""Which relations the province has with whom, and since when."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Resource
from sonla_api.partner_relations.lifecycle import RelationState


class RelationKind(CodeList):
    friendship = "friendship", "Friendship", "Hữu nghị"
    comprehensive_cooperation = (
        "comprehensive_cooperation",
        "Comprehensive cooperation",
        "Hợp tác toàn diện",
    )
    cooperation = "cooperation", "Cooperation", "Hợp tác"
    twinning = "twinning", "Twinning", "Kết nghĩa"
    funding = "funding", "Funding", "Tài trợ"
    investment = "investment", "Investment", "Đầu tư"
    contact = "contact", "Contact", "Liên hệ"
    domestic = "domestic", "Domestic partner", "Đối tác trong nước"


class PartnerRelation(Resource):
    __tablename__ = "partner_relations"
    called = ("partner_id",)
    cites = {**Resource.cites, "established_by": ("document_id", "agreement_id")}
    derived = ("valid_days",)

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partners.id"), index=True)
    kind: Mapped[RelationKind]
    valid: Mapped[Any | None]
    established_by: Mapped[dict[str, Any] | None]
    state: Mapped[RelationState] = mapped_column(default=RelationState.exploring)
    valid_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(valid)", persisted=True)
    )

    constraints = (
        Index(None, "kind", "created_at", "id"),
        Index(None, "valid_days", postgresql_using="gist"),
    )
