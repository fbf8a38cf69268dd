"""The shortest way to one record: a GET that needs its id and one plain dependency, the door.

FastAPI walks routes and solves dependencies anew at every request, two thirds of what a small
request costs. What it would find for these is always the same, and is found here once. All other
requests, malformed ids among them, go FastAPI's way.
"""

import re
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import FastAPI, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.types import Scope

_ID = "{id}"
_ADDRESS = re.compile(r"(/.+/)([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})")


class _Way(NamedTuple):
    route: Any
    endpoint: Callable[..., Any]
    door: Callable[..., Any]
    name: str
    """Of the endpoint's parameter that takes what the door gives."""


class Shortcuts:
    """The endpoints that are reached so, by what stands before the id in their addresses."""

    def __init__(self, api: FastAPI) -> None:
        self._ways: dict[str, _Way] = {}
        for route in iter_route_contexts(api.routes):
            if way := _way(route):
                self._ways[str(route.path).removesuffix(_ID)] = way

    async def answer(self, scope: Scope) -> Response | None:
        """What the endpoint says; None where no short way leads to what is asked for."""
        found = _ADDRESS.fullmatch(scope["path"])
        way = self._ways.get(found[1]) if found and scope["method"] == "GET" else None
        if not found or not way:
            return None
        scope["route"] = way.route
        entered = await way.door(Request(scope))
        answer: Response = await way.endpoint(**{way.name: entered, "id": UUID(found[2])})
        return answer


def _way(route: RouteContext) -> _Way | None:
    dependant = getattr(route, "dependant", None)
    if route.methods != {"GET"} or not str(route.path).endswith(f"/{_ID}") or not dependant:
        return None
    if _parameters(dependant) or [field.name for field in dependant.path_params] != ["id"]:
        return None
    doors = dependant.dependencies
    if len(doors) != 1 or not _is_plain(doors[0]):
        return None
    return _Way(route.original_route, dependant.call, doors[0].call, doors[0].name)


def _is_plain(door: Dependant) -> bool:
    """Whether it takes the request alone and has nothing to close afterwards."""
    takes = [*_parameters(door), *door.path_params, *door.dependencies]
    return bool(door.request_param_name) and not takes and iscoroutinefunction(door.call)


def _parameters(dependant: Dependant) -> list[Any]:
    return [
        *dependant.query_params,
        *dependant.header_params,
        *dependant.cookie_params,
        *dependant.body_params,
    ]
