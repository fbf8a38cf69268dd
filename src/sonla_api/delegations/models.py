"""Visits to and from the province: delegations sent, received, and at home."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Identity, Index
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.delegations.lifecycle import DelegationState, Direction
from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Model, Resource


class Channel(CodeList):
    party = "party", "Party", "Đảng"
    state = "state", "State", "Nhà nước"
    people_to_people = "people_to_people", "People to people", "Đối ngoại nhân dân"
    parliament = "parliament", "Parliament", "Quốc hội, HĐND"
    defence_security = "defence_security", "Defence and security", "Quốc phòng, an ninh"


class Level(CodeList):
    central = "central", "Central", "Trung ương"
    province_leader = "province_leader", "Provincial leaders", "Lãnh đạo tỉnh"
    department = "department", "Department", "Sở, ngành"
    district = "district", "District", "Huyện"
    locality = "locality", "Commune or ward", "Xã, phường"
    mass_organisation = "mass_organisation", "Mass organisation", "Tổ chức quần chúng"


class PartnerRole(CodeList):
    host = "host", "Host", "Đón tiếp"
    guest = "guest", "Guest", "Khách"
    met = "met", "Met", "Gặp gỡ, làm việc"


class Funding(CodeList):
    state_budget = "state_budget", "State budget", "Ngân sách nhà nước"
    host = "host", "Host", "Phía mời đài thọ"
    sponsor = "sponsor", "Sponsor", "Nhà tài trợ"
    self_funded = "self", "Own money", "Tự túc"


class Delegation(Resource):
    __tablename__ = "delegations"
    called = ("title", "code")
    cites = {
        **Resource.cites,
        "partners": ("partner_id",),
        "members": ("agency_id",),
        "programme": ("partner_id",),
        "consultations": ("agency_id", "document.document_id"),
        "invitation": ("document_id",),
        "decision": ("document_id",),
        "report": ("document.document_id",),
    }
    internal = Resource.internal | {"members", "cost", "funding", "consultations", "invitation"}
    derived = ("when_days", "when_from", "words")

    code: Mapped[str | None]
    direction: Mapped[Direction | None]
    channel: Mapped[Channel | None]
    level: Mapped[Level | None]
    title: Mapped[dict[str, Any]]
    purpose: Mapped[str | None]
    lead_agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    head_position: Mapped[str | None]
    host_position: Mapped[str | None]
    headcount: Mapped[int | None]
    members: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    countries: Mapped[list[str]] = mapped_column(server_default="{}")
    subdivision: Mapped[str | None]
    place: Mapped[str | None]
    partners: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    when: Mapped[Any | None]
    programme: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    invitation: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    decision: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    consultations: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    funding: Mapped[Funding | None]
    cost: Mapped[dict[str, Any] | None]
    in_annual_plan: Mapped[bool | None]
    outcomes: Mapped[list[str]] = mapped_column(server_default="{}")
    report: Mapped[dict[str, Any] | None]
    state: Mapped[DelegationState] = mapped_column(default=DelegationState.draft)
    when_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed('period_days("when")', persisted=True)
    )
    when_from: Mapped[date | None] = mapped_column(
        Computed('lower(period_days("when"))', persisted=True)
    )
    words: Mapped[str] = mapped_column(
        Computed(
            "fold(texts(title) || ' ' || coalesce(purpose, '') || ' ' || coalesce(place, '')"
            " || ' ' || coalesce(code, ''))",
            persisted=True,
        )
    )

    constraints = (
        CheckConstraint(
            "direction is not null or state in ('draft', 'recorded', 'cancelled')",
            name="direction_known",
        ),
        Index(None, "code", unique=True),
        Index(None, "when_from", "id"),
        Index(None, "state", "when_from", "id"),
        Index(None, "direction", "when_from", "id"),
        Index(None, "when_days", postgresql_using="gist"),
        Index(None, "countries", postgresql_using="gin"),
        # Of most no member is named, so these pay nothing for it.
        Index(
            None,
            "members",
            postgresql_using="gin",
            postgresql_ops={"members": "jsonb_path_ops"},
            postgresql_where="members <> '[]'",
        ),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )


class DelegationMember(Model):
    """The days on which a person is bound to a delegation; kept by a trigger."""

    __tablename__ = "delegation_members"
    __table_args__ = (
        ExcludeConstraint(
            ("agency_id", "="),
            ("person_key", "="),
            ("days", "&&"),
            name="ex_delegation_members_members",
            using="gist",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    delegation_id: Mapped[UUID] = mapped_column(
        ForeignKey("delegations.id", ondelete="CASCADE"), index=True
    )
    agency_id: Mapped[UUID]
    person_key: Mapped[str]
    days: Mapped[Range[date]] = mapped_column(DATERANGE)


class DelegationCounter(Model):
    """The last number given to a delegation of a direction in a year."""

    __tablename__ = "delegation_counters"

    direction: Mapped[Direction] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
