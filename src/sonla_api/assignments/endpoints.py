from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.assignments import service
from sonla_api.assignments.queries import AssignmentListing, assignments
from sonla_api.assignments.schemas import (
    AssignmentCreate,
    AssignmentsCreate,
    AssignmentsMade,
    AssignmentStepCreate,
    AssignmentUpdate,
    AssignmentView,
)
from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.listing import list_address
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.steps import StepListing, StepView, read_steps

router = routes_of("assignments")
of_tasks = routes_of(tag="tasks")

Read = Annotated[Context, reading("assignments:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("assignments:write")]
Write = Annotated[WriteContext, writing("assignments:write")]
Step = Annotated[WriteContext, creating("assignments:read")]


@router.get("", response_model=Page[AssignmentView])
async def list_assignments(ctx: Read, listing: Annotated[AssignmentListing, Query()]) -> Response:
    """List which agencies are assigned to which tasks."""
    return PageAnswer(await assignments.page(ctx.on(listing.as_of), listing))


@router.get("/{id}", response_model=AssignmentView)
async def get_assignment(ctx: Read, id: UUID) -> Response:
    """Read one assignment."""
    return RecordAnswer(await assignments.item(ctx, id))


@router.post("", response_model=AssignmentView, status_code=201)
async def create_assignment(ctx: Create, body: AssignmentCreate) -> Response:
    """Assign an agency to a task."""
    assignment = await service.register(ctx, body)
    return await created(ctx, assignment, f"/api/v1/assignments/{assignment.id}")


@of_tasks.post("/tasks/{id}/assignments", response_model=AssignmentsMade, status_code=201)
async def create_task_assignments(ctx: Create, id: UUID, body: AssignmentsCreate) -> Response:
    """Assign several agencies to a task, or all communes and wards."""
    made = await service.expand(ctx, id, body)
    return await created(ctx, made, list_address("assignments", task_id=id))


@router.patch("/{id}", response_model=AssignmentView)
async def update_assignment(
    ctx: Write, id: UUID, expected: IfMatch, body: AssignmentUpdate
) -> Response:
    """Change some fields of an assignment."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await assignments.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_assignment(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove an assignment that nobody has taken up, or that was withdrawn."""
    await service.remove(ctx, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_assignment_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of an assignment, newest first."""
    return PageAnswer(await history(ctx, assignments, id, listing))


@router.get("/{id}/transitions", response_model=Page[StepView])
async def list_assignment_transitions(
    ctx: Read, id: UUID, listing: Annotated[StepListing, Query()]
) -> Response:
    """List the steps that an assignment has taken, newest first."""
    return PageAnswer(await read_steps(ctx, assignments, id, listing))


@router.post("/{id}/transitions", response_model=StepView, status_code=201)
async def transition_assignment(
    ctx: Step, id: UUID, expected: IfMatch, body: AssignmentStepCreate
) -> Response:
    """Accept, start or submit, approve or return, or have more time for an assignment."""
    step = await service.step(ctx, id, expected, body)
    return await created(ctx, step, f"/api/v1/assignments/{id}/transitions")
