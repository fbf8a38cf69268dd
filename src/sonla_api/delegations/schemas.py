from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from sonla_api.calendar_days.models import CalendarStatus
from sonla_api.delegations.consultations import (
    DelegationConsultationBody,
    DelegationConsultationView,
)
from sonla_api.delegations.lifecycle import DelegationState, DelegationVerb, Direction
from sonla_api.delegations.models import Channel, Funding, Level, PartnerRole
from sonla_api.kit.citations import DocumentCited, DocumentCitedView
from sonla_api.kit.codes import Country, Subdivision, within_country
from sonla_api.kit.money import Money
from sonla_api.kit.numbers import Count
from sonla_api.kit.period import Period
from sonla_api.kit.schema import (
    AgencySummary,
    Body,
    Day,
    ResourceBody,
    ResourceView,
    Summary,
    Truth,
    View,
)
from sonla_api.kit.steps import StepBody
from sonla_api.kit.text import Line, LocalizedText, Message, Text, refusal
from sonla_api.partners.schemas import PartnerSummary

MESSAGES = {
    "no_digits": Message(
        "a name has no digits; numbers of papers are not kept",
        "họ tên không có chữ số; không lưu số giấy tờ",
    ),
    "agency_needed": Message(
        "a person_key needs the agency that chose it",
        "person_key cần có cơ quan đã đặt ra nó",
    ),
    "direction_unasked": Message(
        "only set_direction takes a direction", "chỉ set_direction mới nhận hướng đoàn"
    ),
}


def _without_digits(value: str) -> str:
    """Numbers of passports and the like have no place here."""
    if any(character.isdigit() for character in value):
        raise refusal(MESSAGES, "no_digits")
    return value


PersonKey = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._-]{1,60}$",
        description="Chosen by the agency and unique in it; never the number of a paper.",
        examples=["nv-017"],
    ),
]
Time = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["08:30"])]


class MemberBody(Body):
    """A person who travels or receives in an official function."""

    name: Annotated[
        Line,
        AfterValidator(_without_digits),
        Field(examples=["Nguyễn Văn A"], json_schema_extra={"not": {"pattern": "[0-9]"}}),
    ]
    position: Annotated[Line, Field(examples=["Giám đốc Sở Ngoại vụ"])] | None = None
    agency_id: UUID | None = None
    person_key: PersonKey | None = None

    @model_validator(mode="after")
    def _key_of_an_agency(self) -> Self:
        if self.person_key and not self.agency_id:
            raise refusal(MESSAGES, "agency_needed", at="/agency_id")
        return self


class DelegationPartnerBody(Body):
    partner_id: UUID
    role: PartnerRole | None = None


class ProgrammeBody(Body):
    on: Day | None = None
    time: Time | None = None
    place: Annotated[Line, Field(examples=["Sầm Nưa"])] | None = None
    partner_id: UUID | None = None
    activity: Annotated[Text, Field(examples=["Talks with the provincial administration"])]


class Cost(Body):
    planned: Annotated[
        Money | None, Field(examples=[{"amount": "150000000", "currency": "VND"}])
    ] = None
    actual: Annotated[
        Money | None, Field(examples=[{"amount": "148500000", "currency": "VND"}])
    ] = None


class DelegationReport(Body):
    """The report on the journey or visit."""

    document: Annotated[DocumentCited | None, Field(examples=[{"symbol": "12/BC-SNgV"}])] = None
    submitted_on: Annotated[Day, Field(examples=["2026-12-10"])]


class DelegationCreate(ResourceBody):
    """A visit to or from the province, or to missions at home."""

    direction: Annotated[Direction | None, Field(examples=["outbound"])] = None
    channel: Annotated[Channel | None, Field(examples=["state"])] = None
    level: Annotated[Level | None, Field(examples=["province_leader"])] = None
    title: Annotated[
        LocalizedText,
        Field(
            examples=[
                {
                    "vi": "Đoàn công tác của tỉnh tại Hủa Phăn",
                    "en": "Working visit of the province to Houaphanh",
                    "lo": None,
                }
            ]
        ),
    ]
    purpose: Annotated[Text | None, Field(examples=["Border trade and roads"])] = None
    lead_agency_id: UUID | None = None
    head_position: Annotated[
        Line | None, Field(examples=["Vice Chairman of the Provincial People's Committee"])
    ] = None
    host_position: Annotated[Line | None, Field(examples=["Governor of Houaphanh"])] = None
    headcount: Annotated[Count | None, Field(examples=[12])] = None
    members: Annotated[list[MemberBody], Field(max_length=500)] = []
    countries: Annotated[list[Country], Field(max_length=50, examples=[["LA"]])] = []
    subdivision: Annotated[Subdivision | None, Field(examples=["LA-HO"])] = None
    place: Annotated[Line | None, Field(examples=["Sầm Nưa"])] = None
    partners: Annotated[list[DelegationPartnerBody], Field(max_length=200)] = []
    when: Annotated[Period | None, Field(examples=["2026-12-01/2026-12-03"])] = None
    programme: Annotated[list[ProgrammeBody], Field(max_length=500)] = []
    invitation: Annotated[list[DocumentCited], Field(max_length=20)] = []
    decision: Annotated[list[DocumentCited], Field(max_length=20)] = []
    consultations: Annotated[list[DelegationConsultationBody], Field(max_length=100)] = []
    funding: Funding | None = None
    cost: Cost | None = None
    in_annual_plan: Truth | None = None
    outcomes: Annotated[
        list[Text], Field(max_length=100, examples=[["Minutes on two road links signed"]])
    ] = []
    report: DelegationReport | None = None

    @model_validator(mode="after")
    def _in_a_country(self) -> Self:
        within_country(self.subdivision, self.countries)
        return self


class DelegationUpdate(DelegationCreate, partial=True):
    """The fields of a delegation to change."""


class DelegationSummary(Summary, table="delegations"):
    code: Annotated[str | None, Field(examples=["DR-2025-0034"])]
    title: LocalizedText


class MemberView(View):
    name: str
    position: str | None
    agency: AgencySummary | None
    person_key: str | None


class DelegationPartnerView(View):
    partner: PartnerSummary | None
    role: PartnerRole | None


class ProgrammeView(View):
    on: date | None
    time: str | None
    place: str | None
    partner: PartnerSummary | None
    activity: str


class DelegationReportView(View, shown_by="shown_delegation_report"):
    document: DocumentCitedView | None
    submitted_on: date


class DelegationView(ResourceView):
    code: Annotated[str | None, Field(description="Given at submit.", examples=["DR-2025-0034"])]
    direction: Direction | None
    channel: Channel | None
    level: Level | None
    title: LocalizedText
    purpose: str | None
    lead_agency: AgencySummary | None
    head_position: str | None
    host_position: str | None
    headcount: int | None
    members: list[MemberView] | None
    countries: list[str]
    subdivision: str | None
    place: str | None
    partners: list[DelegationPartnerView]
    when: Period | None
    programme: list[ProgrammeView]
    invitation: list[DocumentCitedView] | None
    decision: list[DocumentCitedView]
    consultations: list[DelegationConsultationView] | None
    funding: Funding | None
    cost: Cost | None
    in_annual_plan: bool | None
    outcomes: list[str]
    report: DelegationReportView | None
    report_due_on: Annotated[
        date | None,
        Field(
            description="By the rule valid on the last day; where none is in force, a number of"
            " working days after it that is a setting.",
            examples=["2026-12-24"],
        ),
    ]
    report_due_calendar: Annotated[
        CalendarStatus | None,
        Field(description="`provisional` while a year up to `report_due_on` is not announced."),
    ]
    is_report_overdue: Annotated[bool, Field(examples=[False])]
    state: DelegationState
    verbs: Annotated[list[DelegationVerb], Field(description="What the caller may do with it now.")]


class DelegationStepCreate(StepBody):
    verb: DelegationVerb
    direction: Annotated[Direction | None, Field(description="For `set_direction` alone.")] = None

    @model_validator(mode="after")
    def _direction_where_asked(self) -> Self:
        if self.direction and self.verb is not DelegationVerb.set_direction:
            raise refusal(MESSAGES, "direction_unasked", at="/direction")
        return self


class DelegationCount(View):
    """Delegations of one group; `href` lists those counted, `not_placed_href` the others."""

    group: Annotated[
        str | None,
        Field(description="The code grouped by; null where none is known.", examples=["outbound"]),
    ]
    delegations: Annotated[int, Field(examples=[34])]
    person_trips: Annotated[
        int, Field(description="The sum of the head-counts that are known.", examples=[412])
    ]
    without_headcount: Annotated[
        int, Field(description="Delegations whose head-count is unknown.", examples=[3])
    ]
    not_placed: Annotated[
        int,
        Field(
            description="Delegations that only overlap the period, or have no date.", examples=[2]
        ),
    ]
    href: Annotated[str, Field(examples=["/api/v1/delegations?direction=outbound&within=2024-H1"])]
    not_placed_href: Annotated[
        str | None,
        Field(examples=["/api/v1/delegations?direction=outbound&not_placed_in=2024-H1"]),
    ]


class DelegationFigures(View):
    """Delegations that took place in a period, each counted once in `total`."""

    period: Annotated[str | None, Field(examples=["2024-H1"])]
    total: DelegationCount
    items: list[DelegationCount]
