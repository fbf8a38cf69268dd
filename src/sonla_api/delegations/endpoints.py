from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.delegations import service
from sonla_api.delegations.lifecycle import lifecycle
from sonla_api.delegations.models import Delegation
from sonla_api.delegations.queries import (
    DelegationFiguresQuery,
    DelegationListing,
    delegation_figures,
    delegations,
)
from sonla_api.delegations.schemas import (
    DelegationCreate,
    DelegationFigures,
    DelegationStepCreate,
    DelegationUpdate,
    DelegationView,
)
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.steps import StepListing, StepView, read_steps, remove

router = routes_of("delegations")

Read = Annotated[Context, reading("delegations:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("delegations:write", is_short=True)]
Write = Annotated[WriteContext, writing("delegations:write")]
Step = Annotated[WriteContext, creating("delegations:read")]


@router.get("", response_model=Page[DelegationView])
async def list_delegations(ctx: Read, listing: Annotated[DelegationListing, Query()]) -> Response:
    """List the delegations that the caller may see."""
    return PageAnswer(await delegations.page(ctx, listing))


@router.get("/summary")
async def summarize_delegations(
    ctx: Read, query: Annotated[DelegationFiguresQuery, Query()]
) -> DelegationFigures:
    """Count delegations and person-trips in a period."""
    return await delegation_figures(ctx, query)


@router.get("/{id}", response_model=DelegationView)
async def get_delegation(ctx: Read, id: UUID) -> Response:
    """Read one delegation."""
    return RecordAnswer(await delegations.item(ctx, id))


@router.post("", response_model=DelegationView, status_code=201)
async def create_delegation(ctx: Create, body: DelegationCreate) -> Response:
    """Propose a delegation."""
    delegation = await service.register(ctx, body)
    return await created(ctx, delegation, f"/api/v1/delegations/{delegation.id}")


@router.patch("/{id}", response_model=DelegationView)
async def update_delegation(
    ctx: Write, id: UUID, expected: IfMatch, body: DelegationUpdate
) -> Response:
    """Change some fields of a delegation."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await delegations.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_delegation(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a delegation that is a draft, recorded or cancelled."""
    await remove(ctx, Delegation, lifecycle, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_delegation_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a delegation, newest first."""
    return PageAnswer(await history(ctx, delegations, id, listing))


@router.get("/{id}/transitions", response_model=Page[StepView])
async def list_delegation_transitions(
    ctx: Read, id: UUID, listing: Annotated[StepListing, Query()]
) -> Response:
    """List the steps that a delegation has taken, newest first."""
    return PageAnswer(await read_steps(ctx, delegations, id, listing))


@router.post("/{id}/transitions", response_model=StepView, status_code=201)
async def transition_delegation(
    ctx: Step, id: UUID, expected: IfMatch, body: DelegationStepCreate
) -> Response:
    """Submit, approve, receive, report or close a delegation, or take another step."""
    step = await service.step(ctx, id, expected, body)
    return await created(ctx, step, f"/api/v1/delegations/{id}/transitions")
