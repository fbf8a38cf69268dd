from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from sonla_api.delegations.schemas import Cost
from sonla_api.events.lifecycle import EventState, EventVerb
from sonla_api.events.models import EventChannel, EventKind, EventRole
from sonla_api.kit.codes import Country
from sonla_api.kit.money import Money, Sum
from sonla_api.kit.numbers import Count
from sonla_api.kit.period import Period
from sonla_api.kit.schema import Body, ResourceBody, ResourceView, Summary, View
from sonla_api.kit.steps import StepBody
from sonla_api.kit.text import Line, LocalizedText, Message, refusal
from sonla_api.partners.schemas import PartnerSummary
from sonla_api.projects.schemas import RelatedBody
from sonla_api.sites.schemas import SiteNamed, SiteNamedView

MESSAGES = {
    "enterprise_unnamed": Message(
        "name the enterprise by partner_id, by the name as printed, or by both",
        "hãy nêu doanh nghiệp bằng partner_id, bằng tên như nguồn in, hoặc cả hai",
    ),
}


class EventPartnerBody(Body):
    """A partner that the event is held with."""

    partner_id: UUID


class EnterpriseBody(Body):
    """An enterprise taken along: a partner, or a name as a source prints it."""

    partner_id: UUID | None = None
    name: Annotated[Line | None, Field(examples=["Hợp tác xã mận hậu Phiêng Khoài"])] = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not (self.partner_id or self.name):
            raise refusal(MESSAGES, "enterprise_unnamed")
        return self


class EventResults(Body):
    """What came of an event, as far as it is known."""

    text: Annotated[
        LocalizedText | None,
        Field(examples=[{"vi": "Xuất 60 tấn nhãn", "en": "60 tonnes of longan sold", "lo": None}]),
    ] = None
    contracts: Annotated[Count | None, Field(description="Signed.", examples=[12])] = None
    orders: Annotated[
        list[Money],
        Field(
            max_length=20,
            description="What was ordered, a sum for each currency.",
            examples=[[{"amount": "153600000.00", "currency": "USD"}]],
        ),
    ] = []
    visitors: Annotated[Count | None, Field(examples=[20000])] = None


class EventCreate(ResourceBody):
    """A fair, a festival, a forum, a ceremony, a broadcast or the like."""

    kind: Annotated[EventKind, Field(examples=["fair"])]
    name: Annotated[
        LocalizedText,
        Field(
            examples=[
                {
                    "vi": "Hội chợ Trung Quốc - ASEAN lần thứ 20",
                    "en": "20th China-ASEAN Expo",
                    "lo": None,
                }
            ]
        ),
    ]
    role: Annotated[
        EventRole | None, Field(description="Of the province.", examples=["exhibitor"])
    ] = None
    channel: Annotated[EventChannel | None, Field(examples=["economic"])] = None
    when: Annotated[Period | None, Field(examples=["2026-09-16/2026-09-19"])] = None
    country: Annotated[Country | None, Field(examples=["CN"])] = None
    place: Annotated[Line | None, Field(examples=["Nam Ninh"])] = None
    partners: Annotated[list[EventPartnerBody], Field(max_length=200)] = []
    enterprises: Annotated[
        list[EnterpriseBody], Field(max_length=500, description="Those taken along, by name.")
    ] = []
    enterprise_count: Annotated[
        Count | None, Field(description="How many were taken along.", examples=[14])
    ] = None
    products: Annotated[list[Line], Field(max_length=200, examples=[["Mận hậu", "Cà phê"]])] = []
    results: EventResults | None = None
    cost: Cost | None = None
    sites: Annotated[list[SiteNamed], Field(max_length=100)] = []
    related: Annotated[list[RelatedBody], Field(max_length=100)] = []


class EventUpdate(EventCreate, partial=True):
    """The fields of an event to change."""


class EventSummary(Summary, table="events"):
    name: LocalizedText


class EventPartnerView(View):
    partner: PartnerSummary | None


class EnterpriseView(View):
    partner: PartnerSummary | None
    name: str | None


class EventView(ResourceView):
    kind: EventKind
    name: LocalizedText
    role: EventRole | None
    channel: EventChannel | None
    when: Period | None
    country: str | None
    place: str | None
    partners: list[EventPartnerView]
    enterprises: list[EnterpriseView]
    enterprise_count: int | None
    products: list[str]
    results: EventResults | None
    cost: Cost | None
    sites: list[SiteNamedView]
    related: list[RelatedBody]
    state: Annotated[EventState, Field(examples=["planned"])]
    verbs: Annotated[list[EventVerb], Field(description="What the caller may do with it now.")]


class EventStepCreate(StepBody):
    verb: Annotated[EventVerb, Field(examples=["hold"])]


class OrderSum(View):
    """What was ordered in one currency."""

    currency: Annotated[str, Field(examples=["USD"])]
    amount: Sum
    events: Annotated[int, Field(description="At which it was.", examples=[3])]


class EventCount(View):
    """Events of one group; `href` lists those counted, `not_placed_href` the others."""

    group: Annotated[
        str | None,
        Field(description="The code grouped by; null where none is known.", examples=["fair"]),
    ]
    events: Annotated[int, Field(description="Lying wholly in the period.", examples=[13])]
    enterprises: Annotated[
        int, Field(description="The sum of the numbers that are known.", examples=[42])
    ]
    contracts: Annotated[int, Field(description="Likewise.", examples=[12])]
    visitors: Annotated[int, Field(description="Likewise.", examples=[20000])]
    orders: list[OrderSum]
    not_placed: Annotated[
        int,
        Field(description="Events that only overlap the period, or have no date.", examples=[2]),
    ]
    href: Annotated[str, Field(examples=["/api/v1/events?kind=fair&within=2026-H1"])]
    not_placed_href: Annotated[
        str | None, Field(examples=["/api/v1/events?kind=fair&not_placed_in=2026-H1"])
    ]


class EventFigures(View):
    """Events that took place in a period."""

    period: Annotated[str | None, Field(examples=["2026-H1"])]
    total: EventCount
    items: list[EventCount]
