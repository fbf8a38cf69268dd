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


class SectorScheme(CodeList):
    vsic = "vsic", "Viet Nam standard industrial classification", "Hệ thống ngành kinh tế (VSIC)"
    oecd_dac = "oecd_dac", "OECD DAC purpose codes", "Mã mục đích của OECD DAC"
    other = "other", "As a source says it", "Theo cách gọi của nguồn"


class RelatedResource(CodeList):
    """Resources of which a source names records that the register does not hold."""

    sites = "sites", "Site", "Địa điểm"


class TransactionType(CodeList):
    """What money of a project can be, which projects sum by it.

    Those of IATI 2.03 by their names there, capital events, and amounts of unknown kind.
    """

    stated = "stated", "Stated without a kind", "Nêu mà không rõ loại"
    incoming_funds = "incoming_funds", "Incoming funds", "Vốn nhận được"
    outgoing_commitment = "outgoing_commitment", "Outgoing commitment", "Cam kết cấp đi"
    disbursement = "disbursement", "Disbursement", "Giải ngân"
    expenditure = "expenditure", "Expenditure", "Chi tiêu"
    interest_payment = "interest_payment", "Interest payment", "Trả lãi"
    loan_repayment = "loan_repayment", "Loan repayment", "Trả nợ gốc"
    reimbursement = "reimbursement", "Reimbursement", "Hoàn trả"
    purchase_of_equity = "purchase_of_equity", "Purchase of equity", "Mua cổ phần"
    sale_of_equity = "sale_of_equity", "Sale of equity", "Bán cổ phần"
    credit_guarantee = "credit_guarantee", "Credit guarantee", "Bảo lãnh tín dụng"
    incoming_commitment = "incoming_commitment", "Incoming commitment", "Cam kết nhận được"
    outgoing_pledge = "outgoing_pledge", "Outgoing pledge", "Hứa cấp đi"
    incoming_pledge = "incoming_pledge", "Incoming pledge", "Hứa nhận được"
    registered = "registered", "Capital registered", "Vốn đăng ký"
    increase = "increase", "Increase of capital", "Tăng vốn"
    decrease = "decrease", "Decrease of capital", "Giảm vốn"
    realised = "realised", "Capital realised", "Vốn thực hiện"


class Project(Resource):
    __tablename__ = "projects"
    cites = {
        **Resource.cites,
        "participants": ("partner_id", "agency_id"),
        "legal_basis": ("document_id",),
        "agreements": ("agreement_id",),
        "sites": ("site_id",),
    }
    derived = ("period_days", "sector_codes", "words")

    kind: Mapped[ProjectKind]
    title: Mapped[dict[str, Any]]
    description: Mapped[str | None]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("projects.id"), index=True)
    """The project that this one is a part of."""
    sectors: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    participants: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    countries: Mapped[list[str]] = mapped_column(server_default="{}")
    locations: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    sites: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    period: Mapped[Any | None]
    legal_basis: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    agreements: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    certificate: Mapped[dict[str, Any] | None]
    components: Mapped[int | None]
    milestones: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    progress: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    related: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    state: Mapped[ProjectState] = mapped_column(default=ProjectState.pipeline)
    period_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(period)", persisted=True)
    )
    sector_codes: Mapped[list[str]] = mapped_column(
        Computed("sector_codes(sectors)", persisted=True)
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
        # Most projects last for whole years; a report looks for those that begin or end on a day.
        Index(
            "ix_projects_to_the_day",
            "period_days",
            postgresql_using="gist",
            postgresql_where="period_days <> months_of(period_days)",
        ),
        Index(None, "countries", postgresql_using="gin"),
        Index(None, "sector_codes", postgresql_using="gin"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )
