"""One database for a worker, made by the migrations and emptied after each test.

Commits, triggers, pools and the read-only road are those of production.
"""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
import uvloop
from alembic import command
from fastapi import FastAPI

from sonla_api.dataset import FOLDER
from sonla_api.embedded import temporary_server
from sonla_api.identity.keys import create_key, prefix_of
from sonla_api.imports.service import load_folder
from sonla_api.kit.context import PROVINCE_TIME
from sonla_api.main import create_app
from sonla_api.migrating import alembic_config
from sonla_api.settings import Settings, asyncpg_url
from tests.direct import Direct
from tests.hanging import Watch
from tests.moulds import Moulds
from tests.running import served

Client = httpx.AsyncClient
Connection = asyncpg.Connection
Cast = Callable[..., Awaitable[Any]]
KEPT = {"alembic_version", "feed_epochs", "working_calendar"}
EVERYTHING = "everything"


def pytest_configure(config: pytest.Config) -> None:
    """What the shell sets for a service of its own is nothing to the tests."""
    # A shell has what it starts in the background ignore it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.pluginmanager.register(Watch(300))  # the longest takes some ten, where nothing else runs
    for name in [*os.environ]:
        if name.startswith("SONLA_") and name != "SONLA_TEST_DATABASE_URL":
            del os.environ[name]


def pytest_asyncio_loop_factories(config: Any, item: Any) -> dict[str, Any]:
    """The loop that serves in production, which is also the quickest."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_collection_finish() -> None:
    """What was loaded stays: without this, each full collection of garbage looks through it."""
    gc.set_threshold(20_000, 20, 50)  # what a test leaves is not looked for in each of its requests
    gc.collect()
    gc.freeze()


@contextmanager
def _server() -> Iterator[str]:
    given = os.environ.get("SONLA_TEST_DATABASE_URL")
    if given:
        yield asyncpg_url(given)
        return
    with temporary_server(is_for_tests=True) as address:  # pragma: no cover  pytest run by itself
        yield asyncpg_url(address)


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A migrated database of this worker's own."""
    with _server() as server:
        name = f"sonla_test_{uuid4().hex[:12]}"
        made = (
            f"create database {name} template template0 encoding 'UTF8'"
            " lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'"
        )
        asyncio.run(_execute(server, made))
        # What is thrown away afterwards need not be on the disk before each answer.
        asyncio.run(_execute(server, f"alter database {name} set synchronous_commit = off"))
        url = server.rpartition("/")[0] + f"/{name}"
        config = alembic_config(url.replace("postgresql://", "postgresql+asyncpg://"))
        command.upgrade(config, "head")
        yield url
        asyncio.run(_execute(server, f"drop database {name} with (force)"))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement, timeout=60)
    await connection.close()


@pytest.fixture(scope="session")
def settings(database_url: str) -> Settings:
    url = database_url.replace("postgresql://", "postgresql+asyncpg://")
    boundless = 100_000_000  # counted, and out of reach
    return Settings(
        database_url=url,
        public_read=True,
        rate_limit=boundless,
        stranger_rate_limit=boundless,
    )


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        gc.collect()
        gc.freeze()  # the service stays too
        yield app


@pytest.fixture(scope="session")
async def lent(database_url: str) -> AsyncIterator[list["Connection[Any]"]]:
    """Connections that tests gave back in order: to open one takes longer than most tests."""
    kept: list[Connection[Any]] = []
    yield kept
    for connection in kept:
        connection.terminate()


@pytest.fixture(scope="session")
async def moulds(database_url: str) -> AsyncIterator[Moulds]:
    connection = await asyncpg.connect(database_url)
    tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    await connection.close()
    moulds = Moulds(database_url, [f'"{name}"' for (name,) in tables if name not in KEPT])
    yield moulds
    moulds.close()


@pytest.fixture
async def database(
    database_url: str, lent: list["Connection[Any]"], moulds: Moulds
) -> AsyncIterator["Connection[Any]"]:
    """A connection of somebody at psql; what a test wrote is gone afterwards."""
    connection = lent.pop() if lent else await asyncpg.connect(database_url)
    yield connection
    if not connection.is_closed():
        await connection.reset()  # whatever a test set on it, or left open
        lent.append(connection)
    await moulds.empty()


@pytest.fixture
def cast(database: "Connection[Any]", moulds: Moulds) -> Cast:
    """Puts back what a function wrote the first time, and gives what it gave: see `Moulds`."""
    return moulds.cast


@pytest.fixture
async def loaded(cast: Cast, settings: Settings) -> None:
    """The bundled records."""
    await cast(load_bundled, str(settings.database_url))


async def load_bundled(url: str) -> None:
    await load_folder(url, FOLDER, lambda _: None)


@pytest.fixture
def as_actor(app: FastAPI, database: "Connection[Any]") -> Callable[..., Awaitable[Client]]:
    """Callers by their permissions: "partners:read" gives exactly that one.

    `await as_actor()` is an administrator, `await as_actor(None)` a stranger.
    """

    async def make(
        permissions: str | None = EVERYTHING, agency: str | None = None, role: str = "approver"
    ) -> Client:
        if permissions is None:
            return _client(app)
        is_all = permissions == EVERYTHING
        secret = await create_key(
            database,
            name="Test",
            role="administrator" if is_all and role == "approver" else role,
            scopes=None if is_all else permissions.split(),
            agency=agency,
        )
        # So that the first use of each is not noted in a transaction of its own.
        noted = "update api_keys set last_used_at = now() where prefix = $1"
        await database.execute(noted, prefix_of(secret))
        return _client(app, authorization=f"Bearer {secret}")

    return make


def _client(app: FastAPI, **headers: str) -> Client:
    """It holds no connection, so nobody has to close it."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return Direct(
        transport=transport, base_url="http://test/api/v1", headers=headers, trust_env=False
    )


@pytest.fixture
async def api(as_actor: Callable[..., Any]) -> Client:
    """An administrator."""
    client: Client = await as_actor()
    return client


@pytest.fixture
def stranger(app: FastAPI, database: "Connection[Any]") -> Client:
    """Somebody without a key."""
    return _client(app)


@pytest.fixture
def today(app: FastAPI) -> Iterator[Callable[[str], None]]:
    """`today("2026-03-01")`: what day it is for the service, at noon in the province."""

    def be(day: str) -> None:
        noon = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=PROVINCE_TIME)
        app.state.clock = lambda: noon

    yield be
    app.state.clock = None


@pytest.fixture(scope="session")
def live_server(settings: Settings) -> Iterator[str]:
    """The service on a real port, for whoever needs one."""
    with served(settings.model_copy(update={"pool_size": 2})) as service:
        yield service.url
