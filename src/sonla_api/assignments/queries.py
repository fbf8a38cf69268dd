from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    Date,
    and_,
    any_,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.orm import aliased

from sonla_api.agencies.models import Agency
from sonla_api.agencies.queries import exists_on, has_ended
from sonla_api.assignments.lifecycle import AssignmentState, AssignmentVerb, lifecycle
from sonla_api.assignments.models import Assignment, AssignmentRole
from sonla_api.assignments.schemas import AssignmentView
from sonla_api.kit.asked import Asked
from sonla_api.kit.context import WriteContext
from sonla_api.kit.filters import Filter, at_least, at_most, one_of, through
from sonla_api.kit.listing import Listing
from sonla_api.kit.model import constant
from sonla_api.kit.records import Records
from sonla_api.kit.schema import Day
from sonla_api.kit.shapes import as_item, to_json
from sonla_api.kit.statement import Statement
from sonla_api.kit.steps import Step
from sonla_api.kit.store import turn
from sonla_api.kit.text import Line
from sonla_api.tasks.health import AsOf, Healths, assignment_health, has_health
from sonla_api.tasks.models import Task

A = Assignment
assignments = Records(
    A, AssignmentView, lifecycle.parameters, verbs=lifecycle.verbs, health=assignment_health
)


def _carried(asked: Asked) -> Any:
    day = asked.value(Date())
    return and_(A.assigned_on < day, A.open_until >= day)


_is_heading = Filter(lambda asked: (Task.subtasks > 0) == asked.value(), Task.subtasks)


class AssignmentListing(Listing):
    orders: ClassVar = {
        "created_at": A.created_at,
        "due_on": A.due_on,
        "assigned_on": A.assigned_on,
    }

    key: Annotated[list[Line], one_of(A.key)] = []
    task_id: Annotated[list[UUID], one_of(A.task_id)] = []
    plan_id: Annotated[
        list[UUID],
        through(A.task_id, one_of(Task.plan_id)),
        Field(description="Assignments to the tasks of this plan."),
    ] = []
    agency_id: Annotated[list[UUID], one_of(A.agency_id)] = []
    health: Annotated[
        Healths,
        has_health(A, assignment_health),
        Field(description="Those that stand so on the day; several with commas or by repeating."),
    ] = []
    as_of: AsOf = None
    role: Annotated[list[AssignmentRole], one_of(A.role)] = []
    state: Annotated[list[AssignmentState], one_of(A.state)] = []
    due_from: Annotated[
        Day | None, at_least(A.due_on), Field(description="Due on this day or since.")
    ] = None
    due_to: Annotated[
        Day | None, at_most(A.due_on), Field(description="Due on this day or before.")
    ] = None
    assigned_on_from: Annotated[
        Day | None, at_least(A.assigned_on), Field(description="Assigned on this day or since.")
    ] = None
    assigned_on_to: Annotated[
        Day | None, at_most(A.assigned_on), Field(description="Assigned on this day or before.")
    ] = None
    done_on_from: Annotated[
        Day | None, at_least(A.done_on), Field(description="Done on this day or since.")
    ] = None
    cancelled_on_from: Annotated[
        Day | None, at_least(A.cancelled_on), Field(description="Withdrawn on this day or since.")
    ] = None
    cancelled_on_to: Annotated[
        Day | None, at_most(A.cancelled_on), Field(description="Withdrawn on this day or before.")
    ] = None
    carried_into: Annotated[
        Day | None,
        Filter(_carried, A.assigned_on),
        Field(description="Assigned before this day, and neither done nor withdrawn before it."),
    ] = None
    of_heading: Annotated[
        bool | None,
        through(A.task_id, _is_heading),
        Field(description="Whether the task, if the caller sees it, has others below it."),
    ] = None


_agency = bindparam("agency_id", type_=Uuid())
_day = bindparam("assigned_on", type_=Date())
has_not_ended = ~has_ended(_agency, _day)
"""Whether the agency that is to be assigned has not ended by then."""
_id = bindparam("id", type_=Uuid())
_task_of = Statement(select(turn(A.task_id)).where(A.id == _id))
_plan_of = Statement(select(turn(Task.plan_id)).join(A, A.task_id == Task.id).where(A.id == _id))
_submitted = Statement(
    select(Step.on)
    .where(Step.record_id == _id, Step.verb == constant(AssignmentVerb.submit))
    .order_by(Step.at.desc(), Step.id.desc())
    .limit(literal_column("1"))
)


async def wait_for_task(ctx: WriteContext, id_: UUID, *, and_plan: bool = False) -> None:
    """Writers of what belongs to a task take turns, and of who takes part in a plan."""
    if and_plan:
        await _plan_of.fetch(ctx.reader, id=id_)
    await _task_of.fetch(ctx.reader, id=id_)


async def submitted_on(ctx: WriteContext, id_: UUID) -> date | None:
    """On which day the result was submitted last."""
    rows = await _submitted.fetch(ctx.reader, id=id_)
    return rows[0]["on"] if rows else None


_named = bindparam("agency_ids", type_=ARRAY(Uuid))
_ended = Statement(select(Agency.id).where(Agency.id == any_(_named), Agency.valid_to <= _day))


async def ended_among(ctx: WriteContext, agency_ids: Sequence[UUID], day: date) -> set[UUID]:
    """Those agencies that are no more by a day."""
    rows = await _ended.fetch(ctx.reader, agency_ids=agency_ids, assigned_on=day)
    return {row["id"] for row in rows}


@cache
def _assign(*, is_of_kind: bool) -> Statement:
    """One assignment for each agency chosen that has none; the new ones as the caller sees them."""
    names = ("task_id", "role", "assigned_on", "owner_agency_id", "visibility", "created_by")
    given = {name: bindparam(name, type_=A.__table__.c[name].type) for name in names}
    task_id, state = given["task_id"], constant(AssignmentState.assigned)
    chosen: ColumnElement[bool] = Agency.id == any_(_named)
    if is_of_kind:
        is_it = Agency.kind == bindparam("kind", type_=Agency.kind.type)
        chosen = and_(is_it, exists_on(_day))
    is_live = A.state != constant(AssignmentState.cancelled)
    has_it = exists().where(A.task_id == task_id, A.agency_id == Agency.id, is_live)
    own = {"id": func.uuid7(), "version": literal_column("1"), "agency_id": Agency.id}
    values = {**own, **given, "state": state, "updated_by": given["created_by"]}
    found = select(*values.values()).where(Agency.is_seen(), chosen, ~has_it).order_by(Agency.id)
    new = insert(A).from_select([*values], found, include_defaults=False)
    made = aliased(A, new.returning(A.__table__).cte("made"))
    rows = select(*assignments.columns(is_stranger=False, of=made)).subquery("row")
    item = as_item(rows, AssignmentView)
    return Statement(select(to_json(item)).select_from(rows.join(item, true())))


async def assign(ctx: WriteContext, **values: Any) -> Sequence[bytes]:
    """Assign the agencies of `agency_ids` to a task, or all of a `kind`; the new ones as JSON."""
    statement = _assign(is_of_kind=bool(values["kind"]))
    binds = {**ctx.parameters, **lifecycle.parameters(ctx)}
    return [row[0] for row in await statement.fetch(ctx.reader, **values, **binds)]
