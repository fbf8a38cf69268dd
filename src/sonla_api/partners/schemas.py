from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from sonla_api.kit.codes import Country, Subdivision, within_country
from sonla_api.kit.period import Period
from sonla_api.kit.schema import (
    AgencySummary,
    Body,
    ResourceBody,
    ResourceView,
    Summary,
    Url,
    View,
)
from sonla_api.kit.text import Line, LocalizedText, Message, refusal
from sonla_api.partners.models import PartnerKind, RegistrationKind, RegistrationWarningCode

MESSAGES = {
    "one_party": Message(
        "name a partner or an agency, one of both",
        "hãy nêu một đối tác hoặc một cơ quan, chỉ một trong hai",
    ),
}


class PartnerCreate(ResourceBody):
    """A province, mission, organisation or enterprise that the province works with."""

    kind: PartnerKind
    name: LocalizedText
    aliases: Annotated[
        list[Line],
        Field(
            max_length=100,
            description="Other spellings, all of them searched.",
            examples=[["Hua Phan", "Houaphan"]],
        ),
    ] = []
    country: Annotated[Country | None, Field(examples=["LA"])] = None
    subdivision: Annotated[Subdivision | None, Field(examples=["LA-HO"])] = None
    website: Url | None = None
    parent_id: UUID | None = None
    registration_number: Annotated[Line, Field(examples=["128/CNV-HĐ"])] | None = None
    registration_kind: RegistrationKind | None = None
    registered: Period | None = None

    @model_validator(mode="after")
    def _in_its_country(self) -> Self:
        within_country(self.subdivision, [self.country] if self.country else [])
        return self


class PartnerUpdate(PartnerCreate, partial=True):
    """The fields of a partner to change."""


class PartnerSummary(Summary, table="partners"):
    name: LocalizedText


class RegistrationWarning(View):
    code: RegistrationWarningCode
    why: Annotated[
        LocalizedText,
        Field(
            examples=[
                {
                    "vi": "Đăng ký sẽ hết hạn ngày 2027-03-14.",
                    "en": "The registration ends on 2027-03-14.",
                    "lo": None,
                }
            ]
        ),
    ]


class PartyBody(Body):
    """A partner, or an agency of ours."""

    partner_id: UUID | None = None
    agency_id: UUID | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.partner_id is None) == (self.agency_id is None):
            raise refusal(MESSAGES, "one_party", at="/partner_id")
        return self


class PartyView(View):
    """A partner or an agency; both null where the caller may not see which."""

    partner: PartnerSummary | None
    agency: AgencySummary | None


class PartnerView(ResourceView):
    kind: PartnerKind
    name: LocalizedText
    aliases: list[str]
    country: str | None
    subdivision: str | None
    website: str | None
    parent: PartnerSummary | None
    registration_number: str | None
    registration_kind: RegistrationKind | None
    registered: Period | None
    warnings: Annotated[
        list[RegistrationWarning],
        Field(description="A registration that ended, or ends in 90 days at most."),
    ]


class PartnerCount(View):
    """Partners of one group; `href` lists exactly those counted."""

    group: Annotated[
        str | None,
        Field(description="The code grouped by; null where none is known.", examples=["LA"]),
    ]
    partners: Annotated[int, Field(examples=[28])]
    href: Annotated[str, Field(examples=["/api/v1/partners?country=LA"])]


class PartnerFigures(View):
    """Partners by country, subdivision or kind, and in all."""

    total: PartnerCount
    items: list[PartnerCount]


class DuplicateView(View):
    """A partner that may be the same one: it shares an alias, or its name is near."""

    partner: PartnerSummary
    likeness: Annotated[str, Field(description="0 to 1, of the nearest names.", examples=["0.86"])]
