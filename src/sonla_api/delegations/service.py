"""The rules of delegations beside their fields: codes, directions, agencies that have ended."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sonla_api.delegations.lifecycle import DelegationState, DelegationVerb, Direction, lifecycle
from sonla_api.delegations.models import Delegation
from sonla_api.delegations.queries import (
    agency_ends_on,
    delegations,
    has_standing_lead,
    next_number,
)
from sonla_api.delegations.schemas import (
    DelegationCreate,
    DelegationStepCreate,
    DelegationUpdate,
)
from sonla_api.kit.citations import with_cited
from sonla_api.kit.context import WriteContext
from sonla_api.kit.period import UNKNOWN, days
from sonla_api.kit.problems import FieldError, Invalid
from sonla_api.kit.records import Item
from sonla_api.kit.steps import take
from sonla_api.kit.store import Expected, Guard, create, load, update
from sonla_api.kit.text import Message

_PREFIX = {Direction.outbound: "DR", Direction.inbound: "DV", Direction.domestic: "DM"}
_DECISIONS = {DelegationVerb.approve, DelegationVerb.permit}
_ENDED = Message(
    "the agency ended on {day} and leads no delegation from then on",
    "cơ quan đã kết thúc hoạt động ngày {day}, từ ngày đó không chủ trì đoàn",
)
_FIXED = Message(
    "the direction of a delegation that has left its draft changes by set_direction alone",
    "khi không còn là dự thảo, chỉ đổi hướng đoàn bằng set_direction",
)
_OUTSIDE_PLAN = Message(
    "It is not in the approved plan of the year.", "Không có trong kế hoạch năm đã duyệt."
)
_MORE_MEMBERS = Message(
    "{members} members are named, but the head-count is {headcount}.",
    "Có {members} thành viên được nêu tên nhưng số người của đoàn là {headcount}.",
)


async def register(
    ctx: WriteContext, body: DelegationCreate, state: DelegationState = DelegationState.draft
) -> Item:
    """A new delegation: a draft, or one that a source tells of."""

    async def explain() -> None:
        await _check_lead(ctx, body.lead_agency_id, body.when)

    stands = Guard(has_standing_lead, {"begins_on": _begins_on(ctx, body.when)}, explain)
    return await create(ctx, delegations, body, _judge, stands, state=state)


async def revise(ctx: WriteContext, id_: UUID, expected: Expected, body: DelegationUpdate) -> None:
    record = await load(ctx, Delegation, id_, expected)
    given = body.model_fields_set
    turns = "direction" in given and body.direction != record.direction
    if turns and record.state is not DelegationState.draft:
        raise Invalid(errors=[FieldError("/direction", "direction_fixed", _FIXED)])
    if given & {"lead_agency_id", "when"}:
        lead = body.lead_agency_id if "lead_agency_id" in given else record.lead_agency_id
        when = body.when if "when" in given else record.when
        await _check_lead(ctx, lead, when)
    await update(ctx, Delegation, id_, expected, DelegationCreate, body, _judge)


async def step(
    ctx: WriteContext, id_: UUID, expected: Expected, body: DelegationStepCreate
) -> Item:
    return await take(ctx, Delegation, lifecycle, id_, expected, body, _effect)


async def _effect(
    ctx: WriteContext, record: Delegation, body: DelegationStepCreate
) -> dict[str, Any]:
    """A submitted delegation gets its code once, `set_direction` sets the direction, and a document
    that a decision rests on stands among its decisions.
    """
    if body.verb is DelegationVerb.set_direction:
        return {"direction": body.direction}
    if body.verb in _DECISIONS and body.document_id:
        return {"decision": with_cited(record.decision, body.document_id)}
    if body.verb is not DelegationVerb.submit:
        return {}
    await _check_lead(ctx, record.lead_agency_id, record.when)
    return {"code": record.code or await _next_code(ctx, record.direction)}


async def _next_code(ctx: WriteContext, direction: Any) -> str:
    """The code of a delegation submitted now; by the table none is without a direction."""
    year = ctx.today.year
    return f"{_PREFIX[direction]}-{year}-{await next_number(ctx, direction, year):04}"


async def _check_lead(ctx: WriteContext, agency_id: UUID | None, when: Any) -> None:
    """An agency that has ended leads what began before its end, and nothing since."""
    ends_on = await agency_ends_on(ctx, agency_id) if agency_id else None
    if ends_on and ends_on <= _begins_on(ctx, when):
        message = _ENDED.format(day=ends_on)
        raise Invalid(errors=[FieldError("/lead_agency_id", "agency_closed", message)])


def _begins_on(ctx: WriteContext, when: Any) -> date:
    first, _ = days(when) or UNKNOWN
    return first or ctx.today


async def _judge(_: WriteContext, __: UUID | None, values: dict[str, Any]) -> Mapping[str, Message]:
    found: dict[str, Message] = {}
    members, headcount = len(values["members"]), values["headcount"]
    if values["in_annual_plan"] is False:
        found["outside_annual_plan"] = _OUTSIDE_PLAN
    if headcount is not None and members > headcount:
        found["headcount_differs"] = _MORE_MEMBERS.format(members=members, headcount=headcount)
    return found
