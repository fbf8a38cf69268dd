"""Who holds which key, remembered for five seconds: so fast is a revocation, so rare a query."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from sonla_api.identity.keys import calendar_prefix_of, is_key, prefix_of
from sonla_api.identity.models import AnyKey, ApiKey, CalendarKey
from sonla_api.identity.permissions import IN_CALENDAR, READ, Role, held
from sonla_api.identity.queries import find_calendar_key, find_key
from sonla_api.kit.context import Actor
from sonla_api.kit.limits import Limit, Limits, network
from sonla_api.kit.metrics import REFUSED_KEYS
from sonla_api.kit.model import Visibility
from sonla_api.kit.problems import TooManyRequests, Unauthenticated
from sonla_api.kit.statement import Reader, Statement
from sonla_api.kit.text import Message

REMEMBERED = 5.0
"""Seconds, by a clock that nobody puts back: it would keep a revoked key alive."""
_TOUCHED = timedelta(minutes=1)
GUESSES = Limit("wrong keys", 20)
"""Wrong keys that one address may send in a minute, where no setting says otherwise."""

_UNKNOWN = Message(
    "The key is unknown, expired or revoked.", "Khóa không đúng, đã hết hạn hoặc đã bị thu hồi."
)
_log = logging.getLogger("sonla_api")

Touch = Callable[[type[AnyKey], UUID, datetime], Awaitable[None]]
"""Notes that a key was used; may be late, and may fail without harm."""


class _Known(NamedTuple):
    actor: Actor
    ends_at: datetime
    until: float


class _Kind(NamedTuple):
    """A kind of key: how what is said is read, where it is found, and the most that it opens."""

    model: type[AnyKey]
    secret_in: Callable[[str], str]
    prefix_of: Callable[[str], str | None]
    find: Statement
    most: frozenset[str] | None = None


def _bearer(authorization: str) -> str:
    scheme, _, secret = authorization.partition(" ")
    return secret if scheme.lower() == "bearer" else ""


_API = _Kind(ApiKey, _bearer, prefix_of, find_key)
_CALENDAR = _Kind(CalendarKey, str, calendar_prefix_of, find_calendar_key, IN_CALENDAR)


class Keyring:
    """The credentials seen lately. A stranger reads what is public, if `public_read` says so."""

    def __init__(
        self, *, public_read: bool, touch: Touch, limits: Limits, guesses: Limit = GUESSES
    ) -> None:
        permissions = READ if public_read else frozenset()
        self._stranger = Actor(None, permissions, (Visibility.public,))
        self._touch, self._limits, self._guesses = touch, limits, guesses
        self._known: defaultdict[type[AnyKey], dict[str, _Known]] = defaultdict(dict)
        self._touching: set[asyncio.Task[None]] = set()

    async def actor(
        self, reader: Reader, authorization: str | None, address: str, now: datetime
    ) -> Actor:
        """Who sends this Authorization header; 401 for a wrong key, 429 for too many of them."""
        if authorization is None:
            return self._stranger
        return await self._holder(_API, authorization, reader, address, now)

    async def reader_of_calendar(
        self, reader: Reader, secret: str, address: str, now: datetime
    ) -> Actor:
        """Who gave out the key in the address of a calendar, with no more than that shows."""
        return await self._holder(_CALENDAR, secret, reader, address, now)

    async def _holder(
        self, kind: _Kind, said: str, reader: Reader, address: str, now: datetime
    ) -> Actor:
        known = self._known[kind.model].get(said)
        if known is None:  # others behind the address of somebody who guesses go on working
            await self._count_guess(address, cost=0)
        elif known.until > monotonic() and known.ends_at > now:
            return known.actor
        found = await self._look_up(kind, said, reader, address, now)
        self._known[kind.model][said] = found
        return found.actor

    async def _count_guess(self, address: str, *, cost: int = 1) -> None:
        share = await self._limits.take(self._guesses, network(address), cost=cost)
        if share.is_refused:
            raise TooManyRequests(share)

    async def _look_up(
        self, kind: _Kind, said: str, reader: Reader, address: str, now: datetime
    ) -> _Known:
        """Who holds this key, and until when that may be remembered."""
        secret, asked_at = kind.secret_in(said), monotonic()
        prefix = kind.prefix_of(secret)
        found = await kind.find.fetch(reader, prefix=prefix) if prefix else []
        for row in found:
            ends_at = row["expires_at"] or datetime.max.replace(tzinfo=UTC)
            if ends_at > now and is_key(secret, row["digest"]):
                self._note_use(kind.model, row, now)
                return _Known(_actor(row, kind.most), ends_at, asked_at + REMEMBERED)
        self._known[kind.model].pop(said, None)
        REFUSED_KEYS.inc()
        await self._count_guess(address)
        raise Unauthenticated(_UNKNOWN)

    def _note_use(self, of: type[AnyKey], row: Any, now: datetime) -> None:
        last_used_at = row["last_used_at"]
        if last_used_at is None or now - last_used_at > _TOUCHED:
            task = asyncio.create_task(self._touch_quietly(of, row["key_id"], now))
            self._touching.add(task)
            task.add_done_callback(self._touching.discard)

    async def _touch_quietly(self, of: type[AnyKey], key_id: UUID, now: datetime) -> None:
        try:
            await self._touch(of, key_id, now)
        except Exception:  # noqa: BLE001  the time of last use is worth no failed request
            _log.warning("the use of a key could not be noted")

    async def settled(self) -> None:
        """Wait for what is being noted, at shutdown."""
        await asyncio.gather(*self._touching)


def _actor(row: Any, most: frozenset[str] | None) -> Actor:
    role = Role(row["role"])
    is_administrator = role is Role.administrator
    sight = tuple(Visibility) if is_administrator else (Visibility.public, Visibility.internal)
    permissions = held(role, row["scopes"])
    return Actor(
        row["id"],
        permissions if most is None else permissions & most,
        sight,
        row["agency_id"],
        tuple(row["agencies"]),
        is_administrator,
        row["agency_ends_on"],
    )
