"""The task table of a period: what there was to do, and what became of it by its end."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Date, Text, bindparam, case, func, select

from sonla_api.agencies.models import AgencyKind
from sonla_api.assignments.models import Assignment, AssignmentRole
from sonla_api.kit.context import Context
from sonla_api.kit.filters import one_of
from sonla_api.kit.listing import Parameters, list_address
from sonla_api.kit.model import among, constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.schema import AgencySummary
from sonla_api.kit.statement import Statement, once_per_shape
from sonla_api.tasks.health import TODAY, Health, assignment_health, health, is_assigned
from sonla_api.tasks.models import Task
from sonla_api.workloads.queries import agencies_listed
from sonla_api.workloads.schemas import Figure, TaskTable, TaskTableRow, Unassigned

A, T = Assignment, Task
_EVER = date(1000, 1, 1)
_OPEN = (Health.on_track, Health.due_soon, Health.continuous)
_UNASSIGNED = (Health.unassigned, Health.overdue)
_FIRST = bindparam("first", type_=Date())
_stands = assignment_health(A, T)
_OUTCOME = case(
    (_stands.is_(None), constant("withdrawn")),
    (among(_stands, _OPEN), constant("in_progress")),
    else_=_stands,
)


class TaskTableQuery(Parameters):
    """Of which assignments, in which period."""

    period: Annotated[
        PeriodFilter,
        Field(description="Such as 2025-H1, or with explicit days 2024-12-15/2025-06-14."),
    ]
    role: Annotated[
        AssignmentRole, Field(description="A task has one lead and any number beside it.")
    ] = AssignmentRole.lead
    plan_id: Annotated[list[UUID], one_of(T.plan_id)] = []
    agency_id: Annotated[list[UUID], one_of(A.agency_id)] = []
    kind: Annotated[
        list[AgencyKind],
        Field(description="Agencies of these kinds are listed with nothing too.", max_length=100),
    ] = []

    def days(self, ctx: Context) -> tuple[date, Context]:
        """The first day, and the context on the last one, or today while the period lasts."""
        first, after = self.period.days
        first = first or _EVER
        last = min(after - timedelta(days=1), ctx.today) if after else ctx.today
        return first, ctx.on(max(first, last))


Numbers = dict[UUID | None, dict[str, int]]
"""By agency the numbers of the table by their names; None is the total."""


async def task_table(ctx: Context, query: TaskTableQuery) -> TaskTable:
    """Each assignment that was open in the period stands in one number on either side."""
    first, on = query.days(ctx)
    numbers = await task_numbers(ctx, query)
    kinds = [] if query.agency_id else query.kind
    agencies = await agencies_listed(on, [*filter(None, numbers), *query.agency_id], kinds)
    binds = {**query.binds(), **on.parameters}
    ((unassigned,),) = await _unassigned(query).fetch(ctx.reader, **binds)
    return TaskTable(
        period=query.period,
        as_of=on.today,
        role=query.role,
        total=_row(query, first, on.today, None, numbers[None]),
        items=[_row(query, first, on.today, it, numbers[it.id]) for it in agencies],
        unassigned=Unassigned(tasks=unassigned, href=_unassigned_at(query, on.today)),
    )


async def task_numbers(ctx: Context, query: TaskTableQuery) -> Numbers:
    """What the table counts, of what the caller sees."""
    first, on = query.days(ctx)
    binds = {**query.binds(), **on.parameters, "first": first, "role": query.role}
    numbers: Numbers = defaultdict(lambda: defaultdict(int))
    for row in await _table(query).fetch(ctx.reader, **binds):
        for key in (None, row["agency_id"]):
            numbers[key]["new" if row["is_new"] else "carried_over"] += row["number"]
            numbers[key][row["outcome"]] += row["number"]
    return numbers


@once_per_shape
def _table(query: TaskTableQuery) -> Statement:
    counted = (
        select(A.agency_id, (A.assigned_on >= _FIRST).label("is_new"), _OUTCOME.label("outcome"))
        .join(T, T.id == A.task_id)
        .where(
            A.role == bindparam("role", type_=Text()),
            A.assigned_on <= TODAY,
            A.open_until >= _FIRST,
            T.subtasks == 0,
            A.is_seen(),
            T.is_seen(),
            *query.conditions(),
        )
        .subquery("counted")
    )
    return Statement(select(*counted.c, func.count().label("number")).group_by(*counted.c))


@once_per_shape
def _unassigned(query: TaskTableQuery) -> Statement:
    filters = query.filters
    of_plan = [filters[n].clause(n, form) for n, form in query.forms() if n == "plan_id"]
    return Statement(
        select(func.count())
        .select_from(T)
        .where(
            ~is_assigned(T),
            among(health(T), _UNASSIGNED),
            T.is_seen(),
            *of_plan,
        )
    )


def _unassigned_at(query: TaskTableQuery, last: date) -> str:
    chosen = {"plan_id": query.plan_id, "as_of": last, "is_assigned": False}
    return list_address("tasks", **chosen, health=_UNASSIGNED)


def filters_of(first: date, last: date) -> dict[str, dict[str, Any]]:
    """By its name, the filters of `/assignments` that list what a number of the table counts."""
    leaves, at_end = {"of_heading": False}, {"as_of": last}
    done = at_end | {"done_on_from": first}
    return {
        "carried_over": leaves | {"carried_into": first},
        "new": leaves | {"assigned_on_from": first, "assigned_on_to": last},
        "done_on_time": done | {"health": Health.done_on_time},
        "done_late": done | {"health": Health.done_late},
        "in_progress": at_end | {"health": _OPEN},
        "overdue": at_end | {"health": Health.overdue},
        "withdrawn": leaves | {"cancelled_on_from": first, "cancelled_on_to": last},
    }


def _row(
    query: TaskTableQuery,
    first: date,
    last: date,
    agency: AgencySummary | None,
    numbers: dict[str, int],
) -> TaskTableRow:
    chosen = {
        "role": query.role,
        "plan_id": query.plan_id,
        "agency_id": agency.id if agency else query.agency_id,
    }
    figures = {
        name: Figure(
            assignments=numbers[name], href=list_address("assignments", **chosen, **filters)
        )
        for name, filters in filters_of(first, last).items()
    }
    return TaskTableRow(agency=agency, **figures)
