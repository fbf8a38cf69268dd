"""What brings money or works: investment, loans, grants and aid in both directions."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Resource
from sonla_api.projects.lifecycle import ProjectKind, ProjectState


class ParticipantRole(CodeList):
    funding = "funding", "Funding", "Tài trợ"
    accountable = "accountable", "Accountable", "Cơ quan chủ quản"
    extending = "extending", "Extending", "Trung gian"
    implementing = "implementing", "Implementing", "Thực hiện"
    investor = "investor", "Investor", "Nhà đầu tư"
    contractor = "contractor", "Contractor", "Nhà thầu"
    beneficiary = "beneficiary", "Beneficiary", "Bên thụ hưởng"


class Project(Resource):
    __tablename__ = "projects"
    cites = {
        **Resource.cites,
        "participants": ("partner_id", "agency_id"),
        "legal_basis": ("document_id",),
    }
    derived = ("period_days", "words")

    kind: Mapped[ProjectKind]
    title: Mapped[dict[str, Any]]
    description: Mapped[str | None]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("projects.id"), index=True)
    """The project that this one is a part of."""
    sectors: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    participants: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    countries: Mapped[list[str]] = mapped_column(server_default="{}")
    locations: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    period: Mapped[Any | None]
    legal_basis: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    certificate: Mapped[dict[str, Any] | None]
    components: Mapped[int | None]
    milestones: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    progress: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    state: Mapped[ProjectState] = mapped_column(default=ProjectState.pipeline)
    period_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(period)", persisted=True)
    )
    words: Mapped[str] = mapped_column(
        Computed(
            "fold(texts(title) || ' ' || coalesce(description, '') || ' ' || texts(locations))",
            persisted=True,
        )
    )

    constraints = (
        Index(None, "kind", "created_at", "id"),
        Index(None, "state", "created_at", "id"),
        Index(None, "period_days", postgresql_using="gist"),
        Index(None, "countries", postgresql_using="gin"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )
