from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.agencies.models import Agency
from sonla_api.agencies.queries import AgencyListing, agencies
from sonla_api.agencies.schemas import AgencyCreate, AgencyUpdate, AgencyView
from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.store import create, delete, update

router = routes_of("agencies")

Read = Annotated[Context, reading("agencies:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("agencies:write", is_short=True)]
Write = Annotated[WriteContext, writing("agencies:write")]


@router.get("", response_model=Page[AgencyView])
async def list_agencies(ctx: Read, listing: Annotated[AgencyListing, Query()]) -> Response:
    """List the agencies of our side, past and present."""
    return PageAnswer(await agencies.page(ctx, listing))


@router.get("/{id}", response_model=AgencyView)
async def get_agency(ctx: Read, id: UUID) -> Response:
    """Read one agency."""
    return RecordAnswer(await agencies.item(ctx, id))


@router.post("", response_model=AgencyView, status_code=201)
async def create_agency(ctx: Create, body: AgencyCreate) -> Response:
    """Register an agency."""
    agency = await create(ctx, agencies, body)
    return await created(ctx, agency, f"/api/v1/agencies/{agency.id}")


@router.patch("/{id}", response_model=AgencyView)
async def update_agency(ctx: Write, id: UUID, expected: IfMatch, body: AgencyUpdate) -> Response:
    """Change some fields of an agency."""
    await update(ctx, Agency, id, expected, AgencyCreate, body)
    return RecordAnswer(await agencies.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_agency(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove an agency that nothing refers to."""
    await delete(ctx, Agency, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_agency_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of an agency, newest first."""
    return PageAnswer(await history(ctx, agencies, id, listing))
