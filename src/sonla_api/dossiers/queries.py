"""What points to a partner, found from the foreign keys: how it is made to point elsewhere, and
when it all was.
"""

from functools import cache
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    Date,
    Integer,
    Text,
    any_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    or_,
    select,
    text,
    true,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE
from sqlalchemy.dialects.postgresql import UUID as Uuid

from sonla_api.agreements.models import Agreement
from sonla_api.delegations.models import Delegation
from sonla_api.dossiers.schemas import DeedView
from sonla_api.events.models import Event
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.cursors import Rows, dated, page_of, unseal
from sonla_api.kit.filters import period_range
from sonla_api.kit.listing import Paging
from sonla_api.kit.mentions import Mention, target_of
from sonla_api.kit.model import Model, Resource, constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.shapes import as_item, to_json
from sonla_api.kit.statement import Statement
from sonla_api.kit.titles import href, one_of_resources, readable, title
from sonla_api.kit.tombstones import Tombstone
from sonla_api.notice_acknowledgements.models import NoticeAcknowledgement
from sonla_api.notices.models import Notice
from sonla_api.notices.queries import is_among_all
from sonla_api.partner_relations.models import PartnerRelation
from sonla_api.partners.models import Partner
from sonla_api.partners.queries import partners
from sonla_api.projects.models import Project
from sonla_api.transactions.models import Transaction

_REPOINT = """
update {table} set {field} = case jsonb_typeof({field})
when 'object' then jsonb_set({field}, '{{{column}}}', to_jsonb(cast(:new as text)))
else (
    select jsonb_agg(element order by place)
    from (
        select distinct on (element, apart) element, place
        from (
            select case when is_old then jsonb_set(was, '{{{column}}}', to_jsonb(new)) else was end
                   as element,
                   case when is_old or was ->> '{column}' = new then 0 else place end as apart,
                   place
            from jsonb_array_elements({field}) with ordinality as elements (was, place),
                 cast(:new as text) as new,
                 lateral (select was ->> '{column}' = cast(:old as text)) as said (is_old)
        ) as pointed
        order by element, apart, place
    ) as each_once
) end
where id in (select record_id from mentions where resource = :table and field = :field
             and {column} = cast(:old as uuid))
"""


async def repoint(ctx: WriteContext, model: type[Resource], old: UUID, new: UUID) -> None:
    """Let everything that refers to `old` refer to `new`, in columns and inside JSON."""
    for table in Model.metadata.sorted_tables:
        for column in table.c:
            if not any(key.column.table is model.__table__ for key in column.foreign_keys):
                continue
            if table is Mention.__table__:
                await _repoint_json(ctx, column.name, old, new)
            else:
                moved = update(table).where(column == old).values({column.name: new})
                await ctx.session.execute(moved)


async def _repoint_json(ctx: WriteContext, column: str, old: UUID, new: UUID) -> None:
    """A list that named both names the survivor once."""
    named = select(Mention.resource, Mention.field).where(Mention.__table__.c[column] == old)
    for table, field in (await ctx.session.execute(named.distinct())).all():
        binds: dict[str, Any] = {"old": str(old), "new": str(new), "table": table, "field": field}
        statement = _REPOINT.format(table=table, field=field, column=column)
        await ctx.session.execute(text(statement), binds)


async def lies_below(ctx: WriteContext, low: UUID, high: UUID) -> bool:
    """Whether a partner is a part of another, at any depth."""
    start = select(Partner.parent_id).where(Partner.id == low).cte("above", recursive=True)
    above = start.union(select(Partner.parent_id).where(Partner.id == start.c.parent_id))
    found = await ctx.session.scalar(select(exists().where(above.c.parent_id == high)))
    return bool(found)


async def lead_on(ctx: WriteContext, old: UUID, new: UUID) -> None:
    """Let the address of a removed record lead to its survivor, and those that led to it too."""
    is_meant = (Tombstone.id == old) | (Tombstone.successor_id == old)
    await ctx.session.execute(update(Tombstone).where(is_meant).values(successor_id=new))


class Deed(NamedTuple):
    """A resource whose records may name partners: what kind each is, and when it was.

    `only`: those that came about; `also`: those that are about the partner in bind `id` without
    naming it.
    """

    model: type[Resource]
    kind: Any
    when: Any
    days: Any
    only: Any = true()
    also: Any = false()


A = Agreement
_is_dated = A.effective_days.is_not(None)


def _on_day(day: Any) -> tuple[Any, Any]:
    """A day as what happened is told, and in days."""
    return func.to_jsonb(day), func.daterange(day, day, constant("[]"), type_=DATERANGE)


_id = bindparam("id", type_=Uuid())
_to_all = exists().where(Partner.id == _id, is_among_all(Notice, Partner))
DEEDS = (
    Deed(
        A,
        A.kind,
        case((_is_dated, A.effective), else_=func.coalesce(A.signed_on, A.effective)),
        func.coalesce(A.effective_days, A.signed_days),
    ),
    Deed(Delegation, Delegation.direction, Delegation.when, Delegation.when_days),
    Deed(Event, Event.kind, Event.when, Event.when_days),
    Deed(PartnerRelation, PartnerRelation.kind, PartnerRelation.valid, PartnerRelation.valid_days),
    Deed(Project, Project.kind, Project.period, Project.period_days),
    Deed(Transaction, Transaction.type, Transaction.on, Transaction.on_days),
    Deed(Notice, Notice.topic, *_on_day(Notice.sent_on), Notice.sent_on.is_not(None), _to_all),
    Deed(
        NoticeAcknowledgement,
        NoticeAcknowledgement.means,
        *_on_day(NoticeAcknowledgement.acknowledged_on),
    ),
)
"""What a timeline shows; by which fields it names partners is found from the model."""


def _told_of() -> list[str]:
    return sorted(deed.model.__tablename__ for deed in DEEDS)


class TimelineQuery(Paging):
    period: Annotated[PeriodFilter | None, Field(description="What overlaps this period.")] = None
    resource: Annotated[
        list[Annotated[str, one_of_resources(_told_of)]],
        Field(max_length=100, description="Only these; all where none is named."),
    ] = []


_is_there = exists().where(Partner.id == _id, Partner.is_seen())
_LATEST = "infinity", UUID(int=2**128 - 1)
"""Behind all days and all ids, where the first page begins."""
_NEVER = constant("-infinity")


def _names(model: type[Resource], *, is_stranger: bool) -> Any:
    """Whether a row names the partner, in a column or in a list; not where that is hidden."""
    hidden = model.internal if is_stranger else ()
    shown = [column for column in model.__table__.c if column.name not in hidden]
    named = [column == _id for column in shown if target_of(column) == Partner.__tablename__]
    fields = [
        field
        for field, paths in model.cites.items()
        if field not in hidden and any(path.endswith("partner_id") for path in paths)
    ]
    if fields:
        mentioning = select(Mention.record_id).where(
            Mention.partner_id == _id,
            Mention.resource == constant(model.__tablename__),
            Mention.field.in_([constant(field) for field in fields]),
        )
        named.append(model.id.in_(mentioning))
    return or_(*named)


def _done(*, is_stranger: bool) -> list[Any]:
    """What was done with the partner in bind `id`, a part for each resource.

    It stands where it began, or ended if its beginning is not known; what has no day at all, last.
    """
    parts: list[Any] = []
    for deed in DEEDS:
        model, days = deed.model, deed.days
        named = or_(_names(model, is_stranger=is_stranger), deed.also)
        values = {
            "resource": constant(model.__tablename__),
            "kind": cast(deed.kind, Text),
            "id": model.id,
            "href": href(model),
            "title": title(model),
            "when": deed.when,
        }
        day = func.coalesce(func.lower(days), func.upper(days), cast(_NEVER, Date))
        columns = [values[name].label(name) for name in DeedView.model_fields]
        is_asked = constant(model.__tablename__) == any_(bindparam("resources", type_=ARRAY(Text)))
        is_dated = or_(
            bindparam("is_any_time"),
            func.coalesce(days.bool_op("&&")(period_range("period")), False),
        )
        parts.append(
            select(*columns, day.label("day")).where(
                is_asked, _is_there, named, model.is_seen(), is_dated, deed.only
            )
        )
    return parts


@cache
def _timeline(*, is_stranger: bool) -> Statement:
    limit = bindparam("limit", type_=Integer())
    after = tuple_(
        cast(bindparam("cursor_day", type_=Text()), Date), bindparam("cursor_id", type_=Uuid())
    )
    pages = []
    for part in _done(is_stranger=is_stranger):
        found = part.subquery()
        later = select(found).where(tuple_(found.c.day, found.c.id) < after)
        pages.append(later.order_by(found.c.day.desc(), found.c.id.desc()).limit(limit))
    row = union_all(*pages).subquery("row")
    item = as_item(row, DeedView)
    return Statement(
        select(to_json(item), cast(row.c.day, Text), row.c.id)
        .select_from(row.join(item, true()))
        .order_by(row.c.day.desc(), row.c.id.desc())
        .limit(limit)
    )


@cache
def _done_in_all(*, is_stranger: bool) -> Statement:
    every = union_all(*_done(is_stranger=is_stranger)).subquery()
    return Statement(select(func.count()).select_from(every))


async def timeline(ctx: Context, id_: UUID, query: TimelineQuery) -> Rows:
    """What was done with a partner, the latest first, as far as the caller sees it."""
    given = {"period": query.period, "resource": query.resource, "of": id_}
    first, end = query.period.days if query.period else (None, None)
    binds = {
        "id": id_,
        "resources": readable(ctx, query.resource, _told_of()),
        "is_any_time": query.period is None,
        "period_first": first,
        "period_end": end,
        **ctx.parameters,
    }
    day, last = _LATEST
    if query.cursor is not None:
        day, last = dated(*unseal(query.cursor, "timeline", given))
    is_stranger = ctx.actor.is_anonymous
    rows = await _timeline(is_stranger=is_stranger).fetch(
        ctx.reader, **binds, cursor_day=day, cursor_id=last, limit=query.limit + 1
    )
    if not rows:
        await partners.item(ctx, id_)  # it may not be there at all
    total = None
    if query.count:
        ((total,),) = await _done_in_all(is_stranger=is_stranger).fetch(ctx.reader, **binds)
    return page_of(rows, query.limit, total, "timeline", given)
