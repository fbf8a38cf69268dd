"""What a plan asks for: tasks in a tree, with when they are due as the plan says it."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Computed,
    ForeignKey,
    Index,
    UniqueConstraint,
    false,
    func,
)
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import AGENCIES, OWNER, Resource
from sonla_api.kit.text import Message
from sonla_api.tasks.lifecycle import ASSIGNED

_TAKEN = Message(
    "another task of the plan has this code", "nhiệm vụ khác của kế hoạch đã có mã này"
)


class Priority(CodeList):
    high = "high", "High", "Cao"
    normal = "normal", "Normal", "Bình thường"
    low = "low", "Low", "Thấp"


class DueKind(CodeList):
    date = "date", "On a day", "Theo ngày"
    period = "period", "Within a period", "Trong kỳ"
    recurring = "recurring", "Again and again", "Định kỳ"
    continuous = "continuous", "Without end", "Thường xuyên"


class Task(Resource):
    """A recurring task has its occurrences as tasks of their own, made ahead.

    What the database keeps beside the fields comes from assignments, and is no change of a task:
    since when somebody is assigned, when it was done, until when its lead has leave to finish.
    """

    __tablename__ = "tasks"
    called = ("title", "code")
    cites = {
        **Resource.cites,
        "basis": ("document_id",),
        "result_documents": ("document_id",),
        "commitment": ("agreement_id",),
    }
    derived = (
        "lead_agency_id",
        "assigned_on",
        "done_on",
        "withdrawn_on",
        "extended_to",
        "percent",
        "subtasks",
        "open_until",
        "due_on",
        "code_order",
        "period_days",
        "words",
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    code: Mapped[str]
    title: Mapped[dict[str, Any]]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("tasks.id"), index=True)
    occurrence_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("tasks.id"))
    occurs_on: Mapped[date | None]
    basis: Mapped[dict[str, Any] | None]
    commitment: Mapped[dict[str, Any] | None]
    """The commitment of an agreement that it came from."""
    due: Mapped[dict[str, Any] | None]
    deliverable: Mapped[str | None]
    result_documents: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    period: Mapped[Any | None]
    markets: Mapped[list[str]] = mapped_column(server_default="{}")
    priority: Mapped[Priority | None]
    weight: Mapped[int] = mapped_column(default=1)

    lead_agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    """Who leads it now."""
    assigned_on: Mapped[date | None]
    """The first day on which an agency that is assigned now was assigned, or any if none is now."""
    done_on: Mapped[date | None]
    """When its lead was done; without a lead, when the last of those assigned was."""
    withdrawn_on: Mapped[date | None]
    """When the last assignment was cancelled, if none is left."""
    extended_to: Mapped[date | None]
    """The leave that its lead was given, or without a lead the latest."""
    percent: Mapped[int] = mapped_column(server_default="0")
    """As its lead reported last, 100 when it is done; without a lead the mean of all."""
    subtasks: Mapped[int] = mapped_column(server_default="0")
    """How many tasks and occurrences stand directly below it."""
    open_until: Mapped[date] = mapped_column(
        Computed("coalesce(least(done_on, withdrawn_on), 'infinity')", persisted=True)
    )
    """When it was done or withdrawn; infinity before, so that an index can be asked."""
    due_on: Mapped[date | None] = mapped_column(
        Computed("coalesce(extended_to, due_day(due))", persisted=True)
    )
    code_order: Mapped[str] = mapped_column(Computed("in_order(code)", persisted=True))
    """2 stands before 10."""
    period_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(period)", persisted=True)
    )
    words: Mapped[str] = mapped_column(
        Computed(
            "fold(texts(title) || ' ' || code || ' ' || coalesce(deliverable, ''))",
            persisted=True,
        )
    )

    @classmethod
    def acts_as(cls) -> dict[str, ColumnElement[bool]]:
        taking_part = func.coalesce(cls.taking_part.bool_op("&&")(AGENCIES), false())
        return {OWNER: cls.is_written(), ASSIGNED: taking_part}

    constraints = (
        UniqueConstraint("plan_id", "code", name="uq_tasks_code", info={"told": _TAKEN}),
        UniqueConstraint("occurrence_of_id", "occurs_on"),
        CheckConstraint("weight between 1 and 1000000", name="weight"),
        CheckConstraint("(occurrence_of_id is null) = (occurs_on is null)", name="occurs_on"),
        Index(None, "due_on", "id", "open_until"),
        Index(None, "open_until", "due_on"),
        Index(None, "plan_id", "due_on", "id"),
        Index(None, "plan_id", "code_order", "id"),
        Index(None, "period_days", postgresql_using="gist"),
        Index(None, "taking_part", postgresql_using="gin"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )
