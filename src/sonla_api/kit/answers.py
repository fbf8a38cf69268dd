"""What goes out: a record with its ETag, a page with its link to the next, a new address."""

import json
import re
import zlib
from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Header, Response
from starlette.datastructures import URL, Headers
from starlette.types import Receive, Scope, Send

from sonla_api.kit.context import WriteContext
from sonla_api.kit.idempotency import Kept, keep
from sonla_api.kit.problems import VersionRequired
from sonla_api.kit.records import Item, Rows
from sonla_api.kit.store import Expected

_NOT_MODIFIED = {b"etag", b"vary"}
VARY = {"Vary": "Authorization, Accept, Accept-Language"}


class RecordAnswer(Response):
    """One record. Its ETag: the version, which If-Match compares, a dot, a checksum of the body.

    The body also names other records and says what this caller may do, so the version alone would
    let a stale copy pass for fresh.
    """

    media_type = "application/json"

    def __init__(
        self, item: Item | Kept, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        self.etag = f'"{item.version}.{zlib.crc32(item.body):08x}"'
        super().__init__(item.body, status, {"ETag": self.etag, **VARY, **(headers or {})})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = Headers(scope=scope).get("if-none-match") if scope["method"] == "GET" else None
        if known and (self.etag in re.findall(r'"[^"]*"', known) or known.strip() == "*"):
            kept = [pair for pair in self.raw_headers if pair[0] in _NOT_MODIFIED]
            await send({"type": "http.response.start", "status": 304, "headers": kept})
            await send({"type": "http.response.body", "body": b""})
        else:
            await super().__call__(scope, receive, send)


class PageAnswer(Response):
    """One page; the `Link` header leads to the next."""

    media_type = "application/json"

    def __init__(self, rows: Rows, parameter: str = "cursor") -> None:
        self.following = {parameter: rows.next_cursor} if rows.next_cursor else {}
        end = json.dumps({"next_cursor": rows.next_cursor, "total": rows.total}).encode()
        super().__init__(b'{"items":[%b],%b' % (b",".join(rows.bodies), end[1:]), headers=VARY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.following:
            address = URL(scope=scope).include_query_params(**self.following)
            target = f"{address.path}?{address.query}"
            self.headers["Link"] = f'<{target}>; rel="next"'
        await super().__call__(scope, receive, send)


async def created(ctx: WriteContext, item: Item, address: str) -> Response:
    """201; kept for a repetition with the same Idempotency-Key, in the same transaction."""
    kept = Kept(item.version, address, item.body)
    if ctx.key and not item.is_kept:
        await keep(ctx.reader, ctx.key, kept)
    return replayed(kept)


def replayed(kept: Kept) -> Response:
    """201, now and at every repetition."""
    return RecordAnswer(kept, 201, {"Location": kept.location})


_VERSION = re.compile(r'(?<!W/)"(\d{1,9})(?:\.[0-9a-f]{8})?"')


def _expected(
    if_match: Annotated[
        str | None,
        Header(
            description="The ETag that was read, or * to overwrite whatever is there now.",
            max_length=500,
            examples=['"3.9f1c02aa"'],
        ),
    ] = None,
) -> Expected:
    if if_match is None:
        raise VersionRequired
    return None if if_match.strip() == "*" else frozenset(map(int, _VERSION.findall(if_match)))


IfMatch = Annotated[Expected, Depends(_expected)]
