"""Another service beside the one that all tests share, for what a deployment may set."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from sonla_api.main import create_app
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
