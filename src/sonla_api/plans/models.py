"""Plans and programmes: what a document of the type KH or CTr sets out to do, and when."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.model import Resource


class Plan(Resource):
    __tablename__ = "plans"
    called = ("document_id",)
    derived = ("period_days", "words")

    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), unique=True)
    period: Mapped[Any | None]
    objectives: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    period_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(period)", persisted=True)
    )
    words: Mapped[str] = mapped_column(
        Computed("fold(texts(objectives) || ' ' || coalesce(note, ''))", persisted=True)
    )

    constraints = (
        Index(None, "period_days", postgresql_using="gist"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )
