"""How far a plan is: the mean of its tasks by weight, level by level."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import Any
from uuid import UUID

from sonla_api.kit.context import Context
from sonla_api.kit.listing import list_address
from sonla_api.plans.schemas import PlanSummary
from sonla_api.tasks.health import Health
from sonla_api.workloads.queries import DayQuery, head, task_counts, tasks_of
from sonla_api.workloads.schemas import PlanFigures


async def plan_figures(ctx: Context, id_: UUID, query: DayQuery) -> PlanFigures:
    """How far a plan is on the day asked for."""
    on = ctx.on(query.as_of)
    plan, calendar = await head(on, PlanSummary, id_)
    tasks = await tasks_of(on, id_)
    numbers = Counter(task["health"] for task in tasks if task["health"])
    chosen = {"as_of": on.today, "plan_id": id_}
    return PlanFigures(
        plan=plan,
        as_of=on.today,
        calendar=calendar,
        percent=progress(tasks) if on.today >= ctx.today else None,
        tasks=numbers.total(),
        href=list_address("tasks", **chosen, health=list(Health)),
        by_health=task_counts(numbers, **chosen),
    )


def progress(tasks: Sequence[Any]) -> int | None:
    """Percent, rounded down: 100 only when all is done; None where nothing is counted.

    Each task says its `id`, `parent_id`, `weight`, `percent`, and `health`, which is None for one
    that does not count itself: a heading takes the mean of what stands below it.
    """
    known = {task["id"] for task in tasks}
    below = defaultdict(list)
    for task in tasks:
        below[task["parent_id"] if task["parent_id"] in known else None].append(task)
    downward = list(below[None])
    for task in downward:  # grows while it is walked
        downward += below[task["id"]]
    weights: dict[Any, int] = defaultdict(int)
    sums: dict[Any, Fraction] = defaultdict(Fraction)
    for task in reversed(downward):
        id_, weight = task["id"], task["weight"]
        if task["health"] is not None:
            share = Fraction(task["percent"])
        elif weights[id_]:
            share = sums[id_] / weights[id_]
        else:
            continue
        above = task["parent_id"] if task["parent_id"] in known else None
        weights[above] += weight
        sums[above] += weight * share
    return floor(sums[None] / weights[None]) if weights[None] else None
