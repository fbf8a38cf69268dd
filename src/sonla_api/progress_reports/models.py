"""What an agency reports on its assignment: how far it is, in words and in percent."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.evidence.models import WHAT
from sonla_api.kit.model import Resource
from sonla_api.kit.text import Message

_CORRECTED = Message(
    "this report has a correction already; correct that one",
    "báo cáo này đã được đính chính; hãy đính chính bản sau",
)


class ProgressReport(Resource):
    """Never changed: a correction is another report that names the one it corrects."""

    __tablename__ = "progress_reports"
    called = ("assignment_id",)
    cites = {**Resource.cites, "evidence": WHAT}
    derived = ("period_days",)

    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.id"))
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("progress_reports.id"))
    period: Mapped[Any]
    percent: Mapped[int | None]
    text: Mapped[str]
    difficulties: Mapped[str | None]
    proposals: Mapped[str | None]
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    period_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(period)", persisted=True)
    )

    constraints = (
        UniqueConstraint("corrects_id", info={"told": _CORRECTED}),
        CheckConstraint("percent between 0 and 100", name="percent"),
        Index(None, "assignment_id", "created_at", "id"),
        Index(None, "period_days", postgresql_using="gist"),
    )
