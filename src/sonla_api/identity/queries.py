"""Looking up a credential, and which agencies lie below its own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, column, func, select, table, update

from sonla_api.identity.models import ApiKey
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

find_key = Statement(
    select(
        ApiKey.id,
        ApiKey.digest,
        ApiKey.role,
        ApiKey.scopes,
        ApiKey.agency_id,
        ApiKey.expires_at,
        ApiKey.last_used_at,
        func.array(select(_below.c.id).scalar_subquery()).label("agencies"),
        select(_agencies.c.valid_to)
        .where(_agencies.c.id == ApiKey.agency_id)
        .scalar_subquery()
        .label("agency_ends_on"),
    ).where(ApiKey.prefix == bindparam("prefix"), ApiKey.revoked_at.is_(None))
)


async def note_use(database: Database, key_id: UUID, at: datetime) -> None:
    """Note when a key was last used."""
    async with database.transaction({"actor_id": ""}) as transaction:
        await _used.fetch(transaction, id=key_id, at=at)


_used = Statement(
    update(ApiKey)
    .where(ApiKey.id == bindparam("id", type_=ApiKey.id.type))
    .values(last_used_at=bindparam("at", type_=ApiKey.last_used_at.type))
)
