"""What only a real server on a real port shows."""

import asyncio

REQUESTS = (
    b"HEAD /api/v1/code-lists HTTP/1.1\r\nHost: x\r\n\r\n"
    b"GET /api/v1/code-lists HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
)


async def test_head_is_framed_without_a_body(live_server: str) -> None:
    """The next request on the same connection is answered too, and only it has a body."""
    host, _, port = live_server.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(REQUESTS)
    answers = (await reader.read()).split(b"HTTP/1.1 200 OK\r\n")[1:]
    writer.close()
    await writer.wait_closed()
    head, get = (answer.split(b"\r\n\r\n", 1) for answer in answers)
    assert (head[1], get[1][:10]) == (b"", b'{"items":[')
    assert f"content-length: {len(get[1])}".encode() in head[0].lower()
