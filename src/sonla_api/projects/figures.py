"""Projects and their money in figures, each with the address of exactly what it counts."""

import json
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import (
    Text,
    and_,
    any_,
    bindparam,
    cast,
    false,
    func,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from sonla_api.kit.context import Context
from sonla_api.kit.filters import placed
from sonla_api.kit.listing import of_group, refuse_oracle
from sonla_api.kit.model import among
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.statement import Statement, once_per_shape
from sonla_api.projects.lifecycle import ProjectState
from sonla_api.projects.models import Project
from sonla_api.projects.money import SUMS, as_view, money, sums
from sonla_api.projects.queries import ProjectChoice, partner_countries
from sonla_api.projects.schemas import CurrencySums, ProjectCount, ProjectFigures

P = Project
STANDING = [state for state in ProjectState if state is not ProjectState.cancelled]
"""What counts where no state is asked for."""


class ProjectGrouping(StrEnum):
    kind = "kind"
    state = "state"
    country = "country"
    sector = "sector"
    partner_country = "partner_country"


class ProjectFiguresQuery(ProjectChoice):
    """What is counted, by what, and in which period."""

    period: Annotated[
        PeriodFilter | None, Field(description="All projects and all money where it is left out.")
    ] = None
    group_by: ProjectGrouping = ProjectGrouping.kind


def _each(of: Any) -> Any:
    return select(func.unnest(of).label("code")).distinct().correlate(P).lateral("each_code")


_PLAIN: dict[ProjectGrouping, Any] = {
    ProjectGrouping.kind: P.kind,
    ProjectGrouping.state: P.state,
}
_SEVERAL: dict[ProjectGrouping, Any] = {
    ProjectGrouping.country: _each(P.countries),
    ProjectGrouping.sector: _each(P.sector_codes),
    ProjectGrouping.partner_country: partner_countries.distinct().lateral("each_code"),
}
_NOTHING = {"is_total": True, "group": None, "projects": 0, "not_placed": 0} | dict.fromkeys(
    ("transactions", "transactions_not_placed", "sums")
)
"""What is found in a register without projects."""


def _members(query: ProjectFiguresQuery) -> Any:
    """Each project once in all, and once in each of its groups."""
    is_counted, is_outside = placed(P.period_days, is_asked=query.period is not None)
    flags = [P.id, is_counted.label("is_counted"), is_outside.label("is_outside")]
    states = [] if query.state else [among(P.state, STANDING)]
    chosen = [P.is_seen(), *states, *query.conditions()]
    every = select(true().label("is_total"), cast(null(), Text).label("group"), *flags)
    if query.group_by in _PLAIN:
        group = cast(_PLAIN[query.group_by], Text)
        grouped: Any = select(false(), group, *flags).where(*chosen)
    else:
        codes = _SEVERAL[query.group_by]
        grouped = select(false(), codes.c.code, *flags).where(*chosen)
        grouped = grouped.select_from(P).outerjoin(codes, true())
        if getattr(query, query.group_by):
            # What lies elsewhere too is no figure of that other place.
            wanted = bindparam("asked", type_=ARRAY(Text))
            grouped = grouped.where(codes.c.code == any_(wanted))
    return union_all(every.where(*chosen), grouped).cte("members")


@once_per_shape
def _figures(query: ProjectFiguresQuery) -> Statement:
    members = _members(query)
    of = members.c
    numbers = (
        select(
            of.is_total,
            of.group,
            func.count().filter(of.is_counted).label("projects"),
            func.count().filter(of.is_outside).label("not_placed"),
        )
        .group_by(of.is_total, of.group)
        .cte("numbers")
    )
    found = _money(members, is_asked=query.period is not None)
    same = and_(
        found.c.is_total == numbers.c.is_total,
        found.c.group.is_not_distinct_from(numbers.c.group),
    )
    shown = [found.c[name] for name in ("transactions", "transactions_not_placed", "sums")]
    return Statement(
        select(numbers, *shown)
        .select_from(numbers.outerjoin(found, same))
        .order_by(numbers.c.is_total.desc(), numbers.c.group)
    )


def _paid(members: Any, *, is_asked: bool) -> Any:
    """By project and currency, the sums of its transactions, and how many they are made of."""
    that = money()
    is_counted, is_outside = placed(that.on_days, is_asked=is_asked)
    return (
        select(
            that.project_id,
            that.currency,
            func.count().filter(is_counted).label("transactions"),
            func.count().filter(is_outside).label("outside"),
            *sums(that, is_counted),
        )
        .where(that.is_seen(), that.project_id.in_(select(members.c.id)))
        .group_by(that.project_id, that.currency)
        .cte("paid")
    )


def _money(members: Any, *, is_asked: bool) -> Any:
    """By group, its sums in each currency."""
    of, paid = members.c, _paid(members, is_asked=is_asked)
    added = [func.sum(paid.c[name]).label(name) for name in ("transactions", "outside", *SUMS)]
    by_currency = (
        select(of.is_total, of.group, paid.c.currency, *added)
        .join(paid, paid.c.project_id == of.id)
        .group_by(of.is_total, of.group, paid.c.currency)
        .cte("by_currency")
    )
    each = by_currency.c
    shown = aggregate_order_by(as_view(each, CurrencySums), each.currency)
    return (
        select(
            each.is_total,
            each.group,
            func.sum(each.transactions).label("transactions"),
            func.sum(each.outside).label("transactions_not_placed"),
            func.json_agg(shown).filter(each.transactions > literal_column("0")).label("sums"),
        )
        .group_by(each.is_total, each.group)
        .cte("money")
    )


async def project_figures(ctx: Context, query: ProjectFiguresQuery) -> ProjectFigures:
    """In all, and by group; one in two countries or sectors counts in both."""
    refuse_oracle(ctx, query)
    binds = query.binds() | ctx.parameters
    if query.group_by in _SEVERAL:
        binds["asked"] = getattr(query, query.group_by)
    rows = await _figures(query).fetch(ctx.reader, **binds)
    total, *items = [_count(query, row) for row in rows or [_NOTHING]]
    return ProjectFigures(period=query.period, total=total, items=items)


def _count(query: ProjectFiguresQuery, row: Any) -> ProjectCount:
    return ProjectCount(
        group=row["group"],
        projects=row["projects"],
        not_placed=row["not_placed"],
        transactions=row["transactions"] or 0,
        transactions_not_placed=row["transactions_not_placed"] or 0,
        href=_address(query, row, "projects", within=query.period),
        not_placed_href=_outside(query, row, "projects"),
        transactions_href=_address(query, row, "transactions", "project_", within=query.period),
        transactions_not_placed_href=_outside(query, row, "transactions", "project_"),
        sums=json.loads(row["sums"] or "[]"),
    )


def _outside(query: ProjectFiguresQuery, row: Any, resource: str, prefix: str = "") -> str | None:
    if not query.period:
        return None
    return _address(query, row, resource, prefix, not_placed_in=query.period)


def _address(
    query: ProjectFiguresQuery, row: Any, resource: str, prefix: str = "", **more: Any
) -> str:
    """Where the projects of a row are listed, or the transactions of such projects."""
    chosen = {"state": query.state or STANDING, **of_group(query, row)}
    named = {f"{prefix}{field}": value for field, value in chosen.items()}
    return query.address(resource, prefix, **named, **more)
