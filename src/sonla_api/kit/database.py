"""Two roads to the data. Nothing outside this file commits."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import asyncpg
from sqlalchemy import Executable, bindparam, event, func, literal, select
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from sonla_api.kit.statement import Reader

PATIENCE = 4.5
"""Seconds that a caller waits for the database before it is told 503."""

_RESTED = 300
"""Seconds after which an unused connection may have been cut somewhere on the way."""

_FAREWELL = 0.3
"""Seconds that a connection given up may take to close, so that PATIENCE stays below five."""

_SETTINGS = {
    "timezone": "UTC",
    "datestyle": "ISO",
    "jit": "off",
    "random_page_cost": "1.1",  # an index is not dearer to read than a table, on disks of today
    "lock_timeout": "5s",
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
        except asyncpg.PostgresError:
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


@dataclass(frozen=True)
class Database:
    """Reads go over their own pool; a write is one transaction."""

    reads: Reads
    sessions: async_sessionmaker[AsyncSession]

    @asynccontextmanager
    async def transaction(self, **local: str) -> AsyncIterator[tuple[AsyncSession, Reader]]:
        """A session and its own connection; `local` settings tell the change log who acts."""
        async with self.sessions.begin() as session:
            async with asyncio.timeout(PATIENCE):
                await session.execute(_told((*local,)), local)
            raw: Any = await (await session.connection()).get_raw_connection()
            yield session, raw.driver_connection


@cache
def _told(names: tuple[str, ...]) -> Executable:
    """Made once: to put a statement together costs as much as to run it."""
    return select(
        *(func.set_config(f"sonla.{name}", bindparam(name), literal(True)) for name in names)  # noqa: FBT003
    )


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
        yield Database(pool, async_sessionmaker(engine, expire_on_commit=False))
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
