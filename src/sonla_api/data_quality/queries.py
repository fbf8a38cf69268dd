from functools import cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    Boolean,
    Integer,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as Uuid

from sonla_api.data_quality.schemas import (
    DoubtCount,
    DoubtFigures,
    DoubtGrouping,
    DoubtView,
    FlagCodeName,
    ResourceName,
)
from sonla_api.kit.asked import Asked
from sonla_api.kit.context import Context
from sonla_api.kit.cursors import Rows, page_of, place_of, unseal
from sonla_api.kit.listing import Paging, Parameters, list_address, of_group
from sonla_api.kit.mentions import seen
from sonla_api.kit.model import Resource, constant
from sonla_api.kit.records import Item
from sonla_api.kit.schema import AgencySummary, FlagOrigin
from sonla_api.kit.shapes import as_item, elements, summary, to_json, unsigned
from sonla_api.kit.statement import OneByOne, Statement, Written
from sonla_api.kit.titles import href, readable, resources, title

_LAST = UUID(int=2**128 - 1)
"""An id behind all others, where the first page begins."""


class DoubtChoice(Parameters):
    """The filters that the list of flags and their count share."""

    resource: Annotated[list[ResourceName], Field(max_length=100)] = []
    code: Annotated[list[FlagCodeName], Field(max_length=100)] = []
    origin: Annotated[list[FlagOrigin], Field(max_length=100)] = []
    is_acknowledged: Annotated[
        bool | None, Field(description="Whether somebody said why they may stand.")
    ] = None
    owner_agency_id: Annotated[list[UUID], Field(max_length=100)] = []

    def chosen(self) -> dict[str, Any]:
        """The filters in use; none stands for everything."""
        values = {name: getattr(self, name) for name in DoubtChoice.model_fields}
        return {name: value for name, value in values.items() if value not in (None, [])}


class DoubtListing(DoubtChoice, Paging):
    """The flags of one page."""


class DoubtFiguresQuery(DoubtChoice):
    group_by: DoubtGrouping = DoubtGrouping.code


_texts = ARRAY(Text)
_flag = column("flag", JSONB)
_code, _origin = _flag.op("->>")(constant("code")), _flag.op("->>")(constant("origin"))
_is_acknowledged = _flag.op("->")(constant("acknowledged")) != literal_column("'null'::jsonb")


def _any_or(name: str, value: Any) -> Any:
    """Whether a value is one of those asked for, or none is."""
    asked = bindparam(name, type_=_texts)
    return or_(asked.is_(None), value == any_(asked))


def _chosen(model: type[Resource]) -> list[Any]:
    """The row filter and what is asked for; the condition of the partial index comes first."""
    asked: Any = bindparam("is_acknowledged", type_=Boolean())
    no_agency = bindparam("owner_agency_id", type_=ARRAY(Uuid)).is_(None)
    return [
        model.flags != literal_column("'[]'::jsonb"),
        model.is_seen(),
        constant(model.__tablename__) == any_(bindparam("resources", type_=_texts)),
        _any_or("code", _code),
        _any_or("origin", _origin),
        or_(asked.is_(None), _is_acknowledged == asked),
        or_(
            no_agency,
            model.owner_agency_id
            == seen(
                Resource.metadata.tables[model.__tablename__].c.owner_agency_id,
                Asked.several("owner_agency_id"),
            ),
        ),
    ]


def _doubts(model: type[Resource], *, is_stranger: bool) -> Any:
    """The flags of one resource as rows of `DoubtView`."""
    each = elements(model.flags, "flag")
    shown = unsigned(_flag) if is_stranger else _flag
    values: dict[str, Any] = {
        "code": _code,
        "origin": _origin,
        "why": shown.op("->")(constant("why")),
        "acknowledged": shown.op("->")(constant("acknowledged")),
        "resource": constant(model.__tablename__),
        "id": model.id,
        "version": model.version,
        "href": href(model),
        "title": title(model),
        "owner_agency": summary(AgencySummary, model.owner_agency_id),
    }
    columns = [values[name].label(name) for name in DoubtView.model_fields]
    return select(*columns, each.c.ordinal).select_from(model).join(each, true())


@cache
def _page(*, is_stranger: bool) -> Statement:
    """Ids rise with time: the records made last come first, their flags as they stand there."""
    limit = bindparam("limit", type_=Integer())
    last = bindparam("cursor_id", type_=Uuid())

    def first_of(model: type[Resource]) -> Any:
        made = _doubts(model, is_stranger=is_stranger)
        place = made.selected_columns.ordinal
        is_later = or_(model.id < last, place > bindparam("cursor_place", type_=Integer()))
        chosen = made.where(*_chosen(model), model.id <= last, is_later)
        return chosen.order_by(model.id.desc(), place).limit(limit)

    doubt = table("doubt", *map(column, DoubtView.model_fields), column("ordinal"))
    item = as_item(doubt, DoubtView)
    shown = (
        select(to_json(item), doubt.c.ordinal, doubt.c.id)
        .select_from(doubt.join(item, true()))
        .order_by(doubt.c.id.desc(), doubt.c.ordinal)
        .limit(limit)
    )
    return Statement(Written(shown).behind("doubt", OneByOne(map(first_of, resources().values()))))


def _counted(model: type[Resource]) -> Any:
    """The flags of one resource as rows of `_every`."""
    return (
        select(
            _code.label("code"),
            constant(model.__tablename__).label("resource"),
            model.id,
            _is_acknowledged.label("is_acknowledged"),
        )
        .select_from(model)
        .join(elements(model.flags, "flag"), true())
        .where(*_chosen(model))
    )


_every = table(
    "every", column("code"), column("resource"), column("id"), column("is_acknowledged", Boolean())
)


def _of_every(made: Select[Any]) -> Statement:
    counted = OneByOne(map(_counted, resources().values()))
    return Statement(Written(made).behind("every", counted))


@cache
def _count() -> Statement:
    return _of_every(select(func.count()).select_from(_every))


@cache
def _figures(grouping: DoubtGrouping) -> Statement:
    group = _every.c[grouping.value]
    return _of_every(
        select(
            func.grouping(group).label("is_total"),
            cast(group, Text).label("group"),
            func.count().label("flags"),
            func.count().filter(_every.c.is_acknowledged).label("acknowledged"),
            func.count(_every.c.id.distinct()).label("records"),
        )
        .group_by(func.grouping_sets(tuple_(group), tuple_()))
        .order_by(func.grouping(group).desc(), func.count().desc(), group)
    )


def _binds(ctx: Context, query: DoubtChoice) -> dict[str, Any]:
    chosen: dict[str, Any] = dict.fromkeys(DoubtChoice.model_fields) | query.chosen()
    among = readable(ctx, query.resource, resources())
    return {**chosen, "resources": among, **ctx.parameters}


async def doubts(ctx: Context, listing: DoubtListing) -> Rows:
    """One page of the flags of all records that the caller may see."""
    binds, given = _binds(ctx, listing), listing.chosen()
    id_, place = _LAST, 0
    if listing.cursor is not None:
        id_, place = place_of(*unseal(listing.cursor, "data-quality", given))
    statement = _page(is_stranger=ctx.actor.is_anonymous)
    rows = await statement.fetch(
        ctx.reader, **binds, cursor_id=id_, cursor_place=place, limit=listing.limit + 1
    )
    total = (await _count().fetch(ctx.reader, **binds))[0][0] if listing.count else None
    return page_of(rows, listing.limit, total, "data-quality", given)


async def doubt_figures(ctx: Context, query: DoubtFiguresQuery) -> DoubtFigures:
    """How many flags there are, in all and by group."""
    rows = await _figures(query.group_by).fetch(ctx.reader, **_binds(ctx, query))
    counts = [
        DoubtCount(
            group=row["group"],
            href=list_address("data-quality", **query.chosen() | of_group(query, row)),
            **{name: row[name] for name in ("flags", "acknowledged", "records")},
        )
        for row in rows
    ]
    return DoubtFigures(total=counts[0], items=counts[1:])


@cache
def _one(model: type[Resource]) -> Statement:
    wanted = [
        model.id == bindparam("id", type_=Uuid()),
        _code == bindparam("code", type_=Text()),
        _origin == bindparam("origin", type_=Text()),
        model.is_seen(),
    ]
    row = _doubts(model, is_stranger=False).where(*wanted).limit(1).subquery("row")
    item = as_item(row, DoubtView)
    return Statement(select(row.c.version, to_json(item)).select_from(row.join(item, true())))


async def doubt(ctx: Context, model: type[Resource], id_: UUID, code: str, origin: str) -> Item:
    """One flag of a record that is there."""
    rows = await _one(model).fetch(ctx.reader, id=id_, code=code, origin=origin, **ctx.parameters)
    ((version, body),) = rows
    return Item(id_, version, body)
