"""The reading pool: connections that cannot write, lent for a statement or for a whole list."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from sonla_api.kit.problems import ExportsFull, Problem
from sonla_api.kit.statement import Reader

PATIENCE = 4.5
"""Seconds that a caller waits for the database before it is told 503."""

_MUCH = 30
"""Seconds that a part of what is read whole may take."""

_RESTED = 300
"""Seconds after which an unused connection may have been cut somewhere on the way."""

FAREWELL = 0.3
"""Seconds that a connection given up may take to close, so that PATIENCE stays below five."""

_SNAPSHOT = (
    "begin isolation level repeatable read, read only;"
    " set local statement_timeout = '30s'; set local idle_in_transaction_session_timeout = '60s'"
)


class Connection(asyncpg.Connection):
    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        """A line that is dead answers no farewell either; SQLAlchemy would wait two seconds."""
        await super().close(timeout=FAREWELL)


class Reads:
    """The reading pool: autocommit, cannot write, may lead to a replica.

    asyncpg's own starts a task each time that a connection comes back, which costs as much as all
    the rest that is done here for a small request.
    """

    def __init__(self, connect: Callable[[], Awaitable[Connection]], size: int) -> None:
        self._connect = connect
        self._places = asyncio.Semaphore(size)
        self._spare = asyncio.Semaphore(max(size // 4, min(1, size - 1)))
        self._idle: list[tuple[Connection, float]] = []

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
            self._give_back(connection)
        return rows

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Reader]:
        """One state of the data for as long as it is read. A quarter of the connections are lent
        for that, so that all other requests find one.
        """
        if self._spare.locked():
            raise ExportsFull
        async with self._spare:
            connection = await self._taken()
            try:
                await connection.execute(_SNAPSHOT)
                yield _Snapshot(connection)
                await connection.execute("rollback")  # nothing was written
            except Problem:  # what was read says no
                await connection.execute("rollback")
                raise
            except BaseException:
                connection.terminate()  # a rollback may wait for what nobody reads any more
                raise
            finally:
                self._give_back(connection)

    async def close(self) -> None:
        for connection, _ in self._idle:
            await connection.close()

    async def _taken(self) -> Connection:
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

    def _give_back(self, connection: Connection) -> None:
        if not connection.is_closed():
            self._idle.append((connection, time.monotonic()))
        self._places.release()

    def _rested(self) -> Connection | None:
        """The connection used last, if it still stands."""
        while self._idle:
            connection, since = self._idle.pop()
            if time.monotonic() - since > _RESTED:
                connection.terminate()
            if not connection.is_closed():
                return connection
        return None


class _Snapshot:
    """A `Reader` of one state; what it reads at once may be much."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]:
        rows: Sequence[Any] = await self._connection.fetch(query, *args, timeout=_MUCH)
        return rows
