"""The service on a real port, or with what else a deployment may set; others at its database."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from threading import Event, Thread
from typing import Any, NamedTuple

import asyncpg
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from sonla_api import serving
from sonla_api.main import create_app
from sonla_api.servers import Server
from sonla_api.settings import Settings


def caller(app: FastAPI, secret: str | None = None, address: str = "127.0.0.1") -> AsyncClient:
    """A client of the service, with a key or without, from an address of its own."""
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    transport = ASGITransport(app=app, raise_app_exceptions=False, client=(address, 4321))
    return AsyncClient(transport=transport, base_url="http://test/api/v1", headers=headers)


@asynccontextmanager
async def running(settings: Settings, **changed: Any) -> AsyncIterator[FastAPI]:
    """The service with other settings."""
    app = create_app(settings.model_copy(update=changed))
    async with app.router.lifespan_context(app):
        yield app


class Served(NamedTuple):
    server: Server
    thread: Thread
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def served(settings: Settings) -> Iterator[Served]:
    """The service as `sonla serve` runs it in one process, on a thread and a real port."""
    bound, ready = serving.bind("127.0.0.1", 0), Event()
    port = bound.getsockname()[1]
    server = Server(serving.config(settings, create_app(settings)), ready.set)
    thread = Thread(target=server.run, args=[[bound]], daemon=True)
    thread.start()
    try:
        while not ready.wait(0.05):
            assert thread.is_alive(), "the service did not start"
        yield Served(server, thread, port)
    finally:
        server.should_exit = True
        thread.join(serving.GRACE + 5)
        assert not thread.is_alive(), "the service did not end"


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """One more person at psql."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def held_up(database: "asyncpg.Connection[Any]", count: int) -> list[int]:
    """The processes that wait for a lock, once there are `count` of them."""
    rows: list[Any] = []
    for _ in range(500):
        # In a transaction it else knows only those that were there when it was first asked.
        await database.execute("select pg_stat_clear_snapshot()")
        rows = await database.fetch(
            "select pid from pg_stat_activity where wait_event_type = 'Lock'"
            " and datname = current_database()"
        )
        if len(rows) == count:
            return [pid for (pid,) in rows]
        await asyncio.sleep(0.01)
    raise AssertionError(f"{len(rows)} wait, not {count}")
