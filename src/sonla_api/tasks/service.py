"""The rules of tasks beside their fields: their plan, and the occurrences of those that recur."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import PydanticCustomError

from sonla_api.agreements.queries import agreements
from sonla_api.kit.context import WriteContext
from sonla_api.kit.owners import visibility_of_part
from sonla_api.kit.period import UNKNOWN, days
from sonla_api.kit.problems import FieldError, Invalid, Problem
from sonla_api.kit.records import Item
from sonla_api.kit.store import (
    Expected,
    create,
    delete,
    update,
    whole_of,
)
from sonla_api.kit.text import Message
from sonla_api.plans.models import Plan
from sonla_api.plans.schemas import PlanCreate, PlanUpdate
from sonla_api.tasks import recurrence
from sonla_api.tasks.models import DueKind, Task
from sonla_api.tasks.queries import keep_occurrences, period_of, recurring, tasks, wait_for_plan
from sonla_api.tasks.schemas import CommitmentTaskCreate, TaskCreate, TaskUpdate

_ONCE = Message(
    "one time of a recurring task does not recur itself",
    "một kỳ của nhiệm vụ định kỳ không tự lặp lại",
)

_NO_COMMITMENT = Message(
    "the agreement has no commitment with this code", "thỏa thuận không có cam kết mang mã này"
)


async def register(ctx: WriteContext, body: TaskCreate) -> Item:
    """A new task, with all its occurrences if it recurs."""
    plan = await whole_of(ctx, Plan, body.plan_id, "/plan_id")
    wanted = _days(plan.period, body.due and body.due.model_dump())
    task = await create(ctx, tasks, body, visibility=visibility_of_part(body, plan))
    if wanted is None:
        return task
    await keep_occurrences(ctx, {task.id: wanted}, wanted[0])
    return await tasks.item(ctx, task.id)


async def fulfil(ctx: WriteContext, id_: UUID, body: CommitmentTaskCreate) -> Item:
    """A new task from a commitment of an agreement that the caller sees."""
    agreement = json.loads((await agreements.item(ctx, id_)).body)
    named = [it for it in agreement["commitments"] if it["code"] == body.commitment]
    if not named:
        raise Invalid(errors=[FieldError("/commitment", "reference", _NO_COMMITMENT)])
    (said,) = named
    due = said["due"] and {"kind": DueKind.period, "period": said["due"]}
    told = {"title": said["title"], "due": due} | body.model_dump(
        include={"plan_id", "code", "parent_id", "title", "due"}, exclude_none=True
    )
    came_from = {"agreement_id": id_, "code": body.commitment}
    return await register(ctx, TaskCreate.model_validate({**told, "commitment": came_from}))


async def revise(ctx: WriteContext, id_: UUID, expected: Expected, body: TaskUpdate) -> None:
    """Change a task; where its due day changes, the occurrences from today on follow."""
    await wait_for_plan(ctx, id_)
    task = await update(ctx, Task, id_, expected, TaskCreate, body)
    if "due" not in body.model_fields_set:
        return
    wanted = _days(await period_of(ctx, task.plan_id), task.due)
    if wanted and task.occurrence_of_id:
        raise Invalid(errors=[FieldError("/due/kind", "occurrence", _ONCE)])
    await keep_occurrences(ctx, {task.id: wanted or []}, ctx.today)


async def remove(ctx: WriteContext, id_: UUID, expected: Expected) -> None:
    await wait_for_plan(ctx, id_)
    await delete(ctx, Task, id_, expected)


async def revise_plan(ctx: WriteContext, id_: UUID, expected: Expected, body: PlanUpdate) -> None:
    """Change a plan; where its period changes, the occurrences from today on follow."""
    plan = await update(ctx, Plan, id_, expected, PlanCreate, body)
    if "period" not in body.model_fields_set:
        return
    wanted = {}
    for task in await recurring(ctx, id_):
        try:
            wanted[task["id"]] = recurrence.days(task["rule"], days(plan.period) or UNKNOWN)
        except PydanticCustomError as error:
            raise _refused("/period", error, f"{task['code']}: ") from error
    await keep_occurrences(ctx, wanted, ctx.today)


def _days(period: Any, due: Any) -> Sequence[date] | None:
    """On which days a task is due; None for one that does not recur."""
    if not due or due["kind"] != DueKind.recurring:
        return None
    try:
        return recurrence.some_days(due["rule"], days(period) or UNKNOWN)
    except PydanticCustomError as error:
        raise _refused("/due/rule", error) from error


def _refused(pointer: str, error: PydanticCustomError, code: str = "") -> Problem:
    context = error.context or {}
    en, vi = context["words"].format(**context)
    return Invalid(errors=[FieldError(pointer, error.type, Message(code + en, code + vi))])
