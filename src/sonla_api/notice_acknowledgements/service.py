"""What is checked beside the fields: that the notice was sent to who confirms it, and before."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from sonla_api.kit.context import WriteContext
from sonla_api.kit.mentions import check_references, references
from sonla_api.kit.owners import visibility_of_part
from sonla_api.kit.problems import FieldError, Invalid
from sonla_api.kit.records import Item
from sonla_api.kit.store import Expected, create, update, whole_of
from sonla_api.kit.text import Message
from sonla_api.notice_acknowledgements.models import NoticeAcknowledgement
from sonla_api.notice_acknowledgements.queries import acknowledgements, was_told
from sonla_api.notice_acknowledgements.schemas import (
    NoticeAcknowledgementCreate,
    NoticeAcknowledgementUpdate,
)
from sonla_api.notices.models import Notice

_UNSENT = Message("the notice was not sent yet", "thông báo chưa được gửi")
_EARLY = Message("the notice was sent later, on {day}", "thông báo được gửi sau đó, ngày {day}")
_AHEAD = Message("this day has not come yet", "chưa đến ngày này")
_NOT_TOLD = Message("the notice did not go to this partner", "thông báo không gửi đối tác này")


async def register(ctx: WriteContext, body: NoticeAcknowledgementCreate) -> Item:
    notice = await whole_of(ctx, Notice, body.notice_id, "/notice_id")
    # Before it is asked who was told: a partner that is hidden is answered for as one that is not.
    named = references(NoticeAcknowledgement, "partner_id", vars(body), "partner_id")
    await check_references(ctx, [*named])
    visibility = visibility_of_part(body, notice)
    check = partial(_check, notice)
    return await create(ctx, acknowledgements, body, check, visibility=visibility)


async def revise(
    ctx: WriteContext, id_: UUID, expected: Expected, body: NoticeAcknowledgementUpdate
) -> None:
    whole = NoticeAcknowledgementCreate
    check = partial(_check, None)
    await update(ctx, NoticeAcknowledgement, id_, expected, whole, body, check)


async def _check(
    notice: Notice | None, ctx: WriteContext, _: UUID | None, values: Mapping[str, Any]
) -> Mapping[str, Message]:
    notice = notice or await whole_of(ctx, Notice, values["notice_id"], "/notice_id")
    if not notice.sent_on:
        raise _refused("notice_id", "not_sent", _UNSENT)
    if values["acknowledged_on"] < notice.sent_on:
        raise _refused("acknowledged_on", "before_sent", _EARLY.format(day=notice.sent_on))
    if values["acknowledged_on"] > ctx.today:
        raise _refused("acknowledged_on", "ahead", _AHEAD)
    if not await was_told(ctx, notice.id, values["partner_id"]):
        raise _refused("partner_id", "not_told", _NOT_TOLD)
    return {}


def _refused(field: str, code: str, message: Message) -> Invalid:
    return Invalid(errors=[FieldError(f"/{field}", code, message)])
