from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.identity.access import creating, reading, writing
from sonla_api.indicators import service
from sonla_api.indicators.models import Indicator
from sonla_api.indicators.queries import IndicatorListing, indicators
from sonla_api.indicators.schemas import IndicatorCreate, IndicatorUpdate, IndicatorView
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.store import create, delete

router = routes_of("indicators")

Read = Annotated[Context, reading("indicators:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("indicators:write", is_short=True)]
Write = Annotated[WriteContext, writing("indicators:write")]


@router.get("", response_model=Page[IndicatorView])
async def list_indicators(ctx: Read, listing: Annotated[IndicatorListing, Query()]) -> Response:
    """List what is counted or measured, with its unit and coverage."""
    return PageAnswer(await indicators.page(ctx, listing))


@router.get("/{id}", response_model=IndicatorView)
async def get_indicator(ctx: Read, id: UUID) -> Response:
    """Read one indicator."""
    return RecordAnswer(await indicators.item(ctx, id))


@router.post("", response_model=IndicatorView, status_code=201)
async def create_indicator(ctx: Create, body: IndicatorCreate) -> Response:
    """Register something that is counted or measured."""
    indicator = await create(ctx, indicators, body)
    return await created(ctx, indicator, f"/api/v1/indicators/{indicator.id}")


@router.patch("/{id}", response_model=IndicatorView)
async def update_indicator(
    ctx: Write, id: UUID, expected: IfMatch, body: IndicatorUpdate
) -> Response:
    """Change some fields of an indicator."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await indicators.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_indicator(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove an indicator that has no figures."""
    await delete(ctx, Indicator, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_indicator_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of an indicator, newest first."""
    return PageAnswer(await history(ctx, indicators, id, listing))
