"""What is checked beside the fields: whether a partner stands in the register already."""

from uuid import UUID

from sonla_api.kit.context import WriteContext
from sonla_api.kit.records import Item
from sonla_api.kit.store import Expected, create, update
from sonla_api.partners.models import Partner
from sonla_api.partners.queries import partners, resemblance
from sonla_api.partners.schemas import PartnerCreate, PartnerUpdate


async def register(ctx: WriteContext, body: PartnerCreate) -> Item:
    """A new partner; one that resembles others is flagged, never refused."""
    return await create(ctx, partners, body, resemblance)


async def revise(ctx: WriteContext, id_: UUID, expected: Expected, body: PartnerUpdate) -> None:
    await update(ctx, Partner, id_, expected, PartnerCreate, body, resemblance)
