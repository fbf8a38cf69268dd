from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import or_

from sonla_api.documents.models import Document
from sonla_api.kit.asked import Asked
from sonla_api.kit.filters import Filter, lacks, matches, one_of, overlaps, through
from sonla_api.kit.listing import Listing, Q
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.text import Line
from sonla_api.plans.models import Plan
from sonla_api.plans.schemas import PlanView

plans = Records(Plan, PlanView)


def _told(asked: Asked) -> Any:
    """In the plan itself, or in the symbol and subject of its document, if the caller sees it."""
    said = (matches(Plan.words), through(Plan.document_id, matches(Document.words)))
    return or_(*(words.condition(asked) for words in said))


class PlanGap(StrEnum):
    """Fields that may be unknown."""

    period = "period"


class PlanListing(Listing):
    orders: ClassVar = {"created_at": Plan.created_at}

    q: Annotated[Q, Filter(_told, Plan.words)] = None
    key: Annotated[list[Line], one_of(Plan.key)] = []
    document_id: Annotated[list[UUID], one_of(Plan.document_id)] = []
    period: Annotated[PeriodFilter | None, overlaps(Plan.period_days)] = None
    without: Annotated[
        list[PlanGap],
        lacks(Plan.period, {PlanGap.period: Plan.period_days.is_(None)}),
        Field(description="Plans of which this is unknown."),
    ] = []
