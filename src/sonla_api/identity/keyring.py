"""Who holds which key, remembered for five seconds: so fast is a revocation, so rare a query."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from sonla_api.identity.keys import calendar_prefix_of, is_key, prefix_of
from sonla_api.identity.models import AnyKey, ApiKey, CalendarKey
from sonla_api.identity.permissions import IN_CALENDAR, READ, Role, held
from sonla_api.identity.queries import find_calendar_key, find_key
from sonla_api.kit.context import Actor
from sonla_api.kit.metrics import REFUSED_KEYS
from sonla_api.kit.model import Visibility
from sonla_api.kit.problems import TooManyRequests, Unauthenticated
from sonla_api.kit.statement import Reader, Statement
from sonla_api.kit.text import Message

REMEMBERED = timedelta(seconds=5)
_TOUCHED = timedelta(minutes=1)
GUESSES = RateLimitItemPerMinute(20)
"""Wrong keys that one address may send in a minute."""

_UNKNOWN = Message(
    "The key is unknown, expired or revoked.", "Khóa không đúng, đã hết hạn hoặc đã bị thu hồi."
)
_log = logging.getLogger("sonla_api")

Touch = Callable[[type[AnyKey], UUID, datetime], Awaitable[None]]
"""Notes that a key was used; may be late, and may fail without harm."""


class _Kind(NamedTuple):
    """A kind of key: how it is known, where it is found, and the most that it opens."""

    model: type[AnyKey]
    prefix_of: Callable[[str], str | None]
    find: Statement
    most: frozenset[str] | None = None


_API = _Kind(ApiKey, prefix_of, find_key)
_CALENDAR = _Kind(CalendarKey, calendar_prefix_of, find_calendar_key, IN_CALENDAR)


class Keyring:
    """The credentials seen lately. A stranger reads what is public, if `public_read` says so."""

    def __init__(self, *, public_read: bool, touch: Touch) -> None:
        permissions = READ if public_read else frozenset()
        self._stranger = Actor(None, permissions, (Visibility.public,))
        self._touch = touch
        self._known: dict[tuple[_Kind, str], tuple[datetime, Actor]] = {}
        self._guesses = MovingWindowRateLimiter(MemoryStorage())
        self._touching: set[asyncio.Task[None]] = set()

    async def actor(
        self, reader: Reader, authorization: str | None, address: str, now: datetime
    ) -> Actor:
        """Who sends this Authorization header; 401 for a wrong key, 429 for too many of them."""
        if authorization is None:
            return self._stranger
        scheme, _, secret = authorization.partition(" ")
        said = secret if scheme.lower() == "bearer" else ""
        return await self._holder(_API, said, reader, address, now)

    async def reader_of_calendar(
        self, reader: Reader, secret: str, address: str, now: datetime
    ) -> Actor:
        """Who gave out the key in the address of a calendar, with no more than that shows."""
        return await self._holder(_CALENDAR, secret, reader, address, now)

    async def _holder(
        self, kind: _Kind, secret: str, reader: Reader, address: str, now: datetime
    ) -> Actor:
        until, actor = self._known.get((kind, secret), (None, self._stranger))
        if until is None:  # others behind the address of somebody who guesses go on working
            await self._refuse_guessing(address)
        elif until > now:
            return actor
        actor, until = await self._look_up(kind, secret, reader, address, now)
        self._known[kind, secret] = until, actor
        return actor

    async def _refuse_guessing(self, address: str) -> None:
        if not await self._guesses.test(GUESSES, address):
            reset, _ = await self._guesses.get_window_stats(GUESSES, address)
            wait = max(1, round(reset - time.time()))  # the limiter has its own clock
            raise TooManyRequests(headers={"Retry-After": str(wait)})

    async def _look_up(
        self, kind: _Kind, secret: str, reader: Reader, address: str, now: datetime
    ) -> tuple[Actor, datetime]:
        """Who holds this key, and until when that may be remembered."""
        prefix = kind.prefix_of(secret)
        found = await kind.find.fetch(reader, prefix=prefix) if prefix else []
        for row in found:
            ends_at = row["expires_at"] or datetime.max.replace(tzinfo=UTC)
            if ends_at > now and is_key(secret, row["digest"]):
                self._note_use(kind.model, row, now)
                return _actor(row, kind.most), min(now + REMEMBERED, ends_at)
        self._known.pop((kind, secret), None)
        REFUSED_KEYS.inc()
        if not await self._guesses.hit(GUESSES, address):
            await self._refuse_guessing(address)
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
