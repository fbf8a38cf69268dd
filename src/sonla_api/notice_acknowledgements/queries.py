from functools import cache
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.orm import aliased

from sonla_api.kit.context import Context
from sonla_api.kit.cursors import Rows
from sonla_api.kit.filters import Filter, at_least, at_most, one_of
from sonla_api.kit.listing import Listing
from sonla_api.kit.records import Only, Records
from sonla_api.kit.schema import Day
from sonla_api.kit.shapes import summary
from sonla_api.kit.statement import Statement
from sonla_api.kit.text import Line
from sonla_api.notice_acknowledgements.models import AcknowledgementMeans, NoticeAcknowledgement
from sonla_api.notice_acknowledgements.schemas import (
    NoticeAcknowledgementView,
    NoticeRecipientView,
)
from sonla_api.notices.models import Notice
from sonla_api.notices.queries import has_acknowledged, is_recipient, notices
from sonla_api.partners.models import Partner
from sonla_api.partners.schemas import PartnerSummary

A = NoticeAcknowledgement
acknowledgements = Records(A, NoticeAcknowledgementView)


class NoticeAcknowledgementListing(Listing):
    orders: ClassVar = {"created_at": A.created_at, "acknowledged_on": A.acknowledged_on}

    key: Annotated[list[Line], one_of(A.key)] = []
    notice_id: Annotated[list[UUID], one_of(A.notice_id)] = []
    partner_id: Annotated[list[UUID], one_of(A.partner_id)] = []
    means: Annotated[list[AcknowledgementMeans], one_of(A.means)] = []
    acknowledged_from: Annotated[
        Day | None,
        at_least(A.acknowledged_on),
        Field(description="Confirmed on this day or since."),
    ] = None
    acknowledged_to: Annotated[
        Day | None,
        at_most(A.acknowledged_on),
        Field(description="Confirmed on this day or before."),
    ] = None


_of: Any = bindparam("of_notice", type_=Uuid())


@cache
def _is_told() -> Any:
    """Whether the notice goes to a partner; one expression, so that a page is compiled once."""
    return exists().where(Notice.id == _of, is_recipient(Notice, Partner))


def _first(of: Any) -> Any:
    """The first day of the acknowledgements of a partner that the caller sees."""
    that = aliased(A)
    said = select(func.min(that.acknowledged_on))
    said = said.where(that.notice_id == _of, that.partner_id == of.id, that.is_seen())
    return said.scalar_subquery()


_recipients = Records(
    Partner,
    NoticeRecipientView,
    partner=lambda of: summary(PartnerSummary, of.id),
    has_acknowledged=lambda of: has_acknowledged(_of, of),
    acknowledged_on=_first,
)


class NoticeRecipientListing(Listing):
    orders: ClassVar = {"created_at": Partner.created_at}

    has_acknowledged: Annotated[
        bool | None,
        Filter(lambda asked: has_acknowledged(_of, Partner) == asked.value(), Partner.id),
        Field(description="Recipients that have confirmed it, or those still outstanding."),
    ] = None


async def recipients_of(ctx: Context, id_: UUID, listing: NoticeRecipientListing) -> Rows:
    """Those that a notice goes to, by name or as all, as far as the caller sees them."""
    await notices.item(ctx, id_)
    return await _recipients.page(ctx, listing, Only(_is_told(), {"of_notice": id_}))


@cache
def _recipient() -> Statement:
    wanted = Partner.id == bindparam("id", type_=Partner.id.type)
    return Statement(select(Partner.id).where(wanted, _is_told()))


async def was_told(ctx: Context, notice_id: UUID, partner_id: UUID) -> bool:
    """Whether a notice went to a partner."""
    return bool(await _recipient().fetch(ctx.reader, id=partner_id, of_notice=notice_id))
