"""Two roads to the data. Nothing outside this file commits."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import asyncpg
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    create_async_engine,
)

from sonla_api.kit.idempotency import Held, take
from sonla_api.kit.pool import FAREWELL, PATIENCE, Connection, Pool
from sonla_api.kit.reads import Reads
from sonla_api.kit.statement import Reader

_LOST = (OSError, asyncpg.OperatorInterventionError)
"""After these (a TimeoutError is the first) nobody knows what the connection would say next."""

_SETTINGS = {
    "timezone": "UTC",
    "standard_conforming_strings": "on",  # quoting rests on it
    "datestyle": "ISO",
    "jit": "off",
    "random_page_cost": "1.1",  # an index is not dearer to read than a table, on disks of today
    "lock_timeout": "4s",  # less than PATIENCE: who waits for another is told so
    "idle_in_transaction_session_timeout": "30s",  # one open transaction holds the feed
    "application_name": "sonla-api",
}
_READ_ONLY = _SETTINGS | {"default_transaction_read_only": "on", "statement_timeout": "10s"}


WHO = {"actor_id": "sonla.actor_id", "request_id": "sonla.request_id"}
"""What tells the change log who acts, and the setting that it is read from."""


class Writing(Connection):
    """A connection of the writing pool, and SQLAlchemy's over it for whoever needs a session."""

    over: AsyncConnection

    @classmethod
    async def opened(cls, engine: AsyncEngine) -> "Writing":
        """One more of this engine, which lets go of it: it lives as long as the pool keeps it."""
        over = await engine.connect()
        raw: Writing = (await over.get_raw_connection()).driver_connection  # type: ignore[assignment]  # the class that the engine is told
        over.sync_connection.detach()  # type: ignore[union-attr]  # it has been started
        raw.over = over
        return raw


class Transaction:
    """One transaction on one connection of the writing pool, and a `Reader` of what it sees.

    `session` is SQLAlchemy's unit of work over it. SQLAlchemy itself neither begins nor ends it:
    its way takes three round trips more.
    """

    def __init__(
        self, raw: Writing, who: Mapping[str, str], held: Held | None, left: float | None
    ) -> None:
        self._raw, self._held, self._left = raw, held, left
        self.who = who
        self._has_begun = self._is_over = False

    async def begin(self) -> None:
        """Say who acts and claim the key, unless that is done; ends in a Replay if it was used."""
        if self._has_begun:
            return
        self._refuse_more()
        self._has_begun = True
        found = await self._raw.execute(_begin(self.who, self._held), timeout=self._left)
        if self._held:
            await take(self._raw, self._held, found)

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]:
        await self.begin()
        rows: Sequence[Any] = await self._raw.fetch(query, *args)
        return rows

    @cached_property
    def alone(self) -> Reader | None:
        """For one statement that is the whole transaction and says itself who acts; None where
        others go before it.
        """
        is_first = not self._has_begun and not (self._held and self._held.is_sweeper)
        return _Alone(self._whole) if is_first else None

    @cached_property
    def session(self) -> AsyncSession:
        if not self._has_begun:
            raise RuntimeError("a session would write without a transaction")
        return AsyncSession(self._raw.over, expire_on_commit=False)

    async def commit(self) -> None:
        if self._has_begun:
            await self._raw.execute("commit")

    async def take_back(self, error: BaseException) -> None:
        """A connection that does not answer is given up, and the server takes back by itself."""
        is_clean = False
        try:
            if isinstance(error, Exception) and not isinstance(error, _LOST):
                with suppress(Exception):
                    if self._has_begun:
                        await self._raw.execute("rollback", timeout=FAREWELL)
                    is_clean = True
        finally:  # also where the rollback itself is called off
            if not is_clean:
                self._raw.terminate()

    async def leave(self) -> None:
        """What SQLAlchemy takes for its transaction ends as well; the database is asked nothing."""
        if "session" in vars(self) and not self._raw.is_closed():
            await self._raw.over.rollback()

    def _refuse_more(self) -> None:
        if self._is_over:
            raise RuntimeError("what this request writes was committed already")

    async def _whole(self, query: str, *args: Any) -> Sequence[Any]:
        self._refuse_more()
        rows: Sequence[Any] = await self._raw.fetch(query, *args, timeout=self._left)
        self._is_over = bool(rows)
        return rows


class _Alone:
    """A `Reader` for the one statement of a transaction."""

    def __init__(self, whole: Callable[..., Awaitable[Sequence[Any]]]) -> None:
        self._whole = whole

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]:
        return await self._whole(query, *args)


@dataclass(frozen=True)
class Database:
    """Reads go over their own pool; a write is one transaction."""

    reads: Reads
    writes: Pool[Writing]
    engine: AsyncEngine
    """What SQLAlchemy knows of the connections of the writing pool; tests count its statements."""

    @asynccontextmanager
    async def transaction(
        self, who: Mapping[str, str], held: Held | None = None, *, is_short: bool = False
    ) -> AsyncIterator[Transaction]:
        """Committed at the end, taken back at an error.

        `who` acts, for the change log; `held`: the Idempotency-Key that it acts under. A short one
        begins with its first statement, which may be the whole of it.
        """
        raw, left = await self.writes.take()
        made = Transaction(raw, who, held, left)
        try:
            if not is_short:
                await made.begin()
            yield made
            await made.commit()
        except BaseException as error:
            await made.take_back(error)
            raise
        finally:
            try:
                await made.leave()
            finally:
                self.writes.give_back(raw)


def _begin(who: Mapping[str, str], held: Held | None) -> str:
    """Sent as one message: with parameters each statement would be a round trip."""
    settings = [f"set local {WHO[name]} = {_quoted(value)}" for name, value in who.items()]
    return "; ".join(["begin", *settings, *([held.claim] if held else [])])


def _quoted(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


@asynccontextmanager
async def connect(
    writes: str,
    reads: str,
    size: int = 8,
    local: Mapping[str, str] | None = None,
    *,
    is_hurried: bool = True,
) -> AsyncIterator[Database]:
    """Opens nothing before the first request, so the service starts while the database is away.

    `writes` is SQLAlchemy's form of an address, `reads` asyncpg's: TLS is named differently there.
    `is_hurried`: whether a caller waits for each answer; else statements may take their time.
    `local`: settings that SQL reads with current_setting(), such as limits of a deployment.
    """
    engine = create_async_engine(
        writes,
        poolclass=NullPool,  # ours keeps them
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # what callers write has no place in a log
        connect_args={
            "server_settings": {**_SETTINGS, **(local or {})},
            "timeout": PATIENCE,
            "command_timeout": PATIENCE if is_hurried else None,
            "connection_class": Writing,
            "max_cacheable_statement_size": 0,
            "max_cached_statement_lifetime": 0,
        },
    )
    writing = Pool(lambda: Writing.opened(engine), size)
    reading = Reads(
        lambda: asyncpg.connect(
            reads,
            timeout=PATIENCE,
            command_timeout=PATIENCE,
            connection_class=Connection,
            statement_cache_size=500,
            max_cacheable_statement_size=0,  # else a long one is planned anew at every request
            max_cached_statement_lifetime=0,  # else each has a timer and is planned anew at times
            server_settings={**_READ_ONLY, **(local or {})},
        ),
        size,
    )
    try:
        yield Database(reading, writing, engine)
    finally:
        await reading.close()
        await writing.close()
