"""Callers who are slow, who hang up, and who ask while the service stops, on real connections."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import pytest

from sonla_api import connections
from sonla_api.identity.keys import create_key
from sonla_api.settings import Settings
from tests.conftest import Connection
from tests.running import Served, served

GET = b"GET /api/v1/code-lists HTTP/1.1\r\nHost: x\r\n"
RECORD = b'{"name": {"en": "Late"}, "kind": "ingo", "country": "LA"}'
LENGTH = b"Content-Length: %d\r\n\r\n" % len(RECORD)


@pytest.fixture(scope="module")
def service(settings: Settings) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(connections, "PATIENCE", 0.4)
        patched.setattr(connections, "_LOOK", 0.05)
        with served(settings) as service:
            yield service


@pytest.fixture
def port(service: Served) -> int:
    return service.port


@asynccontextmanager
async def opened(
    port: int,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
    body = await reader.readexactly(int(headers["content-length"]))
    return int(head[0].split()[1]), headers, json.loads(body)


async def drip(writer: asyncio.StreamWriter, text: bytes) -> None:
    """Send it byte by byte, as long as somebody takes it."""
    for n in range(len(text)):
        if writer.is_closing():
            return
        writer.write(text[n : n + 1])
        await asyncio.sleep(0.1)


@pytest.fixture
async def post(database: "Connection[Any]") -> bytes:
    """The head of a request that creates a partner."""
    secret = await create_key(database, name="Test", role="officer")
    return (
        b"POST /api/v1/partners HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Accept-Language: vi\r\nAuthorization: Bearer " + secret.encode() + b"\r\n"
    )


async def test_a_head_that_drips_is_answered_408(port: int) -> None:
    async with opened(port) as (reader, writer):
        dripping = asyncio.create_task(drip(writer, GET * 9))
        began = time.monotonic()
        status, headers, problem = await answer(reader)
        assert time.monotonic() - began < 2
        assert (status, problem["type"]) == (408, "/docs/problems/request-timeout")
        assert headers["content-type"] == "application/problem+json"
        assert (headers["connection"], headers["x-content-type-options"]) == ("close", "nosniff")
        assert await reader.read() == b""
        await dripping


async def test_a_body_that_drips_is_answered_408_and_written_nowhere(
    port: int, post: bytes, database: "Connection[Any]"
) -> None:
    """Not even if what came is a whole record already."""
    async with opened(port) as (reader, writer):
        record = b'{"name": {"en": "Slow"}, "kind": "ingo", "country": "LA"}'
        writer.write(post + b"Content-Length: 500\r\n\r\n" + record)
        dripping = asyncio.create_task(drip(writer, b" " * 400))
        status, headers, problem = await answer(reader)
        assert (status, headers["content-language"]) == (408, "vi")
        assert problem["instance"] == "/api/v1/partners"
        await dripping
    assert await database.fetchval("select count(*) from partners") == 0


async def test_who_hangs_up_in_the_middle_of_a_body_has_asked_for_nothing(
    port: int, post: bytes, database: "Connection[Any]", service: Served
) -> None:
    record = b'{"name": {"en": "Cut off"}, "kind": "ingo", "country": "LA"}'
    async with opened(port) as (_, writer):
        writer.write(post + b"Content-Length: 500\r\n\r\n" + record)
        await writer.drain()
        await asyncio.sleep(0.1)
    while service.server.server_state.tasks:  # noqa: ASYNC110  of another thread's loop
        await asyncio.sleep(0.02)
    assert await database.fetchval("select count(*) from partners") == 0


async def test_a_body_that_drips_after_its_answer_holds_no_connection(port: int) -> None:
    """A stranger is told before the body is read."""
    async with opened(port) as (reader, writer):
        writer.write(b"POST /api/v1/partners HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n")
        assert (await answer(reader))[0] == 401
        dripping = asyncio.create_task(drip(writer, b" " * 400))
        assert await reader.read() == b""
        await dripping


async def test_who_says_nothing_is_left_without_a_word(port: int) -> None:
    async with opened(port) as (reader, _):
        began = time.monotonic()
        assert await reader.read() == b""
        assert time.monotonic() - began < 2


async def test_what_is_no_http_is_a_problem(port: int) -> None:
    async with opened(port) as (reader, writer):
        writer.write(b"HELO sonla\r\n\r\n")
        status, headers, problem = await answer(reader)
        assert (status, problem["type"]) == (400, "/docs/problems/bad-request")
        assert headers["content-type"] == "application/problem+json"


async def test_a_line_that_is_slow_but_steady_is_waited_for(port: int, post: bytes) -> None:
    """2,000 bytes a second here; the first is refused only when it brings less than 1,000."""
    async with opened(port) as (reader, writer):
        writer.write(post + b"Content-Length: 2000\r\n\r\n")
        for _ in range(10):
            writer.write(b" " * 200)
            await asyncio.sleep(0.1)
        assert (await answer(reader))[0] == 400  # no JSON: it was read to its end


async def test_others_are_answered_meanwhile_and_a_connection_may_rest(port: int) -> None:
    async with opened(port) as (_, slow), opened(port) as (reader, writer):
        slow.write(GET)
        for _ in range(2):
            writer.write(GET + b"\r\n")
            assert (await answer(reader))[0] == 200
            await asyncio.sleep(0.6)  # longer than a request may take


@pytest.mark.parametrize("of_body", [0, 20, -len(LENGTH) - 20], ids=["no body", "body", "head"])
async def test_who_asks_ahead_is_not_called_slow(
    port: int, post: bytes, database: "Connection[Any]", of_body: int
) -> None:
    """What has come of it, up to a part of its head or body, waits for us."""
    asked = post + LENGTH + RECORD
    begun = len(post + LENGTH) + of_body
    async with opened(port) as (reader, writer):
        await database.execute("begin; lock table partners")
        writer.write(asked + asked[:begun])
        await asyncio.sleep(0.8)  # longer than a request may take
        await database.execute("rollback")
        assert (await answer(reader))[0] == 201
        writer.write(asked[begun:])
        assert (await answer(reader))[0] == 201


async def test_told_to_stop_it_answers_whoever_has_reached_it(settings: Settings) -> None:
    """Also on connections that rest or that were made a moment ago, and then it ends."""
    with served(settings) as (server, thread, port):
        async with opened(port) as (reader, writer), opened(port) as (unfinished, late):
            writer.write(GET + b"\r\n")
            assert (await answer(reader))[0] == 200
            late.write(GET[:20])
            server.should_exit = True
            await asyncio.sleep(0.15)
            writer.write(GET + b"\r\n")
            status, headers, _ = await answer(reader)
            assert (status, headers["connection"]) == (200, "close")
            assert await reader.read() == b""
            late.write(GET[20:] + b"\r\n")
            status, headers, _ = await answer(unfinished)
            assert (status, headers["connection"]) == (200, "close")
        await asyncio.to_thread(thread.join, 10)
        assert not thread.is_alive()
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0


async def test_told_to_stop_it_waits_for_whoever_is_at_it(
    settings: Settings,
    database: "Connection[Any]",
    post: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who has begun to ask, and who is answered for longer than a connection may rest."""
    monkeypatch.setattr(connections, "PATIENCE", 4.0)  # as it is where nobody shortens it
    monkeypatch.setattr(connections, "_LINGER", 0.8)
    asked = post + LENGTH + RECORD
    async with AsyncExitStack() as stack:
        server, _, port = stack.enter_context(served(settings))
        resting, before, after, unfinished = [
            await stack.enter_async_context(opened(port)) for _ in range(4)
        ]
        unfinished[1].write(GET[:20])
        await database.execute("begin; lock table partners")
        before[1].write(asked)
        await asyncio.sleep(0.3)
        server.should_exit = True
        await asyncio.sleep(0.3)
        after[1].write(asked)
        assert await resting[0].read() == b""
        unfinished[1].write(GET[20:] + b"\r\n")
        assert (await answer(unfinished[0]))[0] == 200
        await database.execute("rollback")
        for reader, _ in (before, after):
            status, headers, _ = await answer(reader)
            assert (status, headers["connection"]) == (201, "close")
    assert await database.fetchval("select count(*) from partners") == 2
