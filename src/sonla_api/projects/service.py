"""The rules of projects beside their fields: what does not fit is flagged, never refused."""

from uuid import UUID

from sonla_api.kit.context import WriteContext
from sonla_api.kit.records import Item
from sonla_api.kit.steps import take
from sonla_api.kit.store import Expected, create, update
from sonla_api.projects.lifecycle import ProjectState, lifecycle
from sonla_api.projects.models import Project
from sonla_api.projects.queries import doubts, projects
from sonla_api.projects.schemas import ProjectCreate, ProjectStepCreate, ProjectUpdate


async def register(
    ctx: WriteContext, body: ProjectCreate, state: ProjectState = ProjectState.pipeline
) -> Item:
    """A new project: proposed, or as far as a source tells of it."""
    return await create(ctx, projects, body, doubts, state=state)


async def revise(ctx: WriteContext, id_: UUID, expected: Expected, body: ProjectUpdate) -> None:
    await update(ctx, Project, id_, expected, ProjectCreate, body, doubts)


async def step(ctx: WriteContext, id_: UUID, expected: Expected, body: ProjectStepCreate) -> Item:
    return await take(ctx, Project, lifecycle, id_, expected, body)
