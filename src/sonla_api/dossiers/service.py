"""Merging two partners that turn out to be one."""

from uuid import UUID

from sonla_api.dossiers.queries import lead_on, lies_below, repoint
from sonla_api.dossiers.schemas import MergeCreate
from sonla_api.kit.context import WriteContext
from sonla_api.kit.flags import OF_PRINTED, ruled
from sonla_api.kit.problems import FieldError, Gone, Invalid, NotFound
from sonla_api.kit.store import Expected, change, load, take_turns
from sonla_api.kit.text import Message
from sonla_api.partners.models import Partner
from sonla_api.partners.queries import resemblance

_ITSELF = Message("a partner cannot be merged into itself", "không thể gộp đối tác vào chính nó")
_UNKNOWN = Message("there is no such partner", "không có đối tác này")
_BELOW = Message(
    "the survivor is a part of this partner; give it another parent first",
    "đối tác giữ lại trực thuộc đối tác này; hãy đổi cơ quan cấp trên trước",
)
_MOST = 100
_TOO_MANY = Message(
    "together they have more than {most} {field}; shorten one of the lists first",
    "gộp lại sẽ có hơn {most} {field}; hãy rút gọn một trong hai danh sách trước",
)
_COMPARED = ("name", "country", "parent_id", "visibility", "owner_agency_id")
"""What likely duplicates of a partner are sought by."""


async def merge(ctx: WriteContext, id_: UUID, expected: Expected, body: MergeCreate) -> None:
    """Move all that points to the loser, keep its names as aliases, lead its address on."""
    if id_ == body.into_id:
        raise Invalid(errors=[FieldError("/into_id", "itself", _ITSELF)])
    await take_turns(ctx, {id_, body.into_id})
    loser = await load(ctx, Partner, id_, expected, is_leaving=True)
    survivor = await _survivor(ctx, body.into_id)
    if await lies_below(ctx, survivor.id, id_):
        raise Invalid(errors=[FieldError("/into_id", "below", _BELOW)])
    # An alias is one line of 500 characters; a name may be longer, and stays whole in its history.
    called = [" ".join(name.split())[:500] for name in loser.name.values() if name]
    names = called + loser.aliases
    known = set(survivor.aliases) | set(survivor.name.values())
    aliases = survivor.aliases + [n for n in dict.fromkeys(names) if n not in known]
    cited = survivor.sources + [c for c in loser.sources if c not in survivor.sources]
    for field, both in (("aliases", aliases), ("sources", cited)):
        if len(both) > _MOST:
            message = _TOO_MANY.format(most=_MOST, field=field)
            raise Invalid(errors=[FieldError("/into_id", "too_many", message)])
    await repoint(ctx, Partner, id_, survivor.id)
    await ctx.session.delete(loser)
    await ctx.session.flush()
    await lead_on(ctx, id_, survivor.id)
    values = {name: getattr(survivor, name) for name in _COMPARED}
    found = await resemblance(ctx, survivor.id, values | {"aliases": aliases})
    flags = ruled(survivor.flags, found, apart=OF_PRINTED)
    await change(ctx, survivor, aliases=aliases, sources=cited, flags=flags)


async def _survivor(ctx: WriteContext, id_: UUID) -> Partner:
    """It is named in the body, so what is wrong with it is not said of the address."""
    try:
        return await load(ctx, Partner, id_, None)
    except (NotFound, Gone) as error:
        raise Invalid(errors=[FieldError("/into_id", "reference", _UNKNOWN)]) from error
