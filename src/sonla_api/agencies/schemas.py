from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from sonla_api.agencies.models import AgencyKind
from sonla_api.kit.schema import AgencySummary, Body, Day, ResourceBody, ResourceView, View
from sonla_api.kit.text import LocalizedText, Message, refusal

MESSAGES = {
    "too_early": Message(
        "an agency ends after the day on which it begins",
        "cơ quan kết thúc sau ngày thành lập",
    ),
}

Code = Annotated[
    str,
    Field(
        pattern=r"^[A-Z][0-9]{2}(\.[A-Z0-9]+)*$",
        max_length=35,
        description="Electronic identification code of Decision 20/2020/QĐ-TTg.",
        examples=["H52.1.3"],
    ),
]


class SuccessorBody(Body):
    agency_id: UUID


class AgencyCreate(ResourceBody):
    """A committee, department, locality or body of our side."""

    code: Code | None = None
    name: Annotated[
        LocalizedText,
        Field(examples=[{"vi": "Sở Ngoại vụ", "en": "Department of Foreign Affairs", "lo": None}]),
    ]
    short_name: Annotated[
        LocalizedText | None, Field(examples=[{"vi": "SNgV", "en": "DoFA", "lo": None}])
    ] = None
    kind: Annotated[AgencyKind, Field(examples=["department"])]
    parent_id: UUID | None = None
    valid_from: Annotated[Day | None, Field(examples=["2010-01-01"])] = None
    valid_to: Annotated[
        Day | None,
        Field(description="The first day on which it no longer exists."),
    ] = None
    successors: Annotated[list[SuccessorBody], Field(max_length=50)] = []

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise refusal(MESSAGES, "too_early", at="/valid_to")
        return self


class AgencyUpdate(AgencyCreate, partial=True):
    """The fields of an agency to change."""


class SuccessorView(View):
    agency: AgencySummary | None


class AgencyView(ResourceView):
    code: str | None
    name: LocalizedText
    short_name: LocalizedText | None
    kind: AgencyKind
    parent: AgencySummary | None
    valid_from: date | None
    valid_to: date | None
    successors: list[SuccessorView]
