from collections.abc import Mapping
from itertools import combinations
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    Date,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import DATERANGE
from sqlalchemy.dialects.postgresql import UUID as Uuid

from sonla_api.kit.asked import Asked
from sonla_api.kit.codes import Country, Subdivision
from sonla_api.kit.context import Context
from sonla_api.kit.filters import Filter, has, matches, one_of, refers, told_on
from sonla_api.kit.listing import Listing, Q
from sonla_api.kit.model import constant
from sonla_api.kit.period import days
from sonla_api.kit.records import Records
from sonla_api.kit.schema import Day
from sonla_api.kit.shapes import elements
from sonla_api.kit.text import Line, Message
from sonla_api.sites.models import GateLevel, LevelDating, Site, SiteKind
from sonla_api.sites.schemas import SiteView
from sonla_api.sources.models import Source

S, L = Site, LevelDating
_UNSOURCED = Message(
    "The location comes from no source that the record names.",
    "Vị trí không có nguồn nào được nêu trong bản ghi.",
)
_LEVELS = Message(
    "It is said to be of different levels on the same days.",
    "Cùng một thời gian nhưng được ghi với các loại cửa khẩu khác nhau.",
)


def _source_start(of: Any) -> Any:
    """The earliest day that its sources cover or were published on, as far as they are seen."""
    each = elements(of.sources, "citation", "each_source")
    cited = cast(each.c.citation.op("->>")(constant("source_id")), Uuid)
    start = func.min(func.least(func.lower(Source.covers_days), Source.published_on))
    named = select(start).select_from(each).join(Source, Source.id == cited)
    return named.where(Source.is_seen()).scalar_subquery()


def _on_the_day(of: Any, shown: str) -> Any:
    """Of the levels that count on the day, the one that began last; or how it is known to count.

    What has no period counts since the earliest of its sources, or if they have no date, always.
    """
    each, today = elements(of.status, "said", "each_status"), bindparam("today", type_=Date())
    valid = func.period_days(each.c.said.op("->")(constant("valid")), type_=DATERANGE)
    start = select(_source_start(of).label("since")).lateral("start")
    dating = case(
        (valid.bool_op("@>")(today), constant(L.stated)),
        (valid.is_not(None), None),
        (start.c.since.is_(None), constant(L.undated)),
        (start.c.since <= today, constant(L.source)),
    ).label("dating")
    level = each.c.said.op("->>")(constant("level")).label("level")
    found = select(level, dating, func.lower(valid).label("since"), each.c.ordinal)
    rows = found.select_from(each.join(start, true())).subquery("levels")
    is_stated = rows.c.dating == constant(L.stated)
    order = (is_stated.desc(), rows.c.since.desc().nulls_last(), rows.c.ordinal.desc())
    last = select(rows.c[shown]).where(rows.c.dating.is_not(None)).order_by(*order)
    return last.limit(literal_column("1")).scalar_subquery()


sites = Records(
    S,
    SiteView,
    level=lambda of: _on_the_day(of, "level"),
    level_dating=lambda of: _on_the_day(of, "dating"),
)


def _has_level(asked: Asked) -> Any:
    return _on_the_day(S, "level") == asked.any_of(Text())


class SiteListing(Listing):
    orders: ClassVar = {"created_at": S.created_at, "kind": S.kind}

    q: Annotated[Q, matches(S.words)] = None
    key: Annotated[list[Line], one_of(S.key)] = []
    kind: Annotated[list[SiteKind], one_of(S.kind)] = []
    level: Annotated[
        list[GateLevel],
        Filter(_has_level, S.status),
        Field(description="Gates of one of these levels on the day."),
    ] = []
    as_of: Annotated[
        Day | None,
        told_on(S.status),
        Field(description="The day on which levels are told; today where it is left out."),
    ] = None
    country: Annotated[list[Country], one_of(S.country)] = []
    subdivision: Annotated[list[Subdivision], one_of(S.subdivision)] = []
    borders: Annotated[list[Country], one_of(S.borders)] = []
    managing_agency_id: Annotated[list[UUID], one_of(S.managing_agency_id)] = []
    parent_id: Annotated[list[UUID], one_of(S.parent_id)] = []
    has_pair: Annotated[
        bool | None, has(S.pair_id), Field(description="Whether the other side is registered.")
    ] = None
    document_id: Annotated[
        list[UUID],
        refers(S, "status"),
        Field(description="Of which a level rests on one of these documents."),
    ] = []


async def doubts(_: Context, __: UUID | None, values: Mapping[str, Any]) -> Mapping[str, Message]:
    """What of a site is doubtful: a point without a source, two levels on the same days."""
    found: dict[str, Message] = {}
    if values["location"] and not values["sources"]:
        found["location_unsourced"] = _UNSOURCED
    dated = [(one["level"], days(one["valid"])) for one in values["status"] if one["valid"]]
    if any(
        level != other and spans and others and _overlap(spans, others)
        for (level, spans), (other, others) in combinations(dated, 2)
    ):
        found["level_conflict"] = _LEVELS
    return found


def _overlap(one: Any, other: Any) -> bool:
    """Whether two half-open ranges of days, perhaps open at an end, have one in common."""
    (first, end), (second, last) = one, other
    return not ((end and second and end <= second) or (last and first and last <= first))
