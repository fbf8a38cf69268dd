"""The records that are attacked: made by the examples of the description, one of each resource."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus
from itertools import count
from typing import Any

from hostile.callers import AGENCIES, ANY, JSON, Callers
from hostile.contract import BASE, Operation, creation, is_id, places, target, with_value
from hostile.wire import Answer

_numbers = count(1)


def _distinct(resource: str) -> dict[str, Any]:
    """What may be in the register once only, or must fit what other examples say."""
    n = next(_numbers)
    day = date(1960, 1, 4) + timedelta(n)
    valid = f"{day}/{day}"
    changed: dict[str, dict[str, Any]] = {
        "agreements": {"commitments": [{"code": "2.1", "title": {"vi": "Mở tuyến xe"}}]},
        "calendar-days": {"day": str(day)},
        "compliance-rules": {"code": f"rule-{n}", "valid": valid},
        "indicators": {"code": f"attacked.n{n}"},
        "notices": {"is_to_all": True},
        "partners": {"kind": "enterprise"},
        "tasks": {"code": f"T{n}"},
    }
    return changed.get(resource, {})


READY = {"notices": {"verb": "send", "on": "2026-01-05"}}
"""The step that a record takes before others refer to it."""

ONCE = {
    "assignments": "tasks",
    "evidence": "documents",
    "notice-acknowledgements": "notices",
    "observations": "indicators",
    "plans": "documents",
}
"""What a resource refers to that no other record of it may refer to again."""
BEFORE = {"notices": "partners"}
"""Who is there when it goes out: those who came later were not told."""
PUBLIC_BY_A_STEP = {"reports"}
OF_AN_AGENCY = {"assignments"}
"""What belongs to the agency that it names."""
BY_ADMINISTRATORS = {"calendar-days", "compliance-rules"}
"""What no agency writes for itself."""


class NoVictimError(Exception):
    """A record could not be made, so there is nothing to attack."""


class Victims:
    """Makes records of an agency, and knows those that others may refer to."""

    def __init__(self, callers: Callers, maker: str = "owner") -> None:
        self.callers, self.maker = callers, maker
        self._known: dict[str, str] = {}
        self._agency = ""

    async def referred(self, resource: str) -> str:
        """The id of a record that bodies may name, of every resource the same."""
        if resource not in self._known:
            self._known[resource] = await self._ready(resource)
        return self._known[resource]

    async def _ready(self, resource: str) -> str:
        """A new record that others may refer to."""
        if earlier := BEFORE.get(resource):
            await self.referred(earlier)
        is_open = resource not in PUBLIC_BY_A_STEP
        made = await self.own(resource, **({"visibility": "public"} if is_open else {}))
        id_: str = made["id"]
        if step := READY.get(resource):
            await self.insist(self.maker, f"{BASE}/{resource}/{id_}/transitions", step)
        return id_

    async def body(self, operation: Operation) -> Any:
        """The example of an operation, with records that are there."""
        body = operation.example
        if operation is creation(operation.resource):
            body = body | _distinct(operation.resource)
        for place, schema in places(operation.schema):
            if is_id(schema) and isinstance(place[-1], str) and _is_in(body, place):
                named = target(place[-1], operation.subject)
                is_new = ONCE.get(operation.resource) == named
                id_ = await (self._ready(named) if is_new else self.referred(named))
                body = with_value(body, operation.schema, place, id_)
        return body

    async def make(self, resource: str, caller: str, **changed: Any) -> Any:
        """A new record of a resource."""
        operation = creation(resource)
        if operation is None:
            raise NoVictimError(f"no operation makes {resource}")
        body = await self.body(operation)
        return (await self.insist(caller, operation.path, body | changed)).json

    async def own(self, resource: str, **changed: Any) -> Any:
        """A new record of the maker's agency."""
        agency = await self._own_agency()
        if resource in BY_ADMINISTRATORS:
            changed = {"owner_agency_id": agency, **changed}
            return await self.make(resource, "administrator", **changed)
        if resource in OF_AN_AGENCY:
            changed = {"agency_id": agency, **changed}
        return await self.make(resource, self.maker, **changed)

    async def _own_agency(self) -> str:
        if not self._agency:
            target_ = f"{BASE}/agencies?key={AGENCIES[self.maker]}".encode()
            answer = await self.callers.ask("administrator", b"GET", target_)
            self._agency = answer.json["items"][0]["id"]
        return self._agency

    async def insist(self, caller: str, address: str, body: Any) -> Answer:
        """A POST that must succeed."""
        answer = await self.callers.ask(
            caller, b"POST", address.encode(), (JSON, ANY), json.dumps(body).encode()
        )
        if answer.status != HTTPStatus.CREATED:
            raise NoVictimError(f"POST {address} {body}: {answer.status} {answer.content!r}")
        return answer


def _is_in(body: Any, place: tuple[str | int, ...]) -> bool:
    """Whether the example says something there."""
    for step in place:
        if isinstance(body, Mapping) and step in body:
            body = body[step]
        elif isinstance(body, list) and body and step == 0:
            body = body[0]
        else:
            return False
    return body is not None
