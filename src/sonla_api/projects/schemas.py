import re
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator

from sonla_api.agreements.schemas import AgreementNamed, AgreementNamedView
from sonla_api.kit.codes import Country
from sonla_api.kit.geometry import LocationBody, LocationView
from sonla_api.kit.money import Percent, Sum
from sonla_api.kit.numbers import Count, whole
from sonla_api.kit.period import PartialDate, Period
from sonla_api.kit.schema import (
    Body,
    DocumentSummary,
    Key,
    ResourceBody,
    ResourceView,
    Summary,
    View,
)
from sonla_api.kit.steps import ToldStepBody
from sonla_api.kit.text import Line, LocalizedText, Message, Text, refusal, text
from sonla_api.partners.schemas import PartyBody, PartyView
from sonla_api.projects.lifecycle import ParticipantRole, ProjectKind, ProjectState, ProjectVerb
from sonla_api.projects.models import RelatedResource, SectorScheme, TransactionType
from sonla_api.sites.schemas import SiteNamed, SiteNamedView

MESSAGES = {
    "sector_code": Message(
        "a code of VSIC is a letter, or two to five digits; one of OECD DAC three or five digits",
        "mã VSIC là một chữ cái hoặc hai đến năm chữ số; mã OECD DAC có ba hoặc năm chữ số",
    ),
}
_CODES: Mapping[Any, re.Pattern[str]] = {
    SectorScheme.vsic: re.compile("[A-Z]|[A-Z]?[0-9]{2,5}"),
    SectorScheme.oecd_dac: re.compile("[0-9]{3}|[0-9]{5}"),
}


class ParticipantBody(PartyBody):
    """Who takes part; the role is null where a source does not say it."""

    role: Annotated[ParticipantRole | None, Field(examples=["funding"])] = None


class SectorBody(Body):
    """What the project is about, by the code of a scheme."""

    scheme: Annotated[SectorScheme, Field(examples=["oecd_dac"])]
    code: Annotated[str, text(60, min_length=1, is_one_line=True), Field(examples=["43030"])]
    name: Annotated[
        LocalizedText | None,
        Field(examples=[{"vi": "Phát triển đô thị", "en": "Urban development", "lo": None}]),
    ] = None
    percentage: Percent | None = None

    @field_validator("code")
    @classmethod
    def _of_its_scheme(cls, code: str, others: ValidationInfo) -> str:
        form = _CODES.get(others.data.get("scheme"))
        if form and not form.fullmatch(code):
            raise refusal(MESSAGES, "sector_code")
        return code


class LegalBasisBody(Body):
    """A document that the project rests on."""

    document_id: UUID
    clause: Annotated[Line | None, Field(examples=["Điều 1"])] = None


class Certificate(Body):
    """The investment registration certificate."""

    number: Annotated[Line, Field(examples=["5401234567"])]
    issued_on: PartialDate | None = None


class MilestoneBody(Body):
    """A point in time of the project: as planned, as expected now, as it came."""

    name: Annotated[
        LocalizedText,
        Field(examples=[{"vi": "Khởi công", "en": "Start of construction", "lo": None}]),
    ]
    baseline: Annotated[PartialDate | None, Field(examples=["2026-08-15"])] = None
    forecast: Annotated[PartialDate | None, Field(examples=["2026-06-01"])] = None
    actual: Annotated[PartialDate | None, Field(examples=["2026-06-03"])] = None
    days_early_as_stated: Annotated[
        Annotated[int, whole(-100_000, 100_000)] | None,
        Field(description="Printed without both days.", examples=[73]),
    ] = None


class ProgressBody(Body):
    """How far the project was."""

    on: Annotated[PartialDate, Field(examples=["2026-06-30"])]
    physical: Annotated[Percent | None, Field(examples=["62.5"])] = None
    financial: Annotated[Percent | None, Field(examples=["48"])] = None


class RelatedBody(Body):
    """A record that the register does not hold, by its outside name."""

    resource: Annotated[RelatedResource, Field(examples=["sites"])]
    key: Annotated[Key, Field(examples=["mai-son-ip"])]


class ProjectCreate(ResourceBody):
    """An investment, a loan, a grant, aid given or received, or a public work."""

    kind: Annotated[ProjectKind, Field(examples=["oda_loan"])]
    title: Annotated[
        LocalizedText,
        Field(
            examples=[
                {
                    "vi": "Hạ tầng đô thị thích ứng với biến đổi khí hậu",
                    "en": "Urban infrastructure adapted to climate change",
                    "lo": None,
                }
            ]
        ),
    ]
    description: Annotated[Text | None, Field(examples=["Drainage, lakes and roads"])] = None
    parent_id: Annotated[
        UUID | None, Field(description="The project that this one is a part of.")
    ] = None
    sectors: Annotated[list[SectorBody], Field(max_length=50)] = []
    participants: Annotated[list[ParticipantBody], Field(max_length=200)] = []
    countries: Annotated[
        list[Country],
        Field(max_length=50, description="Whom it is carried out with.", examples=[["FR"]]),
    ] = []
    locations: Annotated[list[LocationBody], Field(max_length=100)] = []
    sites: Annotated[list[SiteNamed], Field(max_length=100)] = []
    period: Annotated[Period | None, Field(examples=["2026/2030"])] = None
    legal_basis: Annotated[list[LegalBasisBody], Field(max_length=100)] = []
    agreements: Annotated[list[AgreementNamed], Field(max_length=50)] = []
    certificate: Certificate | None = None
    components: Annotated[Count | None, Field(description="How many.", examples=[5])] = None
    milestones: Annotated[list[MilestoneBody], Field(max_length=100)] = []
    progress: Annotated[list[ProgressBody], Field(max_length=500)] = []
    related: Annotated[list[RelatedBody], Field(max_length=100)] = []

    @classmethod
    def _printable(cls) -> list[str]:
        return [*super()._printable(), "state"]


class ProjectSummary(Summary, table="projects"):
    title: LocalizedText


class ProjectUpdate(ProjectCreate, partial=True):
    """The fields of a project to change."""


class ParticipantView(PartyView):
    role: ParticipantRole | None


class LegalBasisView(View):
    document: DocumentSummary | None
    clause: str | None


class MilestoneView(View):
    name: LocalizedText
    baseline: PartialDate | None
    forecast: PartialDate | None
    actual: PartialDate | None
    days_early: Annotated[
        int | None,
        Field(
            description="From actual to baseline, where both are days; negative where late.",
            examples=[73],
        ),
    ]
    days_early_as_stated: int | None


class ProjectTotal(View):
    """Transactions of one type in one currency."""

    type: Annotated[TransactionType, Field(examples=["incoming_commitment"])]
    currency: Annotated[str, Field(examples=["EUR"])]
    amount: Sum
    transactions: Annotated[int, Field(examples=[3])]


class CurrencySums(View):
    """What transactions in one currency come to; null where there are none of these types."""

    currency: Annotated[str, Field(examples=["EUR"])]
    committed: Annotated[
        Sum | None, Field(description="Of incoming_commitment and outgoing_commitment.")
    ]
    disbursed: Annotated[Sum | None, Field(description="Of incoming_funds and disbursement.")]
    registered: Annotated[
        Sum | None, Field(description="Of registered and increase less decrease.")
    ]
    realised: Annotated[Sum | None, Field(description="Of realised.")]
    stated: Annotated[Sum | None, Field(description="Of amounts of no known kind.")]


class ProjectView(ResourceView):
    kind: ProjectKind
    title: LocalizedText
    description: str | None
    parent: ProjectSummary | None
    sectors: list[SectorBody]
    participants: list[ParticipantView]
    countries: list[str]
    locations: list[LocationView]
    sites: list[SiteNamedView]
    period: Period | None
    legal_basis: list[LegalBasisView]
    agreements: list[AgreementNamedView]
    certificate: Certificate | None
    components: int | None
    milestones: list[MilestoneView]
    progress: list[ProgressBody]
    related: list[RelatedBody]
    totals: Annotated[
        list[ProjectTotal], Field(description="Of the transactions that the caller may see.")
    ]
    sums: Annotated[list[CurrencySums], Field(description="The same by currency.")]
    state: ProjectState
    verbs: Annotated[list[ProjectVerb], Field(description="What the caller may do with it now.")]


class ProjectStepCreate(ToldStepBody):
    verb: Annotated[ProjectVerb, Field(examples=["prepare"])]
    state: Annotated[ProjectState | None, Field(description="For `record` alone.")] = None


class ProjectCount(View):
    """Projects and money of one group; each `href` lists exactly what is counted."""

    group: Annotated[
        str | None,
        Field(description="The code grouped by; null where none is known.", examples=["oda_loan"]),
    ]
    projects: Annotated[int, Field(description="Lying wholly in the period.", examples=[4])]
    not_placed: Annotated[
        int, Field(description="Those that only overlap the period, or have none.", examples=[2])
    ]
    transactions: Annotated[
        int,
        Field(
            description="Of all projects of the group, by the period of each transaction.",
            examples=[12],
        ),
    ]
    transactions_not_placed: Annotated[
        int,
        Field(description="Those that only overlap the period, or have no date.", examples=[1]),
    ]
    sums: list[CurrencySums]
    href: Annotated[str, Field(examples=["/api/v1/projects?kind=oda_loan&within=2026-H1"])]
    not_placed_href: Annotated[
        str | None, Field(examples=["/api/v1/projects?kind=oda_loan&not_placed_in=2026-H1"])
    ]
    transactions_href: Annotated[
        str, Field(examples=["/api/v1/transactions?project_kind=oda_loan&within=2026-H1"])
    ]
    transactions_not_placed_href: Annotated[
        str | None,
        Field(examples=["/api/v1/transactions?project_kind=oda_loan&not_placed_in=2026-H1"]),
    ]


class ProjectFigures(View):
    """Projects and their money; one in two countries or sectors counts once in `total`."""

    period: Annotated[str | None, Field(examples=["2026-H1"])]
    total: ProjectCount
    items: list[ProjectCount]
