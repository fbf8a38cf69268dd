"""What points to a partner, found from the foreign keys, and how it is made to point elsewhere."""

from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, text, update

from sonla_api.kit.context import WriteContext
from sonla_api.kit.mentions import Mention
from sonla_api.kit.model import Model, Resource
from sonla_api.kit.tombstones import Tombstone
from sonla_api.partners.models import Partner

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
