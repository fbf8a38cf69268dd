"""What the end of a relation and its period have to do with each other."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sonla_api.kit.context import WriteContext
from sonla_api.kit.period import UNKNOWN, days
from sonla_api.kit.problems import FieldError, Invalid
from sonla_api.kit.records import Item
from sonla_api.kit.steps import take
from sonla_api.kit.store import Expected, load, update
from sonla_api.kit.text import Message
from sonla_api.partner_relations.lifecycle import RelationState, RelationVerb, lifecycle
from sonla_api.partner_relations.models import PartnerRelation
from sonla_api.partner_relations.schemas import (
    PartnerRelationCreate,
    PartnerRelationStepCreate,
    PartnerRelationUpdate,
)

_NOT_BEGUN = Message("the relation begins only on {day}", "quan hệ đến ngày {day} mới bắt đầu")
_NO_END = Message(
    "the relation has ended, so its period has an end",
    "quan hệ đã chấm dứt nên thời gian phải có ngày kết thúc",
)


async def revise(
    ctx: WriteContext, id_: UUID, expected: Expected, body: PartnerRelationUpdate
) -> None:
    relation = await load(ctx, PartnerRelation, id_, expected)
    has_ended = relation.state is RelationState.ended
    if has_ended and "valid" in body.model_fields_set and (days(body.valid) or UNKNOWN)[1] is None:
        raise Invalid(errors=[FieldError("/valid", "no_end", _NO_END)])
    await update(ctx, PartnerRelation, id_, expected, PartnerRelationCreate, body)


async def step(
    ctx: WriteContext, id_: UUID, expected: Expected, body: PartnerRelationStepCreate
) -> Item:
    return await take(ctx, PartnerRelation, lifecycle, id_, expected, body, _effect)


async def _effect(
    ctx: WriteContext, relation: PartnerRelation, body: PartnerRelationStepCreate
) -> dict[str, Any]:
    """A relation that ends, ends on the day of the step, unless its period is over by then."""
    if body.verb is not RelationVerb.end:
        return {}
    last_day = body.on or ctx.today
    starts_on, ended_on = days(relation.valid) or UNKNOWN
    if ended_on and ended_on - timedelta(days=1) <= last_day:
        return {}
    if starts_on and starts_on > last_day:
        message = _NOT_BEGUN.format(day=starts_on)
        raise Invalid(errors=[FieldError("/on", "not_begun", message)])
    start = str(relation.valid).partition("/")[0] if starts_on else ".."
    return {"valid": f"{start}/{last_day}"}
