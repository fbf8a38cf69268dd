from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.dossiers import service
from sonla_api.dossiers.queries import TimelineQuery, timeline
from sonla_api.dossiers.schemas import DeedView, MergeCreate
from sonla_api.identity.access import creating, reading
from sonla_api.kit.answers import IfMatch, PageAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.partners.queries import partners
from sonla_api.partners.schemas import PartnerView

router = routes_of(tag="partners")

Read = Annotated[Context, reading("partners:read")]
Merge = Annotated[WriteContext, creating("partners:merge")]


@router.post("/partners/{id}/merge", response_model=PartnerView, status_code=201)
async def merge_partner(ctx: Merge, id: UUID, expected: IfMatch, body: MergeCreate) -> Response:
    """Merge a partner into another, which is answered; the old address leads there from then on."""
    await service.merge(ctx, id, expected, body)
    survivor = await partners.item(ctx, body.into_id)
    return await created(ctx, survivor, f"/api/v1/partners/{body.into_id}")


@router.get("/partners/{id}/timeline", response_model=Page[DeedView])
async def list_partner_timeline(
    ctx: Read, id: UUID, query: Annotated[TimelineQuery, Query()]
) -> Response:
    """List everything done with a partner, the latest first and what has no date last."""
    return PageAnswer(await timeline(ctx, id, query))
