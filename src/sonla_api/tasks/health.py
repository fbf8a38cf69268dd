"""How a task, or what an agency has of it, stands on a day: done, on track, due soon, overdue.

It counts what was done, assigned and withdrawn by that day, against the day that it is due by what
is known now.
"""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    null,
    select,
)
from sqlalchemy.orm import aliased

from sonla_api.kit.asked import Asked
from sonla_api.kit.codes import CodeList
from sonla_api.kit.filters import Filter, told_on
from sonla_api.kit.model import among, constant
from sonla_api.kit.schema import Day
from sonla_api.tasks.models import DueKind, Task


class Health(CodeList):
    done_on_time = "done_on_time", "Done on time", "Hoàn thành đúng hạn"
    done_late = "done_late", "Done late", "Hoàn thành quá hạn"
    on_track = "on_track", "On track", "Trong hạn"
    due_soon = "due_soon", "Due soon", "Sắp đến hạn"
    overdue = "overdue", "Overdue", "Quá hạn"
    continuous = "continuous", "Without end", "Thường xuyên"
    unassigned = "unassigned", "Nobody assigned", "Chưa giao"


def _apart(given: Any) -> Any:
    """`overdue,due_soon` is two."""
    return [code for part in given for code in str(part).split(",")]


Healths = Annotated[list[Health], BeforeValidator(_apart)]

TODAY = bindparam("today", type_=Date())
"""The day on which a context stands: see `Context.on`."""
_IN_DAYS = cast(func.current_setting(constant("sonla.due_soon_working_days")), Integer)
# A query of its own, so that the calendar is asked once and not for every row.
SOON_UNTIL: ColumnElement[Any] = select(
    func.working_days_after(TODAY, _IN_DAYS, type_=Date())
).scalar_subquery()
"""What is due by this day is due soon."""

_DONE = frozenset({Health.done_on_time, Health.done_late})
_DATED = frozenset({Health.overdue, Health.due_soon})


def health(of: Any) -> ColumnElement[Any]:
    """Of a task; null for a heading, which stands as those below it, and for what is withdrawn."""
    return case(
        (of.subtasks > 0, null()),
        *_closed(of),
        (of.due_on < TODAY, constant(Health.overdue)),
        (~is_assigned(of), constant(Health.unassigned)),
        else_=_ahead(of, of),
    )


def assignment_health(of: Any, task: Any = None) -> ColumnElement[Any]:
    """Of an assignment; null before it was made and once withdrawn, and where its task is a heading
    or may not be seen.

    `task`: that of the assignment, where a query joins those that the actor sees.
    """
    if task is None:
        that = aliased(Task)
        own = select(assignment_health(of, that)).where(that.id == of.task_id, that.is_seen())
        found: ColumnElement[Any] = own.scalar_subquery()
        return found
    return case(
        (task.subtasks > 0, null()),
        (of.assigned_on > TODAY, null()),
        *_closed(of),
        (of.due_on < TODAY, constant(Health.overdue)),
        else_=_ahead(of, task),
    )


def is_assigned(of: Any) -> ColumnElement[bool]:
    """Whether an agency is assigned to a task on the day."""
    return func.coalesce(of.assigned_on <= TODAY, false())


def has_health(of: Any, shown: Callable[[Any], ColumnElement[Any]] = health) -> Filter:
    """Those with one of these healths on the day of the context."""

    def condition(asked: Asked) -> ColumnElement[bool]:
        codes: tuple[Health, ...] = asked.form
        return and_(among(shown(of), codes), *_bounds(of, frozenset(codes)))

    return Filter(condition, of.due_on, form=_codes)


AsOf = Annotated[
    Day | None,
    told_on(Task.due_on),
    Field(description="As it stood on this day; today where it is left out."),
]


def _closed(of: Any) -> tuple[Any, ...]:
    is_late = of.done_on > of.due_on
    done = case((is_late, constant(Health.done_late)), else_=constant(Health.done_on_time))
    return (of.done_on <= TODAY, done), (of.open_until <= TODAY, null())


def _ahead(of: Any, task: Any) -> ColumnElement[Any]:
    """What is neither done nor overdue."""
    kind = task.due.op("->>")(constant("kind"))
    return case(
        (kind == constant(DueKind.continuous), constant(Health.continuous)),
        (of.due_on <= SOON_UNTIL, constant(Health.due_soon)),
        else_=constant(Health.on_track),
    )


def _bounds(of: Any, codes: frozenset[Health]) -> list[ColumnElement[bool]]:
    """What follows from a health about columns of an index, so that it is read only so far."""
    bounds: list[ColumnElement[bool]] = []
    if not codes & _DONE:
        bounds.append(of.open_until > TODAY)
    if codes <= _DATED:
        bounds.append(of.due_on <= SOON_UNTIL if Health.due_soon in codes else of.due_on < TODAY)
    if codes == {Health.due_soon}:
        bounds.append(of.due_on >= TODAY)
    return bounds


def _codes(value: Any) -> tuple[Health, ...]:
    return tuple(sorted(value)) if isinstance(value, list) else (value,)
