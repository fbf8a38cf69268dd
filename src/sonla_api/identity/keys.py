"""What a key looks like and how it is checked; keys made, listed and revoked by `sonla keys`."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from sonla_api.identity.permissions import EVERY, Role

_SECRET = re.compile(r"sonla_([a-z2-7]{8})[a-z2-7]{32}")
_OF_CALENDAR = re.compile(r"cal_([a-z2-7]{8})[a-z2-7]{32}")


class KeyLine(NamedTuple):
    """A key as it is listed: everything but its secret."""

    prefix: str
    name: str
    role: str
    scopes: Sequence[str] | None
    agency: str | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class KeyRefusedError(ValueError):
    """A key cannot be made as asked; the text says why."""


def prefix_of(secret: str) -> str | None:
    """The public part of a key, by which it is looked up; None for what is no key."""
    found = _SECRET.fullmatch(secret)
    return found[1] if found else None


def calendar_prefix_of(secret: str) -> str | None:
    """The same of the key of a calendar; neither kind passes for the other."""
    found = _OF_CALENDAR.fullmatch(secret)
    return found[1] if found else None


def calendar_secret() -> tuple[str, str, bytes]:
    """A new key of a calendar: its prefix, the whole of it, and the digest that is kept."""
    prefix = _random(5)
    secret = f"cal_{prefix}{_random(20)}"
    return prefix, secret, _digest(secret)


def is_key(secret: str, digest: bytes) -> bool:
    """Whether this is the key behind the digest, compared in constant time."""
    return hmac.compare_digest(_digest(secret), digest)


def _random(size: int) -> str:
    return base64.b32encode(secrets.token_bytes(size)).decode().lower()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


async def create_key(  # noqa: PLR0913  a key has so many fields
    connection: "asyncpg.Connection[Any]",
    *,
    name: str,
    role: str,
    scopes: list[str] | None = None,
    agency: str | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Make a key and return its secret, which is stored nowhere. `agency`: its key or its id."""
    if role not in list(Role):
        raise KeyRefusedError(f"there is no role {role}; there are {', '.join(Role)}")
    if unknown := set(scopes or ()) - EVERY:
        raise KeyRefusedError(
            f"there is no scope {min(unknown)}; there are {', '.join(sorted(EVERY))}"
        )
    agency_id = await _agency(connection, agency) if agency else None
    prefix = _random(5)
    secret = f"sonla_{prefix}{_random(20)}"
    await connection.execute(
        "insert into api_keys (id, name, prefix, digest, role, scopes, agency_id, created_at,"
        " expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        uuid7(),
        name,
        prefix,
        _digest(secret),
        role,
        scopes,
        agency_id,
        datetime.now(UTC),
        expires_at,
    )
    return secret


async def list_keys(connection: "asyncpg.Connection[Any]") -> list[KeyLine]:
    """Every key, oldest first."""
    rows = await connection.fetch(
        "select k.prefix, k.name, k.role, k.scopes, coalesce(a.key, a.id::text), k.created_at,"
        " k.expires_at, k.last_used_at, k.revoked_at from api_keys k"
        " left join agencies a on a.id = k.agency_id order by k.created_at, k.id"
    )
    return [KeyLine(*row) for row in rows]


async def revoke_key(connection: "asyncpg.Connection[Any]", prefix: str) -> bool:
    """Revoke the key with this prefix, everywhere within five seconds; False if there is none."""
    done = await connection.execute(
        "update api_keys set revoked_at = $2 where prefix = $1 and revoked_at is null",
        prefix.removeprefix("sonla_")[:8],
        datetime.now(UTC),
    )
    return bool(done == "UPDATE 1")


async def _agency(connection: "asyncpg.Connection[Any]", name: str) -> UUID:
    found = await connection.fetchval(
        "select id from agencies where key = $1 or id::text = $1", name
    )
    if found is None:
        raise KeyRefusedError(f"there is no agency {name}; name it by its key or its id")
    agency_id: UUID = found
    return agency_id
