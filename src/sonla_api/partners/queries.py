import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    Date,
    Numeric,
    Text,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from sonla_api.kit.asked import Asked
from sonla_api.kit.codes import Country, Subdivision
from sonla_api.kit.context import Context
from sonla_api.kit.cursors import Rows
from sonla_api.kit.filters import Filter, has, lacks, matches, one_of
from sonla_api.kit.formats import Format
from sonla_api.kit.listing import Listing, Parameters, Q, of_group, refuse_oracle
from sonla_api.kit.model import constant, readers
from sonla_api.kit.records import Records
from sonla_api.kit.schema import Day
from sonla_api.kit.shapes import as_bytes, json_object, localized
from sonla_api.kit.statement import Statement, once_per_shape
from sonla_api.kit.text import Line, Message
from sonla_api.partners.models import Partner, PartnerKind, RegistrationWarningCode
from sonla_api.partners.schemas import PartnerCount, PartnerFigures, PartnerView

WARNED_DAYS = 90
NEAR = 0.8
"""From which likeness of names on, by trigrams, a partner may be the same one."""
LIKENESS = {"pg_trgm.strict_word_similarity_threshold": str(NEAR)}
"""What a connection to the database is set to, so that the index leaves out all below NEAR."""
_COMPARED, _NAMES = 200, 20
"""Among so many that are alike the likeliest are sought, by so many names of one: to compare
long names takes PostgreSQL long, and it hears of no timeout meanwhile."""

_today = bindparam("today", type_=Date())


def _last_day(of: Any) -> Any:
    """Of the registration."""
    return func.upper(of.registered_days) - literal_column("1")


def _warning(day: Any, code: RegistrationWarningCode, en: str, vi: str) -> Any:
    why = localized(*(func.concat(text, cast(day, Text), ".") for text in (en, vi)))
    return func.json_build_array(json_object(code=constant(code), why=why))


def _warnings(of: Any) -> Any:
    day = _last_day(of)
    ended = _warning(
        day,
        RegistrationWarningCode.registration_ended,
        "The registration ended on ",
        "Đăng ký đã hết hạn ngày ",
    )
    ends = _warning(
        day,
        RegistrationWarningCode.registration_ends,
        "The registration ends on ",
        "Đăng ký sẽ hết hạn ngày ",
    )
    return case(
        (day < _today, ended),
        (day <= _today + WARNED_DAYS, ends),
        else_=func.json_build_array(),
    )


partners = Records(Partner, PartnerView, warnings=_warnings)


def _ends_by(asked: Asked) -> Any:
    return _last_day(Partner) <= asked.value(Date())


class PartnerGap(StrEnum):
    """Fields that may be unknown."""

    country = "country"
    subdivision = "subdivision"


class _Choice(Parameters):
    """The filters that the list and the count of partners share."""

    kind: Annotated[list[PartnerKind], one_of(Partner.kind)] = []
    country: Annotated[list[Country], one_of(Partner.country)] = []
    subdivision: Annotated[list[Subdivision], one_of(Partner.subdivision)] = []
    has_parent: Annotated[bool | None, has(Partner.parent_id)] = None
    without: Annotated[
        list[PartnerGap],
        lacks(Partner.country, {gap: getattr(Partner, gap).is_(None) for gap in PartnerGap}),
        Field(description="Partners of which this, and all else named so, is unknown."),
    ] = []


class PartnerListing(_Choice, Listing):
    orders: ClassVar = {
        "created_at": Partner.created_at,
        "country": Partner.country,
        "kind": Partner.kind,
    }

    q: Annotated[Q, matches(Partner.words)] = None
    key: Annotated[list[Line], one_of(Partner.key)] = []
    parent_id: Annotated[list[UUID], one_of(Partner.parent_id)] = []
    registration_ends_by: Annotated[
        Day | None,
        Filter(_ends_by, Partner.registered),
        Field(description="Partners whose registration ends on this day or before it."),
    ] = None


class PartnerGrouping(StrEnum):
    country = "country"
    subdivision = "subdivision"
    kind = "kind"


class PartnerFiguresQuery(_Choice):
    """Which partners are counted, and by what."""

    group_by: PartnerGrouping = PartnerGrouping.country


@once_per_shape
def _figures(query: PartnerFiguresQuery) -> Statement:
    group = getattr(Partner, query.group_by)
    return Statement(
        select(
            func.grouping(group).label("is_total"),
            cast(group, Text).label("group"),
            func.count().label("partners"),
        )
        .where(Partner.is_seen(), *query.conditions())
        .group_by(func.grouping_sets(tuple_(group), tuple_()))
        .order_by(func.grouping(group).desc(), group)
    )


async def partner_figures(ctx: Context, query: PartnerFiguresQuery) -> PartnerFigures:
    """Partners in all and by group, each counted once."""
    refuse_oracle(ctx, query)
    rows = await _figures(query).fetch(ctx.reader, **query.binds(), **ctx.parameters)
    total, *items = [_count_of(query, row) for row in rows]
    return PartnerFigures(total=total, items=items)


def _count_of(query: PartnerFiguresQuery, row: Any) -> PartnerCount:
    """A group with the address of its partners."""
    href = query.address("partners", **of_group(query, row))
    return PartnerCount(group=row["group"], partners=row["partners"], href=href)


# A query of its own, so that PostgreSQL folds the names once and not for every row.
_texts: Any = ARRAY(Text)
_names = cast(select(func.folded(bindparam("names", type_=_texts))).scalar_subquery(), _texts)
_wanted = func.unnest(_names).column_valued("wanted")
_likeness = (
    select(func.max(func.strict_word_similarity(_wanted, Partner.words)))
    .correlate(Partner)
    .scalar_subquery()
)
_id = bindparam("id", type_=Partner.id.type)
_country = bindparam("country", type_=Text())


def _alike(*, is_told: bool) -> Any:
    """Those called alike: that the caller sees, or all who see the partner that is told of it."""
    found = select(Partner.id).where(
        Partner.words.bool_op("%>>")(any_(_names)),  # from NEAR on, by LIKENESS; uses the index
        or_(Partner.country == _country, Partner.country.is_(None), _country.is_(None)),
        Partner.id.is_distinct_from(_id),
        or_(_id.is_(None), Partner.parent_id.is_distinct_from(_id)),
        Partner.id.is_distinct_from(bindparam("parent_id", type_=Partner.id.type)),
        Partner.is_seen_as_widely() if is_told else Partner.is_seen(),
    )
    # Planned as a whole, and read only as far as it is needed.
    return found.cte("alike").prefix_with("materialized")


_is_alike = Statement(select(_alike(is_told=True)).limit(1))
_some = select(_alike(is_told=False)).limit(_COMPARED).subquery("some")
_near = (
    select(Partner.id, Partner.name, _likeness.label("likeness"))
    .join(_some, _some.c.id == Partner.id)
    .cte("near")
)
_duplicate = json_object(
    partner=json_object(id=_near.c.id, name=_near.c.name),
    likeness=cast(func.round(cast(_near.c.likeness, Numeric), 2), Text),
)
_duplicates = Statement(
    select(as_bytes(_duplicate)).order_by(_near.c.likeness.desc(), _near.c.id).limit(10)
)
_LIKELY = Message(
    "Another partner is called the same or nearly so: /duplicates names the candidates.",
    "Có đối tác khác trùng hoặc gần trùng tên: xem các đối tác đó ở /duplicates.",
)


async def resemblance(
    ctx: Context, id_: UUID | None, values: dict[str, Any]
) -> Mapping[str, Message]:
    """The flag of a partner that may stand in the register already.

    It rests on those that all who see this one see: whoever writes, it says the same.
    """
    found = await _is_alike.fetch(ctx.reader, **_like(id_, values), **readers(values))
    return {"likely_duplicate": _LIKELY} if found else {}


class DuplicateQuery(Parameters):
    """All of them stand on one page."""

    format: Format = None


async def duplicates_of(ctx: Context, id_: UUID) -> Rows:
    """Partners that may be the same as a registered one, the likeliest first."""
    partner = json.loads((await partners.item(ctx, id_)).body)
    partner["parent_id"] = UUID(partner["parent"]["id"]) if partner["parent"] else None
    found = await _duplicates.fetch(ctx.reader, **_like(id_, partner), **ctx.parameters)
    return Rows([row[0] for row in found], None, None)


def _like(id_: UUID | None, values: dict[str, Any]) -> dict[str, Any]:
    """What partners are compared with: the names of one, known or new."""
    names = [name for name in values["name"].values() if name] + list(values["aliases"])
    same = {name: values[name] for name in ("country", "parent_id")}
    return {"id": id_, "names": names[:_NAMES], **same}
