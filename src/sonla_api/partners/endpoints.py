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
from sonla_api.kit.store import delete
from sonla_api.partners import service
from sonla_api.partners.models import Partner
from sonla_api.partners.queries import (
    DuplicateQuery,
    PartnerFiguresQuery,
    PartnerListing,
    duplicates_of,
    partner_figures,
    partners,
)
from sonla_api.partners.schemas import (
    DuplicateView,
    PartnerCreate,
    PartnerFigures,
    PartnerUpdate,
    PartnerView,
)

router = routes_of("partners")

Read = Annotated[Context, reading("partners:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("partners:write", is_short=True)]
Write = Annotated[WriteContext, writing("partners:write")]


@router.get("", response_model=Page[PartnerView])
async def list_partners(ctx: Read, listing: Annotated[PartnerListing, Query()]) -> Response:
    """List the partners that the caller may see."""
    return PageAnswer(await partners.page(ctx, listing))


@router.get("/summary")
async def summarize_partners(
    ctx: Read, query: Annotated[PartnerFiguresQuery, Query()]
) -> PartnerFigures:
    """Count partners by country, subdivision or kind."""
    return await partner_figures(ctx, query)


@router.get("/{id}", response_model=PartnerView)
async def get_partner(ctx: Read, id: UUID) -> Response:
    """Read one partner."""
    return RecordAnswer(await partners.item(ctx, id))


@router.post("", response_model=PartnerView, status_code=201)
async def create_partner(ctx: Create, body: PartnerCreate) -> Response:
    """Register a partner."""
    partner = await service.register(ctx, body)
    return await created(ctx, partner, f"/api/v1/partners/{partner.id}")


@router.patch("/{id}", response_model=PartnerView)
async def update_partner(ctx: Write, id: UUID, expected: IfMatch, body: PartnerUpdate) -> Response:
    """Change some fields of a partner."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await partners.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_partner(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a partner that nothing refers to."""
    await delete(ctx, Partner, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_partner_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a partner, newest first."""
    return PageAnswer(await history(ctx, partners, id, listing))


@router.get("/{id}/duplicates", response_model=Page[DuplicateView])
async def list_partner_duplicates(
    ctx: Read, id: UUID, _: Annotated[DuplicateQuery, Query()]
) -> Response:
    """List at most ten partners that may be the same one, the likeliest first."""
    return PageAnswer(await duplicates_of(ctx, id))
