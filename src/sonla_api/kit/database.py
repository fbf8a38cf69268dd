"""Two roads to the data. Nothing outside this file commits."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    create_async_engine,
)

from sonla_api.kit.statement import Reader

PATIENCE = 4.5
"""Seconds that a caller waits for the database before it is told 503."""

_RESTED = 300
"""Seconds after which an unused connection may have been cut somewhere on the way."""

_FAREWELL = 0.3
"""Seconds that a connection given up may take to close, so that PATIENCE stays below five."""

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
        connection = await self._taken()
        try:
            rows: Sequence[Any] = await connection.fetch(query, *args)
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
        for connection, _ in self._idle:
            await connection.close()

    async def _taken(self) -> "_Connection":
        if not self._places.locked() and (found := self._rested()):
            await self._places.acquire()
            return found
        async with asyncio.timeout(PATIENCE):
            await self._places.acquire()
            try:
                return self._rested() or await self._connect()
            except BaseException:
                self._places.release()
                raise

    def _rested(self) -> "_Connection | None":
        """The connection used last, if it still stands."""
        while self._idle:
            connection, since = self._idle.pop()
            if time.monotonic() - since > _RESTED:
                connection.terminate()
            if not connection.is_closed():
                return connection
        return None


class Transaction:
    """One transaction on one connection of the writing pool.

    `reader` runs statements on it, `session` is SQLAlchemy's unit of work over it. SQLAlchemy
    itself neither begins nor ends it: its way takes three round trips more.
    """

    def __init__(self, connection: AsyncConnection, raw: asyncpg.Connection, found: str) -> None:
        self.reader: Reader = raw
        self.found = found
        """What the database said of the last statement that it began with."""
        self._connection = connection

    @cached_property
    def session(self) -> AsyncSession:
        return AsyncSession(self._connection, expire_on_commit=False)


@dataclass(frozen=True)
class Database:
    """Reads go over their own pool; a write is one transaction."""

    reads: Reads
    engine: AsyncEngine

    @asynccontextmanager
    async def transaction(self, *first: str, **local: str) -> AsyncIterator[Transaction]:
        """Committed at the end, taken back at an error.

        `local` settings tell the change log who acts; `first`: SQL that it begins with.
        """
        async with self.engine.connect() as connection:
            raw: Any = (await connection.get_raw_connection()).driver_connection
            try:
                async with asyncio.timeout(PATIENCE):
                    found = await raw.execute(_begin(local, first))
                yield Transaction(connection, raw, found)
                await raw.execute("commit")
            except BaseException as error:
                await _take_back(raw, error)
                raise


async def _take_back(raw: asyncpg.Connection, error: BaseException) -> None:
    """A connection that does not answer is given up, and the server takes back by itself."""
    if isinstance(error, Exception) and not isinstance(error, OSError):  # as TimeoutError is
        with suppress(Exception):
            await raw.execute("rollback", timeout=_FAREWELL)
            return
    raw.terminate()


def _begin(local: Mapping[str, str], first: Sequence[str]) -> str:
    """Sent as one message: with parameters each statement would be a round trip."""
    settings = (f"set local sonla.{name} = {_quoted(value)}" for name, value in local.items())
    return "; ".join(("begin", *settings, *first))


def _quoted(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


@asynccontextmanager
async def connect(
    writes: str,
    reads: str,
    size: int = 8,
    local: Mapping[str, str] | None = None,
) -> AsyncIterator[Database]:
    """Opens nothing before the first request, so the service starts while the database is away.

    `writes` is SQLAlchemy's form of an address, `reads` asyncpg's: TLS is named differently there.
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
            "command_timeout": 15,
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
