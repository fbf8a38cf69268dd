"""Why the province acts: plans, decisions, directives and letters, ours and of others."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, aliased, mapped_column

from sonla_api.documents.types import DocumentType
from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Model, Resource, Visibility


class LinkKind(CodeList):
    implements = "implements", "Implements", "Triển khai"
    amends = "amends", "Amends", "Sửa đổi, bổ sung"
    replaces = "replaces", "Replaces", "Thay thế"
    cites = "cites", "Cites", "Căn cứ"
    attached_to = "attached_to", "Attached to", "Kèm theo"


class Document(Resource):
    __tablename__ = "documents"
    called = ("subject", "symbol", "canonical")
    cites = {**Resource.cites, "links": ("document_id",)}
    derived = ("effective_days", "issued_days", "issued_from", "words")

    symbol: Mapped[str | None] = mapped_column(index=True)
    canonical: Mapped[str | None] = mapped_column(index=True)
    number: Mapped[str | None]
    year: Mapped[int | None]
    type: Mapped[DocumentType]
    issuer_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    issuer_name: Mapped[str | None]
    issued_on: Mapped[Any | None]
    effective: Mapped[Any | None]
    subject: Mapped[dict[str, Any]]
    signer_position: Mapped[str | None]
    links: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    effective_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(effective)", persisted=True)
    )
    issued_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(issued_on)", persisted=True)
    )
    issued_from: Mapped[date | None] = mapped_column(
        Computed("lower(period_days(issued_on))", persisted=True)
    )
    words: Mapped[str] = mapped_column(
        Computed(
            "fold(texts(subject) || ' ' || coalesce(symbol, '') || ' ' || coalesce(canonical, '')"
            " || ' ' || coalesce(issuer_name, ''))",
            persisted=True,
        )
    )

    constraints = (
        CheckConstraint("issuer_id is null or issuer_name is null", name="issuer_name"),
        UniqueConstraint("id", "visibility"),
        Index(None, "issued_from", "id"),
        Index(None, "number", "year"),
        Index(None, "type", "created_at", "id"),
        Index(None, "issued_days", postgresql_using="gist"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )


class Attachment(Model):
    """A file of a document; never changed, so that what was read stays what it was."""

    __tablename__ = "attachments"
    __table_args__ = (Index(None, "document_id", "created_at", "id"),)
    internal = frozenset({"created_by"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[UUID | None]

    @classmethod
    def is_seen(cls) -> ColumnElement[bool]:
        """By whoever sees its document."""
        of = aliased(Document)
        return select(of.id).where(of.id == cls.document_id, of.is_seen()).exists()


class AttachmentPiece(Model):
    """A part of a file, small enough to be held in memory while many come and go."""

    __tablename__ = "attachment_pieces"

    attachment_id: Mapped[UUID] = mapped_column(
        ForeignKey("attachments.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes]


class DocumentLink(Model):
    """A link from one document to another; kept by a trigger, which refuses circles.

    Who sees either document stands beside it, so that a walk over thousands asks no other table.
    """

    __tablename__ = "document_links"
    __table_args__ = (
        *(
            ForeignKeyConstraint(
                [f"{end}_id", f"{end}_visibility"],
                ["documents.id", "documents.visibility"],
                onupdate="CASCADE",
                ondelete="CASCADE",
            )
            for end in ("document", "target")
        ),
        Index(
            None,
            "document_id",
            "kind",
            postgresql_include=["target_id", "target_visibility"],
        ),
        Index(
            None,
            "target_id",
            "kind",
            postgresql_include=["document_id", "document_visibility"],
        ),
    )

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[LinkKind] = mapped_column(primary_key=True)
    target_id: Mapped[UUID] = mapped_column(primary_key=True)
    document_visibility: Mapped[Visibility]
    target_visibility: Mapped[Visibility]
