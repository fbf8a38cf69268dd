"""Callers who take their time: connections that say a byte a second, or nothing, or hang up."""

import asyncio
import time

HEAD = b"POST /api/v1/partners HTTP/1.1\r\nHost: sonla\r\nContent-Type: application/json\r\n"


async def dripped(port: int, before: bytes, drip: bytes) -> tuple[float, bytes]:
    """After how many seconds the service said what, to who sends the rest byte by byte."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    writer.write(before)
    said = asyncio.create_task(reader.read())
    try:
        for n in range(len(drip)):
            if said.done():
                break
            writer.write(drip[n : n + 1])
            await asyncio.wait([said], timeout=1)
        answer = await said
        return time.monotonic() - began, answer
    except OSError:  # cut off while it was being said
        return time.monotonic() - began, b""
    finally:
        writer.close()


async def head(port: int) -> tuple[float, bytes]:
    return await dripped(port, b"", HEAD)


async def body(port: int, secret: str) -> tuple[float, bytes]:
    key = f"Authorization: Bearer {secret}\r\nContent-Length: 1000\r\n\r\n"
    return await dripped(port, HEAD + key.encode(), b" " * 60)


async def silence(port: int) -> tuple[float, bytes]:
    return await dripped(port, b"", b"")


async def hang_ups(port: int, secret: str, count: int) -> None:
    """In the middle of a request, and after it without waiting for the answer."""
    body = b'{"name": {"en": "Hung up"}, "kind": "ingo", "country": "LA"}'
    key = f"Authorization: Bearer {secret}\r\nContent-Length: {len(body)}\r\n\r\n"
    for n in range(count):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + key.encode() + body[: len(body) // (1 + n % 2)])
        await writer.drain()
        writer.close()
