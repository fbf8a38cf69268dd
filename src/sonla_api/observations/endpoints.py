from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.text import text
from sonla_api.observations import service
from sonla_api.observations.queries import ObservationListing, observations
from sonla_api.observations.schemas import (
    ObservationCreate,
    ObservationRows,
    ObservationUpdate,
    ObservationView,
    RowsAnswer,
    SeriesView,
)
from sonla_api.observations.series import SeriesListing, series

router = routes_of("observations")
of_indicators = routes_of(tag="indicators")

Read = Annotated[Context, reading("observations:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("observations:write")]
Write = Annotated[WriteContext, writing("observations:write")]
IndicatorAddress = Annotated[
    str,
    text(100, min_length=1, is_one_line=True),
    Path(description="The id of the indicator, or its code."),
]


@router.get("", response_model=Page[ObservationView])
async def list_observations(ctx: Read, listing: Annotated[ObservationListing, Query()]) -> Response:
    """List figures as their sources print them."""
    return PageAnswer(await observations.page(ctx, listing))


@router.post("/batch", response_model=RowsAnswer, status_code=201)
async def create_observations(ctx: Create, body: ObservationRows) -> Response:
    """Enter up to a thousand figures, of which each row stands or is refused by itself."""
    answer = await service.enter(ctx, body)
    return await created(ctx, answer, "/api/v1/observations")


@router.get("/{id}", response_model=ObservationView)
async def get_observation(ctx: Read, id: UUID) -> Response:
    """Read one figure."""
    return RecordAnswer(await observations.item(ctx, id))


@router.post("", response_model=ObservationView, status_code=201)
async def create_observation(ctx: Create, body: ObservationCreate) -> Response:
    """Enter a figure beside those of other sources and vintages."""
    observation = await service.register(ctx, body)
    return await created(ctx, observation, f"/api/v1/observations/{observation.id}")


@router.patch("/{id}", response_model=ObservationView)
async def update_observation(
    ctx: Write, id: UUID, expected: IfMatch, body: ObservationUpdate
) -> Response:
    """Change some fields of a figure; another vintage is a figure of its own."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await observations.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_observation(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a figure that was entered by mistake."""
    await service.remove(ctx, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_observation_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a figure, newest first."""
    return PageAnswer(await history(ctx, observations, id, listing))


@of_indicators.get("/indicators/{id}/series", response_model=SeriesView)
async def list_indicator_series(
    ctx: Read, id: IndicatorAddress, listing: Annotated[SeriesListing, Query()]
) -> Response:
    """List the values of an indicator by period with their growth as printed and as computed."""
    found = await series(ctx, id, listing)
    return PageAnswer(found.points, indicator=found.indicator)
