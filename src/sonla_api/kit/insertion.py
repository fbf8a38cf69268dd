"""How a new record is written: one statement, which also builds the answer and keeps it.

Where that is all that a request writes, the statement is the whole transaction too: it says who
acts and claims the Idempotency-Key, and takes one round trip to the database in place of three.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Text,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    true,
)
from sqlalchemy.orm import aliased

from sonla_api.kit.context import WriteContext
from sonla_api.kit.database import WHO
from sonla_api.kit.idempotency import held_values, is_unused, keeping
from sonla_api.kit.model import constant
from sonla_api.kit.records import Item, Records
from sonla_api.kit.shapes import as_item, to_json
from sonla_api.kit.statement import Statement

Conditions = tuple[ColumnElement[bool], ...]


async def insert_one(
    ctx: WriteContext,
    records: Records,
    values: Mapping[str, Any],
    conditions: Conditions,
    **binds: Any,
) -> Item | None:
    """A new row with these values, as the caller sees it, kept with the Idempotency-Key.

    None where a condition does not hold, or where somebody else used the key meanwhile: nothing is
    written then.
    """
    held: dict[str, Any] = {}
    if ctx.key:
        held = held_values(ctx.key, f"{ctx.key.route}/{values['id']}")
    names, alone = (*sorted(values),), ctx.transaction.alone
    made = _statement(records, names, conditions, is_kept=bool(held), is_alone=alone is not None)
    given = {**values, **binds, **held, **records.binds(ctx), **ctx.transaction.who}
    for id_, version, body in await made.fetch(alone or ctx.reader, **given):
        return Item(id_, version, body, is_kept=True)
    return None


@lru_cache(maxsize=256)
def _statement(
    records: Records,
    names: tuple[str, ...],
    conditions: Conditions,
    *,
    is_kept: bool,
    is_alone: bool,
) -> Statement:
    """What is shown is found from the row that was written, before it is in the table."""
    table = records.model.__table__
    given = select(*(bindparam(name, type_=table.c[name].type) for name in names))
    if is_alone:
        given = given.select_from(_acting(is_held=is_kept))
    new = insert(table).from_select(names, given.where(*conditions), include_defaults=False)
    made = aliased(records.model, new.returning(table).cte("made"))
    columns = records.columns(is_stranger=False, of=made, is_one=True)
    shown = select(*columns, made.id, made.version)
    row = shown.select_from(records.rows(of=made)).subquery("row")
    item = as_item(row, records.view)
    *_, id_, version = row.c
    body = to_json(item).label("body")
    answer = select(id_, version.label("version"), body).select_from(row.join(item, true()))
    written = answer.cte("answer")
    found = select(written)
    return Statement(found.add_cte(keeping(found).cte("kept")) if is_kept else found)


def _acting(*, is_held: bool) -> CTE:
    """One row, once the key is held; none if it was used. Read before the new row is written."""
    settings = (
        func.set_config(constant(setting), bindparam(name, type_=Text()), literal_column("true"))
        for name, setting in WHO.items()
    )
    acting = select(*(setting.label(None) for setting in settings))
    return (acting.where(is_unused) if is_held else acting).cte("acting")
