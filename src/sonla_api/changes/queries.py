"""The change log as the history of one record and as a feed of all."""

import json
import re
from contextlib import suppress
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Text,
    any_,
    bindparam,
    case,
    cast,
    column,
    func,
    null,
    or_,
    select,
    table,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as Uuid

from sonla_api.changes.models import Action, Change, FeedEpoch, Xid8
from sonla_api.changes.schemas import ChangeView, FeedEventView, Following
from sonla_api.kit.context import Context
from sonla_api.kit.cursors import Rows
from sonla_api.kit.listing import Listing
from sonla_api.kit.mentions import known_among, references
from sonla_api.kit.model import Resource, constant
from sonla_api.kit.problems import Gone, Moved, PositionLost
from sonla_api.kit.records import Records
from sonla_api.kit.shapes import as_item, json_object, to_json
from sonla_api.kit.statement import Statement
from sonla_api.kit.tombstones import Tombstone

_known = bindparam("resources", type_=Text())
_about = cast(_known, JSONB)[Change.resource]
"""What the feed knows of a resource: the name of one, its address, its internal fields."""


@cache
def _resources(*, is_stranger: bool) -> str:
    return json.dumps(
        {
            model.__tablename__: {
                "one": re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower(),
                "path": model.__tablename__.replace("_", "-"),
                "hidden": sorted(model.internal) if is_stranger else [],
            }
            for model in Resource.__subclasses__()
        }
    )


def _parameters(ctx: Context) -> dict[str, str]:
    return {"resources": _resources(is_stranger=ctx.actor.is_anonymous)}


def _each_field(shown: Any) -> ColumnElement[Any]:
    """An array over the fields that differ, without those hidden from this caller."""
    names = func.jsonb_object_keys(Change.before.op("||")(Change.after)).table_valued("name")
    is_hidden = _about["hidden"].bool_op("?")(names.c.name)
    made = func.json_agg(shown(names.c.name)).filter(~is_hidden)
    return func.coalesce(select(made).select_from(names).scalar_subquery(), func.json_build_array())


_keys = table("api_keys", column("id"), column("name"))
_was_shown = or_(Change.action == constant(Action.created), Change.was_seen())
_actor = (
    select(json_object(id=_keys.c.id, name=_keys.c.name))
    .where(_keys.c.id == Change.actor_id)
    .scalar_subquery()
)
changes = Records(
    Change,
    ChangeView,
    _parameters,
    actor=lambda _: _actor,
    fields=lambda _: _each_field(
        lambda name: json_object(
            field=name,
            before=case((_was_shown, Change.before.op("->")(name)), else_=null()),
            after=Change.after.op("->")(name),
        )
    ),
)


class HistoryListing(Listing):
    orders: ClassVar = {"at": Change.at}
    sort: str = "-at"


async def history(ctx: Context, records: Records, id_: UUID, listing: HistoryListing) -> Rows:
    """Who changed what of a record, newest first; of a removed one too, for who could see it."""
    with suppress(Gone, Moved):
        await records.item(ctx, id_)
    table = records.model.__tablename__
    rows = await changes.page(ctx, listing, resource=table, record_id=id_)
    return rows._replace(bodies=await _without_unseen(ctx, records.model, rows.bodies))


async def _without_unseen(ctx: Context, model: Any, bodies: list[bytes]) -> list[bytes]:
    """Null for each reference to a record that the caller may not see, as in the record itself;
    for a stranger also for who acknowledged a flag.

    What was removed since is named to who could see it.
    """
    read = [json.loads(body) for body in bodies]
    is_signed = ctx.actor.is_anonymous and any([*map(_take_signature, read)])
    named = [
        reference
        for change in read
        for field in change["fields"]
        for side in ("before", "after")
        for reference in references(model, field["field"], field, side)
    ]
    known = await known_among(ctx, named)
    if unknown := {it.id for it in named} - known:
        for (id_,) in await _removed.fetch(ctx.reader, ids=[*unknown], **ctx.actor.parameters):
            unknown.discard(id_)
    hidden = [it for it in named if it.id in unknown]
    for it in hidden:
        it.holder[it.key] = None
    return (
        [json.dumps(change, ensure_ascii=False).encode() for change in read]
        if hidden or is_signed
        else bodies
    )


def _take_signature(change: dict[str, Any]) -> bool:
    """Whether a change told who acknowledged a flag; it does not any more."""
    said = [
        flag["acknowledged"]
        for field in change["fields"]
        if field["field"] == "flags"
        for side in ("before", "after")
        for flag in field[side] or []
        if flag["acknowledged"]
    ]
    for acknowledgement in said:
        acknowledgement["by"] = None
    return bool(said)


_removed = Statement(
    select(Tombstone.id).where(
        Tombstone.id == any_(bindparam("ids", type_=ARRAY(Uuid))), Tombstone.is_seen()
    )
)


_dash = constant("-")
_is_settled = or_(
    Change.epoch < select(func.max(FeedEpoch.epoch)).scalar_subquery(),
    Change.xid < func.pg_snapshot_xmin(func.pg_current_snapshot()),
)
_after = tuple_(
    bindparam("after_epoch", type_=Integer()),
    cast(bindparam("after_xid", type_=Text()), Xid8),
    bindparam("after_id", type_=BigInteger()),
)
_position = tuple_(Change.epoch, Change.xid, Change.id)
_known_position = Statement(select(Change.id).where(_position == _after))
_action = case(
    (~Change.is_seen(), constant(Action.deleted)),
    (~_was_shown, constant(Action.created)),
    else_=cast(Change.action, Text),
)
_path = func.concat(_about["path"].astext, constant("/"), Change.record_id)
_events = (
    select(
        func.concat(Change.epoch, _dash, Change.xid, _dash, Change.id).label("id"),
        constant("1.0").label("specversion"),
        constant("/api/v1").label("source"),
        func.concat(
            constant("vn.gov.sonla."), _about["one"].astext, constant("."), _action, constant(".v1")
        ).label("type"),
        _path.label("subject"),
        Change.at.label("time"),
        json_object(
            id=Change.record_id,
            version=Change.version,
            changed=case(
                (Change.is_seen(), _each_field(lambda name: name)), else_=func.json_build_array()
            ),
            href=func.concat(constant("/api/v1/"), _path),
        ).label("data"),
    )
    .where(_is_settled, _position > _after, or_(Change.is_seen(), Change.was_seen()))
    .order_by(Change.epoch, Change.xid, Change.id)
    .limit(bindparam("limit", type_=Integer()))
    .subquery("first")
)
_item = as_item(_events, FeedEventView)
_feed = Statement(select(to_json(_item), _events.c.id).select_from(_events.join(_item, true())))


async def feed(ctx: Context, follower: Following) -> Rows:
    """What was committed after a position, each once, nothing skipped.

    A row whose transaction is still open, or began before one that is, waits: it would appear
    behind the follower. A record that the caller may no longer see is told as a deletion.
    """
    epoch, xid, id_ = follower.after.split("-")
    # PostgreSQL would read a number that begins with 0 as octal.
    position = {"after_epoch": int(epoch), "after_xid": str(int(xid)), "after_id": int(id_)}
    rows = await _feed.fetch(
        ctx.reader, **position, limit=follower.limit, **ctx.parameters, **_parameters(ctx)
    )
    # Where it comes to a new epoch, a restore may have lost the last change that it knows of.
    comes_to_another = rows and int(epoch) and not rows[0][1].startswith(f"{int(epoch)}-")
    if comes_to_another and not await _known_position.fetch(ctx.reader, **position):
        raise PositionLost
    after = rows[-1][1] if rows else follower.after
    return Rows([row[0] for row in rows], after, None)
