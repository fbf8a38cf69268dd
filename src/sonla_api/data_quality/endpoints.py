from typing import Annotated

from fastapi import Query, Response

from sonla_api.data_quality import service
from sonla_api.data_quality.queries import (
    DoubtFiguresQuery,
    DoubtListing,
    doubt_figures,
    doubts,
)
from sonla_api.data_quality.schemas import DoubtFigures, DoubtView, FlagStepCreate
from sonla_api.identity.access import creating, reading
from sonla_api.kit.answers import IfMatch, PageAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.titles import address, resources

router = routes_of("data-quality")

Read = Annotated[Context, reading("data_quality:read")]
Step = Annotated[WriteContext, creating("data_quality:write")]


@router.get("", response_model=Page[DoubtView])
async def list_flags(ctx: Read, listing: Annotated[DoubtListing, Query()]) -> Response:
    """List the doubts about records of all resources, those of the newest records first."""
    return PageAnswer(await doubts(ctx, listing))


@router.get("/summary")
async def summarize_flags(ctx: Read, query: Annotated[DoubtFiguresQuery, Query()]) -> DoubtFigures:
    """Count the doubts about records of all resources."""
    return await doubt_figures(ctx, query)


@router.post("/transitions", response_model=DoubtView, status_code=201)
async def transition_flag(ctx: Step, expected: IfMatch, body: FlagStepCreate) -> Response:
    """Say why a doubt about a record may stand, or take that back."""
    flag = await service.step(ctx, expected, body)
    return await created(ctx, flag, f"{address(resources()[body.resource])}/{body.id}")
