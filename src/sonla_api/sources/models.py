"""Pages, documents and persons that facts come from."""

from datetime import date
from typing import Any

from sqlalchemy import Computed, Index
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.model import Resource


class Source(Resource):
    __tablename__ = "sources"
    derived = ("covers_days", "words")

    title: Mapped[str]
    publisher: Mapped[str | None]
    url: Mapped[str | None]
    published_on: Mapped[date | None]
    covers: Mapped[Any | None]
    language: Mapped[str | None]
    covers_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(covers)", persisted=True)
    )
    words: Mapped[str] = mapped_column(
        Computed("fold(coalesce(title, '') || ' ' || coalesce(publisher, ''))", persisted=True)
    )

    constraints = (
        Index(None, "published_on", "id"),
        Index(None, "covers_days", postgresql_using="gist"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )
