"""A report as readers get it: sections with figures and tables, each number with its address."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator

from sonla_api.agencies.models import AgencyKind
from sonla_api.kit.model import Visibility
from sonla_api.kit.money import Sum
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.schema import (
    AgencySummary,
    Body,
    Day,
    ResourceBody,
    ResourceView,
    SourceSummary,
    Summary,
    View,
)
from sonla_api.kit.steps import StepBody
from sonla_api.kit.text import Line, LocalizedText, refusal
from sonla_api.reports.figures import Placing, Unit
from sonla_api.reports.lifecycle import ReportState, ReportVerb
from sonla_api.reports.parts import Part
from sonla_api.reports.periods import AGENCY_KINDS, MESSAGES, ReportPeriod

_AT = "/api/v1/delegations?direction=outbound"
_OUTBOUND = {"vi": "Số đoàn ra", "en": "Delegations sent abroad", "lo": None}


class Counted(View):
    """A number, and the records that it is made of."""

    value: Annotated[Sum, Field(examples=["34"])]
    records: Annotated[int, Field(description="How many `href` lists.", examples=[34])]
    href: Annotated[str, Field(examples=[f"{_AT}&within=2024-H1"])]


class Cell(Counted):
    """A number with what stands beside it."""

    hidden: Annotated[
        int,
        Field(
            description="How many of the records this caller does not see at `href`.", examples=[0]
        ),
    ]
    not_placed: Annotated[
        Counted | None,
        Field(
            description="Records that only overlap the period, or have no date; null where there"
            " are none."
        ),
    ]


class Published(View):
    """What a source says of a figure."""

    value: Annotated[Sum | None, Field(description="Null where it prints growth alone.")]
    unit: Annotated[str, Field(description="Of the indicator.", examples=["USD"])]
    value_kind: Annotated[str | None, Field(examples=["commitment"])]
    qualifier: Annotated[str | None, Field(examples=["about"])]
    change_yoy: Annotated[
        Sum | None,
        Field(
            description="Growth on the year before as it is printed: 0.088 is 8.8 percent.",
            examples=["0.088"],
        ),
    ]
    period: Annotated[str | None, Field(examples=["2024-H1"])]
    indicator: Annotated[str, Field(examples=["delegations.outbound"])]
    coverage: Annotated[LocalizedText, Field(description="What the source counts, in words.")]
    source: SourceSummary | None
    href: Annotated[str, Field(description="The observation.", examples=["/api/v1/observations"])]
    difference: Annotated[
        Sum | None,
        Field(
            description="What the register holds less what is published; null for another period.",
            examples=["-12"],
        ),
    ]


class ReportFigure(Cell):
    """A figure of a section."""

    code: Annotated[str, Field(examples=["delegations.outbound"])]
    label: Annotated[LocalizedText, Field(examples=[_OUTBOUND])]
    unit: Unit
    currency: Annotated[str | None, Field(description="Of money.", examples=["USD"])]
    placing: Annotated[Placing, Field(description="How a record comes to count.")]
    period: Annotated[
        str | None,
        Field(
            description="Of trade that is known of other days than those asked for: these days.",
            examples=["2024-01/2024-05"],
        ),
    ]
    year_before: Annotated[Counted, Field(description="The same days a year before.")]
    growth: Annotated[
        Sum | None,
        Field(
            description="In percent of the year before; null where that is nothing.",
            examples=["6.3"],
        ),
    ]
    published: list[Published]


class Column(View):
    code: Annotated[str, Field(examples=["outbound"])]
    label: LocalizedText
    unit: Unit


class Row(View):
    """A line of a table; `cells` are in the order of its columns."""

    code: Annotated[
        str | None, Field(description="Null where it is not known.", examples=["party"])
    ]
    label: LocalizedText
    agency: Annotated[AgencySummary | None, Field(description="Of a line about an agency.")]
    cells: list[Cell]


class Table(View):
    code: Annotated[str, Field(examples=["delegations.by_channel"])]
    label: LocalizedText
    columns: list[Column]
    rows: list[Row]
    total: Annotated[Row, Field(description="All lines together, those not shown as well.")]


class SectionView(View):
    code: Annotated[str, Field(examples=["delegations"])]
    label: LocalizedText
    figures: list[ReportFigure]
    tables: list[Table]
    narrative: LocalizedText | None
    sources: Annotated[list[SourceSummary], Field(description="Of the published values.")]


class PeriodicReport(View):
    """What the register says of a period, computed as it is asked for."""

    period: Annotated[str, Field(examples=["2024-H1"])]
    first_on: Annotated[date, Field(examples=["2024-01-01"])]
    cut_off: Annotated[date, Field(description="The last day of it.", examples=["2024-06-30"])]
    as_of: Annotated[date, Field(description="The cut-off, or today while the period lasts.")]
    year_before: Annotated[str, Field(examples=["2023-H1"])]
    computed_at: datetime
    sections: list[SectionView]


class NarrativeBody(Body):
    """A text of the report, at its beginning or end or in one of its sections."""

    part: Annotated[Part, Field(examples=["delegations"])]
    text: Annotated[
        LocalizedText,
        Field(examples=[{"vi": "Công tác đoàn được thực hiện đúng quy định.", "en": None}]),
    ]


class SignerBody(Body):
    """Who signs, as the signature block says it."""

    authority: Annotated[Line | None, Field(examples=["KT. CHỦ TỊCH"])] = None
    position: Annotated[Line, Field(examples=["PHÓ CHỦ TỊCH"])]
    name: Annotated[Line | None, Field(examples=["Nguyễn Văn A"])] = None


class ReportCreate(ResourceBody):
    """A report on a period, with the figures that the register has when it is made."""

    title: Annotated[
        LocalizedText,
        Field(examples=[{"vi": "Kết quả công tác đối ngoại 6 tháng đầu năm 2024", "en": None}]),
    ]
    period: Annotated[
        PeriodFilter,
        Field(description="Such as 2024-H1, or with explicit days.", examples=["2024-H1"]),
    ]
    kinds: Annotated[
        list[AgencyKind],
        Field(description="Agencies of these kinds are listed with nothing too.", max_length=20),
    ] = AGENCY_KINDS
    symbol: Annotated[
        Line | None, Field(description="Its number and symbol.", examples=["152/BC-UBND"])
    ] = None
    issuer_id: UUID | None = None
    superior_id: Annotated[
        UUID | None, Field(description="The body above the issuer, named first in the heading.")
    ] = None
    place: Annotated[Line | None, Field(examples=["Mộc Châu"])] = None
    issued_on: Day | None = None
    recipients: Annotated[
        list[Line], Field(max_length=100, examples=[["Bộ Ngoại giao", "Lưu: VT, SNgV"]])
    ] = []
    signer: SignerBody | None = None
    narrative: Annotated[list[NarrativeBody], Field(max_length=50)] = []
    replaces_id: Annotated[
        UUID | None, Field(description="The published report that this one restates.")
    ] = None

    @field_validator("visibility")
    @classmethod
    def _not_public_yet(cls, visibility: Visibility) -> Visibility:
        if visibility is Visibility.public:
            raise refusal(MESSAGES, "published_by_a_step")
        return visibility

    @field_validator("period")
    @classmethod
    def _with_both_ends(cls, period: PeriodFilter) -> PeriodFilter:
        if ReportPeriod.of(period) is None:
            raise refusal(MESSAGES, "period_needed")
        return period


class ReportUpdate(ReportCreate, partial=True):
    """The fields of a draft to change."""


class ReportSummary(Summary, table="reports"):
    title: LocalizedText


class ReportEntry(ResourceView):
    """A report in a list, without its figures."""

    title: LocalizedText
    period: Annotated[str, Field(examples=["2024-H1"])]
    kinds: list[AgencyKind]
    symbol: str | None
    issuer: AgencySummary | None
    superior: AgencySummary | None
    place: str | None
    issued_on: date | None
    recipients: list[str]
    signer: SignerBody | None
    narrative: list[NarrativeBody]
    replaces: ReportSummary | None
    replaced_by: ReportSummary | None
    cut_off: Annotated[date, Field(description="The last day that the figures are about.")]
    frozen_at: Annotated[datetime, Field(description="When the figures were counted.")]
    state: ReportState
    verbs: Annotated[list[ReportVerb], Field(description="What the caller may do with it now.")]


class ReportView(ReportEntry):
    sections: Annotated[
        list[SectionView],
        Field(description="As they were counted; `hidden` is 0, as nobody else reads a figure."),
    ]


class ReportStepCreate(StepBody):
    verb: Annotated[ReportVerb, Field(examples=["submit"])]


class Restated(View):
    """A number as it was published, and as the register has it now."""

    code: Annotated[str, Field(examples=["delegations.outbound"])]
    label: LocalizedText
    currency: Annotated[str | None, Field(examples=["USD"])]
    as_published: Sum | None
    as_now_known: Sum | None
    difference: Annotated[Sum, Field(description="What came since.", examples=["2"])]
    href: Annotated[
        str, Field(description="The records of now.", examples=[f"{_AT}&within=2024-H1"])
    ]


class Restatement(View):
    """A published report against the register of now: what differs, and all figures."""

    report: ReportSummary | None
    period: Annotated[str, Field(examples=["2024-H1"])]
    frozen_at: datetime
    computed_at: datetime
    differs: Annotated[bool, Field(description="Whether anything does, in tables too.")]
    figures: list[Restated]
    cells: Annotated[list[Restated], Field(description="Numbers of tables that differ.")]
