"""Who does what: an agency assigned to a task, as its lead or beside others."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Computed, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.assignments.lifecycle import AssignmentState
from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import OWNER, Resource, is_own
from sonla_api.kit.text import Message
from sonla_api.tasks.lifecycle import ASSIGNED

_LED = Message(
    "the task has a lead; withdraw it before another one leads",
    "nhiệm vụ đã có cơ quan chủ trì; hãy rút trước khi giao cơ quan khác chủ trì",
)
_ASSIGNED = Message(
    "the agency is assigned to the task already", "cơ quan đã được giao nhiệm vụ này"
)
_OVER = Message(
    "a day up to the one on which it was done or withdrawn",
    "một ngày không sau ngày hoàn thành hoặc ngày rút",
)


class AssignmentRole(CodeList):
    lead = "lead", "Lead", "Chủ trì"
    coordinating = "coordinating", "Coordinating", "Phối hợp"


class Assignment(Resource):
    """`due_on` and `percent` are kept by the database, from the task and from the reports."""

    __tablename__ = "assignments"
    called = ("task_id",)
    derived = ("due_on", "open_until", "percent")

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
    open_until: Mapped[date] = mapped_column(
        Computed("coalesce(done_on, cancelled_on, 'infinity')", persisted=True)
    )
    """When it was done or withdrawn; infinity before, so that an index can be asked."""
    percent: Mapped[int] = mapped_column(server_default="0")

    @classmethod
    def acts_as(cls) -> dict[str, ColumnElement[bool]]:
        return {OWNER: cls.is_written(), ASSIGNED: is_own(cls.agency_id)}

    constraints = (
        CheckConstraint("(state = 'done') = (done_on is not null)", name="done_on"),
        CheckConstraint("(state = 'cancelled') = (cancelled_on is not null)", name="cancelled_on"),
        CheckConstraint(
            "coalesce(done_on, cancelled_on) >= assigned_on",
            name="assigned_on",
            info={"told": _OVER},
        ),
        Index(
            "uq_assignments_role",
            "task_id",
            unique=True,
            postgresql_where="role = 'lead' and state <> 'cancelled'",
            info={"told": _LED},
        ),
        Index(
            "uq_assignments_agency_id",
            "task_id",
            "agency_id",
            unique=True,
            postgresql_where="state <> 'cancelled'",
            info={"told": _ASSIGNED},
        ),
        Index(None, "agency_id", "due_on", "id", "open_until"),
        Index(None, "due_on", "id", "open_until"),
        Index(None, "task_id"),
        Index(
            "ix_assignments_to_decide",
            "owner_agency_id",
            postgresql_where="state in ('submitted', 'extension_requested')",
        ),
    )
