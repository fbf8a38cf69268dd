"""The keys of calendars that a caller has given out: told of, and revoked."""

import json
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import bindparam, func, select, true, update
from sqlalchemy.dialects.postgresql import UUID as Uuid

from sonla_api.calendar.schemas import CalendarKeyView
from sonla_api.identity.models import CalendarKey
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.listing import Listing
from sonla_api.kit.model import constant
from sonla_api.kit.problems import NotFound, StaleVersion
from sonla_api.kit.records import Only, Records
from sonla_api.kit.shapes import as_item, to_json
from sonla_api.kit.statement import Statement
from sonla_api.kit.store import Expected, turn

calendar_keys = Records(
    CalendarKey, CalendarKeyView, prefix=lambda of: func.concat(constant("cal_"), of.prefix)
)
_HOLDING = Only(CalendarKey.revoked_at.is_(None), {})


class CalendarKeyListing(Listing):
    orders: ClassVar = {"created_at": CalendarKey.created_at}


async def own_keys(ctx: Context, listing: CalendarKeyListing) -> Any:
    """The keys of calendars that the caller has given out and not revoked."""
    return await calendar_keys.page(ctx, listing, _HOLDING, api_key_id=ctx.actor.id)


async def keys_held(ctx: WriteContext) -> int:
    """How many keys the caller holds; who gives out more meanwhile waits."""
    owner = {"owner": ctx.actor.id}
    await _turn.fetch(ctx.reader, **owner)
    ((held,),) = await _held.fetch(ctx.reader, **owner)
    return int(held)


_owner = bindparam("owner", type_=Uuid())
_turn = Statement(select(turn(_owner)))
_held = Statement(
    select(func.count()).where(CalendarKey.api_key_id == _owner, CalendarKey.revoked_at.is_(None))
)


async def new_key(ctx: WriteContext, id_: UUID) -> dict[str, Any]:
    """A key that was just made, as its list shows it."""
    ((shown,),) = await _one().fetch(ctx.reader, id=id_)
    told: dict[str, Any] = json.loads(shown)
    return told


@cache
def _one() -> Statement:
    columns = calendar_keys.columns(is_stranger=False)
    wanted = CalendarKey.id == bindparam("id", type_=Uuid())
    row = select(*columns).where(wanted).subquery("row")
    item = as_item(row, CalendarKeyView)
    return Statement(select(to_json(item)).select_from(row.join(item, true())))


async def revoke_key(ctx: WriteContext, id_: UUID, expected: Expected) -> None:
    """End a key of the caller's own; within five seconds it holds nowhere."""
    if expected is not None and 1 not in expected:
        raise StaleVersion(version=1)
    if not await _revoke.fetch(ctx.reader, id=id_, owner=ctx.actor.id, now=ctx.now):
        raise NotFound


_revoke = Statement(
    update(CalendarKey)
    .where(
        CalendarKey.id == bindparam("id", type_=Uuid()),
        CalendarKey.api_key_id == bindparam("owner", type_=Uuid()),
        CalendarKey.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("now", type_=CalendarKey.revoked_at.type))
    .returning(CalendarKey.id)
)
