"""What holds for every request and answer, in pure ASGI: ids, limits, formats, headers.

A BaseHTTPMiddleware would cost a third of a small request and break context variables.
"""

import json
import os
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sonla_api.kit import faults, logs, problems
from sonla_api.kit.answers import download_addresses, paper_addresses
from sonla_api.kit.exports import Exports, send_whole
from sonla_api.kit.formats import PAPER_TYPES, preferred
from sonla_api.kit.geojson import MEDIA_TYPE as GEOJSON
from sonla_api.kit.geojson import is_wanted, place_addresses
from sonla_api.kit.headers import header
from sonla_api.kit.http import allowed_methods, answer, fixed_addresses, report
from sonla_api.kit.metrics import measured
from sonla_api.kit.problems import Problem
from sonla_api.kit.shortcut import Shortcuts
from sonla_api.kit.text import Message as Wording
from sonla_api.kit.uploads import MULTIPART, received, upload_addresses

BODY_LIMIT = 1_000_000
DEPTH_LIMIT = 32
MEMBER_LIMIT = 20_000
"""Members of all objects of a body: each may be wrong, and to find that out takes its time."""
API = "/api/"
_JSON = {
    "POST": ("application/json",),
    "PATCH": ("application/json", "application/merge-patch+json"),
}
SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]
_ASKED_ANEW = (b"cache-control", b"no-cache")
_PRIVATE = (b"cache-control", b"no-store")
_OR_PLACES = Wording(
    f"This address answers application/json and {GEOJSON}.",
    f"Địa chỉ này trả application/json và {GEOJSON}.",
)
_BAD_JSON = Wording("The body is not valid JSON: {why}.", "Nội dung không phải JSON hợp lệ: {why}.")
_SEND_FILE = Wording(
    f"Send the file as `Content-Type: {MULTIPART}`.",
    f"Hãy gửi tệp với `Content-Type: {MULTIPART}`.",
)
_SEND_PLAIN = Wording(
    "Send the body as it is, without `Content-Encoding`.",
    "Hãy gửi nội dung nguyên dạng, không dùng `Content-Encoding`.",
)
_PLAIN = {"", "identity"}
_TAKES_JSON = re.compile(
    r"(application/(json|problem\+json|\*)|\*/\*)\s*(;(?!\s*q=0(\.0*)?\s*(;|$))[^;]*)*",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"[0-9]{1,18}")
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$")

Admission = Callable[[Scope], Awaitable[None]]
"""Who asks: called before a byte of the body is read; raises a problem to refuse."""


class Envelope:
    """The outermost layer of the service, but for what answers browsers of other origins."""

    def __init__(self, app: ASGIApp, api: FastAPI, admit: Admission) -> None:
        self.app, self.api, self.admit = app, api, admit
        self._shortcuts, self._fixed = Shortcuts(api), fixed_addresses(api)
        self._exports = Exports(api)
        self._uploads, self._downloads = upload_addresses(api), download_addresses(api)
        self._papers = paper_addresses(api)
        self._places = place_addresses(api)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        id_ = os.urandom(16).hex()
        state = scope.setdefault("state", {})
        state |= {"request_id": id_, "is_head": scope["method"] == "HEAD"}
        logs.request_id.set(id_)
        began, sent = time.perf_counter(), _Sent(scope, send)
        if scope["method"] == "HEAD":  # in a copy: the server looks at its own to frame the answer
            scope = {**scope, "method": "GET"}
        try:
            await self._pass(scope, receive, sent)
        except Exception as error:  # whatever it was, the caller is told
            if sent.status:
                raise
            await answer(_meaning(error), scope)(scope, receive, sent)
        route = getattr(scope.get("route"), "path", "none")
        requests, seconds = measured(route, scope["method"], sent.status)
        requests.inc()
        seconds.observe(time.perf_counter() - began)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        found = _TRACEPARENT.match(header(scope, b"traceparent") or "")
        logs.trace_id.set(found and found[1])
        is_api = scope["path"].startswith(API)
        if is_api:
            await self.admit(scope)
        if scope["method"] == "OPTIONS":
            await self._options(scope, receive, send)
            return
        if is_api:
            self._check_method(scope, self._fixed.get(scope["path"]))
            if scope["method"] == "GET" and (export := self._exports.asked(scope)):
                await send_whole(export, scope, receive, send)
                return
            takes_file = scope["method"] == "POST" and _is_among(self._uploads, scope["path"])
            self._check_format(scope, headers, takes_file=takes_file)
            if takes_file:
                await self._pass_file(scope, headers, receive, send)
                return
            if scope["method"] in _JSON:
                receive = await _checked_body(scope, headers, receive)
        shortest = await self._shortcuts.answer(scope)
        await (shortest or self.app)(scope, receive, send)

    async def _pass_file(
        self, scope: Scope, headers: Headers, receive: Receive, send: Send
    ) -> None:
        async with received(headers, receive) as state:
            scope["state"] |= state
            await self.app(scope, receive, send)

    def _check_format(self, scope: Scope, headers: Headers, *, takes_file: bool) -> None:
        """406 where JSON is no answer, 415 where the body is something else, before all else."""
        accepted = header(scope, b"accept")
        if (
            accepted
            and not any(_TAKES_JSON.fullmatch(p.strip()) for p in accepted.split(","))
            and not _is_among(self._downloads, scope["path"])
        ):
            is_get = scope["method"] == "GET"
            gives_places = is_get and _is_among(self._places, scope["path"])
            gives_papers = is_get and _is_among(self._papers, scope["path"])
            if not (gives_places and is_wanted(headers)) and not (
                gives_papers and preferred(accepted, PAPER_TYPES)
            ):
                raise problems.NotAcceptable(_OR_PLACES if gives_places else None)
        offered = (MULTIPART,) if takes_file else _JSON.get(scope["method"])
        if offered and (
            headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        ):
            kind = headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind not in offered:
                self._check_method(scope, allowed_methods(self.api, scope["path"]))
                raise problems.UnsupportedMediaType(_SEND_FILE if takes_file else None)
            if headers.get("content-encoding", "").strip().lower() not in _PLAIN:
                raise problems.UnsupportedMediaType(
                    _SEND_PLAIN, headers={"Accept-Encoding": "identity"}
                )

    def _check_method(self, scope: Scope, allowed: list[str] | None) -> None:
        """`/delegations/summary` is no id: a route for one would take its methods for it. Of other
        addresses only what goes wrong asks, as it costs a walk through all routes.
        """
        if allowed and scope["method"] not in allowed:
            raise problems.MethodNotAllowed(headers={"Allow": ", ".join(allowed)})

    async def _options(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = allowed_methods(self.api, scope["path"])
        if not allowed:
            raise problems.NotFound
        await Response(status_code=204, headers={"Allow": ", ".join(allowed)})(scope, receive, send)


class _Sent:
    """`send` with the headers that every answer carries, and without a body for HEAD."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send, self._is_head = send, scope["method"] == "HEAD"
        self._state = scope["state"]
        self._headers = [*SECURITY, (b"x-request-id", scope["state"]["request_id"].encode())]
        if scope["path"].startswith(API):
            has_key = any(name == b"authorization" for name, _ in scope["headers"])
            self._headers.append(_PRIVATE if has_key else _ASKED_ANEW)
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            present = {name for name, _ in message["headers"]}
            more = [pair for pair in self._headers if pair[0] not in present]
            if share := self._state.get("share"):
                more += share.headers
            message["headers"] = [*message["headers"], *more]
        elif self._is_head:
            message = {**message, "body": b""}
        await self._send(message)


def _meaning(error: Exception) -> Problem:
    found = next((m for kind, m in faults.MEANINGS.items() if isinstance(error, kind)), None)
    problem = found(error) if found else Problem()
    report(error, problem)
    return problem


def _is_among(addresses: list[re.Pattern[str]], path: str) -> bool:
    return any(address.match(path) for address in addresses)


async def _checked_body(scope: Scope, headers: Headers, receive: Receive) -> Receive:
    """The body, read whole within its limit and checked as JSON that means one thing only.

    Also put into the state of the request: `body`, which tells whether the same is sent again, and
    `json`, which is None without a body.
    """
    length = headers.get("content-length", "0")
    too_large = problems.TooLarge(limit=BODY_LIMIT)
    if _LENGTH.fullmatch(length) and int(length) > BODY_LIMIT:
        raise too_large
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":  # what came of it may mean something else
            raise problems.RequestTimeout
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > BODY_LIMIT:
            raise too_large
    whole = bytes(body)
    scope["state"] |= {"body": whole, "json": _checked_json(whole) if whole else None}
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": whole, "more_body": False}

    return replayed


def _checked_json(body: bytes) -> Any:
    try:
        value = json.loads(body.decode(), object_pairs_hook=_Objects(), parse_constant=_no_nan)
        _check_depth(value)
    except RecursionError:
        why = f"more than {DEPTH_LIMIT} levels deep"
    except UnicodeDecodeError:
        why = "it is not UTF-8"
    except json.JSONDecodeError as error:
        why = f"line {error.lineno}, column {error.colno}"
    except _UnclearError as error:
        why = str(error)
    except ValueError:
        why = "a number has too many digits"
    else:
        return value
    raise problems.BadRequest(_BAD_JSON.format(why=why))


class _UnclearError(ValueError):
    """JSON that readers understand differently."""


class _Objects:
    """Makes the objects of one body: none with a name twice, nor too many members in all."""

    def __init__(self) -> None:
        self._left = MEMBER_LIMIT

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self._left -= len(pairs)
        if self._left < 0:
            raise _UnclearError(f"more than {MEMBER_LIMIT} members")
        made = dict(pairs)
        if len(made) < len(pairs):
            raise _UnclearError("a name occurs twice in one object")
        return made


def _no_nan(name: str) -> None:
    raise _UnclearError(f"{name} is no number of JSON")


def _check_depth(value: Any, depth: int = 0) -> None:
    if depth > DEPTH_LIMIT:
        raise _UnclearError(f"more than {DEPTH_LIMIT} levels deep")
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _check_depth(part, depth + 1)
