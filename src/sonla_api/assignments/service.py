"""The rules of assignments beside their fields: days, ended agencies, leave to be later."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sonla_api.assignments.lifecycle import AssignmentVerb, lifecycle
from sonla_api.assignments.models import Assignment
from sonla_api.assignments.queries import (
    assign,
    assignments,
    ended_among,
    has_not_ended,
    submitted_on,
    wait_for_task,
)
from sonla_api.assignments.schemas import (
    AssignmentCreate,
    AssignmentsCreate,
    AssignmentStepCreate,
    AssignmentUpdate,
)
from sonla_api.kit import steps
from sonla_api.kit.context import WriteContext
from sonla_api.kit.mentions import Reference, check_references
from sonla_api.kit.owners import owner_of_new, visibility_of_part
from sonla_api.kit.problems import FieldError, Invalid
from sonla_api.kit.records import Item
from sonla_api.kit.store import (
    Expected,
    Guard,
    create,
    load,
    update,
    whole_of,
)
from sonla_api.kit.text import Message
from sonla_api.tasks.models import Task
from sonla_api.tasks.queries import wait_for_plan

_ENDED = Message(
    "the agency has ended by then and takes no task; its successors do",
    "đến ngày đó cơ quan đã kết thúc hoạt động, không nhận nhiệm vụ; hãy giao cơ quan kế thừa",
)
_STAYS = Message(
    "an assignment stays with its task and its agency; withdraw it and make another",
    "không đổi nhiệm vụ hay cơ quan của một phân công; hãy rút và giao lại",
)
_NEEDED = Message("an assignment has a day", "phân công phải có ngày")
_AHEAD = Message("a day up to today", "một ngày không sau hôm nay")
_BEFORE = Message("it was assigned only on {day}", "đến ngày {day} mới được giao")
_NOT_LATER = Message("a day after the one on which it is due", "một ngày sau hạn hiện nay")


async def register(ctx: WriteContext, body: AssignmentCreate) -> Item:
    await wait_for_plan(ctx, body.task_id)
    task = await whole_of(ctx, Task, body.task_id, "/task_id")
    day = _assigned_on(ctx, body.assigned_on)
    seen = visibility_of_part(body, task)
    stands = Guard(has_not_ended, {}, _explain)
    return await create(ctx, assignments, body, guard=stands, assigned_on=day, visibility=seen)


async def _explain() -> None:
    raise Invalid(errors=[FieldError("/agency_id", "agency_closed", _ENDED)])


async def expand(ctx: WriteContext, task_id: UUID, body: AssignmentsCreate) -> Item:
    """An assignment for each agency; those that have one keep it."""
    await wait_for_plan(ctx, task_id)
    task = await load(ctx, Task, task_id, None)
    day = _assigned_on(ctx, body.assigned_on)
    await _check_agencies(ctx, body.agency_ids, day)
    made = await assign(
        ctx,
        task_id=task_id,
        agency_ids=body.agency_ids,
        kind=body.all,
        role=body.role,
        assigned_on=day,
        owner_agency_id=await owner_of_new(ctx, None),
        visibility=visibility_of_part(None, task),
        created_by=ctx.actor.id,
    )
    return Item(task_id, task.version, b'{"items":[%b]}' % b",".join(made))


async def _check_agencies(ctx: WriteContext, agency_ids: Sequence[UUID], day: date) -> None:
    places = [(f"/agency_ids/{n}", id_) for n, id_ in enumerate(agency_ids)]
    named = [Reference("agencies", pointer, {"id": id_}, "id") for pointer, id_ in places]
    await check_references(ctx, named)
    ended = await ended_among(ctx, agency_ids, day)
    if errors := [FieldError(at, "agency_closed", _ENDED) for at, id_ in places if id_ in ended]:
        raise Invalid(errors=errors)


async def revise(ctx: WriteContext, id_: UUID, expected: Expected, body: AssignmentUpdate) -> None:
    await wait_for_task(ctx, id_)
    record = await load(ctx, Assignment, id_, expected)
    given = body.model_fields_set
    for name in ("task_id", "agency_id"):
        if name in given and getattr(body, name) != getattr(record, name):
            raise Invalid(errors=[FieldError(f"/{name}", "stays", _STAYS)])
    if "assigned_on" in given:
        if body.assigned_on is None:
            raise Invalid(errors=[FieldError("/assigned_on", "needed", _NEEDED)])
        day = _assigned_on(ctx, body.assigned_on)
        if day != record.assigned_on and await ended_among(ctx, [record.agency_id], day):
            raise Invalid(errors=[FieldError("/assigned_on", "agency_closed", _ENDED)])
    await update(ctx, Assignment, id_, expected, AssignmentCreate, body)


async def step(
    ctx: WriteContext, id_: UUID, expected: Expected, body: AssignmentStepCreate
) -> Item:
    await wait_for_task(ctx, id_, and_plan=body.verb is AssignmentVerb.cancel)
    return await steps.take(ctx, Assignment, lifecycle, id_, expected, body, _effect)


async def remove(ctx: WriteContext, id_: UUID, expected: Expected) -> None:
    await wait_for_task(ctx, id_, and_plan=True)
    await steps.remove(ctx, Assignment, lifecycle, id_, expected)


async def _effect(
    ctx: WriteContext, record: Assignment, body: AssignmentStepCreate
) -> dict[str, Any]:
    """What a verb sets beside the state. What was submitted in time is done in time, however long
    it lay before it was approved, unless the approver names another day.
    """
    day = body.on or ctx.today
    if body.verb is AssignmentVerb.approve:
        day = body.on or await submitted_on(ctx, record.id) or day
    if day > ctx.today:
        raise Invalid(errors=[FieldError("/on", "ahead", _AHEAD)])
    if day < record.assigned_on:
        message = _BEFORE.format(day=record.assigned_on)
        raise Invalid(errors=[FieldError("/on", "before", message)])
    if body.until and record.due_on and body.until <= record.due_on:
        raise Invalid(errors=[FieldError("/until", "not_later", _NOT_LATER)])
    match body.verb:
        case AssignmentVerb.approve:
            return {"done_on": day}
        case AssignmentVerb.cancel:
            return {"cancelled_on": day, "wanted_until": None}
        case AssignmentVerb.request_extension:
            return {"wanted_until": body.until}
        case AssignmentVerb.grant_extension:
            return {"extended_to": body.until or record.wanted_until, "wanted_until": None}
        case AssignmentVerb.refuse_extension:
            return {"wanted_until": None}
    return {}


def _assigned_on(ctx: WriteContext, day: date | None) -> date:
    if day and day > ctx.today:
        raise Invalid(errors=[FieldError("/assigned_on", "ahead", _AHEAD)])
    return day or ctx.today
