from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    Date,
    Text,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal_column,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.orm import aliased

from sonla_api.agencies.models import Agency
from sonla_api.kit.asked import Asked
from sonla_api.kit.context import WriteContext
from sonla_api.kit.filters import (
    Filter,
    at_least,
    at_most,
    has,
    lacks,
    matches,
    one_of,
    overlaps,
    refers,
    through,
)
from sonla_api.kit.listing import Listing, Q
from sonla_api.kit.model import constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.schema import Day
from sonla_api.kit.statement import Statement
from sonla_api.kit.store import turn
from sonla_api.kit.text import Line
from sonla_api.plans.models import Plan
from sonla_api.tasks.health import AsOf, Healths, has_health, health, is_assigned
from sonla_api.tasks.models import DueKind, Priority, Task
from sonla_api.tasks.schemas import TaskView

T = Task
tasks = Records(T, TaskView, agencies=lambda of: func.cardinality(of.taking_part), health=health)


def _assigned(asked: Asked) -> Any:
    """Whose assigned agencies hold one of these that the actor sees."""
    wanted = Agency.id == asked.any_of(Uuid())
    seen = select(Agency.id).where(wanted, Agency.is_seen()).scalar_subquery()
    return T.taking_part.bool_op("&&")(func.array(seen))


def _has_somebody(asked: Asked) -> Any:
    return is_assigned(T) == asked.value()


class TaskGap(StrEnum):
    """What may be unknown of the plan of a task."""

    plan_period = "plan_period"


_plan = select(Plan.id).where(Plan.id == T.plan_id, Plan.is_seen()).correlate(T)
_IS_UNKNOWN = {TaskGap.plan_period: _plan.where(Plan.period_days.is_(None)).exists()}


class TaskListing(Listing):
    orders: ClassVar = {
        "created_at": T.created_at,
        "due_on": T.due_on,
        "code": T.code_order,
    }

    q: Annotated[Q, matches(T.words)] = None
    key: Annotated[list[Line], one_of(T.key)] = []
    plan_id: Annotated[list[UUID], one_of(T.plan_id)] = []
    parent_id: Annotated[list[UUID], one_of(T.parent_id)] = []
    occurrence_of_id: Annotated[list[UUID], one_of(T.occurrence_of_id)] = []
    code: Annotated[list[Line], one_of(T.code)] = []
    agency: Annotated[
        list[UUID],
        Filter(_assigned, T.lead_agency_id),
        Field(description="Tasks that one of these agencies is assigned to, as lead or beside it."),
    ] = []
    lead: Annotated[
        list[UUID], one_of(T.lead_agency_id), Field(description="Tasks that one of these leads.")
    ] = []
    document_id: Annotated[
        list[UUID], refers(T, "basis"), Field(description="Tasks that rest on this document.")
    ] = []
    agreement_id: Annotated[
        list[UUID],
        refers(T, "commitment"),
        Field(description="Tasks that commitments of this agreement were turned into."),
    ] = []
    has_lead: Annotated[
        bool | None, has(T.lead_agency_id), Field(description="Whether an agency leads it now.")
    ] = None
    is_assigned: Annotated[
        bool | None,
        Filter(_has_somebody, T.assigned_on),
        Field(description="Whether an agency is assigned to it on the day."),
    ] = None
    health: Annotated[
        Healths,
        has_health(T),
        Field(description="Tasks that stand so on the day; several with commas or by repeating."),
    ] = []
    as_of: AsOf = None
    priority: Annotated[list[Priority], one_of(T.priority)] = []
    due_from: Annotated[
        Day | None, at_least(T.due_on), Field(description="Due on this day or since.")
    ] = None
    due_to: Annotated[
        Day | None, at_most(T.due_on), Field(description="Due on this day or before.")
    ] = None
    period: Annotated[PeriodFilter | None, overlaps(T.period_days)] = None
    plan_period: Annotated[
        PeriodFilter | None,
        through(T.plan_id, overlaps(Plan.period_days)),
        Field(description="Tasks of plans that last in this period."),
    ] = None
    without: Annotated[
        list[TaskGap],
        lacks(T.plan_id, _IS_UNKNOWN),
        Field(description="Tasks of plans without a period."),
    ] = []


_ids = bindparam("ids", type_=ARRAY(Uuid))
_pairs = (bindparam("of_tasks", type_=ARRAY(Uuid)), bindparam("on_days", type_=ARRAY(Date)))
_turn = Statement(select(turn(T.plan_id)).where(T.id == bindparam("id", type_=Uuid())))
_recurring = Statement(
    select(T.id, T.code, T.due["rule"].astext.label("rule")).where(
        T.plan_id == bindparam("plan_id", type_=Uuid()),
        T.due["kind"].astext == constant(DueKind.recurring),
    )
)
_drop = Statement(select(func.drop_occurrences(_ids, *_pairs, bindparam("since", type_=Date()))))
_wanted = func.unnest(*_pairs).table_valued(column("id", Uuid), column("day", Date), name="wanted")
_SAME = (
    T.plan_id,
    T.title,
    T.basis,
    T.commitment,
    T.deliverable,
    T.markets,
    T.priority,
    T.weight,
    T.sources,
    T.visibility,
    T.owner_agency_id,
    T.updated_by,
)
"""What every occurrence has from its task."""


@cache
def _occurrences() -> Statement:
    """Those wanted that are not there yet."""
    wanted, that = _wanted.render_derived(), aliased(T)
    day = wanted.c.day
    own = {
        T.id: func.uuid7(),
        T.version: literal_column("1"),
        T.code: T.code + constant("/") + cast(day, Text),
        T.occurrence_of_id: T.id,
        T.occurs_on: day,
        T.due: func.jsonb_build_object(
            *map(constant, ("kind", DueKind.date, "on")), day, constant("text"), null()
        ),
        T.created_by: T.updated_by,
    }
    is_there = select(that.id).where(that.occurrence_of_id == T.id, that.occurs_on == day).exists()
    made = select(*own.values(), *_SAME).join(wanted, wanted.c.id == T.id).where(~is_there)
    names = [name.key for name in (*own, *_SAME)]
    return Statement(insert(T).from_select(names, made, include_defaults=False))


async def wait_for_plan(ctx: WriteContext, id_: UUID) -> None:
    """Those who change the tasks of a plan, or who is assigned to them, take turns."""
    await _turn.fetch(ctx.reader, id=id_)


async def period_of(ctx: WriteContext, plan_id: UUID) -> Any:
    """The period of a plan."""
    return await ctx.session.scalar(select(Plan.period).where(Plan.id == plan_id))


async def recurring(ctx: WriteContext, plan_id: UUID) -> Sequence[Any]:
    """The recurring tasks of a plan: id, code and rule."""
    return await _recurring.fetch(ctx.reader, plan_id=plan_id)


async def keep_occurrences(
    ctx: WriteContext, wanted: Mapping[UUID, Sequence[date]], since: date
) -> None:
    """Let tasks have the occurrences wanted from a day on; those with work stay all the same."""
    pairs = [(id_, day) for id_, days in wanted.items() for day in days if day >= since]
    of_tasks, on_days = [id_ for id_, _ in pairs], [day for _, day in pairs]
    both = {"of_tasks": of_tasks, "on_days": on_days}
    await _drop.fetch(ctx.reader, ids=[*wanted], since=since, **both)
    await _occurrences().fetch(ctx.reader, **both)
