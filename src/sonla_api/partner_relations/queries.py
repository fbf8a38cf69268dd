from enum import StrEnum
from functools import partial
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import Date, Text, and_, cast, func, or_, select, tuple_

from sonla_api.kit.asked import Asked
from sonla_api.kit.codes import Country
from sonla_api.kit.context import Context
from sonla_api.kit.filters import Filter, has, lacks, one_of, overlaps, through
from sonla_api.kit.listing import Listing, Parameters, of_group, refuse_oracle
from sonla_api.kit.mentions import Mention
from sonla_api.kit.model import among
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.schema import Day
from sonla_api.kit.statement import Statement, once_per_shape
from sonla_api.kit.text import Line
from sonla_api.partner_relations.lifecycle import RelationState, lifecycle
from sonla_api.partner_relations.models import PartnerRelation, RelationKind
from sonla_api.partner_relations.schemas import PartnerRelationView, RelationCount, RelationFigures
from sonla_api.partners.models import Partner, PartnerKind
from sonla_api.sources.models import Source

R = PartnerRelation
relations = Records(R, PartnerRelationView, lifecycle.parameters, verbs=lifecycle.verbs)

_exists = ~among(R.state, [RelationState.exploring, RelationState.cancelled])
_own_start = func.lower(R.valid_days)
_source_start = (
    select(func.min(func.least(func.lower(Source.covers_days), Source.published_on)))
    .join(Mention, Mention.source_id == Source.id)
    .where(Mention.record_id == R.id, Mention.field == "sources", Source.is_seen())
    .scalar_subquery()
)
_start = func.coalesce(_own_start, _source_start)
_of_partner = partial(through, R.partner_id)
_seen = select(Partner.id).where(Partner.id == R.partner_id, Partner.is_seen()).correlate(R)


def _counted_on(asked: Asked) -> Any:
    """Whether a relation counts on the day."""
    day, end = asked.value(Date()), func.upper(R.valid_days)
    return and_(_exists, _start <= day, or_(end.is_(None), end > day))


def _undated(asked: Asked) -> Any:
    return and_(_exists, _start.is_(None)) == asked.value()


class RelationGap(StrEnum):
    """What may be unknown of the partner, or not be shown to the caller."""

    partner_kind = "partner_kind"
    country = "country"


_IS_UNKNOWN = {
    RelationGap.partner_kind: ~_seen.exists(),
    RelationGap.country: ~_seen.where(Partner.country.is_not(None)).exists(),
}


class _Choice(Parameters):
    """The filters that the list and the count of relations share."""

    kind: Annotated[list[RelationKind], one_of(R.kind)] = []
    state: Annotated[list[RelationState], one_of(R.state)] = []
    partner_id: Annotated[list[UUID], one_of(R.partner_id)] = []
    partner_kind: Annotated[list[PartnerKind], _of_partner(one_of(Partner.kind))] = []
    country: Annotated[list[Country], _of_partner(one_of(Partner.country))] = []
    partner_has_parent: Annotated[
        bool | None,
        _of_partner(has(Partner.parent_id)),
        Field(description="Whether there is a record above the partner."),
    ] = None
    without: Annotated[
        list[RelationGap],
        lacks(R.partner_id, _IS_UNKNOWN),
        Field(description="Relations of whose partner this, and all else named so, is unknown."),
    ] = []


class PartnerRelationListing(_Choice, Listing):
    orders: ClassVar = {"created_at": R.created_at, "kind": R.kind}

    key: Annotated[list[Line], one_of(R.key)] = []
    period: Annotated[PeriodFilter | None, overlaps(R.valid_days)] = None
    as_of: Annotated[
        Day | None,
        Filter(_counted_on, R.valid),
        Field(description="Relations that count on this day, as in the summary."),
    ] = None
    undated: Annotated[
        bool | None,
        Filter(_undated, R.valid),
        Field(description="Relations without a start and without a dated source."),
    ] = None


class RelationGrouping(StrEnum):
    kind = "kind"
    partner_kind = "partner_kind"
    country = "country"


class RelationFiguresQuery(_Choice):
    """What is counted, by what, and on which day."""

    as_of: Annotated[Day | None, Field(description="Today where it is left out.")] = None
    group_by: RelationGrouping = RelationGrouping.kind


_GROUPS: dict[RelationGrouping, Any] = {
    RelationGrouping.kind: R.kind,
    RelationGrouping.partner_kind: Partner.kind,
    RelationGrouping.country: Partner.country,
}
_counts = _counted_on(Asked("as_of"))


@once_per_shape
def _figures(query: RelationFiguresQuery) -> Statement:
    group = _GROUPS[query.group_by]
    return Statement(
        select(
            func.grouping(group).label("is_total"),
            cast(group, Text).label("group"),
            func.count().filter(_counts).label("relations"),
            func.count(R.partner_id.distinct()).filter(_counts).label("partners"),
            func.count().filter(_counts & _own_start.is_(None)).label("counted_from_source"),
            func.count().filter(_exists & _start.is_(None)).label("undated"),
        )
        .select_from(R)
        .outerjoin(Partner, and_(Partner.id == R.partner_id, Partner.is_seen()))
        .where(R.is_seen(), *query.conditions())
        .group_by(func.grouping_sets(tuple_(group), tuple_()))
        .order_by(func.grouping(group).desc(), group)
    )


async def relation_figures(ctx: Context, query: RelationFiguresQuery) -> RelationFigures:
    """Relations counted as of a day, in all and by group."""
    refuse_oracle(ctx, query)
    as_of = query.as_of or ctx.today
    binds = query.binds() | ctx.parameters | {"as_of": as_of}
    counts = [
        RelationCount(
            group=row["group"],
            href=_address(query, row, as_of=as_of),
            undated_href=_address(query, row, undated=True),
            **{name: row[name] for name in _NUMBERS},
        )
        for row in await _figures(query).fetch(ctx.reader, **binds)
    ]
    return RelationFigures(as_of=as_of, total=counts[0], items=counts[1:])


_NUMBERS = ("relations", "partners", "counted_from_source", "undated")


def _address(query: RelationFiguresQuery, row: Any, **more: Any) -> str:
    """Where the relations of a row are listed."""
    return query.address("partner-relations", **of_group(query, row), **more)
