from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from sonla_api.kit.citations import DocumentCited, DocumentCitedView
from sonla_api.kit.codes import Country, Language
from sonla_api.kit.period import Period
from sonla_api.kit.schema import Body, ResourceBody, ResourceView, Summary, Truth, View
from sonla_api.kit.steps import StepBody
from sonla_api.kit.text import Line, LocalizedText
from sonla_api.notices.lifecycle import NoticeState, NoticeVerb
from sonla_api.notices.models import NoticeTopic
from sonla_api.partners.schemas import PartnerSummary


class RecipientBody(Body):
    """An enterprise that is told."""

    partner_id: UUID


class NoticeCreate(ResourceBody):
    """What businesses are told; once it is sent, another one takes its place."""

    topic: Annotated[NoticeTopic, Field(examples=["sps"])]
    title: Annotated[
        LocalizedText,
        Field(
            examples=[
                {
                    "vi": "Quy định mới về mã số vùng trồng xoài",
                    "en": "New rules on planting area codes of mangoes",
                    "lo": None,
                }
            ]
        ),
    ]
    body: Annotated[
        LocalizedText | None,
        Field(
            examples=[
                {
                    "vi": "Từ ngày 01/01/2027 lô hàng phải ghi mã số vùng trồng.",
                    "en": "From 1 January 2027 consignments name their planting area.",
                    "lo": None,
                }
            ]
        ),
    ] = None
    markets: Annotated[list[Country], Field(max_length=250, examples=[["CN"]])] = []
    products: Annotated[list[Line], Field(max_length=200, examples=[["Xoài", "Nhãn"]])] = []
    languages: Annotated[
        list[Language],
        Field(max_length=20, description="In which it is sent.", examples=[["vi", "lo"]]),
    ] = []
    valid: Annotated[Period | None, Field(examples=["2027-01-01/.."])] = None
    is_to_all: Annotated[
        Truth, Field(description="To all enterprises that the register holds when it is sent.")
    ] = False
    recipients: Annotated[
        list[RecipientBody],
        Field(max_length=2000, description="Partners of the kind enterprise, if not to all."),
    ] = []
    documents: Annotated[
        list[DocumentCited], Field(max_length=100, description="What is attached to it.")
    ] = []
    replaces_id: Annotated[
        UUID | None,
        Field(description="The notice, sent before, that this one takes the place of."),
    ] = None


class NoticeUpdate(NoticeCreate, partial=True):
    """The fields of a notice to change."""


class NoticeSummary(Summary, table="notices"):
    title: LocalizedText


class RecipientView(View):
    partner: PartnerSummary | None


class NoticeView(ResourceView):
    topic: NoticeTopic
    title: LocalizedText
    body: LocalizedText | None
    markets: list[str]
    products: list[str]
    languages: list[str]
    valid: Period | None
    is_to_all: bool
    recipients: list[RecipientView]
    documents: list[DocumentCitedView]
    replaces: NoticeSummary | None
    sent_on: date | None
    sent_at: datetime | None
    acknowledged: Annotated[
        int | None,
        Field(
            description="How many of the recipients that the caller sees have confirmed it; null "
            "before it is sent.",
            examples=[12],
        ),
    ]
    outstanding: Annotated[
        int | None, Field(description="How many of them have not yet.", examples=[3])
    ]
    state: NoticeState
    verbs: Annotated[list[NoticeVerb], Field(description="What the caller may do with it now.")]


class NoticeStepCreate(StepBody):
    verb: Annotated[NoticeVerb, Field(examples=["send"])]
