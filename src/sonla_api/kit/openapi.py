"""The description of the service: what FastAPI derives, and what holds for every operation."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from sonla_api.kit import geojson, problems
from sonla_api.kit.answers import FileAnswer
from sonla_api.kit.examples import example_of
from sonla_api.kit.exports import describe_files
from sonla_api.kit.files import TYPES
from sonla_api.kit.problems import Problem
from sonla_api.kit.uploads import DESCRIBED, takes_file

KEY = "key"
_API = "/api/v1"
_MINE = f"{_API}/me/"
"""What is the caller's own, which a stranger has none of."""
_HEADERS = {
    "ETag": {
        "description": "The version, a dot, a checksum of the body.",
        "schema": {"type": "string", "examples": ['"3.9f1c02aa"']},
    },
    "Link": {
        "description": 'The address of the next page, rel="next".',
        "schema": {"type": "string"},
    },
    "Location": {"description": "The address of the record.", "schema": {"type": "string"}},
    "RateLimit": {
        "description": "What is left (r), and after how many seconds it becomes more (t).",
        "schema": {"type": "string", "examples": ['"key";r=59873;t=41']},
    },
    "RateLimit-Policy": {
        "description": "How many requests (q) are answered in so many seconds (w).",
        "schema": {"type": "string", "examples": ['"key";q=60000;w=60']},
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
}
_SENT_WITH = {
    308: ["Location"],
    429: ["RateLimit", "RateLimit-Policy", "Retry-After"],
    503: ["Retry-After"],
}
_PROBLEM = {
    "type": "object",
    "description": "What went wrong and what to do (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "The page that explains it."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": ["string", "null"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer (RFC 6901)."},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
        "permission": {"type": "string", "description": "403: what is missing."},
        "state": {"type": "string", "description": "409: that of the record."},
        "possible": {
            "type": "array",
            "items": {"type": "string"},
            "description": "409: the verbs possible in this state.",
        },
        "referred_by": {
            "type": "array",
            "items": {"type": "object"},
            "description": "409: the resources that refer to the record, and how often.",
        },
        "survivor": {
            "type": "string",
            "format": "uuid",
            "description": "308 and 410: the record that this one was merged into.",
        },
        "version": {"type": "integer", "description": "412: that of the record now."},
        "limit": {"type": "integer", "description": "413: how many bytes are taken."},
    },
}
_PARAMETERS = {
    "id": "That of the record.",
    "attachment_id": "That of the file.",
    "name": "That of the list.",
    "limit": "How many records a page has at most.",
    "cursor": "`next_cursor` of the page before, for the same list, order and filters; any other "
    "is refused with 400.",
    "count": "`exact` adds `total`, which takes time.",
    "group_by": "What the figures are grouped by.",
    "period": "What lies in this period or reaches into it.",
    "has_parent": "Whether there is a record above it.",
}
_ONE_OF = "Records with this value; repeated, with one of these."


def install(app: FastAPI) -> None:
    """Let `app.openapi()` say all that holds."""
    derive = app.openapi

    @cache
    def describe() -> dict[str, Any]:
        described = derive()
        for route in filter(takes_file, iter_route_contexts(app.routes)):
            described["paths"][route.path]["post"]["requestBody"] = DESCRIBED
        closed = {route.path for route in iter_route_contexts(app.routes) if _is_closed(route)}
        _complete(described, closed)
        describe_files(app, described["paths"])
        return described

    app.openapi = describe  # type: ignore[method-assign]  # the documented way to extend it


def _is_closed(route: Any) -> bool:
    """Whether its door lets nobody in without a key."""
    doors = getattr(route, "dependant", None)
    return any(
        not getattr(it.call, "is_open", True) for it in (doors.dependencies if doors else ())
    )


def _complete(described: dict[str, Any], closed: set[str | None]) -> None:
    components = described["components"]
    for name in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(name, None)
    components["schemas"]["Problem"] = _PROBLEM
    components["securitySchemes"] = {
        KEY: {"type": "http", "scheme": "bearer", "description": "A key: `sonla_…`."}
    }
    components["responses"] = {
        kind.__name__: _response(kind) for kind in sorted(_kinds(), key=lambda kind: kind.__name__)
    }
    for path, method, operation in _operations(described):
        operation["responses"].pop("422", None)
        if path.startswith(_API):
            is_open = method == "get" and not path.startswith(_MINE) and path not in closed
            operation["security"] = [{KEY: []}, *([{}] if is_open else [])]
            _add_errors(path, method, operation)
        _describe_parameters(operation)
        _add_headers(path, method, operation)
        _add_examples(method, operation, components["schemas"])
        geojson.describe(operation, components["schemas"])


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


_EVERYWHERE: list[type[Problem]] = [
    problems.Unauthenticated,
    problems.Forbidden,
    problems.NotAcceptable,
    problems.TooManyRequests,
    problems.Unavailable,
]


def _kinds() -> set[type[Problem]]:
    return {
        problems.BadRequest,
        problems.NotFound,
        problems.Conflict,
        problems.Gone,
        problems.Moved,
        problems.RequestTimeout,
        problems.StaleVersion,
        problems.TooLarge,
        problems.UnsupportedMediaType,
        problems.Invalid,
        problems.VersionRequired,
        *_EVERYWHERE,
    }


def _add_errors(path: str, method: str, operation: dict[str, Any]) -> None:
    """Which problems an operation can answer follows from its form; what does not, its route says
    by the status alone.
    """
    names = {parameter["name"].lower() for parameter in operation.get("parameters", [])}
    kinds = list(_EVERYWHERE)
    if names or method in {"post", "patch"}:
        kinds += [problems.BadRequest, problems.Invalid]
    if "{" in path:
        kinds += [problems.NotFound]
    if "{id}" in path:
        kinds += [problems.Gone]
        if method == "get":
            kinds += [problems.Moved]
    if "after" in names:
        kinds += [problems.Gone]
    if method in {"post", "patch"}:
        kinds += [problems.RequestTimeout, problems.TooLarge, problems.UnsupportedMediaType]
    if method != "get":
        kinds += [problems.Conflict]
    if "if-match" in names:
        kinds += [problems.StaleVersion, problems.VersionRequired]
    kinds += [kind for kind in _kinds() if str(kind.status) in operation["responses"]]
    for kind in kinds:
        reference = {"$ref": f"#/components/responses/{kind.__name__}"}
        operation["responses"][str(kind.status)] = reference
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _describe_parameters(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", []):
        name, is_list = parameter["name"], parameter["schema"].get("type") == "array"
        words = _ONE_OF if is_list else _PARAMETERS.get(name)
        if words:
            parameter.setdefault("description", words)
        if name == "if-match":  # the service takes it as optional only to answer 428 itself
            parameter |= {"required": True, "schema": parameter["schema"]["anyOf"][0]}


def _response(kind: type[Problem]) -> dict[str, Any]:
    example = {
        "type": f"/docs/problems/{kind.slug()}",
        "title": kind.title.en,
        "status": kind.status,
        "detail": kind.remedy.en,
        "instance": "/api/v1/partners",
        "request_id": "5f3c0d7a9b1e4c2d8a6f0b3e7d915c42",
    }
    media = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    response: dict[str, Any] = {
        "description": kind.title.en + ".",
        "content": {"application/problem+json": media},
    }
    if names := _SENT_WITH.get(kind.status):
        response["headers"] = {name: _HEADERS[name] for name in names}
    return response


def _add_headers(path: str, method: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    is_record = path.endswith("id}") and method in {"get", "patch"}
    for status, names in (("200", ["ETag"] if is_record else []), ("201", ["ETag", "Location"])):
        if status in answers and names:
            answers[status]["headers"] = {name: _HEADERS[name] for name in names}
    if method == "get" and path.endswith("id}") and path.startswith(_API):
        answers["304"] = {"description": "Not changed since it was read."}
    if any(p["name"] in {"cursor", "after"} for p in operation.get("parameters", [])):
        answers["200"]["headers"] = {"Link": _HEADERS["Link"]}


def _add_examples(method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    body = operation.get("requestBody")
    if body and body is not DESCRIBED:
        media = body["content"]["application/json"]
        media["example"] = example_of(media["schema"], schemas, is_patch=method == "patch")
        if method == "patch":
            # In words: of two types openapi-python-client makes a function that does not load.
            body["description"] = "A merge patch, also taken as application/merge-patch+json."
    if FileAnswer.media_type in operation["responses"].get("200", {}).get("content", {}):
        kinds = dict.fromkeys(media_type for media_type, _ in TYPES.values())
        operation["responses"]["200"]["content"] = {
            kind: {"schema": {"contentMediaType": kind}, "example": "(the bytes of the file)"}
            for kind in kinds
        }
    for status in ("200", "201"):
        media = operation["responses"].get(status, {}).get("content", {}).get("application/json")
        if media and media.get("schema"):
            media["example"] = example_of(media["schema"], schemas)
