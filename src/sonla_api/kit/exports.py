"""Every list whole, as a file: its pages one after another, from one state of the data.

What a page shows and refuses, it shows and refuses here too: the same endpoint gives them. It need
say nothing of this; a route that answers a `Page` is a list.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from fastapi.dependencies.utils import solve_dependencies
from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope, Send

from sonla_api.kit.answers import VARY, ListRoute, PageAnswer, as_attachment, lists
from sonla_api.kit.columns import Table
from sonla_api.kit.context import Context
from sonla_api.kit.formats import MEDIA_TYPES, preferred
from sonla_api.kit.headers import header
from sonla_api.kit.listing import Parameters
from sonla_api.kit.pool import PATIENCE
from sonla_api.kit.problems import FieldError, Invalid
from sonla_api.kit.spreadsheets import Csv, Lines, Workbook, Writer
from sonla_api.kit.statement import Reader
from sonla_api.kit.text import Message
from sonla_api.kit.wording import of_validation

_FIRST, _NEXT = 50, 1000
"""Records of the first page, which the caller waits for, and of each other."""
_PORTION = 100
"""Records that are written in one go; other requests have their turn after each."""
_PIECE = 1 << 16
"""Bytes of a file that was kept, sent at once."""
_STALLED = 30
"""Seconds that a caller may take to receive a portion."""
_LONGEST = 900
"""Seconds of an export: as long the database keeps what others have removed meanwhile."""
_FILE = {"type": "string", "description": "The whole list as a file."}
_DISPOSITION = {
    "description": "Of a file: what it is called.",
    "schema": {"type": "string", "examples": ['attachment; filename="partners-2026-11-28.csv"']},
}
_OF_PAGES = ("limit", "cursor", "count")
_WHOLE = Message(
    "an export is the whole list; leave out `{name}`", "xuất là lấy cả danh sách; hãy bỏ `{name}`"
)


_KINDS = tuple(MEDIA_TYPES.values())


class Export(NamedTuple):
    """What somebody asked for: which list, and as what."""

    list: ListRoute
    format: str


class Exports:
    """The lists of the service."""

    def __init__(self, api: FastAPI) -> None:
        self._lists = [*lists(api)]

    def asked(self, scope: Scope) -> Export | None:
        """What a GET asks for, by `format` or else by Accept; None for all that is no file."""
        query, accepted = scope["query_string"], header(scope, b"accept") or ""
        is_plain = b"format" not in query and b"%" not in query
        if is_plain and not (accepted and any(it in accepted.lower() for it in _KINDS)):
            return None
        format_ = QueryParams(query).get("format") or preferred(accepted)
        found = (it for it in self._lists if it.route.path_regex.match(scope["path"]))
        whole = next(found, None) if format_ in MEDIA_TYPES else None
        return Export(whole, str(format_)) if whole else None


async def send_whole(export: Export, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the file. Whoever hangs up ends it, and with it what the database does."""
    scope["route"] = export.list.route.original_route
    sending = asyncio.create_task(_send(export, scope, send))
    leaving = asyncio.create_task(_left(receive))
    try:
        await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        has_left = sending.cancel()
        (error,) = await asyncio.gather(sending, return_exceptions=True)
    if error and not has_left:
        raise error  # before the first byte a problem; behind it, the connection is cut


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(export: Export, scope: Scope, send: Send) -> None:
    values = await _values(export.list.route, scope)
    async with asyncio.timeout(_LONGEST), scope["app"].state.database.reads.snapshot() as reader:
        pages = _Pages(export.list.route.endpoint, values, reader)
        async with asyncio.timeout(PATIENCE):
            first = await pages.first()
        answer = _Answer(export, pages.day, send)
        pieces = _pieces(_writer(export), pages.all(first))
        if scope["state"]["is_head"]:
            await answer.start()
        elif scope["http_version"] == "1.0":
            await _send_kept(answer, pieces)
        else:
            await answer.start()
            async for piece in pieces:
                await answer.go_on(piece)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_kept(answer: "_Answer", pieces: AsyncIterator[bytes]) -> None:
    """What ends where the connection does would look whole if it broke off: its length is told."""
    from tempfile import TemporaryFile  # noqa: PLC0415  proxies that speak HTTP/1.0 are few

    with TemporaryFile() as kept:
        async for piece in pieces:
            kept.write(piece)
        await answer.start(kept.tell())
        kept.seek(0)
        while piece := kept.read(_PIECE):
            await answer.go_on(piece)


async def _pieces(writer: Writer, pages: AsyncIterator[Sequence[bytes]]) -> AsyncIterator[bytes]:
    yield writer.head()
    async for bodies in pages:
        for at in range(0, len(bodies), _PORTION):
            yield writer.rows(bodies[at : at + _PORTION])
            await asyncio.sleep(0)
    yield writer.end()


class _Answer:
    """The file on its way."""

    def __init__(self, export: Export, day: date, send: Send) -> None:
        self._export, self._day, self._send = export, day, send

    async def start(self, length: int | None = None) -> None:
        media_type = MEDIA_TYPES[self._export.format]
        if self._export.format == "csv":
            media_type += "; charset=utf-8; header=present"
        name = f"{self._export.list.name}-{self._day}.{self._export.format}"
        headers = {"Content-Type": media_type, "Content-Disposition": as_attachment(name), **VARY}
        if length is not None:
            headers["Content-Length"] = str(length)
        pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": 200, "headers": pairs})

    async def go_on(self, piece: bytes) -> None:
        if piece:
            async with asyncio.timeout(_STALLED):
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})


async def _values(route: Any, scope: Scope) -> dict[str, Any]:
    """What the endpoint is called with, as FastAPI finds and checks it."""
    async with AsyncExitStack() as stack:
        path = route.path_regex.match(scope["path"])
        stacks = {"fastapi_inner_astack": stack, "fastapi_function_astack": stack}
        request = Request({**scope, **stacks, "path_params": path.groupdict()})
        solved = await solve_dependencies(
            request=request,
            dependant=route.dependant,
            async_exit_stack=stack,
            embed_body_fields=False,
        )
    if solved.errors:
        raise of_validation(solved.errors)
    return solved.values


class _Pages:
    """The pages of a list for one caller, from one state of the data."""

    def __init__(self, endpoint: Any, values: dict[str, Any], reader: Reader) -> None:
        self._endpoint, self._values = endpoint, values
        for name, value in values.items():
            if isinstance(value, Context):
                self.day = value.today
                values[name] = replace(value, reader=reader)
            if isinstance(value, Parameters):
                self._name, self._listing = name, value
        self._known = type(self._listing).model_fields

    async def first(self) -> PageAnswer:
        """The first page; what is about pages is refused."""
        if given := [name for name in _OF_PAGES if name in self._listing.model_fields_set]:
            raise Invalid(
                errors=[FieldError(f"/{n}", "of_pages", _WHOLE.format(name=n)) for n in given]
            )
        return await self._page(_FIRST)

    async def all(self, page: PageAnswer) -> AsyncIterator[Sequence[bytes]]:
        size = _FIRST
        while True:
            yield page.rows.bodies
            if len(page.rows.bodies) < size or not page.following:
                return
            size = _NEXT
            page = await self._page(size, **page.following)

    async def _page(self, size: int, **changed: Any) -> PageAnswer:
        changed = {n: it for n, it in {"limit": size, **changed}.items() if n in self._known}
        listing = self._listing.model_copy(update=changed)
        page: PageAnswer = await self._endpoint(**{**self._values, self._name: listing})
        return page


def _writer(export: Export) -> Writer:
    if export.format == "ndjson":
        return Lines()
    table = _table(export.list.view)
    return Csv(table) if export.format == "csv" else Workbook(table, export.list.name)


_table = cache(Table)


def describe_files(api: FastAPI, paths: dict[str, Any]) -> None:
    """What openapi.json says of them; the example of CSV is its head, which names the columns."""
    for found in lists(api):
        answer = paths[found.route.path]["get"]["responses"]["200"]
        item = json.dumps(answer["content"]["application/json"]["example"]["items"][0])
        head = ",".join(column.name for column in _table(found.view).columns)
        examples = {"csv": f"{head}\r\n", "ndjson": f"{item}\n", "xlsx": "(the bytes of the file)"}
        for name, media_type in MEDIA_TYPES.items():
            answer["content"][media_type] = {"schema": _FILE, "example": examples[name]}
        answer.setdefault("headers", {})["Content-Disposition"] = _DISPOSITION
