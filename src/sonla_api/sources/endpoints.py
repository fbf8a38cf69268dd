from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.store import create, delete, update
from sonla_api.sources.models import Source
from sonla_api.sources.queries import SourceListing, sources
from sonla_api.sources.schemas import SourceCreate, SourceUpdate, SourceView

router = routes_of("sources")

Read = Annotated[Context, reading("sources:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("sources:write", is_short=True)]
Write = Annotated[WriteContext, writing("sources:write")]


@router.get("", response_model=Page[SourceView])
async def list_sources(ctx: Read, listing: Annotated[SourceListing, Query()]) -> Response:
    """List the pages, documents and persons that facts come from."""
    return PageAnswer(await sources.page(ctx, listing))


@router.get("/{id}", response_model=SourceView)
async def get_source(ctx: Read, id: UUID) -> Response:
    """Read one source."""
    return RecordAnswer(await sources.item(ctx, id))


@router.post("", response_model=SourceView, status_code=201)
async def create_source(ctx: Create, body: SourceCreate) -> Response:
    """Register a source."""
    source = await create(ctx, sources, body)
    return await created(ctx, source, f"/api/v1/sources/{source.id}")


@router.patch("/{id}", response_model=SourceView)
async def update_source(
    request: Request, ctx: Write, id: UUID, expected: IfMatch, body: SourceUpdate
) -> Response:
    """Change some fields of a source."""
    await update(ctx, Source, id, expected, SourceCreate, body)
    await request.app.state.follow_source(ctx, id)  # what cites it may fit its dates no more
    return RecordAnswer(await sources.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_source(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a source that nothing cites."""
    await delete(ctx, Source, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_source_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a source, newest first."""
    return PageAnswer(await history(ctx, sources, id, listing))
