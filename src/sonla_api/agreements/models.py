"""What the province and its agencies have agreed with partners, in whose name and until when."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.agreements.lifecycle import AgreementState
from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Resource
from sonla_api.kit.text import Message

_RENEWED = Message(
    "another agreement renews this one already", "đã có thỏa thuận khác gia hạn thỏa thuận này"
)


class AgreementKind(CodeList):
    mou = "mou", "Memorandum of understanding", "Bản ghi nhớ"
    agreement = "agreement", "Agreement", "Thỏa thuận"
    minutes = "minutes", "Minutes", "Biên bản"
    cooperation_plan = "cooperation_plan", "Cooperation plan", "Kế hoạch hợp tác"
    twinning = "twinning", "Twinning", "Kết nghĩa"
    high_level_agreement = (
        "high_level_agreement",
        "Agreement of the two states",
        "Thỏa thuận cấp cao hai nước",
    )
    implementation_agreement = (
        "implementation_agreement",
        "Implementation agreement",
        "Thỏa thuận thực hiện",
    )
    loan_and_grant_agreement = (
        "loan_and_grant_agreement",
        "Loan and grant agreement",
        "Thỏa thuận vay và viện trợ",
    )


class AgreementLevel(CodeList):
    """In whose name an agreement is made."""

    central = "central", "Central bodies", "Trung ương"
    province = "province", "The province", "Tỉnh"
    department = "department", "A department", "Sở, ngành"
    district = "district", "A district", "Huyện"
    commune = "commune", "A commune or ward", "Xã, phường"
    village = "village", "A village", "Bản"
    mass_organisation = "mass_organisation", "A mass organisation", "Tổ chức quần chúng"


class AgreementRole(CodeList):
    signatory = "signatory", "Signs", "Bên ký"
    implementing = "implementing", "Carries out", "Bên thực hiện"
    witness = "witness", "Witnesses", "Bên chứng kiến"


class AgreementStanding(CodeList):
    """How an agreement stands on a day, by its state and its period."""

    pending = "pending", "Not signed yet", "Chưa ký"
    undated = "undated", "Signed, its period unknown", "Đã ký, chưa rõ thời hạn"
    upcoming = "upcoming", "Signed, not in force yet", "Đã ký, chưa có hiệu lực"
    in_force = "in_force", "In force", "Đang có hiệu lực"
    expiring = "expiring", "Ends in 90 days at most", "Sắp hết hiệu lực"
    suspended = "suspended", "Suspended", "Tạm đình chỉ"
    ended = "ended", "Ended", "Đã hết hiệu lực"


class Agreement(Resource):
    __tablename__ = "agreements"
    cites = {
        **Resource.cites,
        "parties": ("partner_id", "agency_id"),
        "signatories": ("partner_id", "agency_id"),
        "documents": ("document_id",),
        "commitments": ("partner_id", "agency_id"),
        "consultations": ("agency_id", "document.document_id"),
    }
    internal = Resource.internal | {"consultations"}
    derived = ("signed_days", "signed_from", "effective_days", "ends_on", "words")

    kind: Mapped[AgreementKind]
    title: Mapped[dict[str, Any]]
    on_behalf_of: Mapped[AgreementLevel | None]
    parties: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    signatories: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    countries: Mapped[list[str]] = mapped_column(server_default="{}")
    subdivision: Mapped[str | None]
    signed_on: Mapped[Any | None]
    effective: Mapped[Any | None]
    auto_renew: Mapped[bool | None]
    renews_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreements.id"))
    """The agreement whose successor this one is."""
    fields: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    languages: Mapped[list[str]] = mapped_column(server_default="{}")
    documents: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    commitments: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    consultations: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    state: Mapped[AgreementState] = mapped_column(default=AgreementState.proposed)
    ended_on: Mapped[date | None]
    """The first day on which it holds no more because it was renewed or terminated."""
    signed_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(signed_on)", persisted=True)
    )
    signed_from: Mapped[date | None] = mapped_column(
        Computed("lower(period_days(signed_on))", persisted=True)
    )
    effective_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(effective)", persisted=True)
    )
    ends_on: Mapped[date | None] = mapped_column(
        Computed("least(ended_on, upper(period_days(effective))) - 1", persisted=True)
    )
    """The last day on which it holds."""
    words: Mapped[str] = mapped_column(
        Computed(
            "fold(texts(title) || ' ' || texts(fields) || ' ' ||"
            " texts(jsonb_path_query_array(commitments, '$[*].title')) || ' ' ||"
            " texts(jsonb_path_query_array(documents, '$[*].symbol')))",
            persisted=True,
        )
    )

    constraints = (
        UniqueConstraint("renews_id", info={"told": _RENEWED}),
        Index(None, "signed_from", "id"),
        Index(None, "ends_on", "id"),
        Index(None, "kind", "created_at", "id"),
        Index(None, "state", "created_at", "id"),
        Index(None, "signed_days", postgresql_using="gist"),
        Index(None, "effective_days", postgresql_using="gist"),
        Index(None, "countries", postgresql_using="gin"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )
