"""What is checked beside the fields: who is told, and that what was sent stays as it was sent."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from sonla_api.kit.context import WriteContext
from sonla_api.kit.problems import Conflict, FieldError, Invalid
from sonla_api.kit.records import Item
from sonla_api.kit.steps import take
from sonla_api.kit.store import Expected, create, load, update
from sonla_api.kit.text import Message
from sonla_api.notices.lifecycle import NoticeState, NoticeVerb, lifecycle
from sonla_api.notices.models import Notice
from sonla_api.notices.queries import is_draft, no_enterprises, notices
from sonla_api.notices.schemas import NoticeCreate, NoticeStepCreate, NoticeUpdate

SENT = (
    "topic",
    "title",
    "body",
    "markets",
    "products",
    "languages",
    "valid",
    "is_to_all",
    "recipients",
    "documents",
    "replaces_id",
)
"""What recipients were told stays from then on; the rest is the register's own."""
_STAYS = Message(
    "It was sent, so {fields} stay as they were: withdraw it, or send another that replaces it.",
    "Thông báo đã gửi nên giữ nguyên {fields}: hãy thu hồi, hoặc gửi thông báo khác thay thế.",
)
_NO_ENTERPRISE = Message("this partner is no enterprise", "đối tác này không phải doanh nghiệp")
_UNSENT = Message("that notice was not sent yet", "thông báo đó chưa được gửi")


async def register(ctx: WriteContext, body: NoticeCreate) -> Item:
    return await create(ctx, notices, body, partial(_check, None))


async def revise(ctx: WriteContext, id_: UUID, expected: Expected, body: NoticeUpdate) -> None:
    record = await load(ctx, Notice, id_, expected)
    await update(ctx, Notice, id_, expected, NoticeCreate, body, partial(_check, record))


async def step(ctx: WriteContext, id_: UUID, expected: Expected, body: NoticeStepCreate) -> Item:
    return await take(ctx, Notice, lifecycle, id_, expected, body, _effect)


async def _effect(ctx: WriteContext, _: Notice, body: NoticeStepCreate) -> dict[str, Any]:
    if body.verb is not NoticeVerb.send:
        return {}
    return {"sent_on": body.on or ctx.today, "sent_at": ctx.now}


async def _check(
    record: Notice | None, ctx: WriteContext, _: UUID | None, values: Mapping[str, Any]
) -> Mapping[str, Message]:
    """Only what changes is asked about: a recipient may have become another kind of partner."""
    changed = [name for name in SENT if record is None or getattr(record, name) != values[name]]
    if record and record.state is not NoticeState.draft and changed:
        detail = _STAYS.format(fields=", ".join(changed))
        raise Conflict(detail, state=record.state.value)
    if "recipients" in changed and values["recipients"]:
        await _refuse_others(ctx, [UUID(one["partner_id"]) for one in values["recipients"]])
    replaced = values["replaces_id"] if "replaces_id" in changed else None
    if replaced and await is_draft(ctx, replaced):
        raise Invalid(errors=[FieldError("/replaces_id", "not_sent", _UNSENT)])
    return {}


async def _refuse_others(ctx: WriteContext, ids: list[UUID]) -> None:
    others = await no_enterprises(ctx, ids)
    if errors := [
        FieldError(f"/recipients/{place}/partner_id", "no_enterprise", _NO_ENTERPRISE)
        for place, id_ in enumerate(ids)
        if id_ in others
    ]:
        raise Invalid(errors=errors)
