from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from sonla_api.dossiers import service
from sonla_api.dossiers.schemas import MergeCreate
from sonla_api.identity.access import creating
from sonla_api.kit.answers import IfMatch, created
from sonla_api.kit.context import WriteContext
from sonla_api.partners.queries import partners
from sonla_api.partners.schemas import PartnerView

router = APIRouter(tags=["partners"])

Merge = Annotated[WriteContext, creating("partners:merge")]


@router.post("/partners/{id}/merge", response_model=PartnerView, status_code=201)
async def merge_partner(ctx: Merge, id: UUID, expected: IfMatch, body: MergeCreate) -> Response:
    """Merge a partner into another, which is answered; the old address leads there from then on."""
    await service.merge(ctx, id, expected, body)
    survivor = await partners.item(ctx, body.into_id)
    return await created(ctx, survivor, f"/api/v1/partners/{body.into_id}")
