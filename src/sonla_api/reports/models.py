"""Periodic reports with the figures that they were frozen with."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.model import Model, Resource
from sonla_api.kit.text import Message
from sonla_api.reports.lifecycle import ReportState

_REPLACED = Message(
    "another published report replaces that one already",
    "đã có báo cáo khác được ban hành thay thế báo cáo đó",
)


class Report(Resource):
    """A published one is never changed: a trigger refuses it, and `PublishedReport` has the copy
    that readers are shown.
    """

    __tablename__ = "reports"
    called = ("title", "symbol")
    derived = ("sections", "period_days", "words")

    title: Mapped[dict[str, Any]]
    period: Mapped[Any]
    kinds: Mapped[list[str]]
    """Agencies of these kinds are listed with nothing too."""
    symbol: Mapped[str | None]
    issuer_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    superior_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"))
    """The body above the issuer, which the heading names first."""
    place: Mapped[str | None]
    issued_on: Mapped[date | None]
    recipients: Mapped[list[str]] = mapped_column(server_default="{}")
    signer: Mapped[dict[str, Any] | None]
    narrative: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("reports.id"))
    state: Mapped[ReportState] = mapped_column(default=ReportState.draft)
    cut_off: Mapped[date]
    frozen_at: Mapped[datetime]
    sections: Mapped[list[dict[str, Any]]]
    period_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(period)", persisted=True)
    )
    words: Mapped[str] = mapped_column(
        Computed("fold(texts(title) || ' ' || coalesce(symbol, ''))", persisted=True)
    )

    constraints = (
        CheckConstraint(
            "visibility <> 'public' or state = 'published'",
            name="is_published",
        ),
        Index(
            "uq_reports_replaces_id",
            "replaces_id",
            unique=True,
            postgresql_where="state = 'published'",
            info={"told": _REPLACED},
        ),
        Index(None, "period_days", postgresql_using="gist"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )


class PublishedReport(Model):
    """A report as it was published: nobody may update or delete it, the owner of the table least.

    Nothing refers to it, as PostgreSQL asks for the right to update what is referred to.
    """

    __tablename__ = "published_reports"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    record: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
