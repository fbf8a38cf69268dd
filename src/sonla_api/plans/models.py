"""Plans and programmes: what a document of the type KH or CTr sets out to do, and when."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.model import Resource
from sonla_api.kit.text import Message

_TAKEN = Message("this document has a plan already", "văn bản này đã có kế hoạch")


class Plan(Resource):
    __tablename__ = "plans"
    derived = ("period_days", "words")

    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"))
    period: Mapped[Any | None]
    objectives: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    period_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(period)", persisted=True)
    )
    words: Mapped[str] = mapped_column(
        Computed("fold(texts(objectives) || ' ' || coalesce(note, ''))", persisted=True)
    )

    constraints = (
        UniqueConstraint("document_id", info={"told": _TAKEN}),
        Index(None, "period_days", postgresql_using="gist"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )
