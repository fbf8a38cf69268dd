"""Whose a new record is, and who sees it where nothing is said."""

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from sonla_api.kit.context import WriteContext
from sonla_api.kit.mentions import model_of
from sonla_api.kit.model import Resource, Visibility
from sonla_api.kit.problems import FieldError, Invalid, Problem
from sonla_api.kit.schema import ResourceBody
from sonla_api.kit.statement import Statement
from sonla_api.kit.text import Message

_CLOSED = Message(
    "the agency has ended and takes no new records; its successors do",
    "cơ quan đã kết thúc hoạt động, không nhận bản ghi mới; hãy dùng cơ quan kế thừa",
)
_FIXED = Message("whose record this is cannot be chosen", "không chọn được cơ quan chủ quản ở đây")
ADMINISTER = "records:administer"
"""The permission to give a record to another agency."""


async def owner_of_new(ctx: WriteContext, wanted: UUID | None) -> UUID | None:
    """The caller's own agency, or one that an administrator names; none that has ended."""
    own = ctx.actor.agency_id
    if wanted in (None, own):
        _refuse_ended(ctx, ctx.actor.agency_ends_on)
    else:
        await give(ctx, wanted)
    return wanted or own


async def owners_of_new(
    ctx: WriteContext, wanted: Collection[UUID | None]
) -> dict[UUID | None, UUID | Problem | None]:
    """`owner_of_new` for each of several, or why not."""
    own = ctx.actor.agency_id
    others = [one for one in wanted if one not in (None, own)]
    ends = await _ends_on(ctx, others if ctx.actor.may(ADMINISTER) else [])
    found: dict[UUID | None, UUID | Problem | None] = {}
    for one in wanted:
        try:
            if one in others:
                ctx.actor.require(ADMINISTER)
            _refuse_ended(ctx, ends.get(one) if one in others else ctx.actor.agency_ends_on)
            found[one] = one or own
        except Problem as problem:
            found[one] = problem
    return found


async def owner_of_part(ctx: WriteContext, body: ResourceBody, owner: UUID) -> UUID:
    """Of a record that belongs to an agency whoever writes it: none that has ended."""
    if body.owner_agency_id not in {None, owner}:
        raise Invalid(errors=[FieldError("/owner_agency_id", "fixed", _FIXED)])
    _refuse_ended(ctx, (await _ends_on(ctx, [owner])).get(owner))
    return owner


async def give(ctx: WriteContext, wanted: UUID | None) -> None:
    """Whether the record may be given to this agency, or to none: administrators decide that."""
    ctx.actor.require(ADMINISTER)
    _refuse_ended(ctx, (await _ends_on(ctx, [wanted])).get(wanted))


async def _ends_on(
    ctx: WriteContext, agencies: Collection[UUID | None]
) -> dict[UUID | None, date | None]:
    if not agencies:
        return {}
    rows = await _ends_of_agencies().fetch(ctx.reader, ids=[*agencies])
    return {row["id"]: row["valid_to"] for row in rows}


@cache
def _ends_of_agencies() -> Statement:
    agency: Any = model_of("agencies")
    wanted = agency.id == any_(bindparam("ids", type_=ARRAY(agency.id.type)))
    return Statement(select(agency.id, agency.valid_to).where(wanted))


def _refuse_ended(ctx: WriteContext, ends_on: date | None) -> None:
    if ends_on and ends_on <= ctx.today:
        raise Invalid(errors=[FieldError("/owner_agency_id", "agency_closed", _CLOSED)])


def visibility_of_part(body: ResourceBody | None, whole: Resource) -> Visibility:
    """As the body says; where it says nothing, whoever sees the whole, but no strangers."""
    if body and "visibility" in body.model_fields_set:
        return body.visibility
    return min(whole.visibility, Visibility.internal, key=_WIDTH.index)


_WIDTH = (Visibility.agency, Visibility.internal, Visibility.public)
