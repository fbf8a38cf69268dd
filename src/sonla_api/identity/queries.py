"""Looking up a credential, and which agencies lie below its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, column, func, select, table, update

from sonla_api.identity.models import AnyKey, ApiKey, CalendarKey
from sonla_api.kit.database import Database
from sonla_api.kit.statement import Statement

_agencies = table(
    "agencies", column("id", ApiKey.agency_id.type), column("parent_id"), column("valid_to")
)
_below = (
    select(_agencies.c.id)
    .where(_agencies.c.id == ApiKey.agency_id)
    .correlate(ApiKey)
    .cte("below", recursive=True, nesting=True)
)
_below = _below.union(select(_agencies.c.id).where(_agencies.c.parent_id == _below.c.id))


def _find(key: Any) -> Select[Any]:
    """The API key behind a key of either kind: who acts by it, and until when it holds."""
    return select(
        ApiKey.id,
        key.id.label("key_id"),
        key.digest,
        ApiKey.role,
        ApiKey.scopes,
        ApiKey.agency_id,
        ApiKey.expires_at,
        key.last_used_at,
        func.array(select(_below.c.id).scalar_subquery()).label("agencies"),
        select(_agencies.c.valid_to)
        .where(_agencies.c.id == ApiKey.agency_id)
        .scalar_subquery()
        .label("agency_ends_on"),
    ).where(key.prefix == bindparam("prefix"), key.revoked_at.is_(None))


find_key = Statement(_find(ApiKey))
find_calendar_key = Statement(
    _find(CalendarKey)
    .join(ApiKey, ApiKey.id == CalendarKey.api_key_id)
    .where(ApiKey.revoked_at.is_(None))
)


async def note_use(database: Database, kind: type[AnyKey], key_id: UUID, at: datetime) -> None:
    """Note when a key was last used."""
    async with database.transaction({"actor_id": ""}) as transaction:
        await _used[kind].fetch(transaction, id=key_id, at=at)


_used = {
    kind: Statement(
        update(kind)
        .where(kind.id == bindparam("id", type_=ApiKey.id.type))
        .values(last_used_at=bindparam("at", type_=ApiKey.last_used_at.type))
    )
    for kind in (ApiKey, CalendarKey)
}
