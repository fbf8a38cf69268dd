"""The reading pool: connections that cannot write, lent for a statement or for a whole list."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from sonla_api.kit.problems import Problem
from sonla_api.kit.statement import Reader
from sonla_api.kit.text import Message

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


def left_until(until: float | None) -> float:
    """Seconds of PATIENCE that waiting for a connection has left; some are needed to be told no."""
    return max(0.1, (until or 0) - asyncio.get_running_loop().time())


class ExportsFull(Problem):
    status = 503
    title = Message("Too many exports at once", "Quá nhiều lượt xuất cùng lúc")
    remedy = Message(
        "As many whole lists as can be read at once are being read; try again after Retry-After"
        " seconds.",
        "Số danh sách đang được xuất đã đạt giới hạn; hãy thử lại sau Retry-After giây.",
    )
    headers = {"Retry-After": "10"}


class Connection(asyncpg.Connection):
    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109  as asyncpg declares it
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
            connection, _ = await self._taken()
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
        farewells = (connection.close() for connection, _ in self._idle)
        await asyncio.gather(*farewells, return_exceptions=True)  # on a dead line none is heard

    async def _taken(self) -> tuple[Connection, float | None]:
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
        return found, left_until(waiting.when())

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
