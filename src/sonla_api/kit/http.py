"""A problem for every error, whether a feature, FastAPI, the database or nobody expected it."""

import json
import logging
import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Scope

from sonla_api.kit import faults, problems
from sonla_api.kit.answers import replayed
from sonla_api.kit.idempotency import Replay
from sonla_api.kit.problems import Problem
from sonla_api.kit.wording import of_validation

_ID = re.compile(r"(?<=/)[^/]*[0-9A-Fa-f-]{32}[^/]*")
_log = logging.getLogger("sonla_api")


def install(app: FastAPI) -> None:
    """Answer every exception that leaves an endpoint with a problem document."""
    app.add_exception_handler(Replay, _replay)
    meanings: dict[type[Exception], Callable[[Any], Problem]] = {
        **faults.MEANINGS,
        RequestValidationError: lambda error: of_validation(error.errors()),
        HTTPException: lambda _: Problem(),  # of a library: nothing of ours raises one
    }
    for kind, meaning in meanings.items():
        app.add_exception_handler(kind, _answering(meaning))
    app.add_exception_handler(404, _answering(lambda _: problems.NotFound()))
    app.add_exception_handler(405, _not_allowed)


def answer(problem: Problem, scope: Scope) -> Response:
    """The problem document for this request, in the caller's language."""
    language = preferred_language(Headers(scope=scope).get("accept-language", ""))
    body = problem.body(language)
    body |= {
        "type": scope.get("root_path", "") + body["type"],
        "instance": scope["path"],
        "request_id": scope.get("state", {}).get("request_id"),
    }
    headers = {"Content-Language": language, "Cache-Control": "no-store", **problem.sent_headers}
    if isinstance(problem, problems.Moved):
        headers["Location"] = _with_id(scope, problem.survivor)
    content = json.dumps(body, ensure_ascii=False).encode(errors="replace")
    return Response(content, problem.status, headers, media_type="application/problem+json")


def _with_id(scope: Scope, id_: UUID) -> str:
    """The address asked for, with another id in it, however the first was written."""
    path, query = _ID.sub(str(id_), scope["path"], count=1), scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def report(error: Exception, problem: Problem) -> None:
    """Log what is our fault, or the database's; of one that is away its name says all, and every
    request would say it.
    """
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        is_away = isinstance(problem, problems.Unavailable)
        _log.error("%s", type(error).__name__, exc_info=None if is_away else error)


def preferred_language(accepted: str) -> str:
    """`vi` or `en`, whichever RFC 9110 weighs more; `en` where neither is named."""
    weights = {"vi": 0.0, "en": 0.0}
    for part in accepted[:500].lower().split(","):
        tag, _, weight = part.partition(";")
        name = tag.strip().partition("-")[0]
        if name in weights:
            try:
                weights[name] = max(weights[name], float(weight.strip().removeprefix("q=") or 1))
            except ValueError:
                continue
    return "vi" if weights["vi"] > weights["en"] else "en"


def allowed_methods(app: FastAPI, path: str) -> list[str]:
    """The methods taken at this path; empty where there is none. The first route that fits it
    says which: a fixed address goes before one with an id in its place.
    """
    found: set[str] = set()
    fitting = [r for r in iter_route_contexts(app.routes) if r.path_regex.match(path)]
    for route in fitting:
        if route.path == fitting[0].path:
            found |= route.methods or set()
    return sorted(found | {"OPTIONS"} | ({"HEAD"} if "GET" in found else set())) if found else []


def fixed_addresses(app: FastAPI) -> dict[str, list[str]]:
    """The methods taken at every address without a parameter."""
    paths = {str(route.path) for route in iter_route_contexts(app.routes)}
    return {path: allowed_methods(app, path) for path in paths if "{" not in path}


def _answering(
    meaning: Callable[[Any], Problem],
) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def reply(request: Request, error: Exception) -> Response:
        problem = meaning(error)
        report(error, problem)
        return answer(problem, request.scope)

    return reply


async def _not_allowed(request: Request, _: Exception) -> Response:
    """FastAPI would name the methods of the first route alone."""
    allow = ", ".join(allowed_methods(request.app, request.scope["path"]))
    return answer(problems.MethodNotAllowed(headers={"Allow": allow}), request.scope)


async def _replay(_: Request, replay: Exception) -> Response:
    assert isinstance(replay, Replay)  # noqa: S101  registered for nothing else
    return replayed(replay.kept)
