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
from sonla_api.kit.store import create, delete
from sonla_api.plans.models import Plan
from sonla_api.plans.queries import PlanListing, plans
from sonla_api.plans.schemas import PlanCreate, PlanView

router = routes_of("plans")

Read = Annotated[Context, reading("plans:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("plans:write", is_short=True)]
Write = Annotated[WriteContext, writing("plans:write")]


@router.get("", response_model=Page[PlanView])
async def list_plans(ctx: Read, listing: Annotated[PlanListing, Query()]) -> Response:
    """List the plans and programmes that the caller may see."""
    return PageAnswer(await plans.page(ctx, listing))


@router.get("/{id}", response_model=PlanView)
async def get_plan(ctx: Read, id: UUID) -> Response:
    """Read one plan."""
    return RecordAnswer(await plans.item(ctx, id))


@router.post("", response_model=PlanView, status_code=201)
async def create_plan(ctx: Create, body: PlanCreate) -> Response:
    """Register the plan that a document lays down."""
    plan = await create(ctx, plans, body)
    return await created(ctx, plan, f"/api/v1/plans/{plan.id}")


@router.delete("/{id}", status_code=204)
async def delete_plan(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a plan that has no tasks."""
    await delete(ctx, Plan, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_plan_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a plan, newest first."""
    return PageAnswer(await history(ctx, plans, id, listing))
