"""Trade as sources print it: each total by its indicator, and so by its coverage.

Nothing is added up and nothing compared across indicators, flows or kinds. Where nothing is known
of just the days of the report, what is known of other days stands there with these days named: the
longest part of the period, or else the shortest that reaches beyond it. All that sources print
stands beside a figure as published.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, Self

from sqlalchemy import cast, func, literal_column, or_, select
from sqlalchemy.types import Text

from sonla_api.indicators.models import Flow, Indicator
from sonla_api.kit.context import Context
from sonla_api.kit.filters import lies_within, overlaps
from sonla_api.kit.listing import list_address
from sonla_api.kit.model import constant
from sonla_api.kit.period import Days, PeriodFilter
from sonla_api.kit.statement import Statement
from sonla_api.kit.text import LocalizedText
from sonla_api.observations.models import Observation, ValueKind
from sonla_api.observations.queries import is_latest
from sonla_api.reports.figures import Placing, Unit
from sonla_api.reports.parts import Part
from sonla_api.reports.periods import ReportPeriod
from sonla_api.reports.published import PRINTED, currency_of, json_of, plain, printed
from sonla_api.reports.reading import growth, section
from sonla_api.reports.schemas import Counted, ReportFigure, SectionView

O, I = Observation, Indicator  # noqa: E741  as other packages name their models
_ENDLESS = 10**7
"""Days, of a period that is open at an end."""


class Trade:
    """The section of trade, as the caller sees it: its figures are the observations themselves."""

    def __init__(self, ctx: Context, period: ReportPeriod) -> None:
        self._ctx = ctx
        self._period, self._before = period.period, period.year_before().period
        self._cells: dict[Any, list[Any]] = defaultdict(list)

    async def read(self) -> None:
        """What is about days of the period, and of the same a year before."""
        binds = dict(self._ctx.parameters)
        for name, period in (("span", self._period), ("before", self._before)):
            binds[f"{name}_first"], binds[f"{name}_end"] = period.days
        for row in await _statement().fetch(self._ctx.reader, **binds):
            self._cells[row["code"], row["cell"]].append(row)

    def shown(self) -> SectionView:
        told = (self._figure(rows) for rows in self._cells.values())
        return section(Part.trade, [figure for figure in told if figure], [])

    def _figure(self, rows: Sequence[Any]) -> ReportFigure | None:
        """Of one cell; none where all that is known is about the year before."""
        known = [row for row in rows if row["is_near"]]
        if not known:
            return None
        row = min(known, key=_distance)
        of = _OwnDays.of(row, self._period, self._before)
        now, then = _counted(row, rows, of.period), _counted(row, rows, of.before)
        told = [printed(it, is_comparable=_days(it) == of.period.days) for it in known]
        told.sort(key=lambda it: not it.is_comparable)
        return ReportFigure(
            **dict(now),
            hidden=0,
            not_placed=None,
            code=".".join(filter(None, (Part.trade, row["code"], row["flow"], row["value_kind"]))),
            label=_label(row),
            unit=Unit.observed,
            currency=currency_of(row["unit"]),
            placing=of.placing,
            period=of.named,
            year_before=then,
            growth=growth(now.value, then.value) if of.is_apart else None,
            published=[it.against(Decimal(now.value) if now.records else None) for it in told],
        )


def _distance(row: Any) -> tuple[Any, ...]:
    """From the days of the report: just these, the longest part of them, the shortest beyond."""
    first, end = _days(row)
    length = (end - first).days if first and end else _ENDLESS
    begins = first.toordinal() if first else 0
    return (
        not row["is_latest"],
        not row["is_within"],
        -length if row["is_within"] else length,
        -begins,
    )


def _days(row: Any) -> Days:
    return row["first"], row["end"]


class _OwnDays(NamedTuple):
    """Which days a figure is about, and how these lie to the period of the report."""

    period: PeriodFilter
    before: PeriodFilter
    placing: Placing = Placing.within
    named: str | None = None

    @classmethod
    def of(cls, row: Any, period: PeriodFilter, before: PeriodFilter) -> Self:
        """The days of the report itself, where a source prints growth alone."""
        if _days(row) == period.days or not row["is_latest"]:
            return cls(period, before)
        own = PeriodFilter(row["period"])
        known = ReportPeriod.of(own)
        placing = Placing.within if row["is_within"] else Placing.overlapping
        return cls(own, known.year_before().period if known else before, placing, own)

    @property
    def is_apart(self) -> bool:
        """Whether the year before are other days, as growth needs."""
        (first, last), (_, end) = self.period.days, self.before.days
        return bool(first and last and end and end <= first)


def _label(row: Any) -> LocalizedText:
    """The name of the indicator, with the flow where it has both."""
    name = LocalizedText.model_validate(json_of(row["name"]))
    if row["flow"] is None:
        return name
    flow = Flow(row["flow"])
    said = {"vi": flow.vi.lower(), "en": flow.en.lower()}
    return name.model_copy(
        update={at: f"{text}: {said[at]}" for at in said if (text := getattr(name, at))}
    )


def _counted(row: Any, rows: Sequence[Any], period: PeriodFilter) -> Counted:
    """The latest figure of a period in the same cell as this row's, or none."""
    found = [it for it in rows if it["is_latest"] and _days(it) == period.days]
    gaps = [name for name in ("flow", "value_kind") if row[name] is None]
    return Counted(
        value=plain(sum(it["amount"] for it in found)) if found else "0",
        records=len(found),
        href=list_address(
            "observations",
            indicator_code=row["code"],
            flow=row["flow"],
            value_kind=row["value_kind"],
            without=[*gaps, "product", "partner_country"],
            exactly=period,
            latest=True,
        ),
    )


@cache
def _statement() -> Statement:
    """Totals of trade alone, of flows over a period: no stocks, and no parts by product or market.

    In the order of figures; of those published, the latest first.
    """
    is_near, is_before = (overlaps(O.period_days).clause(name) for name in ("span", "before"))
    return Statement(
        select(
            *PRINTED,
            O.cell,
            cast(O.flow, Text).label("flow"),
            O.amount,
            I.name,
            func.lower(O.period_days).label("first"),
            func.upper(O.period_days).label("end"),
            is_near.label("is_near"),
            lies_within(O.period_days).clause("span").label("is_within"),
            is_latest(O).label("is_latest"),
        )
        .join(I, I.id == O.indicator_id)
        .where(
            I.flow.is_not(None),
            O.product.is_(None),
            O.partner_country.is_(None),
            or_(O.value_kind.is_(None), O.value_kind == constant(ValueKind.flow)),
            or_(is_near, is_before),
            O.is_seen(),
            I.is_seen(),
        )
        .order_by(I.code, O.cell, literal_column("is_latest").desc(), O.period_from, O.id)
    )
