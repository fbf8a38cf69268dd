"""Who does what: an agency assigned to a task, as its lead or beside others."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.assignments.lifecycle import AssignmentState
from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Resource


class AssignmentRole(CodeList):
    lead = "lead", "Lead", "Chủ trì"
    coordinating = "coordinating", "Coordinating", "Phối hợp"


class Assignment(Resource):
    """`due_on` and `percent` are kept by the database, from the task and from the reports."""

    __tablename__ = "assignments"
    called = ("task_id",)
    derived = ("due_on", "percent")

    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    role: Mapped[AssignmentRole]
    state: Mapped[AssignmentState] = mapped_column(default=AssignmentState.assigned)
    assigned_on: Mapped[date]
    done_on: Mapped[date | None]
    cancelled_on: Mapped[date | None]
    wanted_until: Mapped[date | None]
    """The day asked for, while an extension is requested."""
    extended_to: Mapped[date | None]
    due_on: Mapped[date | None]
    percent: Mapped[int] = mapped_column(server_default="0")

    constraints = (
        CheckConstraint("(state = 'done') = (done_on is not null)", name="done_on"),
        CheckConstraint("(state = 'cancelled') = (cancelled_on is not null)", name="cancelled_on"),
        CheckConstraint("coalesce(done_on, cancelled_on) >= assigned_on", name="assigned_on"),
        Index(
            "uq_assignments_role",
            "task_id",
            unique=True,
            postgresql_where="role = 'lead' and state <> 'cancelled'",
        ),
        Index(
            "uq_assignments_agency_id",
            "task_id",
            "agency_id",
            unique=True,
            postgresql_where="state <> 'cancelled'",
        ),
        Index(None, "agency_id", "due_on", "id"),
        Index(None, "due_on", "id"),
    )
