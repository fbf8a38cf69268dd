"""The usual service's ORM models: the tables as they are, related records as relationships."""

import json
import os
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Identity, Text, and_, case, column, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    column_property,
    foreign,
    mapped_column,
    relationship,
)
from uuid_utils.compat import uuid7

OWNER = UUID(os.environ["BENCH_OWNER"])
MINE = frozenset(UUID(id_) for id_ in os.environ["BENCH_MINE"].split())
VERBS: dict[str, list[str]] = json.loads(os.environ["BENCH_VERBS"])
OWES_NONE = ["recorded", "cancelled", "rejected", "refused"]
LAST_DAY = func.upper(column("when_days")) - 1
DUE = func.working_days_after(LAST_DAY, 15)
OWES_REPORT = {"under_way", "completed", "received"}


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {
        dict[str, Any]: JSONB(none_as_null=True),
        list[dict[str, Any]]: JSONB(none_as_null=True),
        Any: JSONB(none_as_null=True),
        list[str]: ARRAY(Text),
    }


class Agency(Base):
    __tablename__ = "agencies"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[dict[str, Any]]


class Partner(Base):
    __tablename__ = "partners"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[dict[str, Any]]


class Source(Base):
    __tablename__ = "sources"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]


class Mention(Base):
    """The table between delegations and the records that they name."""

    __tablename__ = "mentions"
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    resource: Mapped[str]
    record_id: Mapped[UUID]
    field: Mapped[str]
    source_id: Mapped[UUID | None] = mapped_column(ForeignKey("sources.id"))
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"))
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partners.id"))
    source: Mapped[Source | None] = relationship()
    agency: Mapped[Agency | None] = relationship()
    partner: Mapped[Partner | None] = relationship()


class Delegation(Base):
    __tablename__ = "delegations"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    version: Mapped[int] = mapped_column(default=1)
    key: Mapped[str | None]
    note: Mapped[str | None]
    cited: Mapped[list[dict[str, Any]]] = mapped_column("sources", default=list)
    flags: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    printed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    owner_agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"), default=OWNER)
    visibility: Mapped[str] = mapped_column(default="internal")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[UUID | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_by: Mapped[UUID | None]
    code: Mapped[str | None]
    direction: Mapped[str | None]
    channel: Mapped[str | None]
    level: Mapped[str | None]
    title: Mapped[dict[str, Any]]
    purpose: Mapped[str | None]
    lead_agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"))
    head_position: Mapped[str | None]
    host_position: Mapped[str | None]
    headcount: Mapped[int | None]
    people: Mapped[list[dict[str, Any]]] = mapped_column("members", default=list)
    countries: Mapped[list[str]] = mapped_column(default=list)
    subdivision: Mapped[str | None]
    place: Mapped[str | None]
    met: Mapped[list[dict[str, Any]]] = mapped_column("partners", default=list)
    when: Mapped[Any | None]
    planned: Mapped[list[dict[str, Any]]] = mapped_column("programme", default=list)
    invitation: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    decision: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    asked: Mapped[list[dict[str, Any]]] = mapped_column("consultations", default=list)
    funding: Mapped[str | None]
    cost: Mapped[dict[str, Any] | None]
    in_annual_plan: Mapped[bool | None]
    outcomes: Mapped[list[str]] = mapped_column(default=list)
    report: Mapped[dict[str, Any] | None]
    state: Mapped[str] = mapped_column(default="draft")
    when_from: Mapped[date | None] = mapped_column(Computed("", persisted=True), deferred=True)
    report_due_on: Mapped[date | None] = column_property(
        case((column("state").not_in(OWES_NONE), DUE))
    )
    report_due_calendar: Mapped[str | None] = column_property(
        case((column("state").not_in(OWES_NONE), func.calendar_status(LAST_DAY, DUE)))
    )

    owner_agency: Mapped[Agency | None] = relationship(foreign_keys=owner_agency_id)
    lead_agency: Mapped[Agency | None] = relationship(foreign_keys=lead_agency_id)
    mentions: Mapped[list[Mention]] = relationship(
        primaryjoin=lambda: and_(
            foreign(Mention.record_id) == Delegation.id, Mention.resource == "delegations"
        )
    )

    def _with(self, lines: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
        """The lines of a list, each with the record that its `<name>_id` refers to."""
        named = {str(getattr(m, f"{name}_id")): getattr(m, name) for m in self.mentions}
        return [line | {name: named.get(line[f"{name}_id"] or "")} for line in lines]

    @property
    def sources(self) -> list[dict[str, Any]]:
        return self._with(self.cited, "source")

    @property
    def members(self) -> list[dict[str, Any]]:
        return self._with(self.people, "agency")

    @property
    def partners(self) -> list[dict[str, Any]]:
        return self._with(self.met, "partner")

    @property
    def programme(self) -> list[dict[str, Any]]:
        return self._with(self.planned, "partner")

    @property
    def consultations(self) -> list[dict[str, Any]]:
        return self._with(self.asked, "agency")

    @property
    def is_report_overdue(self) -> bool:
        if self.state not in OWES_REPORT or self.report or not self.report_due_on:
            return False
        return self.report_due_on < datetime.now(UTC).date()

    @property
    def verbs(self) -> list[str]:
        if self.owner_agency_id not in MINE:
            return []
        return VERBS.get(f"{self.direction or ''}.{self.state}", [])
