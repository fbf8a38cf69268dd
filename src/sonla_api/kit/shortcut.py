"""The shortest way to one record: to read it by its id, or to make a new one.

FastAPI walks routes and solves dependencies anew at every request, two thirds of what a small
request costs. What it would find for these is always the same, and is found here once: one
endpoint that takes what one door gives, and an id or a body. All other requests, malformed ones
among them, go FastAPI's way.
"""

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from inspect import iscoroutinefunction
from typing import Any, NamedTuple, cast
from uuid import UUID

from fastapi import FastAPI, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.types import Scope

from sonla_api.kit.answers import replayed
from sonla_api.kit.headers import header
from sonla_api.kit.idempotency import KEY_LENGTH, Replay
from sonla_api.kit.unchanged import Unchanged

_ID = "{id}"
_ADDRESS = re.compile(r"(/.+/)([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})")
_KEY = "idempotency-key"


class _Read(NamedTuple):
    route: Any
    endpoint: Callable[..., Any]
    door: Callable[..., Any]
    entered: str
    """The endpoint's parameter that takes what the door gives."""


class _Create(NamedTuple):
    route: Any
    endpoint: Callable[..., Any]
    door: Callable[..., AbstractAsyncContextManager[Any]]
    entered: str
    body: Any


class Shortcuts:
    """The endpoints that are reached so, by their addresses up to the id."""

    def __init__(self, api: FastAPI) -> None:
        self._reads: dict[str, _Read] = {}
        self._creates: dict[str, _Create] = {}
        self._unchanged = Unchanged()
        for route in iter_route_contexts(api.routes):
            if read := _read(route):
                self._reads[str(route.path).removesuffix(_ID)] = read
            if create := _create(route):
                self._creates[str(route.path)] = create

    async def answer(self, scope: Scope) -> Response | None:
        """What the endpoint says; None where no short way leads to what is asked for."""
        if scope["method"] == "GET":
            found = _ADDRESS.fullmatch(scope["path"])
            read = self._reads.get(found[1]) if found else None
            return await self._shown(scope, read, found[2]) if found and read else None
        create = self._creates.get(scope["path"]) if scope["method"] == "POST" else None
        return await _made(scope, create) if create else None

    async def _shown(self, scope: Scope, way: _Read, id_: str) -> Response:
        scope["route"] = way.route
        entered = await way.door(Request(scope))
        asked = {way.entered: entered, "id": UUID(id_)}
        return await self._unchanged.answer(scope, entered, lambda: way.endpoint(**asked))


async def _made(scope: Scope, way: _Create) -> Response | None:
    key = header(scope, _KEY.encode())
    body, errors = way.body.validate(scope["state"]["json"], {}, loc=("body",))
    if errors or (key is not None and not 1 <= len(key) <= KEY_LENGTH):
        return None
    scope["route"] = way.route
    try:
        async with way.door(Request(scope), key) as entered:
            answer: Response = await way.endpoint(**{way.entered: entered, way.body.name: body})
    except Replay as replay:
        return replayed(replay.kept)
    return answer


def _read(route: RouteContext) -> _Read | None:
    dependant = getattr(route, "dependant", None)
    if route.methods != {"GET"} or not str(route.path).endswith(f"/{_ID}") or not dependant:
        return None
    if _parameters(dependant) or [field.name for field in dependant.path_params] != ["id"]:
        return None
    door = _only_door(dependant)
    if not door or _parameters(door) or not iscoroutinefunction(door.call):
        return None
    return _Read(route.original_route, dependant.call, door.call, door.name or "")


def _create(route: RouteContext) -> _Create | None:
    dependant = getattr(route, "dependant", None)
    if route.methods != {"POST"} or not dependant or dependant.path_params:
        return None
    door, parameters = _only_door(dependant), _parameters(dependant)
    if len(parameters) != 1 or parameters != dependant.body_params:
        return None
    if not door or [parameter.alias for parameter in _parameters(door)] != [_KEY]:
        return None
    entering = asynccontextmanager(cast("Any", door.call))
    return _Create(route.original_route, dependant.call, entering, door.name or "", parameters[0])


def _only_door(dependant: Dependant) -> Dependant | None:
    """The one dependency, if it is plain: it takes the request, and needs no other."""
    if len(dependant.dependencies) != 1:
        return None
    door = dependant.dependencies[0]
    return door if door.request_param_name and not door.path_params + door.dependencies else None


def _parameters(dependant: Dependant) -> list[Any]:
    return [
        *dependant.query_params,
        *dependant.header_params,
        *dependant.cookie_params,
        *dependant.body_params,
    ]
