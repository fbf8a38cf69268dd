"""The rules of agreements beside their fields: how they end, and what a step adds to them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sonla_api.agreements.lifecycle import (
    CLOSED,
    RUNNING,
    AgreementState,
    AgreementVerb,
    lifecycle,
)
from sonla_api.agreements.models import Agreement
from sonla_api.agreements.queries import agreements, successor_state
from sonla_api.agreements.schemas import AgreementCreate, AgreementStepCreate, AgreementUpdate
from sonla_api.kit.citations import with_cited
from sonla_api.kit.context import WriteContext
from sonla_api.kit.period import UNKNOWN, days
from sonla_api.kit.problems import FieldError, Invalid
from sonla_api.kit.records import Item
from sonla_api.kit.steps import take
from sonla_api.kit.store import Expected, create, update
from sonla_api.kit.text import Message

S, V = AgreementState, AgreementVerb
_DOCUMENTED = {V.approve, V.sign, V.suspend, V.terminate}
"""Steps that rest on a document, which then stands in the agreement."""
_NOT_OVER = Message(
    "it holds until {day}, so it expires later; terminate it instead",
    "thỏa thuận còn hiệu lực đến ngày {day}; hãy chấm dứt thay vì để hết hiệu lực",
)
_NO_END = Message(
    "its period has no end, so it does not expire",
    "thời hạn không có ngày kết thúc nên không thể hết hiệu lực",
)
_NO_SUCCESSOR = Message(
    "first sign the agreement that renews this one: it names it by renews_id",
    "trước hết hãy ký thỏa thuận gia hạn, trong đó nêu thỏa thuận này bằng renews_id",
)
_SIGNED_LATE = Message(
    "It is dated as signed from {signed} on, after its last day, {last}.",
    "Ngày ký ghi từ {signed}, sau ngày cuối cùng của thời hạn là {last}.",
)


async def register(
    ctx: WriteContext, body: AgreementCreate, state: AgreementState = S.proposed
) -> Item:
    """A new agreement: proposed, or as far as a source tells of it."""
    return await create(ctx, agreements, body, _judge, state=state)


async def revise(ctx: WriteContext, id_: UUID, expected: Expected, body: AgreementUpdate) -> None:
    await update(ctx, Agreement, id_, expected, AgreementCreate, body, _judge)


async def step(ctx: WriteContext, id_: UUID, expected: Expected, body: AgreementStepCreate) -> Item:
    return await take(ctx, Agreement, lifecycle, id_, expected, body, _effect)


async def _effect(
    ctx: WriteContext, record: Agreement, body: AgreementStepCreate
) -> dict[str, Any]:
    """What a step says beside the state: the day of signing, the day of the end, its document."""
    day, more = body.on or ctx.today, _with_document(record, body)
    if body.verb is V.sign:
        more["signed_on"] = record.signed_on or str(day)
    elif body.verb is V.expire:
        _check_over(record, min(day, ctx.today))  # nobody knows yet what will be over by then
    elif body.verb is V.terminate:
        more["ended_on"] = day
    elif body.verb is V.renew:
        if await successor_state(ctx, record.id) not in {*RUNNING, *CLOSED}:
            raise Invalid(errors=[FieldError("/renewed_by", "no_successor", _NO_SUCCESSOR)])
        more["ended_on"] = day
    elif body.verb is V.record:
        more["ended_on"] = body.on if body.state in {S.renewed, S.terminated} else None
    return more


def _with_document(record: Agreement, body: AgreementStepCreate) -> dict[str, Any]:
    if body.verb not in _DOCUMENTED or not body.document_id:
        return {}
    return {"documents": with_cited(record.documents, body.document_id)}


def _check_over(record: Agreement, day: date) -> None:
    _, end = days(record.effective) or UNKNOWN
    if end is None:
        raise Invalid(errors=[FieldError("/effective", "no_end", _NO_END)])
    if day < end:
        message = _NOT_OVER.format(day=end - timedelta(days=1))
        raise Invalid(errors=[FieldError("/on", "not_over", message)])


async def _judge(_: WriteContext, __: UUID | None, values: dict[str, Any]) -> Mapping[str, Message]:
    (signed, _after), (_first, end) = (
        days(values[name]) or UNKNOWN for name in ("signed_on", "effective")
    )
    if signed and end and signed >= end:
        words = _SIGNED_LATE.format(signed=signed, last=end - timedelta(days=1))
        return {"date_conflict": words}
    return {}
