from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    Date,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    false,
    func,
    null,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from sonla_api.agencies.models import Agency
from sonla_api.agencies.queries import has_ended
from sonla_api.delegations.due import consulted, due, due_calendar, due_on, is_overdue
from sonla_api.delegations.lifecycle import TOOK_PLACE, DelegationState, Direction, lifecycle
from sonla_api.delegations.models import Channel, Delegation, DelegationCounter, Funding, Level
from sonla_api.delegations.schemas import DelegationCount, DelegationFigures, DelegationView
from sonla_api.kit.codes import Country, Subdivision
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.filters import (
    contains_one_of,
    lacks,
    lies_within,
    matches,
    not_placed,
    one_of,
    overlaps,
    placed,
    refers,
)
from sonla_api.kit.halves import half_year
from sonla_api.kit.listing import Listing, Parameters, Q, group_hrefs, refuse_oracle
from sonla_api.kit.model import among
from sonla_api.kit.period import HalfYearFilter, PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.statement import Statement, once_per_shape
from sonla_api.kit.text import Line

D = Delegation
delegations = Records(
    D,
    DelegationView,
    lifecycle.parameters,
    due,
    {"consultations": consulted},
    report_due_on=lambda _: due_on,
    report_due_calendar=lambda _: due_calendar,
    is_report_overdue=is_overdue,
    verbs=lifecycle.verbs,
)


class Gap(StrEnum):
    """Fields that may be unknown; of a half-year also where a delegation lies whole in none."""

    direction = "direction"
    channel = "channel"
    level = "level"
    country = "country"
    when = "when"
    headcount = "headcount"
    lead_agency = "lead_agency"
    half_year = "half_year"


_IS_UNKNOWN: dict[Gap, Any] = {
    Gap.direction: D.direction.is_(None),
    Gap.channel: D.channel.is_(None),
    Gap.level: D.level.is_(None),
    Gap.country: func.cardinality(D.countries) == 0,
    Gap.when: D.when.is_(None),
    Gap.headcount: D.headcount.is_(None),
    Gap.lead_agency: D.lead_agency_id.is_(None),
    Gap.half_year: half_year(D.when_days).is_(None),
}


class _Choice(Parameters):
    """The filters that the list and the count of delegations share."""

    direction: Annotated[list[Direction], one_of(D.direction)] = []
    channel: Annotated[list[Channel], one_of(D.channel)] = []
    level: Annotated[list[Level], one_of(D.level)] = []
    country: Annotated[list[Country], contains_one_of(D.countries)] = []
    partner_id: Annotated[list[UUID], refers(D, "partners")] = []
    lead_agency_id: Annotated[list[UUID], one_of(D.lead_agency_id)] = []
    half_year: Annotated[
        HalfYearFilter | None,
        lies_within(D.when_days),
        Field(description="Lying wholly in this half-year."),
    ] = None
    without: Annotated[
        list[Gap],
        lacks(D.when, _IS_UNKNOWN),
        Field(description="Delegations where this, and all else named so, is unknown."),
    ] = []


class DelegationListing(_Choice, Listing):
    orders: ClassVar = {"created_at": D.created_at, "when": D.when_from}

    q: Annotated[Q, matches(D.words)] = None
    state: Annotated[list[DelegationState], one_of(D.state)] = []
    key: Annotated[list[Line], one_of(D.key)] = []
    code: Annotated[list[Line], one_of(D.code)] = []
    subdivision: Annotated[list[Subdivision], one_of(D.subdivision)] = []
    funding: Annotated[list[Funding], one_of(D.funding)] = []
    member_agency_id: Annotated[list[UUID], refers(D, "members")] = []
    period: Annotated[PeriodFilter | None, overlaps(D.when_days)] = None
    within: Annotated[PeriodFilter | None, lies_within(D.when_days)] = None
    not_placed_in: Annotated[PeriodFilter | None, not_placed(D.when_days)] = None


class DelegationGrouping(StrEnum):
    direction = "direction"
    channel = "channel"
    level = "level"
    country = "country"
    half_year = "half_year"


class DelegationFiguresQuery(_Choice):
    """What is counted, by what, and in which period."""

    period: Annotated[
        PeriodFilter | None, Field(description="All delegations where it is left out.")
    ] = None
    group_by: DelegationGrouping = DelegationGrouping.direction


_codes = select(func.unnest(D.countries).label("code")).distinct().correlate(D)
_countries = _codes.lateral("each_country")
_GROUPS: dict[DelegationGrouping, Any] = {
    DelegationGrouping.direction: D.direction,
    DelegationGrouping.channel: D.channel,
    DelegationGrouping.level: D.level,
    DelegationGrouping.country: _countries.c.code,
    DelegationGrouping.half_year: half_year(D.when_days),
}
_NUMBERS = ("delegations", "person_trips", "without_headcount", "not_placed")


def _counts(query: DelegationFiguresQuery, group: Any = None) -> Select[*tuple[Any, ...]]:
    """The numbers of each group, or of all: what lies in the period, what no period can place."""
    is_counted, is_outside = placed(D.when_days, is_asked=query.period is not None)
    return select(
        (true() if group is None else false()).label("is_total"),
        cast(null() if group is None else group, Text).label("group"),
        func.count().filter(is_counted).label("delegations"),
        func.coalesce(func.sum(D.headcount).filter(is_counted), 0).label("person_trips"),
        func.count().filter(and_(is_counted, D.headcount.is_(None))).label("without_headcount"),
        func.count().filter(is_outside).label("not_placed"),
    ).where(D.is_seen(), among(D.state, TOOK_PLACE), *query.conditions())


@once_per_shape
def _total(query: DelegationFiguresQuery) -> Statement:
    return Statement(_counts(query).select_from(D))


@once_per_shape
def _grouped(query: DelegationFiguresQuery) -> Statement:
    group = _GROUPS[query.group_by]
    grouped = _counts(query, group).select_from(D).group_by(group).order_by(group)
    if query.group_by is DelegationGrouping.country:
        grouped = grouped.outerjoin(_countries, true())
        if query.country:  # one that also went elsewhere is no figure of that other country
            grouped = grouped.where(group == any_(bindparam("asked", type_=ARRAY(Text))))
    return Statement(grouped)


async def delegation_figures(ctx: Context, query: DelegationFiguresQuery) -> DelegationFigures:
    """Delegations that took place; one to two countries stands in both groups, once in total."""
    refuse_oracle(ctx, query)
    binds = {**query.binds(), **ctx.parameters, "asked": query.country}
    (total,) = await _total(query).fetch(ctx.reader, **binds)
    rows = await _grouped(query).fetch(ctx.reader, **binds)
    return DelegationFigures(
        period=query.period,
        total=_count(query, total),
        items=[_count(query, row) for row in rows],
    )


def _count(query: DelegationFiguresQuery, row: Any) -> DelegationCount:
    return DelegationCount(
        group=row["group"],
        **group_hrefs(query, row, "delegations", state=TOOK_PLACE),
        **{name: row[name] for name in _NUMBERS},
    )


async def agency_ends_on(ctx: WriteContext, agency_id: UUID) -> date | None:
    """The first day on which an agency no longer exists; None while it has no end.

    None also for one that the caller may not see: that it is there is told to nobody who guesses.
    """
    rows = await _end_of_agency.fetch(ctx.reader, id=agency_id, **ctx.actor.parameters)
    return rows[0][0] if rows else None


_end_of_agency = Statement(
    select(Agency.valid_to).where(
        Agency.id == bindparam("id", type_=Agency.id.type), Agency.is_seen()
    )
)


has_standing_lead = ~has_ended(
    bindparam("lead_agency_id", type_=Agency.id.type), bindparam("begins_on", type_=Date())
)
"""Whether the agency that is to lead a new delegation has not ended by then."""


async def next_number(ctx: WriteContext, direction: Direction, year: int) -> int:
    """The next number of a direction in a year; racing callers wait for each other."""
    counted = (
        insert(DelegationCounter)
        .values(direction=direction, year=year, last=1)
        .on_conflict_do_update(
            index_elements=["direction", "year"], set_={"last": DelegationCounter.last + 1}
        )
        .returning(DelegationCounter.last)
    )
    return (await ctx.session.execute(counted)).scalar_one()
