"""Two roads to the data: what happens when the database is away, and when it comes back."""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator
from functools import partialmethod
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from sonla_api.kit import database as roads
from sonla_api.kit import pool as pools
from sonla_api.kit.faults import of_postgres
from sonla_api.kit.idempotency import Held
from sonla_api.kit.problems import Unavailable
from sonla_api.settings import Settings
from tests import factories
from tests.conftest import Connection
from tests.running import caller, connected, held_up, running

ADDRESSES = ("/partners", "/changes", "http://test/health/ready")


def is_away(answer: Response) -> bool:
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return int(answer.headers["retry-after"]) > 0


def elsewhere(settings: Settings, **changed: Any) -> str:
    """The address of the database with another port or name."""
    url = urlsplit(str(settings.database_url))
    port, name = changed.get("port", url.port), changed.get("name", url.path)
    return (
        f"{url.scheme}://{url.netloc.rpartition(':')[0] if url.port else url.netloc}"
        + (f":{port}" if port else "")
        + f"/{name.strip('/')}"
    )


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def test_nobody_listens(settings: Settings, closed_port: int, api: AsyncClient) -> None:
    away = elsewhere(settings, port=closed_port)
    key = api.headers["authorization"].removeprefix("Bearer ")
    async with running(settings, database_url=away) as app:
        for secret in (None, key):
            async with caller(app, secret) as client:
                for address in ADDRESSES:
                    assert is_away(await client.get(address)), address
        async with caller(app) as client:
            assert (await client.get("http://test/health/live")).status_code == 200
            assert (await client.post("/partners", json={})).status_code == 401


async def test_there_is_no_such_database(settings: Settings, api: AsyncClient) -> None:
    away = elsewhere(settings, name="no_such_database")
    async with running(settings, database_url=away) as app, caller(app) as client:
        for address in ADDRESSES:
            assert is_away(await client.get(address)), address


async def test_the_password_is_wrong(settings: Settings) -> None:
    url = urlsplit(str(settings.database_url))
    stranger = f"{url.scheme}://nobody_here:x@{url.hostname}:{url.port or 5432}{url.path}"
    async with running(settings, database_url=stranger) as app, caller(app) as client:
        assert is_away(await client.get("/partners"))


async def test_only_the_writing_road_is_away(
    settings: Settings, closed_port: int, api: AsyncClient
) -> None:
    """Reads go to their own address, so they are answered while writes are not."""
    secret = api.headers["authorization"].removeprefix("Bearer ")
    for away in (
        elsewhere(settings, port=closed_port),
        elsewhere(settings, name="no_such_database"),
    ):
        split = {"database_url": away, "read_database_url": settings.database_url}
        async with running(settings, **split) as app, caller(app, secret) as client:
            assert (await client.get("/partners")).status_code == 200
            assert is_away(await client.post("/partners", json=factories.partner()))


class Proxy:
    """Stands between the service and PostgreSQL, and can be as if the line were cut."""

    def __init__(self, host: str, port: int) -> None:
        self._to = host, port
        self._open: list[asyncio.StreamWriter] = []
        self.flowing = asyncio.Event()
        self.flowing.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.flowing.set()
        self._server.close()
        for writer in self._open:
            writer.close()
        await asyncio.sleep(0.05)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other, onward = await asyncio.open_connection(*self._to)
        self._open += [writer, onward]
        await asyncio.gather(self._pass_on(reader, onward), self._pass_on(other, writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(65536):
                await self.flowing.wait()
                writer.write(chunk)
                await writer.drain()
        except OSError:
            pass
        writer.close()


@pytest.fixture
async def line(settings: Settings) -> AsyncIterator[Proxy]:
    url = urlsplit(str(settings.database_url))
    async with Proxy(str(url.hostname), url.port or 5432) as proxy:
        yield proxy


@pytest.mark.parametrize("is_warm", [True, False])
async def test_the_line_goes_dead_and_comes_back(
    settings: Settings,
    line: Proxy,
    api: AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_warm: bool,
) -> None:
    """A host that vanished: nothing is refused, nothing is answered."""
    assert pools.PATIENCE + pools.FAREWELL < 5
    for road in (roads, pools):
        monkeypatch.setattr(road, "PATIENCE", 0.3)
    secret = api.headers["authorization"].removeprefix("Bearer ")
    url = elsewhere(settings, port=line.port)
    async with running(settings, database_url=url) as app, caller(app, secret) as client:
        if is_warm:
            assert (await client.get("/partners")).status_code == 200
            assert (await client.post("/partners", json=factories.partner())).status_code == 201
        line.flowing.clear()
        for ask in (
            lambda: client.get("/partners"),
            lambda: client.post("/partners", json=factories.partner()),
            lambda: client.get("http://test/health/ready"),
        ):
            began = time.monotonic()
            assert is_away(await ask())
            assert time.monotonic() - began < 2
        line.flowing.set()
        await heals(client)


@pytest.fixture
async def narrow(settings: Settings, database: "Connection[Any]") -> AsyncIterator[tuple[str, str]]:
    """An account that PostgreSQL gives no connection, and the address with it."""
    role = f"narrow_{uuid4().hex[:8]}"
    url = urlsplit(str(settings.database_url))
    await database.execute(f"create role {role} login password 'x' connection limit 0")
    yield role, f"{url.scheme}://{role}:x@{url.hostname}:{url.port or 5432}{url.path}"
    await database.execute(f"drop owned by {role}; drop role {role}")


async def test_postgresql_gives_no_connection(
    settings: Settings, api: AsyncClient, database: "Connection[Any]", narrow: tuple[str, str]
) -> None:
    """Others have them all; once one is free, all goes on."""
    role, url = narrow
    secret = api.headers["authorization"].removeprefix("Bearer ")
    async with running(settings, database_url=url) as app, caller(app, secret) as client:
        assert is_away(await client.get("/partners"))
        assert is_away(await client.post("/partners", json=factories.partner()))
        for things in ("tables", "sequences"):
            await database.execute(f"grant all on all {things} in schema public to {role}")
        await database.execute(f"alter role {role} connection limit 10")
        await heals(client)


async def test_postgresql_can_only_be_read(
    settings: Settings, api: AsyncClient, database: "Connection[Any]"
) -> None:
    """As a standby is, or by an administrator."""
    secret = api.headers["authorization"].removeprefix("Bearer ")
    made = await factories.made(api, "/partners", factories.partner())
    name = await database.fetchval("select current_database()")
    await database.execute(f"alter database {name} set default_transaction_read_only = on")
    try:
        async with running(settings) as app, caller(app, secret) as client:
            assert (await client.get("/partners")).status_code == 200
            address, any_ = f"/partners/{made['id']}", {"if-match": "*"}
            for answer in (
                await client.post("/partners", json=factories.partner()),
                await client.post(
                    "/partners", json=factories.partner(), headers={"idempotency-key": "k"}
                ),
                await client.patch(address, json={"note": "x"}, headers=any_),
                await client.delete(address, headers=any_),
            ):
                assert is_away(answer)
            assert (await client.get(address)).json() == made
    finally:
        await database.execute(
            "set default_transaction_read_only = off;"
            f" alter database {name} reset default_transaction_read_only"
        )


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_queue_before_a_dead_line_waits_no_longer_than_one(
    settings: Settings,
    line: Proxy,
    api: AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
) -> None:
    """Who waits for a connection has only the rest of the time to wait for its answer."""
    for road in (roads, pools):
        monkeypatch.setattr(road, "PATIENCE", 0.6)
    secret = api.headers["authorization"].removeprefix("Bearer ")
    url = elsewhere(settings, port=line.port)
    changed = {"database_url": url, "pool_size": 1}
    async with running(settings, **changed) as app, caller(app, secret) as client:
        for _ in range(2):
            assert (await client.get("/partners")).status_code == 200
        line.flowing.clear()

        async def timed(after: float) -> float:
            await asyncio.sleep(after)
            began = time.monotonic()
            assert is_away(await client.request(method, "/partners", json=factories.partner()))
            return time.monotonic() - began

        took = await asyncio.gather(*map(timed, (0, 0.3, 0.45)))
        assert max(took) < 0.6 + pools.FAREWELL + 0.15, took


async def test_a_commit_that_is_not_answered(
    settings: Settings, line: Proxy, api: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it was written nobody knows; the caller is told in time to ask again."""
    for road in (roads, pools):
        monkeypatch.setattr(road, "PATIENCE", 0.3)
    secret = api.headers["authorization"].removeprefix("Bearer ")
    commit = roads.Transaction.commit

    async def cut_off(self: Any) -> None:
        line.flowing.clear()
        await commit(self)

    async with (
        running(settings, database_url=elsewhere(settings, port=line.port)) as app,
        caller(app, secret) as client,
    ):
        made = await factories.made(client, "/partners", factories.partner())
        monkeypatch.setattr(roads.Transaction, "commit", cut_off)
        began = time.monotonic()
        address, any_ = f"/partners/{made['id']}", {"if-match": "*"}
        assert is_away(await client.patch(address, json={"note": "x"}, headers=any_))
        assert time.monotonic() - began < 2
        line.flowing.set()
        monkeypatch.setattr(roads.Transaction, "commit", commit)
        await heals(client)


async def heals(client: AsyncClient) -> None:
    """Both roads work again, by themselves and soon."""
    for ask in (
        lambda: client.get("/partners"),
        lambda: client.post("/partners", json=factories.partner()),
    ):
        for _ in range(20):
            if (await ask()).is_success:
                break
            await asyncio.sleep(0.1)
        assert (await ask()).is_success


async def test_every_connection_is_ended(
    settings: Settings, api: AsyncClient, database: "Connection[Any]"
) -> None:
    """As at a restart of the server: the next requests work, none sees a broken connection."""
    secret = api.headers["authorization"].removeprefix("Bearer ")
    async with running(settings) as app, caller(app, secret) as client:
        for _ in range(2):
            await asyncio.gather(*[client.get("/partners") for _ in range(4)])
            posts = [client.post("/partners", json=factories.partner()) for _ in range(4)]
            await asyncio.gather(*posts)
            await database.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'sonla-api' and datname = current_database()"
            )
            await asyncio.sleep(0.1)
            for _ in range(3):
                assert (await client.get("/partners")).status_code == 200
                answer = await client.post("/partners", json=factories.partner())
                assert answer.status_code == 201, answer.text


def test_a_connection_cut_in_the_middle_of_something_is_away() -> None:
    """As asyncpg says it of a killed server: "another operation is in progress"."""
    assert isinstance(of_postgres(asyncpg.InternalClientError("cut")), Unavailable)


async def test_every_connection_is_ended_as_soon_as_it_is_opened(
    settings: Settings, api: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while the server goes down."""
    open_one = roads.Writing.opened

    async def cut(engine: AsyncEngine) -> roads.Writing:
        opened = await open_one(engine)
        opened.terminate()
        return opened

    secret = api.headers["authorization"].removeprefix("Bearer ")
    async with running(settings) as app, caller(app, secret) as client:
        assert (await client.get("/partners")).status_code == 200
        with monkeypatch.context() as patched:
            patched.setattr(roads.Writing, "opened", cut)
            assert is_away(await client.post("/partners", json=factories.partner()))
        await heals(client)


async def test_a_connection_ended_in_the_middle_of_a_request(
    settings: Settings, api: AsyncClient, database: "Connection[Any]", database_url: str
) -> None:
    secret = api.headers["authorization"].removeprefix("Bearer ")
    async with (
        running(settings) as app,
        caller(app, secret) as client,
        connected(database_url) as other,
    ):
        # Once before, so that neither waits out `lock_timeout` while the other is put together.
        await factories.made(client, "/partners", factories.partner("Before"))
        before = (await client.get("/partners")).json()["items"]
        async with other.transaction():
            await other.execute("lock table partners in access exclusive mode")
            asking = [
                asyncio.create_task(client.get("/partners")),
                asyncio.create_task(client.post("/partners", json=factories.partner())),
            ]
            for process in await held_up(database, 2):
                await database.execute("select pg_terminate_backend($1)", process)
            for answer in asking:
                assert is_away(await answer)
        assert (await client.get("/partners")).json()["items"] == before
        await heals(client)


async def test_a_query_that_the_server_cancels(
    api: AsyncClient, database: "Connection[Any]", database_url: str
) -> None:
    """As after `statement_timeout`, or by an operator."""
    async with connected(database_url) as other, other.transaction():
        await other.execute("lock table partners in access exclusive mode")
        asking = asyncio.create_task(api.get("/partners"))
        (process,) = await held_up(database, 1)
        await database.execute("select pg_cancel_backend($1)", process)
        assert is_away(await asking)
    assert (await api.get("/partners")).status_code == 200


async def test_a_connection_that_has_rested_long_is_replaced(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody on the way may have forgotten it, which would be seen only after a while."""
    mine = "select pg_backend_pid()"
    async with running(settings) as app:
        pool = app.state.database.reads
        first, again = [await pool.fetch(mine) for _ in range(2)]
        assert first == again
        monkeypatch.setattr(pools, "_RESTED", -1)
        assert await pool.fetch(mine) != first


async def test_too_many_at_once(
    settings: Settings,
    api: AsyncClient,
    database: "Connection[Any]",
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who finds all connections at work waits, and is told so before five seconds are over."""
    secret = api.headers["authorization"].removeprefix("Bearer ")
    async with (
        running(settings, pool_size=2) as app,
        caller(app, secret) as client,
        connected(database_url) as other,
    ):
        both = await asyncio.gather(
            *(client.post("/partners", json=factories.partner()) for _ in "12")
        )
        assert [answer.status_code for answer in both] == [201, 201]
        monkeypatch.setattr(pools, "PATIENCE", 0.3)  # not for what has a connection
        async with other.transaction():
            await other.execute("lock table partners in share mode")
            posts = [client.post("/partners", json=factories.partner()) for _ in range(4)]
            asking = [asyncio.create_task(post) for post in posts]
            await held_up(database, 2)
            await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(0.3)
        statuses = sorted([(await answer).status_code for answer in asking])
        assert statuses == [201, 201, 503, 503]


async def test_a_commit_that_fails_is_no_success(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    """The answer is sent after the commit, so a rule checked at commit can still refuse."""
    await database.execute(
        "create function refuse_late() returns trigger language plpgsql as $$ begin"
        " raise check_violation using constraint = 'ck_partners_note', table = 'partners';"
        " end $$; create constraint trigger refuse_late after insert or update on partners"
        " deferrable initially deferred for each row when (new.note = 'late')"
        " execute function refuse_late()"
    )
    try:
        headers = {"idempotency-key": "late"}
        answer = await api.post("/partners", json=factories.partner(note="late"), headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/note")
        assert await database.fetchval("select count(*) from partners") == 0
        kept = await factories.made(api, "/partners", factories.partner())
        answer = await api.patch(
            f"/partners/{kept['id']}", json={"note": "late"}, headers={"if-match": "*"}
        )
        assert answer.status_code == 422
        assert (await api.get(f"/partners/{kept['id']}")).json() == kept
    finally:
        await database.execute("drop function refuse_late cascade")


async def test_reading_connections_cannot_write(app: FastAPI, api: AsyncClient) -> None:
    reads = app.state.database.reads
    number = "select nextval(pg_get_serial_sequence('changes', 'id'))"
    for statement in ("delete from partners", "create table x (y int)", number):
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await reads.fetch(statement)


async def test_connections_are_set_up(app: FastAPI, api: AsyncClient) -> None:
    (row,) = await app.state.database.reads.fetch(
        "select current_setting('timezone') as zone, current_setting('statement_timeout') as most,"
        " current_setting('default_transaction_read_only') as is_safe"
    )
    assert tuple(row) == ("UTC", "10s", "on")
    async with app.state.database.transaction({"actor_id": "", "request_id": "r"}) as opened:
        ((idle, request_id),) = await opened.fetch(
            "select current_setting('idle_in_transaction_session_timeout'),"
            " current_setting('sonla.request_id')"
        )
        assert (idle, request_id) == ("30s", "r")
        assert await opened.session.scalar(text("select 1")) == 1


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is sent to the database on the connections of the writing road."""
    found: list[str] = []
    for name in ("execute", "fetch"):

        async def noted(self: Any, query: str, *args: Any, send: Any, **more: Any) -> Any:
            if "default_transaction_read_only" not in self._params.server_settings:
                found.append(query)
            return await send(self, query, *args, **more)

        send = getattr(asyncpg.Connection, name)
        monkeypatch.setattr(pools.Connection, name, partialmethod(noted, send=send))
    return found


async def test_a_create_takes_one_round_trip(
    api: AsyncClient, database: "Connection[Any]", sent: list[str]
) -> None:
    agency = await factories.made(api, "/agencies", factories.agency())
    body = factories.delegation(lead_agency_id=agency["id"])
    actor_id = await database.fetchval("select id from api_keys")
    key = next(
        key
        for key in map(str, range(99))
        if not Held.of(actor_id, "/api/v1/delegations", key, b"").is_sweeper
    )
    with_key = {"idempotency-key": key}
    made = []
    for headers in ({}, with_key):
        sent.clear()
        made.append(await api.post("/delegations", json=body, headers=headers))
        assert made[-1].status_code == 201
        assert len(sent) == 1, sent
        row = await database.fetchrow(
            "select actor_id, request_id from changes where record_id = $1", made[-1].json()["id"]
        )
        assert tuple(row) == (actor_id, made[-1].headers["x-request-id"])
    sent.clear()
    again = await api.post("/delegations", json=body, headers=with_key)
    assert again.content == made[-1].content
    assert [query.split()[0] for query in sent] == ["WITH", "begin;", "SELECT", "rollback"]


async def test_nothing_is_written_beside_a_transaction(app: FastAPI, api: AsyncClient) -> None:
    who = {"actor_id": "", "request_id": ""}
    async with app.state.database.transaction(who, is_short=True) as opened:
        with pytest.raises(RuntimeError):
            opened.session  # noqa: B018  asking for it is what is tried
        assert opened.alone
        assert await opened.alone.fetch("select 1 where false") == []
        assert await opened.alone.fetch("select 1") == [(1,)]
        with pytest.raises(RuntimeError):
            await opened.fetch("select 2")


async def test_errors_are_logged_without_what_was_written(
    api: AsyncClient, database: "Connection[Any]", caplog: pytest.LogCaptureFixture
) -> None:
    await database.execute(
        "create function break_down() returns trigger language plpgsql as $$ begin"
        " raise exception 'broken'; end $$; create trigger break_down before insert on partners"
        " for each row execute function break_down()"
    )
    try:
        answer = await api.post("/partners", json=factories.partner(note="a private matter"))
    finally:
        await database.execute("drop function break_down cascade")
    assert answer.status_code == 500
    assert "broken" not in answer.text
    assert any(record.levelno == logging.ERROR for record in caplog.records)
    assert "broken" in caplog.text
    assert "a private matter" not in caplog.text
    assert api.headers["authorization"].removeprefix("Bearer ") not in caplog.text
