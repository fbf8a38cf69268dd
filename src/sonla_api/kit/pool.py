"""A pool of connections that opens none before it is needed, and lends the one used last.

asyncpg's own starts a task each time that a connection comes back, which costs as much as all the
rest that is done for a small request; SQLAlchemy's starts a greenlet to lend one and a second to
take it back, a tenth of a create (docs/decisions/0013).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import asyncpg

PATIENCE = 4.5
"""Seconds that a caller waits for the database before it is told 503."""

_RESTED = 300
"""Seconds after which an unused connection may have been cut somewhere on the way."""

FAREWELL = 0.3
"""Seconds that a rollback or a goodbye may take: with PATIENCE before it, less than five."""


def _left_until(until: float | None) -> float:
    """Seconds of PATIENCE that waiting for a connection has left; some are needed to be told no."""
    return max(0.1, (until or 0) - asyncio.get_running_loop().time())


class Connection(asyncpg.Connection):
    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109  as asyncpg declares it
        """A line that is dead answers no farewell either; SQLAlchemy, which closes what it could
        not set up, would wait two seconds.
        """
        await super().close(timeout=FAREWELL)


C = TypeVar("C", bound=Connection)


class Pool(Generic[C]):
    """At most `size` connections; whoever takes one gives it back, closed if nobody knows what it
    would say next.
    """

    def __init__(self, connect: Callable[[], Awaitable[C]], size: int) -> None:
        self._connect = connect
        self._places = asyncio.Semaphore(size)
        self._idle: list[tuple[C, float]] = []

    async def take(self) -> tuple[C, float | None]:
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
        return found, _left_until(waiting.when())

    def give_back(self, connection: C) -> None:
        if not connection.is_closed():
            self._idle.append((connection, time.monotonic()))
        self._places.release()

    async def close(self) -> None:
        farewells = (connection.close() for connection, _ in self._idle)
        await asyncio.gather(*farewells, return_exceptions=True)  # on a dead line none is heard

    def _rested(self) -> C | None:
        """The connection used last, if it still stands."""
        while self._idle:
            connection, since = self._idle.pop()
            if time.monotonic() - since > _RESTED:
                connection.terminate()
            if not connection.is_closed():
                return connection
        return None
