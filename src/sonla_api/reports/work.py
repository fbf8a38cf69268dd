"""What was to do in the period and what became of it: plans, and the task table by agency."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sonla_api.assignments.models import AssignmentRole
from sonla_api.kit.context import Context
from sonla_api.kit.listing import list_address
from sonla_api.kit.schema import AgencySummary
from sonla_api.kit.text import Message
from sonla_api.reports.assigned import register_numbers
from sonla_api.reports.figures import Line, Placing, Unit
from sonla_api.reports.parts import Part
from sonla_api.reports.periods import ReportPeriod
from sonla_api.reports.reading import Reading, figures, growth, localized, section
from sonla_api.reports.schemas import Cell, Column, Counted, ReportFigure, Row, SectionView, Table
from sonla_api.reports.sections import PLANS_UNDER_WAY
from sonla_api.reports.tables import ids_asked, total_of, unnamed
from sonla_api.reports.unled import Unled
from sonla_api.workloads.balance import Numbers, TaskTableQuery, filters_of, task_numbers

_TABLE = Message("Tasks by leading agency", "Nhiệm vụ theo cơ quan chủ trì")
COLUMNS = {
    "carried_over": Message("Carried over", "Kỳ trước chuyển sang"),
    "new": Message("New", "Giao mới trong kỳ"),
    "done_on_time": Message("Done on time", "Hoàn thành đúng hạn"),
    "done_late": Message("Done late", "Hoàn thành quá hạn"),
    "in_progress": Message("In progress", "Đang thực hiện trong hạn"),
    "overdue": Message("Overdue", "Quá hạn chưa hoàn thành"),
    "withdrawn": Message("Withdrawn", "Đã rút"),
}


_AT_END = {"in_progress", "overdue"}


class Work:
    """The section of plans and tasks: its own way to read, as what counts changes day by day."""

    lines: Sequence[Line] = [PLANS_UNDER_WAY]

    def __init__(self, ctx: Context, period: ReportPeriod, reading: Reading) -> None:
        self._ctx, self._reading = ctx, reading
        self._unled = Unled(ctx, period, reading)
        self._period, self._before = period, period.compared(ctx)
        self._now: Numbers = {}
        self._then: Numbers = {}
        self._seen: Numbers = {}

    async def read(self) -> None:
        whole = self._reading.whole
        self._now, self._then = [
            await register_numbers(whole, period.first, period.as_of(self._ctx))
            for period in (self._period, self._before)
        ]
        await self._unled.read()
        sees_all = self._reading.sees_all
        self._seen = self._now if sees_all else await task_numbers(self._ctx, _query(self._period))

    @property
    def agency_ids(self) -> set[UUID]:
        """Those that have anything."""
        return {id_ for id_ in self._now if id_}

    def shown(self, agencies: Sequence[AgencySummary]) -> SectionView:
        rows = [
            Row(code=None, label=it.name, agency=it, cells=self._cells([it.id], it.id))
            for it in agencies
        ]
        others = self._reading.unnamed
        if others:
            rows.append(unnamed(self._reading, self._cells(others, ids_asked(self._reading))))
        total = total_of(self._cells([None]))
        earlier = _counted(self._ctx, self._before, self._then, [None])
        return section(
            Part.work,
            [
                *(f for line in self.lines for f in figures(self._reading, line, line)),
                *(
                    _figure(name, cell, earlier[name])
                    for name, cell in zip(COLUMNS, total.cells, strict=True)
                ),
                self._unled.shown(),
            ],
            [
                Table(
                    code="tasks.by_agency",
                    label=localized(_TABLE),
                    columns=[
                        Column(code=name, label=localized(label), unit=Unit.assignment)
                        for name, label in COLUMNS.items()
                    ],
                    rows=rows,
                    total=total,
                )
            ],
        )

    def _cells(self, ids: Sequence[UUID | None], asked: Any = None) -> list[Cell]:
        """Of these agencies together, or of all; `asked` is by which of them it is listed."""
        now = _counted(self._ctx, self._period, self._now, ids, asked)
        return [
            Cell(
                **dict(now[name]),
                hidden=now[name].records - _added(self._seen, ids, name),
                not_placed=None,
            )
            for name in COLUMNS
        ]


def _figure(name: str, cell: Cell, earlier: Counted) -> ReportFigure:
    return ReportFigure(
        **dict(cell),
        code=f"tasks.{name}",
        label=localized(COLUMNS[name]),
        unit=Unit.assignment,
        currency=None,
        placing=Placing.at_end if name in _AT_END else Placing.within,
        period=None,
        year_before=earlier,
        growth=growth(cell.value, earlier.value),
        published=[],
    )


def _query(period: ReportPeriod) -> TaskTableQuery:
    return TaskTableQuery(period=period.period)


def _counted(
    ctx: Context,
    period: ReportPeriod,
    numbers: Numbers,
    ids: Sequence[UUID | None],
    asked: Any = None,
) -> dict[str, Counted]:
    """The numbers of agencies by their names, each with what lists it."""
    chosen = {"role": AssignmentRole.lead, "agency_id": asked}
    days = (period.first, period.as_of(ctx))
    found = {
        name: (_added(numbers, ids, name), list_address("assignments", **chosen, **filters))
        for name, filters in filters_of(*days).items()
    }
    return {
        name: Counted(value=str(number), records=number, href=href)
        for name, (number, href) in found.items()
    }


def _added(numbers: Numbers, ids: Sequence[UUID | None], name: str) -> int:
    return sum(numbers.get(id_, {}).get(name, 0) for id_ in ids)
