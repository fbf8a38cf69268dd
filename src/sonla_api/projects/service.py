"""The rules of projects beside their fields: what does not fit is flagged, never refused."""

from typing import Any
from uuid import UUID

from sonla_api.kit.context import WriteContext
from sonla_api.kit.records import Item
from sonla_api.kit.steps import take
from sonla_api.kit.store import Expected, create, update
from sonla_api.projects.lifecycle import ProjectState, ProjectVerb, lifecycle
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
    return await take(ctx, Project, lifecycle, id_, expected, body, _effect)


async def _effect(_: WriteContext, record: Project, body: ProjectStepCreate) -> dict[str, Any]:
    """A document that a project is approved by stands in its legal basis from then on."""
    if body.verb is not ProjectVerb.approve or not body.document_id:
        return {}
    named = str(body.document_id)
    is_there = any(basis["document_id"] == named for basis in record.legal_basis)
    added = [] if is_there else [{"document_id": named, "clause": None}]
    return {"legal_basis": [*record.legal_basis, *added]}
