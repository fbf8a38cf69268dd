"""Two roads to the data. Nothing outside this file commits."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError, InvalidRequestError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    create_async_engine,
)

from sonla_api.kit.idempotency import Held, take
from sonla_api.kit.statement import Reader

PATIENCE = 4.5
"""Seconds that a caller waits for the database before it is told 503."""

_RESTED = 300
"""Seconds after which an unused connection may have been cut somewhere on the way."""

_FAREWELL = 0.3
"""Seconds that a connection given up may take to close, so that PATIENCE stays below five."""

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


class Reads:
    """The reading pool: autocommit, cannot write, may lead to a replica.

    asyncpg's own starts a task each time that a connection comes back, which costs as much as all
    the rest that is done here for a small request.
    """

    def __init__(self, connect: Callable[[], Awaitable["_Connection"]], size: int) -> None:
        self._connect = connect
        self._places = asyncio.Semaphore(size)
        self._idle: list[tuple[_Connection, float]] = []

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]:
        connection, left = await self._taken()
        try:
            rows: Sequence[Any] = await connection.fetch(query, *args, timeout=left)
        except asyncpg.PostgresError as error:
            if isinstance(error, asyncpg.OperatorInterventionError):
                connection.terminate()  # the server ends it, if we have not heard of it yet
            raise
        except BaseException:
            connection.terminate()  # nobody knows what it would answer next
            raise
        finally:
            if not connection.is_closed():
                self._idle.append((connection, time.monotonic()))
            self._places.release()
        return rows

    async def close(self) -> None:
        farewells = (connection.close() for connection, _ in self._idle)
        await asyncio.gather(*farewells, return_exceptions=True)  # on a dead line none is heard

    async def _taken(self) -> tuple["_Connection", float | None]:
        """A connection, and what is left of PATIENCE for its answer, if getting one took time."""
        if not self._places.locked() and (found := self._rested()):
            await self._places.acquire()
            return found, None
        async with asyncio.timeout(PATIENCE) as waiting:
            await self._places.acquire()
            try:
                found = self._rested() or await self._connect()
            except BaseException:
                self._places.release()
                raise
        return found, _left(waiting.when())

    def _rested(self) -> "_Connection | None":
        """The connection used last, if it still stands."""
        while self._idle:
            connection, since = self._idle.pop()
            if time.monotonic() - since > _RESTED:
                connection.terminate()
            if not connection.is_closed():
                return connection
        return None


WHO = {"actor_id": "sonla.actor_id", "request_id": "sonla.request_id"}
"""What tells the change log who acts, and the setting that it is read from."""


class Transaction:
    """One transaction on one connection of the writing pool, and a `Reader` of what it sees.

    `session` is SQLAlchemy's unit of work over it. SQLAlchemy itself neither begins nor ends it:
    its way takes three round trips more.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        raw: asyncpg.Connection,
        who: Mapping[str, str],
        held: Held | None,
        until: float | None,
    ) -> None:
        self._connection, self._raw, self._held, self._until = connection, raw, held, until
        self.who = who
        self._has_begun = self._is_over = False

    async def begin(self) -> None:
        """Say who acts and claim the key, unless that is done; ends in a Replay if it was used."""
        if self._has_begun:
            return
        if self._is_over:
            raise RuntimeError("what this request writes was committed already")
        self._has_begun = True
        found = await self._raw.execute(_begin(self.who, self._held), timeout=_left(self._until))
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
        return AsyncSession(self._connection, expire_on_commit=False)

    async def commit(self) -> None:
        if self._has_begun:
            await self._raw.execute("commit")

    async def take_back(self, error: BaseException) -> None:
        """A connection that does not answer is given up, and the server takes back by itself."""
        if isinstance(error, Exception) and not isinstance(error, _LOST):
            if not self._has_begun:
                return
            with suppress(Exception):
                await self._raw.execute("rollback", timeout=_FAREWELL)
                return
        self._raw.terminate()

    async def _whole(self, query: str, *args: Any) -> Sequence[Any]:
        rows: Sequence[Any] = await self._raw.fetch(query, *args, timeout=_left(self._until))
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
    engine: AsyncEngine

    @asynccontextmanager
    async def transaction(
        self, who: Mapping[str, str], held: Held | None = None, *, is_short: bool = False
    ) -> AsyncIterator[Transaction]:
        """Committed at the end, taken back at an error.

        `who` acts, for the change log; `held`: the Idempotency-Key that it acts under. A short one
        begins with its first statement, which may be the whole of it.
        """
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(PATIENCE) as waiting:
                    connection = await stack.enter_async_context(self.engine.connect())
            except InvalidRequestError as error:  # each was cut as soon as it was opened
                raise ConnectionError from error
            raw: Any = (await connection.get_raw_connection()).driver_connection
            made = Transaction(connection, raw, who, held, waiting.when())
            try:
                if not is_short:
                    await made.begin()
                yield made
                await made.commit()
            except BaseException as error:
                await made.take_back(error)
                raise


def _begin(who: Mapping[str, str], held: Held | None) -> str:
    """Sent as one message: with parameters each statement would be a round trip."""
    settings = [f"set local {WHO[name]} = {_quoted(value)}" for name, value in who.items()]
    return "; ".join(["begin", *settings, *([held.claim] if held else [])])


def _left(until: float | None) -> float:
    """Seconds of PATIENCE that waiting for a connection has left; some are needed to be told no."""
    return max(0.1, (until or 0) - asyncio.get_running_loop().time())


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
        pool_size=size,
        max_overflow=0,
        pool_timeout=PATIENCE,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # what callers write has no place in a log
        connect_args={
            "server_settings": {**_SETTINGS, **(local or {})},
            "timeout": PATIENCE,
            "command_timeout": PATIENCE if is_hurried else None,
            "connection_class": _Connection,
            "max_cacheable_statement_size": 0,
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    pool = Reads(
        lambda: asyncpg.connect(
            reads,
            timeout=PATIENCE,
            command_timeout=PATIENCE,
            connection_class=_Connection,
            statement_cache_size=500,
            max_cacheable_statement_size=0,  # else a long one is planned anew at every request
            server_settings={**_READ_ONLY, **(local or {})},
        ),
        size,
    )
    try:
        yield Database(pool, engine)
    finally:
        await pool.close()
        await engine.dispose()


class _Connection(asyncpg.Connection):
    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        """A line that is dead answers no farewell either; SQLAlchemy would wait two seconds."""
        await super().close(timeout=_FAREWELL)


def _refuse_closed(connection: Any, _: object, __: object) -> None:
    """A connection that the server has ended is replaced before it is used, without asking it."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError
