from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from sonla_api.kit.schema import Day, ResourceBody, ResourceView, View
from sonla_api.notice_acknowledgements.models import AcknowledgementMeans
from sonla_api.notices.schemas import NoticeSummary
from sonla_api.partners.schemas import PartnerSummary


class NoticeAcknowledgementCreate(ResourceBody):
    """That a recipient confirmed a notice; by which means is null where nobody wrote it down."""

    notice_id: UUID
    partner_id: UUID
    acknowledged_on: Annotated[Day, Field(examples=["2026-01-20"])]
    means: Annotated[AcknowledgementMeans | None, Field(examples=["telephone"])] = None


class NoticeAcknowledgementUpdate(NoticeAcknowledgementCreate, partial=True):
    """The fields of an acknowledgement to change."""


class NoticeAcknowledgementView(ResourceView):
    notice: NoticeSummary | None
    partner: PartnerSummary | None
    acknowledged_on: date
    means: AcknowledgementMeans | None


class NoticeRecipientView(View):
    """A recipient of a notice, and on which day it first confirmed it, if it has."""

    partner: PartnerSummary
    has_acknowledged: bool
    acknowledged_on: Annotated[
        date | None,
        Field(
            description="The first of the acknowledgements that the caller sees.",
            examples=["2026-01-20"],
        ),
    ]
