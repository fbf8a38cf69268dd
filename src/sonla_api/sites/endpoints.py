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
from sonla_api.kit.store import delete
from sonla_api.sites import service
from sonla_api.sites.models import Site
from sonla_api.sites.queries import SiteListing, sites
from sonla_api.sites.schemas import SiteCreate, SiteUpdate, SiteView

router = routes_of("sites")

Read = Annotated[Context, reading("sites:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("sites:write")]
Write = Annotated[WriteContext, writing("sites:write")]


@router.get("", response_model=Page[SiteView], responses=GEOJSON)
async def list_sites(ctx: Read, listing: Annotated[SiteListing, Query()]) -> Response:
    """List the gates, zones, airports and parks, with the level of a gate on a day."""
    return PlacesAnswer(await sites.page(ctx.on(listing.as_of), listing))


@router.get("/{id}", response_model=SiteView, responses=GEOJSON)
async def get_site(ctx: Read, id: UUID) -> Response:
    """Read one site."""
    return PlaceAnswer(await sites.item(ctx, id))


@router.post("", response_model=SiteView, status_code=201)
async def create_site(ctx: Create, body: SiteCreate) -> Response:
    """Register a site."""
    site = await service.register(ctx, body)
    return await created(ctx, site, f"/api/v1/sites/{site.id}")


@router.patch("/{id}", response_model=SiteView)
async def update_site(ctx: Write, id: UUID, expected: IfMatch, body: SiteUpdate) -> Response:
    """Change some fields of a site; a pair is made and parted on both sides."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await sites.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_site(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a site that nothing refers to."""
    await delete(ctx, Site, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_site_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a site, newest first."""
    return PageAnswer(await history(ctx, sites, id, listing))
