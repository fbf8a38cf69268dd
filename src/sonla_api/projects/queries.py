from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import (
    ColumnElement,
    Date,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from sonla_api.kit.asked import Asked
from sonla_api.kit.codes import Country
from sonla_api.kit.context import Context
from sonla_api.kit.filters import (
    Filter,
    contains_one_of,
    has,
    lacks,
    lies_within,
    matches,
    not_placed,
    one_of,
    overlaps,
    refers,
)
from sonla_api.kit.geometry import LocationView
from sonla_api.kit.listing import Listing, Parameters, Q
from sonla_api.kit.mentions import Mention
from sonla_api.kit.model import constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.shapes import elements, json_object
from sonla_api.kit.text import Line, Message
from sonla_api.partners.models import Partner
from sonla_api.projects.lifecycle import ProjectKind, ProjectState, lifecycle
from sonla_api.projects.models import Project
from sonla_api.projects.money import money_doubts, sums_of, totals_of
from sonla_api.projects.schemas import MilestoneBody, ProjectView

P = Project
_ROUNDED = Decimal("0.1")
"""By how much percentages may miss 100, as each of them is rounded."""
_PERCENTAGES = Message(
    "The percentages of the sectors by {schemes} do not sum to 100.",
    "Tỷ lệ các lĩnh vực theo {schemes} cộng lại không bằng 100.",
)
_DAY = 10
"""The length of a date that is known to the day."""
_element: Any = column("element", JSONB)


def _shown(element: type[BaseModel], **more: Any) -> Any:
    """An element with all its fields, and what is computed beside them."""
    kept = {name: _element.op("->")(constant(name)) for name in element.model_fields}
    return json_object(**kept, **more)


def _milestones(of: Any) -> Any:
    """As they are kept, and how many days early each came."""
    baseline, actual = (_element.op("->>")(constant(name)) for name in ("baseline", "actual"))
    early = case(
        (
            and_(func.length(baseline) == _DAY, func.length(actual) == _DAY),
            cast(baseline, Date) - cast(actual, Date),
        )
    )
    made = select(func.json_agg(_shown(MilestoneBody, days_early=early)))
    made = made.select_from(elements(of.milestones, "element"))
    return func.coalesce(made.scalar_subquery(), func.json_build_array())


def _locations(of: Any) -> Any:
    """As they are kept; those written before points were known have none."""
    made = select(func.json_agg(_shown(LocationView))).select_from(
        elements(of.locations, "element")
    )
    return func.coalesce(made.scalar_subquery(), func.json_build_array())


projects = Records(
    P,
    ProjectView,
    lifecycle.parameters,
    locations=_locations,
    milestones=_milestones,
    totals=totals_of,
    sums=sums_of,
    verbs=lifecycle.verbs,
)


partner_countries = (
    select(Partner.country.label("code"))
    .join(Mention, Mention.partner_id == Partner.id)
    .where(
        Mention.record_id == P.id,
        Mention.field == constant("participants"),
        Partner.country.is_not(None),
        Partner.is_seen(),
    )
    .correlate(P)
)
"""Where the partners of a project are from that the caller sees."""


def _with_partner_from(asked: Asked) -> ColumnElement[bool]:
    return partner_countries.where(Partner.country == asked.any_of(Text())).exists()


with_partner_from = Filter(_with_partner_from, P.participants)


class ProjectGap(StrEnum):
    """Fields that may be unknown."""

    country = "country"
    sector = "sector"
    partner_country = "partner_country"
    period = "period"


GAPS: dict[ProjectGap, Any] = {
    ProjectGap.country: func.cardinality(P.countries) == 0,
    ProjectGap.sector: func.cardinality(P.sector_codes) == 0,
    ProjectGap.partner_country: ~partner_countries.exists(),
    ProjectGap.period: P.period_days.is_(None),
}
SectorCode = Annotated[
    str,
    Field(
        pattern=r"^(vsic|oecd_dac|other):[^\x00-\x1f]{1,60}$",
        description="A scheme and a code in it.",
        examples=["oecd_dac:43030"],
    ),
]


class ProjectChoice(Parameters):
    """The filters that the list and the figures of projects share."""

    kind: Annotated[list[ProjectKind], one_of(P.kind)] = []
    state: Annotated[list[ProjectState], one_of(P.state)] = []
    country: Annotated[list[Country], contains_one_of(P.countries)] = []
    sector: Annotated[list[SectorCode], contains_one_of(P.sector_codes)] = []
    partner_id: Annotated[
        list[UUID],
        refers(P, "participants", "partner_id"),
        Field(description="In which one of these partners takes part."),
    ] = []
    partner_country: Annotated[
        list[Country],
        with_partner_from,
        Field(description="In which a partner from one of these countries takes part."),
    ] = []
    agency_id: Annotated[
        list[UUID],
        refers(P, "participants", "agency_id"),
        Field(description="In which one of these agencies takes part."),
    ] = []
    without: Annotated[
        list[ProjectGap],
        lacks(P.countries, GAPS),
        Field(description="Projects where this, and all else named so, is unknown."),
    ] = []


class ProjectListing(ProjectChoice, Listing):
    orders: ClassVar = {
        "created_at": P.created_at,
        "kind": P.kind,
        "state": P.state,
    }

    q: Annotated[Q, matches(P.words)] = None
    key: Annotated[list[Line], one_of(P.key)] = []
    parent_id: Annotated[list[UUID], one_of(P.parent_id)] = []
    has_parent: Annotated[bool | None, has(P.parent_id)] = None
    document_id: Annotated[
        list[UUID],
        refers(P, "legal_basis"),
        Field(description="Resting on one of these documents."),
    ] = []
    agreement_id: Annotated[
        list[UUID],
        refers(P, "agreements"),
        Field(description="Carrying out one of these agreements."),
    ] = []
    site_id: Annotated[
        list[UUID], refers(P, "sites"), Field(description="Naming one of these sites.")
    ] = []
    period: Annotated[PeriodFilter | None, overlaps(P.period_days)] = None
    within: Annotated[PeriodFilter | None, lies_within(P.period_days)] = None
    not_placed_in: Annotated[
        PeriodFilter | None,
        not_placed(P.period_days),
        Field(description="Overlapping this period without lying in it, or without a period."),
    ] = None


async def doubts(
    ctx: Context, id_: UUID | None, values: Mapping[str, Any]
) -> Mapping[str, Message]:
    """What of a project does not fit together: its percentages, its money."""
    found: dict[str, Message] = {}
    shares: dict[str, Decimal] = {}
    for sector in values["sectors"]:
        if sector["percentage"] is not None:
            share = Decimal(sector["percentage"])
            shares[sector["scheme"]] = shares.get(sector["scheme"], Decimal(0)) + share
    if wrong := sorted(s for s, total in shares.items() if abs(total - 100) > _ROUNDED):
        found["percentages_differ"] = _PERCENTAGES.format(schemes=", ".join(wrong))
    if id_:
        found |= await money_doubts(ctx, id_, values)
    return found
