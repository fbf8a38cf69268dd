from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.agreements.queries import agreements
from sonla_api.delegations.queries import delegations
from sonla_api.documents.lineage import LineageQuery
from sonla_api.documents.queries import documents
from sonla_api.events.queries import events
from sonla_api.identity.access import reading
from sonla_api.kit.answers import PageAnswer
from sonla_api.kit.context import Context
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import AgencySummary, Page
from sonla_api.plans.schemas import PlanSummary
from sonla_api.projects.queries import projects
from sonla_api.tasks.schemas import TaskView
from sonla_api.workloads import service
from sonla_api.workloads.balance import TaskTableQuery, task_table
from sonla_api.workloads.board import BoardQuery, board
from sonla_api.workloads.effects import effects
from sonla_api.workloads.mine import WorkQuery, my_work
from sonla_api.workloads.queries import (
    DayQuery,
    ShownListing,
    due_href,
    head,
    tasks_about,
    workload,
)
from sonla_api.workloads.schemas import (
    AgencyWorkload,
    EffectView,
    PlanBoard,
    PlanFigures,
    TaskTable,
    WorkItemView,
)

router = routes_of()

Assignments = Annotated[Context, reading("assignments:read")]
Documents = Annotated[Context, reading("documents:read")]
Plans = Annotated[Context, reading("plans:read")]
Tasks = Annotated[Context, reading("tasks:read")]


@router.get("/plans/{id}/summary", tags=["plans"])
async def summarize_plan(ctx: Plans, id: UUID, query: Annotated[DayQuery, Query()]) -> PlanFigures:
    """Say how far a plan is, and how its tasks stand on a day."""
    return await service.plan_figures(ctx, id, query)


@router.get("/plans/{id}/board", tags=["plans"])
async def get_plan_board(ctx: Plans, id: UUID, query: Annotated[BoardQuery, Query()]) -> PlanBoard:
    """Show a plan by agency and by health on a day, agencies with nothing among them."""
    on = ctx.on(query.as_of)
    plan, calendar = await head(on, PlanSummary, id)
    total, *items = await board(on, id, query.kind)
    return PlanBoard(plan=plan, as_of=on.today, calendar=calendar, total=total, items=items)


@router.get("/agencies/{id}/workload", tags=["agencies"])
async def get_agency_workload(
    ctx: Assignments, id: UUID, query: Annotated[DayQuery, Query()]
) -> AgencyWorkload:
    """Show what an agency has to do on a day, by role and health, over all plans."""
    on = ctx.on(query.as_of)
    agency, calendar = await head(on, AgencySummary, id)
    by_role, still_open = await workload(on, id)
    return AgencyWorkload(
        agency=agency,
        as_of=on.today,
        calendar=calendar,
        by_role=by_role,
        open=still_open,
        due_href=due_href(on, id),
    )


@router.get("/assignments/summary", tags=["assignments"])
async def summarize_assignments(
    ctx: Assignments, query: Annotated[TaskTableQuery, Query()]
) -> TaskTable:
    """Balance the assignments of a period: what there was to do, and what became of it."""
    return await task_table(ctx, query)


@router.get("/me/work", response_model=Page[WorkItemView], tags=["assignments"])
async def list_my_work(ctx: Assignments, query: Annotated[WorkQuery, Query()]) -> Response:
    """List what waits for the caller's agency: to do, to answer, to decide."""
    return PageAnswer(await my_work(ctx, query))


@router.get("/delegations/{id}/tasks", response_model=Page[TaskView], tags=["delegations"])
async def list_delegation_tasks(
    ctx: Tasks, id: UUID, listing: Annotated[ShownListing, Query()]
) -> Response:
    """List the tasks for which a delegation is evidence."""
    return PageAnswer(await tasks_about(ctx, delegations, id, listing))


@router.get("/agreements/{id}/tasks", response_model=Page[TaskView], tags=["agreements"])
async def list_agreement_tasks(
    ctx: Tasks, id: UUID, listing: Annotated[ShownListing, Query()]
) -> Response:
    """List the tasks that an agreement was turned into, or for which it is evidence."""
    return PageAnswer(await tasks_about(ctx, agreements, id, listing))


@router.get("/events/{id}/tasks", response_model=Page[TaskView], tags=["events"])
async def list_event_tasks(
    ctx: Tasks, id: UUID, listing: Annotated[ShownListing, Query()]
) -> Response:
    """List the tasks for which an event is evidence."""
    return PageAnswer(await tasks_about(ctx, events, id, listing))


@router.get("/projects/{id}/tasks", response_model=Page[TaskView], tags=["projects"])
async def list_project_tasks(
    ctx: Tasks, id: UUID, listing: Annotated[ShownListing, Query()]
) -> Response:
    """List the tasks for which a project is evidence."""
    return PageAnswer(await tasks_about(ctx, projects, id, listing))


@router.get("/documents/{id}/tasks", response_model=Page[TaskView], tags=["documents"])
async def list_document_tasks(
    ctx: Tasks, id: UUID, listing: Annotated[ShownListing, Query()]
) -> Response:
    """List the tasks for which a document is evidence."""
    return PageAnswer(await tasks_about(ctx, documents, id, listing))


@router.get("/documents/{id}/effects", response_model=Page[EffectView], tags=["documents"])
async def list_document_effects(
    ctx: Documents, id: UUID, query: Annotated[LineageQuery, Query()]
) -> Response:
    """List all that exists because of a document, tasks among it, the latest first."""
    return PageAnswer(await effects(ctx, id, query))
