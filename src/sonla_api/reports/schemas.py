"""A report as readers get it: sections with figures and tables, each number with its address."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from sonla_api.kit.money import Sum
from sonla_api.kit.schema import AgencySummary, SourceSummary, View
from sonla_api.kit.text import LocalizedText
from sonla_api.reports.figures import Placing, Unit

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
    qualifier: Annotated[str | None, Field(examples=["about"])]
    period: Annotated[str | None, Field(examples=["2024-H1"])]
    indicator: Annotated[str, Field(examples=["delegations.outbound"])]
    coverage: Annotated[str | None, Field(description="What the source counts, in its words.")]
    source: SourceSummary | None
    href: Annotated[str, Field(description="The observation.", examples=["/api/v1/observations"])]
    difference: Annotated[
        Sum | None,
        Field(
            description="What the register holds less what is published; null for another period.",
            examples=["-12"],
        ),
    ]


class Figure(Cell):
    """A figure of a section."""

    code: Annotated[str, Field(examples=["delegations.outbound"])]
    label: Annotated[LocalizedText, Field(examples=[_OUTBOUND])]
    unit: Unit
    currency: Annotated[str | None, Field(description="Of money.", examples=["USD"])]
    placing: Annotated[Placing, Field(description="How a record comes to count.")]
    year_before: Annotated[Counted, Field(description="The same period a year before.")]
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

    code: Annotated[str | None, Field(description="Null where it is not known.")]
    label: LocalizedText
    agency: Annotated[AgencySummary | None, Field(description="Of a line about an agency.")]
    cells: list[Cell]


class Table(View):
    code: Annotated[str, Field(examples=["delegations.by_channel"])]
    label: LocalizedText
    columns: list[Column]
    rows: list[Row]
    total: Annotated[Row | None, Field(description="All lines together, those not shown as well.")]


class SectionView(View):
    code: Annotated[str, Field(examples=["delegations"])]
    label: LocalizedText
    figures: list[Figure]
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
