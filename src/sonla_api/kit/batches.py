"""Many new records in one request: each stands or is refused by itself.

Whatever is asked or written is one statement for all, so their number does not matter.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Text, UniqueConstraint, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from sonla_api.kit import flags
from sonla_api.kit.context import WriteContext
from sonla_api.kit.faults import of_rule
from sonla_api.kit.mentions import UNKNOWN, all_references, known_places
from sonla_api.kit.model import Resource, Visibility
from sonla_api.kit.owners import owners_of_new
from sonla_api.kit.problems import FieldError, Invalid, Problem
from sonla_api.kit.schema import ResourceBody
from sonla_api.kit.statement import Statement
from sonla_api.kit.store import drafted

Values = dict[str, Any]
Answers = dict[int, UUID | Problem]


async def create_each(
    ctx: WriteContext, model: type[Resource], bodies: Mapping[int, ResourceBody]
) -> Answers:
    """By its number, the id of each new record, or why there is none."""
    answers, drafts = await _drafted(ctx, model, bodies)
    answers |= await _unreferred(ctx, model, drafts)
    writable = {row: values for row, values in drafts.items() if row not in answers}
    made = await _inserted(ctx, model, [*writable.values()])
    answers |= {row: values["id"] for row, values in writable.items() if values["id"] in made}
    doubles = {row: values for row, values in writable.items() if row not in answers}
    return answers | (await _doubled(ctx, model, doubles) if doubles else {})


async def _drafted(
    ctx: WriteContext, model: type[Resource], bodies: Mapping[int, ResourceBody]
) -> tuple[Answers, dict[int, Values]]:
    """Those that have an owner who may have them, and those that have not."""
    owners = await owners_of_new(ctx, {body.owner_agency_id for body in bodies.values()})
    answers: Answers = {}
    drafts: dict[int, Values] = {}
    for row, body in bodies.items():
        owner = owners[body.owner_agency_id]
        if isinstance(owner, Problem):
            answers[row] = owner
        elif owner is None and body.visibility is Visibility.agency:
            answers[row] = of_rule(model.__tablename__, f"ck_{model.__tablename__}_owner_agency_id")
        else:
            values = drafts[row] = drafted(ctx, model, body, owner_agency_id=owner)
            values["flags"] = flags.ruled(values["flags"], flags.of_printed(values))
    return answers, drafts


async def _unreferred(
    ctx: WriteContext, model: type[Resource], drafts: Mapping[int, Values]
) -> Answers:
    """Those that refer to what does not exist, or may not be seen by the caller."""
    named = {row: all_references(model, values) for row, values in drafts.items()}
    known = await known_places(ctx, [it for found in named.values() for it in found])
    errors = {
        row: [
            FieldError(it.pointer, "reference", UNKNOWN)
            for it in found
            if (it.table, it.id) not in known
        ]
        for row, found in named.items()
    }
    return {row: Invalid(errors=wrong) for row, wrong in errors.items() if wrong}


async def _inserted(ctx: WriteContext, model: type[Resource], rows: Sequence[Values]) -> set[UUID]:
    """The ids of those that came to stand; of two that are one, the first."""
    if not rows:
        return set()
    as_json = [{n: _plain(value) for n, value in values.items()} for values in rows]
    made = _insert(model.__tablename__, (*sorted(rows[0]),))
    return {row["id"] for row in await made.fetch(ctx.reader, rows=as_json)}


def _plain(value: Any) -> Any:
    """What JSON has no word for, as PostgreSQL reads it."""
    return value if isinstance(value, dict | list | str | int | None) else str(value)


@lru_cache(maxsize=16)
def _insert(table: str, names: tuple[str, ...]) -> Statement:
    columns = ", ".join(f'"{name}"' for name in names)
    made = text(
        f"insert into {table} ({columns})"  # noqa: S608  names of our own
        f" select {columns} from jsonb_populate_recordset(null::{table}, :rows)"
        " on conflict do nothing returning id"
    )
    return Statement(made.bindparams(bindparam("rows", type_=JSONB())))


async def _doubled(ctx: WriteContext, model: type[Resource], rows: Mapping[int, Values]) -> Answers:
    """Those that stand already, or twice in the request."""
    keys = [values["key"] for values in rows.values() if values["key"]]
    taken = {key for (key,) in await _keys(model).fetch(ctx.reader, keys=keys)}
    return {
        row: _double(model, is_key_taken=values["key"] in taken) for row, values in rows.items()
    }


@lru_cache(maxsize=16)
def _keys(model: type[Resource]) -> Statement:
    return Statement(
        select(model.key).where(model.key == any_(bindparam("keys", type_=ARRAY(Text))))
    )


def _double(model: type[Resource], *, is_key_taken: bool) -> Problem:
    """Which of the two rules is broken that a table has: its key, and what makes records one."""
    rules = {
        tuple(rule.columns.keys()): str(rule.name)
        for rule in model.metadata.tables[model.__tablename__].constraints
        if isinstance(rule, UniqueConstraint)
    }
    of_key = rules.pop(("key",))
    return of_rule(model.__tablename__, of_key if is_key_taken else next(iter(rules.values())))
