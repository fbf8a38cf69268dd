"""What people say to the doubts about a record that they may write."""

from typing import Any

from sonla_api.data_quality.lifecycle import FlagVerb
from sonla_api.data_quality.queries import doubt
from sonla_api.data_quality.schemas import FlagStepCreate
from sonla_api.kit.context import WriteContext
from sonla_api.kit.problems import FieldError, Gone, Invalid, NotFound, VerbImpossible
from sonla_api.kit.records import Item
from sonla_api.kit.store import Expected, change, load
from sonla_api.kit.text import Message
from sonla_api.kit.titles import resources

_UNKNOWN = Message("there is no such record", "không có bản ghi này")
_NO_FLAG = Message(
    "the record has no such flag; it may be settled by now",
    "bản ghi không có điểm nghi vấn này; có thể đã được xử lý",
)


async def step(ctx: WriteContext, expected: Expected, body: FlagStepCreate) -> Item:
    """Acknowledge a flag, or take that back; whoever may write the record may do so."""
    ctx.actor.require(f"{body.resource}:write")
    model = resources()[body.resource]
    try:
        record = await load(ctx, model, body.id, expected)
    except (NotFound, Gone) as error:  # it is named in the body, so that is what is wrong
        raise Invalid(errors=[FieldError("/id", "reference", _UNKNOWN)]) from error
    meant = [flag for flag in record.flags if _is_meant(flag, body)]
    if not meant:
        raise Invalid(errors=[FieldError("/code", "no_flag", _NO_FLAG)])
    is_acknowledged = meant[0]["acknowledged"] is not None
    if is_acknowledged is (body.verb is FlagVerb.acknowledge):
        other = FlagVerb.withdraw if is_acknowledged else FlagVerb.acknowledge
        state = "acknowledged" if is_acknowledged else "open"
        raise VerbImpossible(state=state, possible=[other.value])
    said = _said(ctx, body)
    after = [{**f, "acknowledged": said} if f in meant else f for f in record.flags]
    await change(ctx, record, flags=after)
    return await doubt(ctx, model, body.id, body.code, body.origin)


def _is_meant(flag: dict[str, Any], body: FlagStepCreate) -> bool:
    return (flag["code"], flag["origin"]) == (body.code, body.origin)


def _said(ctx: WriteContext, body: FlagStepCreate) -> dict[str, Any] | None:
    if body.verb is FlagVerb.withdraw:
        return None
    return {"by": str(ctx.actor.id), "at": ctx.now.isoformat(), "reason": body.reason}
