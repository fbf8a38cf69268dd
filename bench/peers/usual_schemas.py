"""The usual service's Pydantic models: what comes in, what goes out."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Shown(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class LocalizedText(Shown):
    vi: str | None = None
    en: str | None = None
    lo: str | None = None


class NamedPublic(Shown):
    id: UUID
    name: LocalizedText


class SourcePublic(Shown):
    id: UUID
    title: str


class CitationPublic(Shown):
    source: SourcePublic | None
    locator: str | None
    as_printed: str | None


class MemberPublic(Shown):
    name: str
    position: str | None
    agency: NamedPublic | None
    person_key: str | None


class DelegationPartnerPublic(Shown):
    partner: NamedPublic | None
    role: str | None


class ProgrammePublic(Shown):
    on: date | None
    time: str | None
    place: str | None
    partner: NamedPublic | None
    activity: str


class Document(Shown):
    symbol: str
    issuer: str | None = None
    issued_on: date | None = None


class ConsultationPublic(Shown):
    agency: NamedPublic | None
    asked_on: date | None
    received_on: date | None
    due_on: date | None
    answered_on: date | None
    opinion: str | None
    document: Document | None


class Money(Shown):
    amount: str
    currency: str


class Cost(Shown):
    planned: Money | None = None
    actual: Money | None = None


class Report(Shown):
    document: Document | None = None
    submitted_on: date


class DelegationBase(Shown):
    key: str | None = None
    note: str | None = None
    flags: list[dict[str, Any]] = []
    printed: dict[str, str] = {}
    visibility: str = "internal"
    direction: str | None = None
    channel: str | None = None
    level: str | None = None
    title: LocalizedText
    purpose: str | None = None
    head_position: str | None = None
    host_position: str | None = None
    headcount: int | None = None
    countries: list[str] = []
    subdivision: str | None = None
    place: str | None = None
    when: str | dict[str, Any] | None = None
    invitation: list[Document] = []
    decision: list[Document] = []
    funding: str | None = None
    cost: Cost | None = None
    in_annual_plan: bool | None = None
    outcomes: list[str] = []
    report: Report | None = None


class DelegationPublic(DelegationBase):
    id: UUID
    version: int
    created_at: datetime
    created_by: UUID | None
    updated_at: datetime
    updated_by: UUID | None
    owner_agency: NamedPublic | None
    lead_agency: NamedPublic | None
    code: str | None
    sources: list[CitationPublic]
    members: list[MemberPublic]
    partners: list[DelegationPartnerPublic]
    programme: list[ProgrammePublic]
    consultations: list[ConsultationPublic]
    report_due_on: date | None
    report_due_calendar: str | None
    is_report_overdue: bool
    state: str
    verbs: list[str]


class Citation(Shown):
    source_id: UUID
    locator: str | None = None
    as_printed: str | None = None


class Member(Shown):
    name: str
    position: str | None = None
    agency_id: UUID | None = None
    person_key: str | None = None


class DelegationPartner(Shown):
    partner_id: UUID
    role: str | None = None


class Programme(Shown):
    on: date | None = None
    time: str | None = None
    place: str | None = None
    partner_id: UUID | None = None
    activity: str


class Consultation(Shown):
    agency_id: UUID
    asked_on: date | None = None
    received_on: date | None = None
    due_on: date | None = None
    answered_on: date | None = None
    opinion: str | None = None
    document: Document | None = None


class DelegationCreate(DelegationBase):
    lead_agency_id: UUID | None = None
    sources: list[Citation] = []
    members: list[Member] = []
    partners: list[DelegationPartner] = []
    programme: list[Programme] = []
    consultations: list[Consultation] = []
