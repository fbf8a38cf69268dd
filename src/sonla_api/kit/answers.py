"""What goes out: a record with its ETag, a page with its link to the next, a new address."""

import json
import re
import unicodedata
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote

from fastapi import Depends, FastAPI, Header, Response
from fastapi.responses import StreamingResponse
from fastapi.routing import iter_route_contexts
from pydantic import Field
from starlette.datastructures import URL
from starlette.types import Receive, Scope, Send

from sonla_api.kit.context import WriteContext
from sonla_api.kit.cursors import Rows
from sonla_api.kit.files import StoredFile
from sonla_api.kit.formats import PAPER_TYPES
from sonla_api.kit.headers import header
from sonla_api.kit.idempotency import Kept, keep
from sonla_api.kit.problems import VersionRequired
from sonla_api.kit.records import Item
from sonla_api.kit.schema import Page, View
from sonla_api.kit.store import Expected

_NOT_MODIFIED = {b"cache-control", b"etag", b"vary"}
_PLAIN = re.compile(r"[^A-Za-z0-9 ._()-]")
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
        if is_known(scope, self.etag):
            await _send_not_modified(self, send)
        else:
            await super().__call__(scope, receive, send)


def is_known(scope: Scope, etag: str) -> bool:
    """Whether the caller has what it asks for, by its If-None-Match."""
    known = header(scope, b"if-none-match") if scope["method"] == "GET" else None
    if known is None:
        return False
    return etag in re.findall(r'"[^"]*"', known) or known.strip() == "*"


async def _send_not_modified(answer: Response, send: Send) -> None:
    kept = [pair for pair in answer.raw_headers if pair[0] in _NOT_MODIFIED]
    await send({"type": "http.response.start", "status": 304, "headers": kept})
    await send({"type": "http.response.body", "body": b""})


class NotModified(Response):
    """304, where it is known without the body that the caller has it."""

    def __init__(self, etag: str) -> None:
        super().__init__(status_code=304, headers={"ETag": etag, **VARY})


class StreamedAnswer(StreamingResponse):
    """What is sent on in pieces as they come, unless the caller has it already."""

    def __init__(
        self,
        pieces: AsyncIterator[bytes],
        etag: str,
        headers: Mapping[str, str],
        status_code: int = 200,
        media_type: str | None = None,
    ) -> None:
        self.etag = etag
        super().__init__(pieces, status_code, {"ETag": etag, **VARY, **headers}, media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_known(scope, self.etag):
            await _send_not_modified(self, send)
        elif scope["state"]["is_head"]:
            start = {"type": "http.response.start", "status": self.status_code}
            await send({**start, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": b""})
        else:
            await super().__call__(scope, receive, send)


class FileAnswer(StreamedAnswer):
    """A file, never shown in place of being saved."""

    media_type = "application/octet-stream"

    def __init__(
        self, file: StoredFile, pieces: AsyncIterator[bytes], status_code: int = 200
    ) -> None:
        headers = {
            "Content-Length": str(file.size),
            "Content-Disposition": as_attachment(file.name),
        }
        etag = f'"{file.version}.{file.sha256[:8]}"'
        super().__init__(pieces, etag, headers, status_code, file.media_type)


def download_addresses(api: FastAPI) -> list[re.Pattern[str]]:
    """Where files are given, whatever format the caller would rather have."""
    routes = iter_route_contexts(api.routes)
    return [it.path_regex for it in routes if _is_streamed(getattr(it, "response_class", None))]


def _is_streamed(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, StreamedAnswer)


class PaperAnswer(Response):
    """A record as a file to print or to calculate with; it is made only for who has not got it."""

    def __init__(
        self,
        format_: str,
        name: str,
        make: Callable[[], Awaitable[bytes]],
        etag: str | None = None,
    ) -> None:
        self._make, self.etag = make, etag
        known = {"ETag": etag} if etag else {}
        headers = {"Content-Disposition": as_attachment(f"{name}.{format_}"), **known, **VARY}
        super().__init__(headers=headers, media_type=PAPER_TYPES[format_])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.etag and is_known(scope, self.etag):
            await _send_not_modified(self, send)
            return
        self.body = await self._make()
        self.headers["Content-Length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def paper_addresses(api: FastAPI) -> list[re.Pattern[str]]:
    """Where papers are given."""
    return [it.path_regex for it in iter_route_contexts(api.routes) if _gives_papers(it)]


def _gives_papers(route: Any) -> bool:
    answer = getattr(route, "responses", {}).get(200, {})
    return PAPER_TYPES["pdf"] in answer.get("content", {})


def as_attachment(name: str) -> str:
    """RFC 6266: in plain letters for old readers, exactly for all others."""
    letters = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    plain = _PLAIN.sub("_", "".join(it for it in letters if not unicodedata.combining(it)))
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


class PageAnswer(Response):
    """One page; the `Link` header leads to the next. `beside`: members that stand before it."""

    media_type = "application/json"
    opening = b'"items":['

    def __init__(self, rows: Rows, parameter: str = "cursor", **beside: bytes) -> None:
        self.rows = rows
        self.following = {parameter: rows.next_cursor} if rows.next_cursor else {}
        end = json.dumps({"next_cursor": rows.next_cursor, "total": rows.total}).encode()
        # Joined once, as it may be long.
        head = [b"{", *(b'"%b":%b,' % (name.encode(), beside[name]) for name in beside)]
        bodies = [part for body in rows.bodies for part in (b",", body)][1:]
        whole = b"".join([*head, self.opening, *bodies, b"],", end[1:]])
        super().__init__(whole, headers=VARY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.following:
            address = URL(scope=scope).include_query_params(**self.following)
            target = f"{address.path}?{address.query}"
            self.headers["Link"] = f'<{target}>; rel="next"'
        await super().__call__(scope, receive, send)


class ListRoute(NamedTuple):
    """A route that lists, and what it shows."""

    route: Any
    view: type[View]

    @property
    def name(self) -> str:
        """`delegations`, `delegations-history`."""
        words = self.route.path.split("/")[3:]
        return "-".join(word for word in words if not word.startswith("{"))


def lists(api: FastAPI) -> Iterator[ListRoute]:
    """Those that answer a `Page` of something."""
    for route in iter_route_contexts(api.routes):
        answer = getattr(route, "response_model", None)
        if isinstance(answer, type) and issubclass(answer, Page):
            yield ListRoute(route, answer.__pydantic_generic_metadata__["args"][0])


async def created(
    ctx: WriteContext, item: Item, address: str, *, is_secret: bool = False
) -> Response:
    """201; kept for a repetition with the same Idempotency-Key, in the same transaction.

    An answer that shows a secret is kept without it: who repeats that is told so.
    """
    kept = Kept(item.version, address, item.body)
    if ctx.key and not item.is_kept:
        await keep(ctx.reader, ctx.key, kept._replace(body=b"") if is_secret else kept)
    return replayed(kept)


def replayed(kept: Kept) -> Response:
    """201, now and at every repetition."""
    return RecordAnswer(kept, 201, {"Location": kept.location})


_VERSION = re.compile(r'(?<!W/)"(\d{1,9})(?:\.[0-9a-f]{8})?"')


def _expected(
    if_match: Annotated[
        Annotated[str, Field(json_schema_extra={"format": "etag"})] | None,
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
