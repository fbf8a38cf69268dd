"""Trade as sources print it: each total of the period by its indicator, and so by its coverage.

Nothing is added up and nothing compared across indicators, flows or kinds. What only overlaps the
period, and what other sources print, stands beside a figure as published.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import cast, func, literal_column, or_, select
from sqlalchemy.types import Text

from sonla_api.indicators.models import Flow, Indicator
from sonla_api.kit.context import Context
from sonla_api.kit.filters import overlaps, period_range
from sonla_api.kit.model import constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.statement import Statement
from sonla_api.kit.text import LocalizedText, Message
from sonla_api.observations.models import Observation, ValueKind
from sonla_api.observations.queries import is_latest
from sonla_api.reports.figures import Placing, Unit
from sonla_api.reports.periods import ReportPeriod
from sonla_api.reports.published import PRINTED, Printed, currency_of, json_of, printed
from sonla_api.reports.reading import growth, localized, plain, sources
from sonla_api.reports.schemas import Counted, ReportFigure, SectionView
from sonla_api.workloads.queries import address

O, I = Observation, Indicator  # noqa: E741  as other packages name their models
_LABEL = Message("Trade", "Xuất khẩu, nhập khẩu")


class Trade:
    """The section of trade, as the caller sees it: its figures are the observations themselves."""

    def __init__(self, ctx: Context, period: ReportPeriod) -> None:
        self._ctx = ctx
        self._period, self._before = period.period, period.year_before().period
        self._rows: dict[Any, list[Any]] = defaultdict(list)

    async def read(self) -> None:
        """What is about days of the period, and the same period a year before."""
        binds = dict(self._ctx.parameters)
        for name, period in (("span", self._period), ("before", self._before)):
            binds[f"{name}_first"], binds[f"{name}_end"] = period.days
        for row in await _statement().fetch(self._ctx.reader, **binds):
            self._rows[row["code"], row["cell"]].append(row)

    def shown(self) -> SectionView:
        found = [figure for rows in self._rows.values() for figure in self._figures(rows)]
        return SectionView(
            code="trade",
            label=localized(_LABEL),
            figures=found,
            tables=[],
            narrative=None,
            sources=sources(found),
        )

    def _figures(self, rows: Sequence[Any]) -> list[ReportFigure]:
        """One, where anything is known of just this period."""
        latest = [row for row in rows if row["is_latest"] and row["is_same"]]
        earlier = [row for row in rows if row["is_latest"] and row["is_before"]]
        return [self._figure(row, earlier, rows) for row in latest]

    def _figure(self, row: Any, earlier: Sequence[Any], rows: Sequence[Any]) -> ReportFigure:
        now = _counted(row, [row], self._period)
        then = _counted(row, earlier, self._before)
        told: list[Printed] = [printed(it) for it in rows if not it["is_before"]]
        return ReportFigure(
            **dict(now),
            hidden=0,
            not_placed=None,
            code=".".join(filter(None, ("trade", row["code"], row["flow"], row["value_kind"]))),
            label=_label(row),
            unit=Unit.observed,
            currency=currency_of(row["unit"]),
            placing=Placing.within,
            year_before=then,
            growth=growth(now.value, then.value),
            published=[it.against(row["amount"]) for it in told],
        )


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


def _counted(row: Any, found: Sequence[Any], period: PeriodFilter) -> Counted:
    """The latest figure of a period in the same cell as this row's, or none."""
    gaps = [name for name in ("flow", "value_kind") if row[name] is None]
    return Counted(
        value=plain(sum(it["amount"] for it in found)) if found else "0",
        records=len(found),
        href=address(
            "observations",
            indicator_code=row["code"],
            flow=row["flow"],
            value_kind=row["value_kind"],
            without=[*gaps, "product", "partner_country"],
            exactly=period,
            latest="true",
        ),
    )


@cache
def _statement() -> Statement:
    """Totals of trade alone, of flows over a period: no stocks, and no parts by product or market.

    In the order of figures; of those published, the latest first.
    """
    is_same, is_before = (
        func.coalesce(O.period_days == period_range(name), literal_column("false"))
        for name in ("span", "before")
    )
    return Statement(
        select(
            *PRINTED,
            O.cell,
            cast(O.flow, Text).label("flow"),
            O.amount,
            I.name,
            is_same.label("is_comparable"),
            is_same.label("is_same"),
            is_before.label("is_before"),
            is_latest(O).label("is_latest"),
        )
        .join(I, I.id == O.indicator_id)
        .where(
            I.flow.is_not(None),
            O.product.is_(None),
            O.partner_country.is_(None),
            or_(O.value_kind.is_(None), O.value_kind == constant(ValueKind.flow)),
            or_(overlaps(O.period_days).clause("span", None), is_before),
            O.is_seen(),
            I.is_seen(),
        )
        .order_by(
            I.code, O.cell, is_same.desc(), literal_column("is_latest").desc(), O.period_from, O.id
        )
    )
