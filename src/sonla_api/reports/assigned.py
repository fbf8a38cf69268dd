"""What happened with assignments, kept by day and by month: the task table of any period is sums.

Triggers add what a statement changed to `assignments_lately`, in its transaction; some of them put
that together in the other two. An assignment to a heading stands in none of them.
"""

from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Index,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    union_all,
)

from sonla_api.assignments.models import AssignmentRole
from sonla_api.kit.context import Context
from sonla_api.kit.model import Model, constant
from sonla_api.kit.statement import Statement
from sonla_api.workloads.balance import Numbers

EVENTS = ("opened", "done_on_time", "done_late", "withdrawn", "fell_overdue", "no_more_overdue")
_CLOSED = ("done_on_time", "done_late", "withdrawn")


def _table(kind: str, *indexes: Any) -> Table:
    return Table(
        f"assignments_{kind}",
        Model.metadata,
        Column("role", Text(), nullable=False),
        Column("agency_id", Uuid(), nullable=False),
        Column("day", Date(), nullable=False),
        *(Column(event, BigInteger(), nullable=False) for event in EVENTS),
        *indexes,
    )


def _unique(kind: str) -> Index:
    return Index(f"uq_assignments_{kind}", "role", "agency_id", "day", unique=True)


_BY_DAY = _table("by_day", _unique("by_day"), Index("ix_assignments_by_day_day", "day"))
_BY_MONTH = _table("by_month", _unique("by_month"))
_LATELY = _table("lately")
_FIRST = bindparam("first", type_=Date())


async def register_numbers(ctx: Context, first: date, last: date) -> Numbers:
    """The task table of the whole register from `first` to `last`, of those who lead."""
    end = last + timedelta(days=1)
    binds = {
        "first": first,
        "last": last,
        "first_month": first.replace(day=1),
        "next_month": first if first.day == 1 else _next_month(first),
        "last_month": end.replace(day=1),
    }
    numbers: Numbers = defaultdict(lambda: defaultdict(int))
    for row in await _sums().fetch(ctx.reader, **binds):
        overdue = row["fell_overdue"] - row["no_more_overdue"]
        carried = row["opened_before"] - row["closed_before"]
        found = {name: row[name] for name in _CLOSED} | {"carried_over": carried}
        found |= {"new": row["opened"], "overdue": overdue}
        found["in_progress"] = carried + row["opened"] - sum(row[n] for n in _CLOSED) - overdue
        for key in (None, row["agency_id"]):
            for name, number in found.items():
                numbers[key][name] += int(number)
    return numbers


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


@cache
def _sums() -> Statement:
    """By agency, what happened before the period and in it."""
    each = _each()
    is_before = each.c.day < _FIRST
    closed = sum((each.c[event] for event in _CLOSED[1:]), each.c[_CLOSED[0]])

    def total(number: Any) -> Any:
        return func.coalesce(func.sum(number), 0)

    return Statement(
        select(
            each.c.agency_id,
            total(case((is_before, each.c.opened))).label("opened_before"),
            total(case((is_before, closed))).label("closed_before"),
            *(
                total(case((~is_before, each.c[event]))).label(event)
                for event in ("opened", *_CLOSED)
            ),
            *(total(each.c[event]).label(event) for event in EVENTS[-2:]),
        ).group_by(each.c.agency_id)
    )


def _each() -> Any:
    """Whole months as they are kept, days of the others, and what came lately."""
    bind = {
        name: bindparam(name, type_=Date())
        for name in ("last", "first_month", "next_month", "last_month")
    }
    month, day = _BY_MONTH.c.day, _BY_DAY.c.day
    whole = or_(
        month < bind["first_month"], and_(month >= bind["next_month"], month < bind["last_month"])
    )
    begun = and_(day >= bind["first_month"], day < bind["next_month"])
    ended = day >= func.greatest(bind["last_month"], bind["next_month"])
    parts = (
        (_BY_MONTH, whole),
        (_BY_DAY, and_(or_(begun, ended), day <= bind["last"])),
        (_LATELY, _LATELY.c.day <= bind["last"]),
    )
    lead = constant(AssignmentRole.lead)
    return union_all(
        *(
            select(of.c.agency_id, of.c.day, *(of.c[event] for event in EVENTS)).where(
                of.c.role == lead, chosen
            )
            for of, chosen in parts
        )
    ).subquery("each")
