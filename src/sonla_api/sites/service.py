"""What is written beside the fields: a gate and the one that it faces name each other."""

from uuid import UUID

from sonla_api.kit.context import WriteContext
from sonla_api.kit.problems import FieldError, Invalid
from sonla_api.kit.records import Item
from sonla_api.kit.store import (
    Expected,
    change,
    create,
    load,
    take_turns,
    update,
    whole_of,
)
from sonla_api.kit.text import Message
from sonla_api.sites.models import Site
from sonla_api.sites.queries import doubts, sites
from sonla_api.sites.schemas import SiteCreate, SiteUpdate

_PAIRED = Message(
    "that site faces another one already; part these two first",
    "địa điểm đó đã ghép cặp với nơi khác; hãy tách cặp đó trước",
)


async def register(ctx: WriteContext, body: SiteCreate) -> Item:
    other = await _other_side(ctx, body.pair_id, None) if body.pair_id else None
    site = await create(ctx, sites, body, doubts)
    if other:
        await change(ctx, other, pair_id=site.id)
    return site


async def revise(ctx: WriteContext, id_: UUID, expected: Expected, body: SiteUpdate) -> None:
    """Who writes one side of a pair writes the other too, and so must be allowed to."""
    if "pair_id" in body.model_fields_set and body.pair_id:
        await take_turns(ctx, {id_, body.pair_id})
    site = await load(ctx, Site, id_, expected)
    before, after = site.pair_id, site.pair_id
    if "pair_id" in body.model_fields_set:
        after = body.pair_id
    other = await _other_side(ctx, after, id_) if after and after != before else None
    if before and after != before:
        await change(ctx, await whole_of(ctx, Site, before, "/pair_id"), pair_id=None)
    await update(ctx, Site, id_, expected, SiteCreate, body, doubts)
    if other:
        await change(ctx, other, pair_id=id_)


async def _other_side(ctx: WriteContext, id_: UUID, own: UUID | None) -> Site:
    other = await whole_of(ctx, Site, id_, "/pair_id")
    if other.pair_id not in {None, own}:
        raise Invalid(errors=[FieldError("/pair_id", "paired", _PAIRED)])
    return other
