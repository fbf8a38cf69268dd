"""Who holds which key: wrong ones, guessed ones, revoked ones, and when a key was last used."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from sonla_api.identity import keyring as keyrings
from sonla_api.identity.keyring import GUESSES, Keyring
from sonla_api.identity.keys import create_key, revoke_key
from sonla_api.kit import limits
from sonla_api.settings import Settings
from tests.conftest import Connection
from tests.running import caller, running

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
WRONG = "sonla_" + "a" * 40
MOST = GUESSES.most


@pytest.fixture
def clock(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[timedelta], None]]:
    """`clock(after)` sets the service's clocks to that long after the beginning."""

    def at(after: timedelta) -> None:
        app.state.clock = lambda: START + after
        monkeypatch.setattr(keyrings, "monotonic", after.total_seconds)

    at(timedelta(0))
    yield at
    app.state.clock = None


@pytest.fixture
def addresses() -> Iterator[str]:
    """Addresses that nobody has guessed from yet, in networks of their own."""
    taken = f"{uuid4().int >> 96:08x}"
    return (f"2001:{taken[:4]}:{taken[4:]}:{n:x}::1" for n in range(10))


async def new_key(database: "Connection[Any]", **given: Any) -> str:
    return await create_key(database, **{"name": "Test", "role": "viewer", **given})


@pytest.mark.parametrize(
    "authorization",
    [
        f"Bearer {WRONG}",
        "Bearer sonla_",
        "Bearer",
        "",
        " ",
        "Basic dXNlcjpwYXNzd29yZA==",
        f"Basic {WRONG}",
        f"Bearer  {WRONG}",
        f"Bearer {WRONG}x",
        f"Bearer {WRONG.upper()}",
        "Bearer sonla_\xff\xfe",
        "Bearer ' or 1=1 --",
        "Bearer " + "x" * 10_000,
    ],
    ids=lambda given: given[:20],
)
async def test_a_wrong_key_is_401_where_a_stranger_may_read(
    app: FastAPI, database: "Connection[Any]", addresses: Iterator[str], authorization: str
) -> None:
    async with caller(app, address=next(addresses)) as client:
        headers = [(b"authorization", authorization.encode("latin-1"))]
        for path in ("/partners", "/nowhere", "/code-lists"):
            answer = await client.get(path, headers=headers)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["type"] == "/docs/problems/unauthenticated"
        assert (await client.get("/partners")).status_code == 200


async def test_the_prefix_alone_is_no_key(
    app: FastAPI, database: "Connection[Any]", addresses: Iterator[str]
) -> None:
    secret = await new_key(database)
    wrong = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    for tried, status in ((wrong, 401), (secret, 200), (wrong, 401)):
        async with caller(app, tried, next(addresses)) as client:
            assert (await client.get("/partners")).status_code == status


async def test_the_scheme_is_written_in_any_case(app: FastAPI, database: "Connection[Any]") -> None:
    secret = await new_key(database)
    async with caller(app) as client:
        headers = {"authorization": f"bearer {secret}"}
        assert (await client.get("/partners", headers=headers)).status_code == 200


async def test_guessing_is_throttled(
    app: FastAPI, database: "Connection[Any]", addresses: Iterator[str]
) -> None:
    here, elsewhere = next(addresses), next(addresses)
    async with caller(app, WRONG, here) as client:
        for _ in range(MOST):
            assert (await client.get("/partners")).status_code == 401
        answer = await client.get("/partners")
        assert (answer.status_code, answer.json()["type"]) == (
            429,
            "/docs/problems/too-many-requests",
        )
        assert 1 <= int(answer.headers["retry-after"]) <= 60
    async with caller(app, address=here) as client:
        assert (await client.get("/partners")).status_code == 200
    async with caller(app, WRONG, elsewhere) as client:
        assert (await client.get("/partners")).status_code == 401


async def test_guesses_at_once_are_throttled_as_well(
    app: FastAPI, database: "Connection[Any]", addresses: Iterator[str]
) -> None:
    async with caller(app, WRONG, next(addresses)) as client:
        answers = await asyncio.gather(*[client.get("/partners") for _ in range(MOST + 15)])
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [401] * MOST + [429] * 15


async def test_who_waits_may_try_again(
    app: FastAPI,
    database: "Connection[Any]",
    addresses: Iterator[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with caller(app, WRONG, next(addresses)) as client:
        await asyncio.gather(*[client.get("/partners") for _ in range(MOST + 1)])
        wait = int((await client.get("/partners")).headers["retry-after"])
        now = time.monotonic()
        monkeypatch.setattr(limits, "monotonic", lambda: now + wait + 1)
        assert (await client.get("/partners")).status_code == 401


async def test_a_known_key_works_on_behind_the_address_of_a_guesser(
    app: FastAPI,
    database: "Connection[Any]",
    addresses: Iterator[str],
    clock: Callable[[timedelta], None],
) -> None:
    address = next(addresses)
    good, late = await new_key(database), await new_key(database)
    async with (
        caller(app, good, address) as client,
        caller(app, WRONG, address) as guesser,
        caller(app, late, address) as newcomer,
    ):
        assert (await client.get("/partners")).status_code == 200
        await asyncio.gather(*[guesser.get("/partners") for _ in range(MOST + 1)])
        for seconds in (1, 6, 60, 3600):
            clock(timedelta(seconds=seconds))
            answers = await asyncio.gather(*[client.get("/partners") for _ in range(3)])
            assert [answer.status_code for answer in answers] == [200] * 3
        # Whether a key never seen here is right would tell a guesser that it has guessed.
        assert (await newcomer.get("/partners")).status_code == 429


async def test_a_revoked_key_is_refused_within_five_seconds(
    app: FastAPI,
    database: "Connection[Any]",
    addresses: Iterator[str],
    clock: Callable[[timedelta], None],
) -> None:
    secret = await new_key(database)
    async with caller(app, secret, next(addresses)) as client:
        assert (await client.get("/partners")).status_code == 200
        assert await revoke_key(database, secret[6:14])
        clock(timedelta(seconds=5))
        assert (await client.get("/partners")).status_code == 401
        clock(timedelta(seconds=0))
        assert (await client.get("/partners")).status_code == 401


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=1)])
async def test_a_clock_that_jumps_keeps_no_revoked_key_alive(
    app: FastAPI,
    database: "Connection[Any]",
    addresses: Iterator[str],
    clock: Callable[[timedelta], None],
    jump: timedelta,
) -> None:
    """Nor does it lock out a key that holds."""
    revoked, good = await new_key(database), await new_key(database)
    address = next(addresses)
    async with caller(app, revoked, address) as client, caller(app, good, address) as other:
        assert (await client.get("/partners")).status_code == 200
        assert (await other.get("/partners")).status_code == 200
        assert await revoke_key(database, revoked[6:14])
        clock(timedelta(seconds=5))
        app.state.clock = lambda: START + jump
        assert (await client.get("/partners")).status_code == 401
        assert (await other.get("/partners")).status_code == 200


async def test_a_lesser_role_holds_within_five_seconds(
    app: FastAPI, database: "Connection[Any]", clock: Callable[[timedelta], None]
) -> None:
    secret = await new_key(database, role="officer")
    async with caller(app, secret) as client:
        assert (await client.post("/partners", json={})).status_code == 422
        await database.execute("update api_keys set role = 'viewer'")
        clock(timedelta(seconds=5))
        assert (await client.post("/partners", json={})).status_code == 403


async def test_a_key_ends_at_its_time(
    app: FastAPI,
    database: "Connection[Any]",
    addresses: Iterator[str],
    clock: Callable[[timedelta], None],
) -> None:
    secret = await new_key(database, expires_at=START + timedelta(seconds=2))
    async with caller(app, secret, next(addresses)) as client:
        for seconds, status in ((0, 200), (1.9, 200), (2, 401), (9, 401)):
            clock(timedelta(seconds=seconds))
            assert (await client.get("/partners")).status_code == status, seconds


async def last_used(app: FastAPI, database: "Connection[Any]") -> datetime | None:
    await app.state.keyring.settled()
    found: datetime | None = await database.fetchval("select last_used_at from api_keys")
    return found


async def test_the_last_use_is_noted_once_a_minute(
    app: FastAPI, database: "Connection[Any]", clock: Callable[[timedelta], None]
) -> None:
    secret = await new_key(database)
    async with caller(app, secret) as client:
        assert await last_used(app, database) is None
        for seconds, noted in ((0, 0), (4, 0), (30, 0), (60, 0), (66, 66), (90, 66), (130, 130)):
            clock(timedelta(seconds=seconds))
            assert (await client.get("/partners")).status_code == 200
            assert await last_used(app, database) == START + timedelta(seconds=noted), seconds
    assert await database.fetchval("select count(*) from changes") == 0


async def test_a_use_that_cannot_be_noted_harms_nobody(
    database: "Connection[Any]", app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> None:
        raise OSError

    secret = await new_key(database)
    keyring = Keyring(public_read=False, touch=fail, limits=limits.InMemory())
    actor = await keyring.actor(app.state.database.reads, f"Bearer {secret}", "::1", START)
    await keyring.settled()
    assert actor.may("partners:read")
    assert "could not be noted" in caplog.text
    assert secret not in caplog.text


async def test_a_key_is_remembered_when_the_database_is_away(
    app: FastAPI,
    database: "Connection[Any]",
    addresses: Iterator[str],
    clock: Callable[[timedelta], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or else, once it is back, the key would be new and throttled behind a guesser's address."""
    address = next(addresses)
    secret = await new_key(database)
    async with caller(app, secret, address) as client, caller(app, WRONG, address) as guesser:
        assert (await client.get("/partners")).status_code == 200
        await asyncio.gather(*[guesser.get("/partners") for _ in range(MOST)])
        clock(timedelta(seconds=6))
        with monkeypatch.context() as away:

            async def unreachable(*_: object, **__: object) -> None:
                raise OSError

            away.setattr("sonla_api.identity.keyring.find_key.fetch", unreachable)
            assert (await client.get("/partners")).status_code == 503
        assert (await client.get("/partners")).status_code == 200


async def test_one_query_in_five_seconds_for_a_key(
    settings: Settings, database: "Connection[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = await new_key(database)
    async with running(settings) as app, caller(app, secret) as client:
        asked: list[str] = []
        fetch = type(app.state.database.reads).fetch

        async def noted(self: Any, query: str, *args: Any) -> Any:
            asked.append(query)
            return await fetch(self, query, *args)

        monkeypatch.setattr(type(app.state.database.reads), "fetch", noted)
        for _ in range(3):
            await client.get("/code-lists")
        assert len([query for query in asked if "api_keys" in query]) == 1
        await app.state.keyring.settled()
