"""The periodic report: every section read, each figure with what stands beside it."""

import asyncio
from collections.abc import Sequence
from functools import cache

from sonla_api.agencies.models import AgencyKind
from sonla_api.kit.context import Actor, Context
from sonla_api.kit.schema import AgencySummary
from sonla_api.reports.figures import Section
from sonla_api.reports.periods import ReportPeriod
from sonla_api.reports.reading import Reading, figures, section
from sonla_api.reports.schemas import PeriodicReport, SectionView
from sonla_api.reports.sections import SECTIONS
from sonla_api.reports.tables import TableOf
from sonla_api.reports.traded import Trade
from sonla_api.reports.work import Work

COMPUTING = asyncio.Semaphore(2)
"""For those who only read: each report holds some megabytes while it is computed, and of more at
once none is done sooner.
"""


async def periodic_report(
    ctx: Context, period: ReportPeriod, kinds: Sequence[AgencyKind], *, is_kept: bool = False
) -> PeriodicReport:
    """The report of a period, as the register stands now; one that is kept for many readers does
    not say what is hidden from the one who made it, and names nothing that only some of them see.
    """
    if is_kept:
        ctx = Context(Actor(ctx.actor.id, ctx.actor.permissions), ctx.now, ctx.reader)
    reading, made = Reading(ctx, period, is_kept=is_kept), _sections()
    trade, work = Trade(ctx, period), Work(ctx, period, reading)
    figures = [line for one in made for line in one.figures]
    await reading.read([*figures, *work.lines], [line for one in made for line in one.cells])
    await trade.read()
    await work.read()
    agencies = await reading.agencies(kinds, work.agency_ids)
    return PeriodicReport(
        period=period.period,
        first_on=period.first,
        cut_off=period.last,
        as_of=period.as_of(ctx),
        year_before=period.year_before().period,
        computed_at=ctx.now,
        sections=[
            *(one.shown(reading, agencies) for one in made),
            trade.shown(),
            work.shown(agencies),
        ],
    )


@cache
def _sections() -> list["_SectionOf"]:
    return [_SectionOf(one) for one in SECTIONS]


class _SectionOf:
    """What is read for a section, and how it is shown."""

    def __init__(self, of: Section) -> None:
        self._section = of
        self._figures = [(line, line.each(line.of.currency)) for line in of.lines]
        self._tables = [TableOf(grid) for grid in of.grids]
        self.figures = [split for _, split in self._figures]
        self.cells = [line for table in self._tables for line in table.lines]

    def shown(self, reading: Reading, agencies: Sequence[AgencySummary]) -> SectionView:
        found = [figure for pair in self._figures for figure in figures(reading, *pair)]
        tables = [table.shown(reading, agencies) for table in self._tables]
        return section(self._section.part, found, tables)
