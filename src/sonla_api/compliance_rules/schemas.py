from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from sonla_api.compliance_rules.models import (
    OF_DAYS,
    OF_PERSONS,
    ComplianceResult,
    DayCount,
    RuleDay,
    RuleKind,
)
from sonla_api.delegations.consultations import ComplianceRuleSummary
from sonla_api.delegations.lifecycle import Direction
from sonla_api.delegations.models import Level
from sonla_api.kit.citations import DocumentCited, DocumentCitedView
from sonla_api.kit.numbers import Count, whole
from sonla_api.kit.period import DatedPeriod
from sonla_api.kit.schema import ResourceBody, ResourceView, Truth, View
from sonla_api.kit.text import Line, LocalizedText, Message, refusal

MESSAGES = {
    "days_uncounted": Message(
        "a rule of this kind says in which days it counts: calendar or working",
        "quy tắc loại này phải nêu tính theo ngày (calendar) hay ngày làm việc (working)",
    ),
    "not_of_kind": Message(
        "a rule of this kind does not take this", "quy tắc loại này không nhận trường này"
    ),
    "positions_needed": Message(
        "name the positions of the key leaders", "hãy nêu chức vụ của lãnh đạo chủ chốt"
    ),
}
_OF_KINDS = {
    "counted_in": OF_DAYS,
    "positions": OF_PERSONS,
    "country_count": (RuleKind.days_per_trip,),
}
"""Fields that certain kinds alone take."""
_TITLE = {"vi": "Thời hạn trả lời lấy ý kiến", "en": "Answering a consultation", "lo": None}


class ComplianceRuleCreate(ResourceBody):
    """A version of a rule that delegations are held to: what it limits, for whom, since when."""

    code: Annotated[
        str,
        Field(
            pattern=r"^[a-z][a-z0-9-]{0,59}$",
            description="The rule; its versions have the same.",
            examples=["consultation-reply"],
        ),
    ]
    edition: Annotated[
        int,
        whole(1, 1000),
        Field(description="Which version of the rule it is.", examples=[1]),
    ]
    kind: Annotated[RuleKind, Field(examples=["consultation_reply"])]
    title: Annotated[LocalizedText, Field(examples=[_TITLE])]
    valid: DatedPeriod
    legal_basis: Annotated[list[DocumentCited], Field(max_length=20)] = []
    directions: Annotated[
        list[Direction],
        Field(max_length=10, description="For these alone; all, where none is named."),
    ] = []
    levels: Annotated[
        list[Level], Field(max_length=20, description="For these alone; all, where none is named.")
    ] = []
    limit: Annotated[
        Count,
        Field(
            description="The most trips, persons, days, countries or leaders there may be; of"
            " `dossier_lead_time` the fewest days.",
            examples=[7],
        ),
    ]
    counted_in: Annotated[
        DayCount | None,
        Field(description="For kinds that limit days before or after.", examples=["working"]),
    ] = None
    positions: Annotated[
        list[Line],
        Field(
            max_length=50,
            examples=[[]],
            description="Whom `leaders_at_once` and `trips_per_year` are about, by the position"
            " that a member or the head has; diacritics and case do not matter.",
        ),
    ] = []
    country_count: Annotated[
        Annotated[int, whole(1, 50)] | None,
        Field(description="`days_per_trip`: for trips to so many countries alone."),
    ] = None
    is_example: Annotated[
        Truth, Field(description="An example is judged by and marked, and moves no due day.")
    ] = False

    @model_validator(mode="after")
    def _as_its_kind(self) -> Self:
        kind = vars(self).get("kind")  # a field that is set by itself has none beside it
        if kind in OF_DAYS and self.counted_in is None:
            raise refusal(MESSAGES, "days_uncounted", at="/counted_in")
        if kind is RuleKind.leaders_at_once and not self.positions:
            raise refusal(MESSAGES, "positions_needed", at="/positions")
        for name, kinds in _OF_KINDS.items():
            if getattr(self, name) and kind not in kinds:
                raise refusal(MESSAGES, "not_of_kind", at=f"/{name}")
        return self


class ComplianceRuleUpdate(ComplianceRuleCreate, partial=True):
    """The fields of a version of a rule to change."""


class ComplianceRuleView(ResourceView):
    code: str
    edition: int
    kind: RuleKind
    title: LocalizedText
    valid: str
    legal_basis: list[DocumentCitedView]
    directions: list[Direction]
    levels: list[Level]
    limit: int
    counted_in: DayCount | None
    positions: Annotated[list[str], Field(examples=[["Chủ tịch UBND tỉnh"]])]
    country_count: int | None
    is_example: bool


class CountedDelegation(View):
    """Another delegation that a number counts."""

    id: UUID
    title: LocalizedText
    when: Annotated[Any, Field(examples=["2026-03-02/2026-03-06"])]
    href: Annotated[
        str, Field(examples=["/api/v1/delegations/019503f0-0000-7000-8000-000000000001"])
    ]


class ComplianceCheck(View):
    """A rule, the version of it that held on the day, and whether the delegation keeps it."""

    code: Annotated[str, Field(examples=["trips-per-year"])]
    kind: Annotated[RuleKind, Field(examples=["trips_per_year"])]
    title: LocalizedText
    rule: Annotated[
        ComplianceRuleSummary | None,
        Field(description="The version valid on the day; null where none was."),
    ]
    href: Annotated[
        str | None,
        Field(
            description="Of that version.",
            examples=["/api/v1/compliance-rules/019503f0-0000-7000-8000-000000000001"],
        ),
    ]
    is_example: Annotated[bool, Field(examples=[False])]
    legal_basis: list[DocumentCitedView]
    day: Annotated[RuleDay, Field(description="The day by which the version is chosen.")]
    on: date | None
    pointer: Annotated[
        str,
        Field(description="What of the delegation it is about.", examples=["/members/0"]),
    ]
    result: Annotated[ComplianceResult, Field(examples=["warning"])]
    limit: Annotated[int | None, Field(examples=[2])]
    actual: Annotated[int | None, Field(examples=[3])]
    counted_in: DayCount | None
    due_on: date | None
    done_on: date | None
    counted: Annotated[
        list[CountedDelegation],
        Field(description="The other delegations in `actual` that the caller may see."),
    ]
    hidden: Annotated[
        int, Field(description="How many others in it the caller may not see.", examples=[0])
    ]
    why: LocalizedText


class DelegationCompliance(View):
    """What the rules say of a delegation; nothing is refused by them."""

    delegation_id: UUID
    as_of: date
    passed: Annotated[int, Field(examples=[5])]
    warnings: Annotated[int, Field(examples=[1])]
    not_applicable: Annotated[int, Field(examples=[2])]
    hidden_rules: Annotated[
        int, Field(description="Rules that the caller may not see.", examples=[0])
    ]
    checks: list[ComplianceCheck]
