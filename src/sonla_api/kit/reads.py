"""The reading pool: connections that cannot write, lent for a statement or for a whole list."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from sonla_api.kit.pool import Connection, Pool
from sonla_api.kit.problems import Problem
from sonla_api.kit.statement import Reader
from sonla_api.kit.text import Message

_MUCH = 30
"""Seconds that a part of what is read whole may take."""

_SNAPSHOT = (
    "begin isolation level repeatable read, read only;"
    " set local statement_timeout = '30s'; set local idle_in_transaction_session_timeout = '60s'"
)


class ExportsFull(Problem):
    status = 503
    title = Message("Too many exports at once", "Quá nhiều lượt xuất cùng lúc")
    remedy = Message(
        "As many whole lists as can be read at once are being read; try again after Retry-After"
        " seconds.",
        "Số danh sách đang được xuất đã đạt giới hạn; hãy thử lại sau Retry-After giây.",
    )
    headers = {"Retry-After": "10"}


class Reads(Pool[Connection]):
    """Autocommit, cannot write, may lead to a replica."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], size: int) -> None:
        super().__init__(connect, size)
        self._spare = asyncio.Semaphore(max(size // 4, min(1, size - 1)))

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]:
        connection, left = await self.take()
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
            self.give_back(connection)
        return rows

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Reader]:
        """One state of the data for as long as it is read. A quarter of the connections are lent
        for that, so that all other requests find one.
        """
        if self._spare.locked():
            raise ExportsFull
        refusal: Problem | None = None
        async with self._spare:
            connection, _ = await self.take()
            try:
                await connection.execute(_SNAPSHOT)
                try:
                    yield _Snapshot(connection)
                except Problem as problem:  # what was read says no
                    refusal = problem
                await connection.execute("rollback")  # nothing was written
            except BaseException:
                connection.terminate()  # a rollback may wait for what nobody reads any more
                raise
            finally:
                self.give_back(connection)
        if refusal:
            raise refusal


class _Snapshot:
    """A `Reader` of one state; what it reads at once may be much."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]:
        rows: Sequence[Any] = await self._connection.fetch(query, *args, timeout=_MUCH)
        return rows
