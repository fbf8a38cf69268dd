"""Giving out the address of a calendar that shows what the caller sees."""

import json

from uuid_utils.compat import uuid7

from sonla_api.calendar.keys import keys_held, new_key
from sonla_api.calendar.schemas import CalendarKeyCreate
from sonla_api.identity.access import CALENDAR
from sonla_api.identity.keys import calendar_secret
from sonla_api.identity.models import CalendarKey
from sonla_api.kit.context import WriteContext
from sonla_api.kit.problems import Conflict
from sonla_api.kit.records import Item
from sonla_api.kit.text import Message

MOST = 20
"""Keys that a caller holds at once: one for each calendar program, and some to spare."""
_TOO_MANY = Message(
    "You hold {held} keys of calendars, and more are not given out: revoke one that is no longer"
    " used.",
    "Bạn đang giữ {held} khóa lịch, không cấp thêm: hãy thu hồi khóa không còn dùng.",
)


async def give_key(ctx: WriteContext, body: CalendarKeyCreate) -> Item:
    """A new key of the caller's, in its address; of its secret only a digest is kept."""
    held = await keys_held(ctx)
    if held >= MOST:
        raise Conflict(_TOO_MANY.format(held=held))
    prefix, secret, digest = calendar_secret()
    made = CalendarKey(
        id=uuid7(),
        api_key_id=ctx.actor.id,
        name=body.name,
        prefix=prefix,
        digest=digest,
        created_at=ctx.now,
    )
    ctx.session.add(made)
    await ctx.session.flush()
    shown = await new_key(ctx, made.id) | {"address": f"{CALENDAR}?key={secret}"}
    return Item(made.id, 1, json.dumps(shown, ensure_ascii=False).encode())
