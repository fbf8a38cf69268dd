"""What shows that a task was worked on: a delegation, an event or the like, recorded once."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.model import Resource
from sonla_api.kit.text import Message

WHAT = ("delegation_id", "agreement_id", "event_id", "project_id", "document_id")
"""By which of these a piece names its record."""
_TIED = Message("it is tied to this task already", "đã được gắn với nhiệm vụ này")


class Evidence(Resource):
    __tablename__ = "evidence"
    called = ("task_id",)

    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"))
    delegation_id: Mapped[UUID | None] = mapped_column(ForeignKey("delegations.id"), index=True)
    agreement_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreements.id"), index=True)
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("events.id"), index=True)
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("projects.id"), index=True)
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"), index=True)

    constraints = (
        CheckConstraint(f"num_nonnulls({', '.join(WHAT)}) = 1", name="of_one_record"),
        UniqueConstraint(
            "task_id",
            *WHAT,
            name="uq_evidence_task_id",
            postgresql_nulls_not_distinct=True,
            info={"told": _TIED},
        ),
    )
