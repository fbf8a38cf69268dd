"""What is read for one report: of the register now and a year before, and as the caller sees."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sonla_api.agencies.models import AgencyKind
from sonla_api.kit.codes import CodeList
from sonla_api.kit.context import Actor, Context
from sonla_api.kit.model import Visibility
from sonla_api.kit.schema import AgencySummary
from sonla_api.kit.text import LocalizedText, Message
from sonla_api.reports.figures import Line, Subject
from sonla_api.reports.numbers import NOTHING, Key, Number, Pair, added, read
from sonla_api.reports.parts import Part
from sonla_api.reports.periods import ReportPeriod
from sonla_api.reports.published import INDICATORS, Printed, plain, published
from sonla_api.reports.schemas import Cell, Counted, ReportFigure, SectionView, Table
from sonla_api.workloads.queries import agencies_listed

REGISTER = Actor(None, frozenset(), tuple(Visibility))
"""A figure counts the whole register, whoever asks."""
_TENTH = Decimal("0.1")
_OF_AGENCIES = {"lead_agency_id"}


class Reading:
    """What was read for a report: of the register, of it a year before, and as the caller sees."""

    def __init__(self, ctx: Context, period: ReportPeriod, *, is_kept: bool = False) -> None:
        self._ctx, self.whole = ctx, Context(REGISTER, ctx.now, ctx.reader)
        self.is_kept, self.sees_all = is_kept, is_kept or Visibility.agency in ctx.actor.sight
        self.unnamed: list[UUID] = []
        self._as_of = period.as_of(ctx)
        self._before = period.compared(ctx)
        self.span, self.before = period.span(ctx), self._before.span(ctx)
        self._printed: Mapping[str, Sequence[Printed]] = {}
        self._now: dict[Key, Pair] = {}
        self._then: dict[Key, Pair] = {}
        self._seen: dict[Key, Pair] = {}

    async def read(self, figures: Iterable[Line], cells: Iterable[Line]) -> None:
        """One statement for what counts the records of one list, and for figures one more for the
        year before.
        """
        self._printed = await published(self._ctx, self.span)
        compared, others = _by_subject(figures), _by_subject(cells)
        now, then = self.whole.on(self._as_of), self.whole.on(self._before.as_of(self._ctx))
        for of in compared | others:
            both = [*compared[of], *others[of]]
            self._now |= await read(now, of, both, self.span, is_register=True)
            self._then |= await read(then, of, compared[of], self.before, is_register=True)
            if not self.sees_all:
                seen = self._ctx.on(self._as_of)
                self._seen |= await read(seen, of, both, self.span, is_register=False)

    def printed(self, code: str) -> list[Printed]:
        """What sources print of a figure."""
        return [it for name in INDICATORS.get(code, ()) for it in self._printed.get(name, ())]

    def values(self, line: Line) -> set[str | None]:
        """For which values of its split there is anything, now or a year before."""
        return {value for read in (self._now, self._then) for it, value in read if it is line}

    async def agencies(self, kinds: Sequence[AgencyKind], more: set[UUID]) -> list[AgencySummary]:
        """Those of the tables, and all of these kinds that there are on the last day; `unnamed` are
        those that have something and may not be named.
        """
        found = {
            UUID(value)
            for line, value in self._now
            if line.split in _OF_AGENCIES and value is not None
        }
        listed = await agencies_listed(self._ctx.on(self._as_of), found | more, kinds)
        self.unnamed = sorted((found | more) - {it.id for it in listed})
        return listed

    def cell(self, shown: Line, *keys: Key) -> Cell:
        """What is under these keys; `shown` has the filters that list what it counts."""
        now = added(self._now.get(key, NOTHING) for key in keys)
        seen = now if self.sees_all else added(self._seen.get(key, NOTHING) for key in keys)
        beside = _counted(now.beside, shown, shown.beside(self.span))
        return Cell(
            **dict(_counted(now.counted, shown, shown.placed(self.span))),
            hidden=now.counted.records - seen.counted.records,
            not_placed=beside if beside.records else None,
        )

    def earlier(self, key: Key, shown: Line) -> Counted:
        """The same number a year before."""
        then = self._then.get(key, NOTHING)
        return _counted(then.counted, shown, shown.placed(self.before))


def _by_subject(lines: Iterable[Line]) -> dict[Subject, list[Line]]:
    found: dict[Subject, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.of].append(line)
    return found


def _counted(found: Number, shown: Line, placed: Mapping[str, Any]) -> Counted:
    href = shown.of.href(shown.chosen, placed)
    return Counted(value=plain(found.value), records=found.records, href=href)


def localized(label: Message | CodeList) -> LocalizedText:
    return LocalizedText(vi=label.vi, en=label.en)


def figures(reading: Reading, line: Line, split: Line) -> list[ReportFigure]:
    """One figure; of money, one in each currency in which there is any or some is published."""
    printed = reading.printed(line.code)
    currencies = {*reading.values(split), *(it.currency for it in printed)} - {None}
    each: list[str | None] = [*sorted(filter(None, currencies))] if line.of.currency else []
    found = []
    for currency in each or [None]:
        shown = line.among({line.of.currency: [currency]}) if currency else line
        cell = reading.cell(shown, (split, currency))
        earlier = reading.earlier((split, currency), shown)
        value = Decimal(cell.value)
        found.append(
            ReportFigure(
                **dict(cell),
                code=line.code,
                label=localized(line.label),
                unit=line.measure.unit,
                currency=currency,
                placing=line.placing,
                period=None,
                year_before=earlier,
                growth=growth(cell.value, earlier.value),
                published=[it.against(value) for it in printed if it.currency == currency],
            )
        )
    return found


def section(part: Part, found: list[ReportFigure], tables: list[Table]) -> SectionView:
    """A section as it is shown, with the sources of the published values, each once."""
    each = [it.source for figure in found for it in figure.published if it.source]
    return SectionView(
        code=part.value,
        label=localized(part),
        figures=found,
        tables=tables,
        narrative=None,
        sources=[*{source.id: source for source in each}.values()],
    )


def growth(now: str, before: str) -> str | None:
    """In percent, to a tenth; there is none of nothing."""
    then = Decimal(before)
    return plain(((Decimal(now) - then) * 100 / then).quantize(_TENTH)) if then else None
