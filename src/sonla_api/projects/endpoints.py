from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.geojson import GEOJSON, PlaceAnswer, PlacesAnswer
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.steps import StepListing, StepView, read_steps, remove
from sonla_api.projects import service
from sonla_api.projects.figures import ProjectFiguresQuery, project_figures
from sonla_api.projects.lifecycle import lifecycle
from sonla_api.projects.models import Project
from sonla_api.projects.queries import ProjectListing, projects
from sonla_api.projects.schemas import (
    ProjectCreate,
    ProjectFigures,
    ProjectStepCreate,
    ProjectUpdate,
    ProjectView,
)

router = routes_of("projects")

Read = Annotated[Context, reading("projects:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("projects:write", is_short=True)]
Write = Annotated[WriteContext, writing("projects:write")]
Step = Annotated[WriteContext, creating("projects:read")]


@router.get("", response_model=Page[ProjectView], responses=GEOJSON)
async def list_projects(ctx: Read, listing: Annotated[ProjectListing, Query()]) -> Response:
    """List the projects that the caller may see."""
    return PlacesAnswer(await projects.page(ctx, listing))


@router.get("/summary")
async def summarize_projects(
    ctx: Read, query: Annotated[ProjectFiguresQuery, Query()]
) -> ProjectFigures:
    """Count projects and sum their money, each currency by itself."""
    return await project_figures(ctx, query)


@router.get("/{id}", response_model=ProjectView, responses=GEOJSON)
async def get_project(ctx: Read, id: UUID) -> Response:
    """Read one project with the sums of its transactions."""
    return PlaceAnswer(await projects.item(ctx, id))


@router.post("", response_model=ProjectView, status_code=201)
async def create_project(ctx: Create, body: ProjectCreate) -> Response:
    """Propose a project."""
    project = await service.register(ctx, body)
    return await created(ctx, project, f"/api/v1/projects/{project.id}")


@router.patch("/{id}", response_model=ProjectView)
async def update_project(ctx: Write, id: UUID, expected: IfMatch, body: ProjectUpdate) -> Response:
    """Change some fields of a project."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await projects.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_project(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a project that is only proposed, or cancelled."""
    await remove(ctx, Project, lifecycle, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_project_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a project, newest first."""
    return PageAnswer(await history(ctx, projects, id, listing))


@router.get("/{id}/transitions", response_model=Page[StepView])
async def list_project_transitions(
    ctx: Read, id: UUID, listing: Annotated[StepListing, Query()]
) -> Response:
    """List the steps that a project has taken, newest first."""
    return PageAnswer(await read_steps(ctx, projects, id, listing))


@router.post("/{id}/transitions", response_model=StepView, status_code=201)
async def transition_project(
    ctx: Step, id: UUID, expected: IfMatch, body: ProjectStepCreate
) -> Response:
    """Prepare, approve, start, complete or close a project, or take another step."""
    step = await service.step(ctx, id, expected, body)
    return await created(ctx, step, f"/api/v1/projects/{id}/transitions")
