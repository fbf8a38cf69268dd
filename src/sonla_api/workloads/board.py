"""A plan by agency and by health, agencies with nothing among them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import and_, bindparam, func, select, union_all
from sqlalchemy.dialects.postgresql import UUID as Uuid

from sonla_api.agencies.models import Agency, AgencyKind
from sonla_api.assignments.models import Assignment, AssignmentRole
from sonla_api.kit.context import Context
from sonla_api.kit.listing import list_address
from sonla_api.kit.model import constant
from sonla_api.kit.schema import AgencySummary
from sonla_api.kit.statement import Statement
from sonla_api.tasks.health import Health, assignment_health, health
from sonla_api.tasks.models import Task
from sonla_api.workloads.queries import (
    OF_ASSIGNMENTS,
    DayQuery,
    agencies_listed,
    task_counts,
)
from sonla_api.workloads.schemas import BoardRow

A, T = Assignment, Task
_ID = bindparam("id", type_=Uuid())
_ALL = "all"


class BoardQuery(DayQuery):
    kind: Annotated[
        list[AgencyKind],
        Field(description="Agencies of these kinds are listed with nothing too.", max_length=100),
    ] = [AgencyKind.department, AgencyKind.locality]


_led = (
    select(
        Agency.id.label("agency_id"),
        constant(AssignmentRole.lead).label("role"),
        health(T).label("health"),
    )
    .select_from(T)
    .outerjoin(Agency, and_(Agency.id == T.lead_agency_id, Agency.is_seen()))
    .where(T.plan_id == _ID, T.is_seen())
)
_joined = (
    select(Agency.id, A.role, assignment_health(A, T).label("health"))
    .join(T, T.id == A.task_id)
    .outerjoin(Agency, and_(Agency.id == A.agency_id, Agency.is_seen()))
    .where(T.plan_id == _ID, T.is_seen(), A.is_seen())
    .where(A.role == constant(AssignmentRole.coordinating))
)
_each = union_all(_led, _joined).subquery("each")
_on_board = Statement(
    select(*_each.c, func.count().label("number"))
    .where(_each.c.health.is_not(None))
    .group_by(*_each.c)
)


async def board(ctx: Context, plan_id: UUID, kinds: Sequence[AgencyKind]) -> list[BoardRow]:
    """A line for each agency, for what nobody leads, and for all; the total first."""
    lead: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    beside: dict[Any, int] = defaultdict(int)
    for row in await _on_board.fetch(ctx.reader, id=plan_id, **ctx.parameters):
        for agency_id in (row["agency_id"], _ALL):
            if row["role"] == AssignmentRole.lead:
                lead[agency_id][row["health"]] += row["number"]
            else:
                beside[agency_id] += row["number"]
    on = {"as_of": ctx.today, "plan_id": plan_id}
    ids = [id_ for id_ in {**lead, **beside} if isinstance(id_, UUID)]
    return [
        _row(on, None, lead[_ALL], beside[_ALL]),
        *(
            _row(on, agency, lead[agency.id], beside[agency.id], lead=agency.id)
            for agency in await agencies_listed(ctx, ids, kinds)
        ),
        _row(on, None, lead[None], None, has_lead=False),
    ]


def _row(
    on: dict[str, Any],
    agency: AgencySummary | None,
    numbers: dict[str, int],
    coordinating: int | None,
    **chosen: Any,
) -> BoardRow:
    beside = {"agency_id": agency and agency.id, "role": AssignmentRole.coordinating}
    beside_href = list_address("assignments", **on, **beside, health=OF_ASSIGNMENTS)
    return BoardRow(
        agency=agency,
        tasks=sum(numbers.values()),
        href=list_address("tasks", **on, **chosen, health=list(Health)),
        by_health=task_counts(numbers, **on, **chosen),
        coordinating=coordinating,
        coordinating_href=None if coordinating is None else beside_href,
    )
