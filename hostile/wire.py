"""HTTP/1.1 as an attacker speaks it: bytes as they are, whether or not a client library would send
them.
"""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

Head = tuple[tuple[bytes, bytes], ...]
PATIENCE = 60.0
"""Seconds to wait for an answer: on a busy machine a whole list as a file takes its time."""
_CONTINUE, _BODILESS = 100, {204, 304}


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


class Line:
    """A connection to the service, opened again when it was closed."""

    def __init__(self, port: int, own_address: str = "127.0.0.1") -> None:
        self._port, self._own = port, own_address
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, method: bytes, target: bytes, headers: Head, content: bytes) -> Answer:
        """The answer; ConnectionError where the service hung up without one.

        The length is said unless the headers say it themselves.
        """
        named = {name.lower() for name, _ in headers}
        more = [] if b"host" in named else [(b"Host", b"127.0.0.1")]
        if content and not named & {b"content-length", b"transfer-encoding"}:
            more.append((b"Content-Length", str(len(content)).encode()))
        lines = b"".join(b"%s: %s\r\n" % pair for pair in (*headers, *more))
        sent = b"%s %s HTTP/1.1\r\n%s\r\n%s" % (method, target, lines, content)
        return await self.say(sent, is_head=method == b"HEAD")

    async def say(self, sent: bytes, *, is_head: bool = False, is_all: bool = False) -> Answer:
        """The answer to these bytes; `is_all`: nothing comes after them."""
        was_open = self._writer is not None
        exchange = partial(self._exchange, sent, is_head=is_head, is_all=is_all)
        try:
            return await asyncio.wait_for(exchange(), PATIENCE)
        except ConnectionError:
            self.close()
            if not was_open:
                raise
        # The service may close a connection at rest; only a new one shows what it thinks.
        return await asyncio.wait_for(exchange(), PATIENCE)

    def close(self) -> None:
        """What comes next begins anew."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _exchange(self, sent: bytes, *, is_head: bool, is_all: bool) -> Answer:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(
                "127.0.0.1", self._port, local_addr=(self._own, 0), limit=2**20
            )
        self._writer.write(sent)
        if is_all:
            self._writer.write_eof()
        with suppress(ConnectionError):  # it has answered before it heard all
            await self._writer.drain()
        answer = await self._read(self._reader, is_head=is_head)
        if is_all or answer.headers.get("connection") == "close":
            self.close()
        return answer

    async def _read(self, reader: asyncio.StreamReader, *, is_head: bool) -> Answer:
        try:
            status, lines = _CONTINUE, list[bytes]()
            while status == _CONTINUE:
                first, *lines = (await reader.readuntil(b"\r\n\r\n"))[:-4].split(b"\r\n")
                status = int(first.split(b" ")[1])
            pairs = [line.decode("latin-1").partition(":") for line in lines]
            headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
            if is_head or status in _BODILESS:
                return Answer(status, headers, b"")
            return Answer(status, headers, await _content(reader, headers))
        except asyncio.IncompleteReadError as error:
            raise ConnectionError("hung up without an answer") from error


async def _content(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    whole = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        whole += (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")
    return whole
