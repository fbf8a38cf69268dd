from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.plans.queries import plans
from sonla_api.plans.schemas import PlanUpdate, PlanView
from sonla_api.tasks import service
from sonla_api.tasks.queries import TaskListing, tasks
from sonla_api.tasks.schemas import CommitmentTaskCreate, TaskCreate, TaskUpdate, TaskView

router = routes_of("tasks")
of_plans = routes_of(tag="plans")
of_agreements = routes_of(tag="agreements")

Read = Annotated[Context, reading("tasks:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("tasks:write")]
Write = Annotated[WriteContext, writing("tasks:write")]
WritePlan = Annotated[WriteContext, writing("plans:write")]


@router.get("", response_model=Page[TaskView])
async def list_tasks(ctx: Read, listing: Annotated[TaskListing, Query()]) -> Response:
    """List the tasks that the caller may see, with who leads them and when they are due."""
    return PageAnswer(await tasks.page(ctx.on(listing.as_of), listing))


@router.get("/{id}", response_model=TaskView)
async def get_task(ctx: Read, id: UUID) -> Response:
    """Read one task."""
    return RecordAnswer(await tasks.item(ctx, id))


@router.post("", response_model=TaskView, status_code=201)
async def create_task(ctx: Create, body: TaskCreate) -> Response:
    """Add a task to a plan, with all its occurrences if it recurs."""
    task = await service.register(ctx, body)
    return await created(ctx, task, f"/api/v1/tasks/{task.id}")


@router.patch("/{id}", response_model=TaskView)
async def update_task(ctx: Write, id: UUID, expected: IfMatch, body: TaskUpdate) -> Response:
    """Change some fields of a task, and with its rule the occurrences to come."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await tasks.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_task(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a task that nothing refers to."""
    await service.remove(ctx, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_task_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a task, newest first."""
    return PageAnswer(await history(ctx, tasks, id, listing))


@of_plans.patch("/plans/{id}", response_model=PlanView)
async def update_plan(ctx: WritePlan, id: UUID, expected: IfMatch, body: PlanUpdate) -> Response:
    """Change some fields of a plan, and with its period the occurrences of its recurring tasks."""
    await service.revise_plan(ctx, id, expected, body)
    return RecordAnswer(await plans.item(ctx, id))


@of_agreements.post("/agreements/{id}/tasks", response_model=TaskView, status_code=201)
async def create_agreement_task(ctx: Create, id: UUID, body: CommitmentTaskCreate) -> Response:
    """Turn a commitment of an agreement into a task of a plan."""
    task = await service.fulfil(ctx, id, body)
    return await created(ctx, task, f"/api/v1/tasks/{task.id}")
