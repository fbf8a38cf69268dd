"""How much a caller may ask for in a minute, counted here or in Redis, and what it is told."""

import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from sonla_api.embedded.processes import wait_until
from sonla_api.identity.keys import create_key
from sonla_api.kit import limits
from sonla_api.kit.limits import InMemory, InRedis, Limit, network
from sonla_api.settings import Settings
from tests.conftest import Connection
from tests.running import caller, running

FIVE = Limit("key", 5)
Clock = Callable[[float], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    def at(seconds: float) -> None:
        monkeypatch.setattr(limits, "monotonic", lambda: seconds)

    at(1000)
    return at


@pytest.fixture(scope="module")
def redis() -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A Redis of these tests' own, and its process."""
    program = shutil.which("redis-server")
    if not program:
        pytest.skip("no redis-server here (make setup installs it)")
    with tempfile.TemporaryDirectory(prefix="sonla-") as folder:
        path = f"{folder}/redis.sock"
        command = [program, "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            assert wait_until(Path(path).exists, 10)
            yield f"unix://{path}", process
            process.terminate()


@asynccontextmanager
async def counted_in(url: str) -> AsyncIterator[InRedis]:
    made = InRedis(url)
    yield made
    await made.close()


async def test_no_minute_has_more_than_the_limit(clock: Clock) -> None:
    counting, chance = InMemory(), random.Random(7)  # noqa: S311  the same every time
    granted: list[int] = []
    at = 0.0
    for _ in range(400):
        at += chance.expovariate(1 / 4)
        clock(at)
        if not (await counting.take(FIVE, "a")).is_refused:
            granted.append(int(at))
    assert len(granted) > 100
    assert all(later - first >= 60 for first, later in zip(granted, granted[5:], strict=False))


async def test_it_is_told_what_is_left_and_when_it_becomes_more(clock: Clock) -> None:
    counting = InMemory()
    told = []
    for second in (0, 10, 10, 10, 10, 30, 59, 60, 60, 70):
        clock(1000 + second)
        told.append((await counting.take(FIVE, "a"))[1:])
    assert told == [
        (4, 60),
        (3, 50),
        (2, 50),
        (1, 50),
        (0, 50),
        (-1, 30),
        (-1, 1),
        (0, 10),
        (-1, 10),
        (3, 50),
    ]


async def test_to_ask_costs_nothing_and_callers_do_not_share(clock: Clock) -> None:
    counting = InMemory()
    for _ in range(9):
        assert (await counting.take(FIVE, "a", cost=0)).left == 5
    assert [(await counting.take(FIVE, "a")).left for _ in range(6)] == [4, 3, 2, 1, 0, -1]
    assert (await counting.take(FIVE, "b")).left == 4
    assert (await counting.take(Limit("other", 1), "a")).left == 0


async def test_each_process_grants_its_share(clock: Clock) -> None:
    assert (await InMemory(2).take(Limit("key", 9), "a")).left == 3
    assert (await InMemory(16).take(FIVE, "a")).left == 0


async def test_who_has_not_come_for_a_minute_is_forgotten(clock: Clock) -> None:
    counting = InMemory()
    for n in range(100):
        await counting.take(FIVE, f"{n}")
    for second in (1059, 1060, 1119, 1121):
        clock(second)
        await counting.take(FIVE, "still here")
    assert [len(counting._seen), len(counting._before)] == [1, 0]


@pytest.mark.parametrize(
    ("address", "stands_for"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
def test_whom_an_address_stands_for(address: str, stands_for: str) -> None:
    assert network(address) == stands_for


async def test_redis_counts_for_all_processes(redis: tuple[str, Any]) -> None:
    async with counted_in(redis[0]) as one, counted_in(redis[0]) as other:
        assert (await one.take(FIVE, "a", cost=0)).left == 5
        told = [(await by.take(FIVE, "a")) for by in (one, other, one, other, one, other)]
        assert [share.left for share in told] == [4, 3, 2, 1, 0, -1]
        assert all(1 <= share.reset <= 60 for share in told)
        assert (await other.take(FIVE, "b")).left == 4


async def test_redis_forgets_after_a_minute_and_what_was_to_come(redis: tuple[str, Any]) -> None:
    """The latter was counted by a clock that was put back since."""
    now = int(time.time())
    async with counted_in(redis[0]) as counting:
        for second in (now - 70, now + 3600):
            await counting._redis.hset("sonla:key:c", str(second), "4")  # type: ignore[misc]  # redis types both its clients at once
        await counting._redis.hset("sonla:key:c", str(now - 30), "2")  # type: ignore[misc]  # redis types both its clients at once
        share = await counting.take(FIVE, "c")
        assert share.left == 2
        assert 28 <= share.reset <= 30
        assert 0 < await counting._redis.ttl("sonla:key:c") <= 60


async def test_a_redis_that_does_not_answer_delays_nobody(
    redis: tuple[str, "subprocess.Popen[bytes]"],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(limits, "_REDIS_PATIENCE", 0.1)
    async with counted_in(redis[0]) as counting:
        assert (await counting.take(FIVE, "d")).left == 4
        redis[1].send_signal(signal.SIGSTOP)
        began = time.monotonic()
        assert [(await counting.take(FIVE, "d")).left for _ in range(3)] == [4, 3, 2]
        assert time.monotonic() - began < 1
        redis[1].send_signal(signal.SIGCONT)
        assert (await counting.take(FIVE, "d")).left == 1
        clock(1000 + limits._REDIS_AWAY)
        assert (await counting.take(FIVE, "d")).left in {2, 3}  # the lost one may have come through
    assert caplog.text.count("Redis does not answer") == 1


async def test_a_key_has_a_limit_of_its_own(
    settings: Settings, database: "Connection[Any]"
) -> None:
    secrets = [await create_key(database, name="Test", role="viewer") for _ in range(2)]
    limited = {"rate_limit": 3, "stranger_rate_limit": 2}
    async with running(settings, **limited) as app, caller(app, secrets[0]) as client:
        answers = [await client.get("/code-lists") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        left = [answer.headers["ratelimit"].split(";")[1] for answer in answers]
        assert left == ["r=2", "r=1", "r=0", "r=0"]
        assert {a.headers["ratelimit-policy"] for a in answers} == {'"key";q=3;w=60'}
        refused = answers[-1]
        assert refused.json()["type"] == "/docs/problems/too-many-requests"
        assert refused.headers["content-type"] == "application/problem+json"
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        # Refused before the body is read, and before it is known whether there is such an address.
        assert (await client.post("/partners", content=b"{")).status_code == 429
        assert (await client.get("/nowhere")).status_code == 429
        assert (await client.get("http://test/health/live")).status_code == 200
        async with caller(app, secrets[1]) as other:
            assert (await other.get("/code-lists")).status_code == 200


async def test_strangers_are_counted_by_network(app: FastAPI, settings: Settings) -> None:
    async with running(settings, stranger_rate_limit=2) as limited:

        async def asked(address: str) -> Any:
            async with caller(limited, address=address) as stranger:
                return await stranger.get("/code-lists")

        here = [await asked(f"2001:db8:1:2::{n}") for n in range(3)]
        assert [answer.status_code for answer in here] == [200, 200, 429]
        assert here[0].headers["ratelimit-policy"] == '"address";q=2;w=60'
        assert (await asked("2001:db8:1:3::1")).status_code == 200


async def test_how_many_wrong_keys_an_address_may_send_is_a_setting(settings: Settings) -> None:
    async with running(settings, wrong_key_limit=2) as app, caller(app, "sonla_x") as guessing:
        answers = [await guessing.get("/code-lists") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]


async def test_no_limit_is_no_header(settings: Settings) -> None:
    async with running(settings, stranger_rate_limit=0) as app, caller(app) as stranger:
        answer = await stranger.get("/code-lists")
        assert answer.status_code == 200
        assert not {name for name in answer.headers if name.startswith("ratelimit")}


async def test_two_services_with_one_redis_count_together(
    settings: Settings, redis: tuple[str, Any]
) -> None:
    shared = {"stranger_rate_limit": 3, "redis_url": redis[0], "workers": 2}
    async with running(settings, **shared) as one, running(settings, **shared) as other:
        statuses = []
        for app in (one, other, one, other):
            async with caller(app, address="203.0.113.99") as stranger:
                statuses.append((await stranger.get("/code-lists")).status_code)
    assert statuses == [200, 200, 200, 429]
