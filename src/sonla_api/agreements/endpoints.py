from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.agreements import service
from sonla_api.agreements.figures import AgreementFiguresQuery, agreement_figures
from sonla_api.agreements.lifecycle import lifecycle
from sonla_api.agreements.models import Agreement
from sonla_api.agreements.queries import (
    AgreementListing,
    agreements,
)
from sonla_api.agreements.schemas import (
    AgreementCreate,
    AgreementFigures,
    AgreementStepCreate,
    AgreementUpdate,
    AgreementView,
)
from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.steps import StepListing, StepView, read_steps, remove

router = routes_of("agreements")

Read = Annotated[Context, reading("agreements:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("agreements:write", is_short=True)]
Write = Annotated[WriteContext, writing("agreements:write")]
Step = Annotated[WriteContext, creating("agreements:read")]


@router.get("", response_model=Page[AgreementView])
async def list_agreements(ctx: Read, listing: Annotated[AgreementListing, Query()]) -> Response:
    """List the agreements that the caller may see, and how they stand on a day."""
    return PageAnswer(await agreements.page(ctx.on(listing.as_of), listing))


@router.get("/summary")
async def summarize_agreements(
    ctx: Read, query: Annotated[AgreementFiguresQuery, Query()]
) -> AgreementFigures:
    """Count agreements by kind or level: signed in a period, and in force on a day."""
    return await agreement_figures(ctx, query)


@router.get("/{id}", response_model=AgreementView)
async def get_agreement(ctx: Read, id: UUID) -> Response:
    """Read one agreement."""
    return RecordAnswer(await agreements.item(ctx, id))


@router.post("", response_model=AgreementView, status_code=201)
async def create_agreement(ctx: Create, body: AgreementCreate) -> Response:
    """Propose an agreement."""
    agreement = await service.register(ctx, body)
    return await created(ctx, agreement, f"/api/v1/agreements/{agreement.id}")


@router.patch("/{id}", response_model=AgreementView)
async def update_agreement(
    ctx: Write, id: UUID, expected: IfMatch, body: AgreementUpdate
) -> Response:
    """Change some fields of an agreement."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await agreements.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_agreement(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove an agreement that is only proposed, or cancelled."""
    await remove(ctx, Agreement, lifecycle, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_agreement_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of an agreement, newest first."""
    return PageAnswer(await history(ctx, agreements, id, listing))


@router.get("/{id}/transitions", response_model=Page[StepView])
async def list_agreement_transitions(
    ctx: Read, id: UUID, listing: Annotated[StepListing, Query()]
) -> Response:
    """List the steps that an agreement has taken, newest first."""
    return PageAnswer(await read_steps(ctx, agreements, id, listing))


@router.post("/{id}/transitions", response_model=StepView, status_code=201)
async def transition_agreement(
    ctx: Step, id: UUID, expected: IfMatch, body: AgreementStepCreate
) -> Response:
    """Consult on, approve, sign, renew or terminate an agreement, or take another step."""
    step = await service.step(ctx, id, expected, body)
    return await created(ctx, step, f"/api/v1/agreements/{id}/transitions")
