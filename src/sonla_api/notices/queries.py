from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import and_, any_, bindparam, case, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.orm import aliased

from sonla_api.kit.codes import Country, Language
from sonla_api.kit.context import Context
from sonla_api.kit.filters import (
    at_least,
    at_most,
    contains_one_of,
    holds,
    matches,
    one_of,
    overlaps,
    refers,
)
from sonla_api.kit.listing import Listing, Q
from sonla_api.kit.mentions import Mention, model_of
from sonla_api.kit.model import constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.schema import Day
from sonla_api.kit.statement import Statement
from sonla_api.kit.text import Line
from sonla_api.notices.lifecycle import NoticeState, lifecycle
from sonla_api.notices.models import Notice, NoticeTopic
from sonla_api.notices.schemas import NoticeView
from sonla_api.partners.models import Partner, PartnerKind

N = Notice


def is_among_all(notice: Any, partner: Any) -> Any:
    """Whether a notice to all goes to this partner: an enterprise registered when it was sent."""
    sent_at = func.coalesce(notice.sent_at, constant("infinity"))
    is_there = and_(partner.kind == constant(PartnerKind.enterprise), partner.created_at <= sent_at)
    return and_(notice.is_to_all, is_there)


def is_recipient(notice: Any, partner: Any) -> Any:
    """Whether a notice goes to this partner, by name or among all."""
    named = select(Mention.id).where(
        Mention.record_id == notice.id,
        Mention.field == constant("recipients"),
        Mention.partner_id == partner.id,
    )
    return or_(is_among_all(notice, partner), named.exists())


def has_acknowledged(notice_id: Any, partner: Any) -> Any:
    """Whether a partner has confirmed a notice; who recorded that stands above, and is found by
    name. It counts, like the progress of a task, also for whoever does not see the record of it.
    """
    that: Any = aliased(model_of("notice_acknowledgements"))
    said = select(that.id).where(that.notice_id == notice_id, that.partner_id == partner.id)
    return said.exists()


def _counted(of: Any, *, is_acknowledged: bool) -> Any:
    """The recipients that the caller sees and that have confirmed it, or have not."""
    that = aliased(Partner)
    has = has_acknowledged(of.id, that)
    among = select(func.count()).where(that.is_seen(), has if is_acknowledged else ~has)
    named = select(Mention.partner_id).where(
        Mention.record_id == of.id, Mention.field == constant("recipients")
    )
    return case(
        (of.state == constant(NoticeState.draft), None),
        (of.is_to_all, among.where(is_among_all(of, that)).scalar_subquery()),
        else_=among.where(that.id.in_(named)).scalar_subquery(),
    )


notices = Records(
    N,
    NoticeView,
    lifecycle.parameters,
    acknowledged=lambda of: _counted(of, is_acknowledged=True),
    outstanding=lambda of: _counted(of, is_acknowledged=False),
    verbs=lifecycle.verbs,
)


class NoticeListing(Listing):
    orders: ClassVar = {"created_at": N.created_at, "sent_on": N.sent_on}

    q: Annotated[Q, matches(N.words)] = None
    key: Annotated[list[Line], one_of(N.key)] = []
    topic: Annotated[list[NoticeTopic], one_of(N.topic)] = []
    state: Annotated[list[NoticeState], one_of(N.state)] = []
    market: Annotated[
        list[Country],
        contains_one_of(N.markets),
        Field(description="About one of these countries as a market."),
    ] = []
    product: Annotated[
        list[Annotated[str, Field(max_length=500)]],
        contains_one_of(N.products),
        Field(description="About one of these products, written as in the notice."),
    ] = []
    language: Annotated[list[Language], contains_one_of(N.languages)] = []
    valid_on: Annotated[
        Day | None,
        holds(N.valid_days),
        Field(description="Notices whose validity contains this day."),
    ] = None
    period: Annotated[
        PeriodFilter | None,
        overlaps(N.valid_days),
        Field(description="Notices whose validity overlaps this period."),
    ] = None
    sent_from: Annotated[
        Day | None, at_least(N.sent_on), Field(description="Sent on this day or since.")
    ] = None
    sent_to: Annotated[
        Day | None, at_most(N.sent_on), Field(description="Sent on this day or before.")
    ] = None
    partner_id: Annotated[
        list[UUID],
        refers(N, "recipients"),
        Field(description="To one of these partners by name."),
    ] = []
    document_id: Annotated[
        list[UUID], refers(N, "documents"), Field(description="With one of these documents.")
    ] = []
    replaces_id: Annotated[list[UUID], one_of(N.replaces_id)] = []


@cache
def _others() -> Statement:
    ids = any_(bindparam("ids", type_=ARRAY(Uuid)))
    is_other = Partner.kind != constant(PartnerKind.enterprise)
    return Statement(select(Partner.id).where(Partner.id == ids, is_other, Partner.is_seen()))


async def no_enterprises(ctx: Context, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the partners, as far as the caller sees them, that are none."""
    found = await _others().fetch(ctx.reader, ids=ids, **ctx.parameters)
    return {id_ for (id_,) in found}


@cache
def _state() -> Statement:
    wanted = N.id == bindparam("id", type_=N.id.type)
    return Statement(select(N.state).where(wanted, N.is_seen()))


async def is_draft(ctx: Context, id_: UUID) -> bool:
    """Whether a notice that the caller sees is one still."""
    found = await _state().fetch(ctx.reader, id=id_, **ctx.parameters)
    return [state for (state,) in found] == [NoticeState.draft]
