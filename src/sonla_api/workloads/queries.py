"""How plans stand on a day, and what agencies have to do in them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Annotated, Any, ClassVar, TypeVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid

from sonla_api.agencies.models import Agency, AgencyKind
from sonla_api.agencies.queries import exists_on
from sonla_api.assignments.models import Assignment, AssignmentRole
from sonla_api.evidence.models import WHAT, Evidence
from sonla_api.kit.asked import Asked
from sonla_api.kit.context import Context
from sonla_api.kit.cursors import Rows
from sonla_api.kit.listing import Listing, Parameters, list_address
from sonla_api.kit.mentions import mentioned, target_of
from sonla_api.kit.model import among, constant
from sonla_api.kit.records import Only, Records
from sonla_api.kit.schema import AgencySummary, Day, Summary
from sonla_api.kit.shapes import as_bytes, json_object, summary
from sonla_api.kit.statement import Statement
from sonla_api.kit.tombstones import missing
from sonla_api.plans.schemas import PlanSummary
from sonla_api.tasks.health import (
    SOON_UNTIL,
    TODAY,
    AsOf,
    Health,
    Healths,
    assignment_health,
    has_health,
    health,
)
from sonla_api.tasks.models import Task
from sonla_api.tasks.queries import tasks
from sonla_api.workloads.schemas import (
    AssignmentCount,
    PlanCount,
    RoleCount,
    TaskCount,
)

A, T = Assignment, Task
S = TypeVar("S", bound=Summary)
_ID = bindparam("id", type_=Uuid())
OF_ASSIGNMENTS = [code for code in Health if code is not Health.unassigned]
_OPEN = [Health.on_track, Health.due_soon, Health.overdue, Health.continuous]


class DayQuery(Parameters):
    as_of: Annotated[
        Day | None, Field(description="As it stood on this day; today where it is left out.")
    ] = None


async def head(ctx: Context, shown: type[S], id_: UUID) -> tuple[S, str]:
    """The record that figures are about, and the status of the calendar that they rest on."""
    ((found, calendar),) = await _head(shown).fetch(ctx.reader, id=id_, **ctx.parameters)
    if found is None:
        await missing(ctx, shown.table, id_)
    return shown.model_validate_json(found), calendar


@cache
def _head(shown: type[Summary]) -> Statement:
    calendar = func.calendar_status(TODAY, SOON_UNTIL)
    return Statement(select(summary(shown, _ID), calendar))


@cache
def _tasks() -> Statement:
    return Statement(
        select(
            T.id,
            func.coalesce(T.occurrence_of_id, T.parent_id).label("parent_id"),
            T.weight,
            case((T.done_on <= TODAY, 100), else_=T.percent).label("percent"),
            health(T).label("health"),
        ).where(T.plan_id == _ID, T.is_seen())
    )


async def tasks_of(ctx: Context, plan_id: UUID) -> Sequence[Any]:
    """The tasks of a plan with how they stand."""
    return await _tasks().fetch(ctx.reader, id=plan_id, **ctx.parameters)


def task_counts(numbers: dict[str, int], **query: Any) -> list[TaskCount]:
    """Of each health, how many and where they are listed."""
    return [
        TaskCount(
            health=code, tasks=numbers[code], href=list_address("tasks", **query, health=code)
        )
        for code in Health
    ]


@cache
def _agencies() -> Statement:
    return Statement(
        select(
            as_bytes(
                json_object(**{name: getattr(Agency, name) for name in AgencySummary.model_fields})
            )
        )
        .where(
            Agency.is_seen(),
            or_(
                Agency.id == any_(bindparam("ids", type_=ARRAY(Uuid))),
                and_(Agency.kind == any_(bindparam("kinds", type_=ARRAY(Text))), exists_on(TODAY)),
            ),
        )
        .order_by(Agency.kind, Agency.name.op("->>")(constant("vi")), Agency.id)
    )


async def agencies_listed(
    ctx: Context, ids: Iterable[UUID], kinds: Sequence[AgencyKind]
) -> list[AgencySummary]:
    """Those agencies, and all of these kinds that there are on the day."""
    found = await _agencies().fetch(ctx.reader, ids=list(ids), kinds=kinds, **ctx.parameters)
    return [AgencySummary.model_validate_json(row[0]) for row in found]


@cache
def _work() -> Statement:
    of_agency = (
        select(T.plan_id, A.role, assignment_health(A, T).label("health"))
        .join(T, T.id == A.task_id)
        .where(A.agency_id == _ID, A.is_seen(), T.is_seen())
        .subquery("each")
    )
    counted = (
        select(*of_agency.c, cast(func.count(), Integer).label("number"))
        .where(of_agency.c.health.is_not(None))
        .group_by(*of_agency.c)
        .subquery("counted")
    )
    plan = case((among(counted.c.health, _OPEN), summary(PlanSummary, counted.c.plan_id)))
    order = (counted.c.plan_id.desc(), counted.c.role.desc())
    return Statement(select(counted, plan.label("plan")).order_by(*order))


async def workload(ctx: Context, agency_id: UUID) -> tuple[list[RoleCount], list[PlanCount]]:
    """An agency's assignments by role, and what is open in each plan that the caller sees."""
    numbers: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    plans: dict[tuple[str, str], int] = defaultdict(int)
    for row in await _work().fetch(ctx.reader, id=agency_id, **ctx.parameters):
        numbers[row["role"]][row["health"]] += row["number"]
        if row["plan"]:
            plans[row["plan"], row["role"]] += row["number"]
    on = {"as_of": ctx.today, "agency_id": agency_id}
    items = [
        _plan(on, PlanSummary.model_validate_json(plan), AssignmentRole(role), number)
        for (plan, role), number in plans.items()
    ]
    return [_role(on, role, numbers[role]) for role in AssignmentRole], items


def due_href(ctx: Context, agency_id: UUID) -> str:
    """Where it is listed what is overdue or due soon for an agency."""
    due = [Health.overdue, Health.due_soon]
    chosen = {"as_of": ctx.today, "agency_id": agency_id, "health": due}
    return list_address("assignments", **chosen, sort="due_on")


def _plan(on: dict[str, Any], plan: PlanSummary, role: AssignmentRole, number: int) -> PlanCount:
    href = list_address("assignments", **on, plan_id=plan.id, role=role, health=_OPEN)
    return PlanCount(plan=plan, role=role, assignments=number, href=href)


def _role(on: dict[str, Any], role: AssignmentRole, numbers: dict[str, int]) -> RoleCount:
    chosen = {**on, "role": role}
    return RoleCount(
        role=role,
        assignments=sum(numbers.values()),
        href=list_address("assignments", **chosen, health=OF_ASSIGNMENTS),
        by_health=[
            AssignmentCount(
                health=code,
                assignments=numbers[code],
                href=list_address("assignments", **chosen, health=code),
            )
            for code in OF_ASSIGNMENTS
        ],
    )


class ShownListing(Listing):
    """Of the tasks that have to do with one record."""

    orders: ClassVar = {"created_at": T.created_at, "due_on": T.due_on}

    health: Annotated[
        Healths, has_health(T), Field(description="Tasks that stand so on the day.")
    ] = []
    as_of: AsOf = None


async def tasks_about(ctx: Context, records: Records, id_: UUID, listing: ShownListing) -> Rows:
    """The tasks for which a record that the caller sees is evidence."""
    await records.item(ctx, id_)
    name = _NAMED[records.model.__tablename__]
    only = Only(_SHOWN_BY[name], {name: id_})
    return await tasks.page(ctx.on(listing.as_of), listing, only)


def _evidence(name: str) -> ColumnElement[bool]:
    named = getattr(Evidence, name) == bindparam(name, type_=Uuid())
    return exists().where(Evidence.task_id == T.id, named, Evidence.is_seen())


_SHOWN_BY = {name: _evidence(name) for name in WHAT}
# What a commitment of the agreement was turned into has to do with it as well.
_SHOWN_BY["agreement_id"] |= mentioned(T, "commitment", Asked("agreement_id"))
_NAMED = {target_of(Evidence.__table__.c[name]): name for name in WHAT}
"""By its table, the field of evidence that names a record."""
