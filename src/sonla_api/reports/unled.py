"""Tasks of plans that last in the period, which no agency leads: counted from the tasks themselves,
as they are few.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import and_, func, literal_column, select

from sonla_api.kit.context import Context
from sonla_api.kit.filters import overlaps
from sonla_api.kit.listing import list_address
from sonla_api.kit.statement import Statement
from sonla_api.kit.text import Message
from sonla_api.plans.models import Plan
from sonla_api.reports.figures import Placing, Unit
from sonla_api.reports.periods import ReportPeriod
from sonla_api.reports.reading import Reading, growth, localized
from sonla_api.reports.schemas import Counted, ReportFigure
from sonla_api.tasks.health import TODAY, Health
from sonla_api.tasks.models import Task

T, P = Task, Plan
_LABEL = Message("Tasks that no agency leads", "Nhiệm vụ chưa có cơ quan chủ trì")
_OPEN = [
    Health.unassigned,
    Health.overdue,
    Health.due_soon,
    Health.on_track,
    Health.continuous,
]
"""What is neither a heading nor done or withdrawn by the day."""
_Numbers = tuple[int, int]


class Unled:
    """The figure of them: of plans that last in the period, and beside it of those without one."""

    def __init__(self, ctx: Context, period: ReportPeriod, reading: Reading) -> None:
        self._ctx, self._reading = ctx, reading
        self._period, self._before = period, period.compared(ctx)
        self._numbers: Sequence[_Numbers] = []

    async def read(self) -> None:
        whole, mine, before = self._reading.whole, self._ctx, self._before
        asked = [(whole, self._period), (whole, before)]
        if not self._reading.sees_all:
            asked.append((mine, self._period))
        self._numbers = [await _counted(of, period, mine) for of, period in asked]

    def shown(self) -> ReportFigure:
        now, then, seen = self._numbers[0], self._numbers[1], self._numbers[-1]
        before = self._before
        seen = now if self._reading.sees_all else seen
        return ReportFigure(
            **dict(self._listed(self._period, now[0], plan_period=self._period.period)),
            hidden=max(now[0] - seen[0], 0),
            not_placed=self._listed(self._period, now[1], without="plan_period")
            if now[1]
            else None,
            code="tasks.without_lead",
            label=localized(_LABEL),
            unit=Unit.task,
            currency=None,
            placing=Placing.overlapping,
            period=None,
            year_before=self._listed(before, then[0], plan_period=before.period),
            growth=growth(str(now[0]), str(then[0])),
            published=[],
        )

    def _listed(self, period: ReportPeriod, number: int, **chosen: str) -> Counted:
        as_of = period.as_of(self._ctx)
        href = list_address("tasks", has_lead=False, health=_OPEN, as_of=as_of, **chosen)
        return Counted(value=str(number), records=number, href=href)


async def _counted(of: Context, period: ReportPeriod, ctx: Context) -> _Numbers:
    on = of.on(period.as_of(ctx))
    first, end = period.period.days
    binds = {**on.parameters, "span_first": first, "span_end": end}
    ((lasting, undated),) = await _statement().fetch(on.reader, **binds)
    return lasting, undated


@cache
def _statement() -> Statement:
    lasting: Any = overlaps(P.period_days).clause("span")
    return Statement(
        select(func.count().filter(lasting), func.count().filter(P.period_days.is_(None)))
        .select_from(T)
        .join(P, and_(P.id == T.plan_id, P.is_seen()))
        .where(
            T.lead_agency_id.is_(None),
            T.subtasks == literal_column("0"),
            T.open_until > TODAY,
            T.is_seen(),
        )
    )
