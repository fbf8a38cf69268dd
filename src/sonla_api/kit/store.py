"""How records are written: SQLAlchemy's unit of work, flushed at once so that errors come in order.

A resource without rules of its own calls these from its endpoints; one with rules has a service
that does.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Text,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as Uuid
from uuid_utils.compat import uuid7

from sonla_api.kit import flags
from sonla_api.kit.context import WriteContext
from sonla_api.kit.insertion import insert_one
from sonla_api.kit.mentions import (
    UNKNOWN,
    all_references,
    all_seen,
    by_table,
    check_references,
)
from sonla_api.kit.model import OWNER, Model, Resource
from sonla_api.kit.owners import give, owner_of_new
from sonla_api.kit.patches import merged
from sonla_api.kit.problems import (
    Busy,
    FieldError,
    Gone,
    InUse,
    Invalid,
    NotFound,
    NotYours,
    StaleVersion,
)
from sonla_api.kit.records import Item, Records
from sonla_api.kit.schema import Body, ResourceBody
from sonla_api.kit.text import Message
from sonla_api.kit.tombstones import missing
from sonla_api.kit.wording import of_validation

R = TypeVar("R", bound=Resource)
Expected = frozenset[int] | None
"""The versions an `If-Match` names; None stands for `*`."""

Judge = Callable[[WriteContext, UUID | None, dict[str, Any]], Awaitable[Mapping[str, Message]]]
"""Plausibility rules of a resource: from a record's id and values, the flags that they raise."""


class Guard(NamedTuple):
    """A rule that holds in the statement that writes, and who says what broke it."""

    condition: ColumnElement[bool]
    binds: dict[str, Any]
    explain: Callable[[], Awaitable[None]]


async def load(
    ctx: WriteContext, model: type[R], id_: UUID, expected: Expected, *, is_leaving: bool = False
) -> R:
    """The record to change, locked, if the actor may see and write it and nobody changed it.

    Others may refer to it meanwhile, unless it is to be removed.
    """
    record, _ = await load_acting(ctx, model, id_, expected, (OWNER,), is_leaving=is_leaving)
    return record


async def load_acting(  # noqa: PLR0913  `load` with one word more
    ctx: WriteContext,
    model: type[R],
    id_: UUID,
    expected: Expected,
    wanted: Collection[str] = (),
    *,
    is_leaving: bool = False,
) -> tuple[R, Collection[str]]:
    """`load`, for whoever is one of what is wanted to the record, by `acts_as`; none: anything.

    Answers also what of it the actor is.
    """
    acting = model.acts_as()
    names = wanted or acting
    visible = select(model, *(acting[name] for name in names)).where(
        model.id == id_, model.is_seen(), turn(model.id).is_not(None)
    )
    locked = visible.with_for_update(key_share=not is_leaving)
    found = await ctx.session.execute(locked, dict(ctx.actor.parameters))
    row = found.one_or_none()
    if row is None:
        return await missing(ctx, model.__tablename__, id_)
    record, *is_one = row
    if not any(is_one):
        raise NotYours
    if expected is not None and record.version not in expected:
        raise StaleVersion(version=record.version)
    return record, [name for name, is_it in zip(names, is_one, strict=True) if is_it]


def turn(id_: Any) -> ColumnElement[Any]:
    """Waits until nobody else writes the record with this id, and holds it to the end.

    Writers of a record take turns before they have a transaction number: the feed is in the order
    of numbers, and would tell a deletion before the change that went ahead of it.
    """
    return func.pg_advisory_xact_lock(func.hashtextextended(cast(id_, Text), 0))


async def whole_of(
    ctx: WriteContext, model: type[R], id_: UUID, pointer: str, wanted: Collection[str] = (OWNER,)
) -> R:
    """The record that a new one is to be a part of, in its turn: who adds must be of its own."""
    try:
        record, _ = await load_acting(ctx, model, id_, None, wanted)
    except (NotFound, Gone) as error:
        raise Invalid(errors=[FieldError(pointer, "reference", UNKNOWN)]) from error
    return record


async def hold(ctx: WriteContext, model: type[R], ids: Collection[UUID]) -> Sequence[R]:
    """Records that a rule may change on writing others, locked, whoever may see and write them.

    Whatever another transaction wrote before it let go of them is seen from here on.
    """
    await take_turns(ctx, ids)
    wanted = select(model).where(model.id.in_(ids)).order_by(model.id)
    locked = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await ctx.session.scalars(locked)).all()


async def take_turns(ctx: WriteContext, ids: Collection[UUID]) -> None:
    """`turn` for several records, in one order, so that nobody waits for each other."""
    each = func.unnest(literal(sorted(ids), ARRAY(Uuid))).column_valued("held")
    await ctx.session.execute(select(turn(each)))


async def create(
    ctx: WriteContext,
    records: Records,
    body: ResourceBody,
    judge: Judge | None = None,
    guard: Guard | None = None,
    **fixed: Any,
) -> Item:
    """A new record owned by the caller's agency; `fixed` sets what no caller may.

    Whether what it refers to is there is asked by the statement that writes it, and once more only
    to say what is missing.
    """
    model = records.model
    values = drafted(ctx, model, body, **fixed)
    if "owner_agency_id" not in fixed:
        values["owner_agency_id"] = await owner_of_new(ctx, values["owner_agency_id"])
    found = flags.of_printed(values) | dict(await judge(ctx, None, values) if judge else {})
    if found:
        values["flags"] = flags.ruled(values["flags"], found)
    named = all_references(model, values)
    wanted = by_table(named)
    conditions = _all_seen(tuple(wanted)) + ((guard.condition,) if guard else ())
    binds = {f"in_{table}": ids for table, ids in wanted.items()} | (guard.binds if guard else {})
    if item := await insert_one(ctx, records, values, conditions, **binds):
        return item
    await check_references(ctx, named)
    if guard:
        await guard.explain()
    raise Busy  # what was missing has come meanwhile


def drafted(
    ctx: WriteContext, model: type[Resource], body: ResourceBody, **fixed: Any
) -> dict[str, Any]:
    """The columns of a new record, as far as nothing has to be asked for them."""
    values = {"id": uuid7(), **_defaults(model), **_values(model, body), **fixed}
    values["flags"] = flags.written(values["flags"], [])
    values["created_by"] = values["updated_by"] = ctx.actor.id
    return values


async def update(  # noqa: PLR0913, PLR0917  all that a change consists of
    ctx: WriteContext,
    model: type[R],
    id_: UUID,
    expected: Expected,
    whole: type[ResourceBody],
    patch: Body,
    judge: Judge | None = None,
    **fixed: Any,
) -> R:
    """Merge a patch (RFC 7396) into the record; what comes out must be valid as a whole."""
    record = await load(ctx, model, id_, expected)
    changed = patch.model_dump(mode="json", exclude_unset=True)
    now = {name: getattr(record, name) for name in whole.model_fields}
    now["flags"] = flags.given(record.flags)
    try:
        body = whole.model_validate(merged(now, changed))
    except ValidationError as error:
        raise of_validation(error.errors()) from error
    after = _values(model, body)
    values = {name: value for name, value in after.items() if name in changed}
    if "flags" in values:
        values["flags"] = flags.written(values["flags"], record.flags)
    if values.get("owner_agency_id", record.owner_agency_id) != record.owner_agency_id:
        await give(ctx, values["owner_agency_id"])
    await check_references(ctx, all_references(model, values))
    found = flags.of_printed(after) | dict(await judge(ctx, id_, after) if judge else {})
    looked_for = None if judge else flags.OF_PRINTED
    values["flags"] = flags.ruled(values.get("flags", record.flags), found, looked_for)
    await change(ctx, record, **values, **fixed)
    return record


async def change(ctx: WriteContext, record: Resource, **values: Any) -> None:
    """Set fields; a record in which nothing differs keeps its version."""
    for name, value in values.items():
        if getattr(record, name) != value:
            setattr(record, name, value)
    if ctx.session.is_modified(record):
        record.updated_at, record.updated_by = ctx.now, ctx.actor.id
        await ctx.session.flush()


async def delete(ctx: WriteContext, model: type[Resource], id_: UUID, expected: Expected) -> None:
    """Remove a record that nothing refers to; what does is named."""
    record = await load(ctx, model, id_, expected, is_leaving=True)
    if referred := await _referring(ctx, model, id_):
        raise InUse(referred_by=referred)
    await ctx.session.delete(record)
    await ctx.session.flush()


@cache
def _all_seen(tables: tuple[str, ...]) -> tuple[ColumnElement[bool], ...]:
    return (all_seen(tables),) if tables else ()


@cache
def _defaults(model: type[Resource]) -> dict[str, Any]:
    """What a new record has where nothing else is said: its version, its visibility, its state."""
    columns: Any = model.__table__.c
    return {c.name: c.default.arg for c in columns if c.default is not None and c.default.is_scalar}


def _values(model: type[Resource], body: BaseModel) -> dict[str, Any]:
    """The columns of a body: JSON as JSON, all else as Python has it."""
    as_json = body.model_dump(mode="json", include=_json_columns(model))
    return {name: as_json.get(name, getattr(body, name)) for name in type(body).model_fields}


@cache
def _json_columns(model: type[Resource]) -> set[str]:
    return {column.name for column in model.__table__.c if isinstance(column.type, JSONB)}


async def _referring(ctx: WriteContext, model: type[Resource], id_: UUID) -> list[dict[str, Any]]:
    """How many records of which resource refer to this one, found from the foreign keys."""
    parts: list[Any] = []
    for table in Model.metadata.tables.values():
        for column in table.c:
            if any(_points_at(model, key) for key in column.foreign_keys):
                of_record = "record_id" in table.c  # it says itself of which record it is a part
                name = table.c.resource if of_record else literal(table.name)
                record = table.c.record_id if of_record else table.c.id
                parts.append(select(name.label("name"), record.label("id")).where(column == id_))
    if not parts:
        return []
    every = union_all(*parts).subquery()
    counted = (
        select(every.c.name, func.count(every.c.id.distinct()))
        .where(every.c.id != id_)
        .group_by(every.c.name)
        .order_by(every.c.name)
    )
    found = await ctx.session.execute(counted)
    return [{"resource": name, "count": count} for name, count in found]


def _points_at(model: type[Resource], key: ForeignKey) -> bool:
    """Rows that go with the record are a part of it and hold it back no more."""
    return key.column.table is model.__table__ and key.ondelete != "CASCADE"
