"""What one may not see: ids of hidden records in every reference, and fields that strangers may not
read, asked for by every order, filter and count.

Nothing may tell a hidden record from one that is not there, and nothing that a stranger is given
may depend on what a hidden field holds.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from hostile import attacks
from hostile.attacks import Attack
from hostile.callers import ANY, JSON, as_json
from hostile.contract import BASE, RESOURCES, Operation, creation, is_id, places, resolved, target
from hostile.contract import with_value as put
from hostile.victims import NOTHING, NoVictimError, Victims
from hostile.wire import Answer

MARK = "không ai thấy ở đây"
"""Stands in every record and field that others may not read, and in no answer that they get."""
LOWLY = ("other", "reader", "stranger")
_CHANGES = re.compile(rb'"(request_id|version|updated_at|updated_by)": ?("[^"]*"|\d+|null)')
_OF_EACH_ANSWER = {"date", "x-request-id", "etag", "content-length", "last-modified"}
_COST = {"planned": {"amount": "48151623.42", "currency": "USD"}, "actual": None}


def fields(resource: str, agency: str) -> dict[str, Any]:
    """What only callers with a key may read of a public record, with something in it."""
    asked = [{"agency_id": agency, "opinion": MARK}]
    held: dict[str, dict[str, Any]] = {
        "agreements": {"consultations": asked},
        "delegations": {
            "members": [{"name": MARK}],
            "consultations": asked,
            "invitation": [{"symbol": MARK}],
            "funding": "sponsor",
            "cost": _COST,
        },
        "events": {"cost": _COST},
    }
    return held.get(resource, {})


def emptied(held: dict[str, Any]) -> dict[str, Any]:
    return {name: [] if isinstance(value, list) else None for name, value in held.items()}


class Hidden:
    """A record of each resource that only its own agency sees."""

    def __init__(self, victims: Victims) -> None:
        self.victims, self.callers = victims, victims.callers
        self._ids: dict[str, str] = {}

    async def of(self, resource: str) -> str:
        if resource not in self._ids:
            made = await self.victims.own(resource, visibility="agency", note=MARK)
            self._ids[resource] = made["id"]
        return self._ids[resource]

    async def told(self, resource: str) -> list[tuple[Attack, str]]:
        """Where a hidden record is answered otherwise than none, with both answers."""
        found = []
        for attack, hidden in [it async for it in self._pairs(resource)]:
            answers = [await self._asked(attack, id_) for id_ in (hidden, NOTHING)]
            one, other = (_masked(it, hidden) for it in answers)
            if one != other:
                found.append((attack, f"{one} for a hidden record, {other} for none"))
        return found

    async def _pairs(self, resource: str) -> Any:
        """Attacks with `{id}` in them, and the hidden id that belongs there."""
        if creation(resource):
            for operation in (it for it in RESOURCES[resource] if "{id}" in it.path):
                body = await self._written(operation)
                for caller in LOWLY:
                    yield (
                        attacks.sending(operation, "hidden", written=body, caller=caller),
                        (await self.of(resource)),
                    )
        for operation in RESOURCES[resource]:
            async for pair in self._in_bodies(operation):
                yield pair
            for name, schema in operation.queries.items():
                if is_id(schema):
                    query = f"{name}=".encode() + attacks.ID
                    for caller in LOWLY:
                        yield (
                            Attack(
                                "hidden",
                                b"GET",
                                attacks.address(operation, query),
                                caller=caller,
                            ),
                            await self.of(target(name, operation.subject)),
                        )

    async def _written(self, operation: Operation) -> bytes:
        if operation.example is None:
            return b"" if operation.method in {"GET", "DELETE"} else b"{}"
        return as_json(await self.victims.body(operation))

    async def _in_bodies(self, operation: Operation) -> Any:
        """A reference to it in each place of a body that may hold one."""
        if operation.example is None:
            return
        body = await self.victims.body(operation)
        own = ""
        if "{id}" in operation.path:
            try:
                made = await self.victims.make(operation.resource, "other")
            except NoVictimError:
                return  # what no agency makes for itself
            own = made["id"]
        for place, schema in places(operation.schema):
            name = next((it for it in reversed(place) if isinstance(it, str)), "")
            if not is_id(schema) or resolved(schema).get("type") == "array":
                continue
            sent = put(body, operation.schema, place, attacks.ID.decode())
            made_of = attacks.sending(operation, "hidden", sent=sent, caller="other")
            path = made_of.target.replace(attacks.ID, own.encode())
            yield made_of._replace(target=path), await self.of(target(name, operation.subject))

    async def _asked(self, attack: Attack, id_: str) -> Answer:
        filled = [it.replace(attacks.ID, id_.encode()) for it in (attack.target, attack.content)]
        return await self.callers.ask(
            attack.caller, attack.method, filled[0], (JSON, ANY), filled[1]
        )


def _masked(answer: Answer, hidden: str) -> str:
    """An answer without what differs between any two."""
    headers = {n: v for n, v in answer.headers.items() if n not in _OF_EACH_ANSWER}
    content = _CHANGES.sub(b"", answer.content).decode(errors="replace")
    return f"{answer.status} {content} {headers}".replace(hidden, NOTHING)


async def oracles(resource: str, victims: Victims) -> list[tuple[str, str]]:
    """The questions of a stranger whose answers changed with a field that it may not read."""
    held = fields(resource, await victims.referred("agencies"))
    if not held:
        return []
    first, second = [await victims.own(resource, visibility="public") for _ in range(2)]
    seen: list[list[str]] = []
    asked: list[bytes] = []
    for one, other in ((held, emptied(held)), (emptied(held), held)):
        for record, values in ((first, one), (second, other)):
            address = f"{BASE}/{resource}/{record['id']}".encode()
            body = as_json(values)
            answer = await victims.callers.ask("owner", b"PATCH", address, (JSON, ANY), body)
            if answer.status != 200:  # noqa: PLR2004  of HTTP
                raise NoVictimError(f"PATCH {resource} {values}: {answer.content!r}")
        asked = [*_questions(resource, first["id"])]
        answers = [await victims.callers.ask("stranger", b"GET", it) for it in asked]
        seen.append([_masked(answer, first["id"]) for answer in answers])
    return [
        (question.decode(), f"{before[:300]} became {after[:300]}")
        for question, before, after in zip(asked, *seen, strict=True)
        if before != after or MARK in before + after
    ]


def _questions(resource: str, id_: str) -> Iterator[bytes]:
    """Every order, every filter with values that it may have, and every form of a list."""
    for operation in RESOURCES[resource]:
        if operation.method != "GET" or operation.path.endswith("/history"):
            continue  # that something changed is told, and of what: tests of the feed
        path = attacks.address(operation).replace(attacks.ID, id_.encode())
        yield path
        if "{id}" in operation.path:
            continue
        for name, schema in operation.queries.items():
            for value in _candidates(name, schema):
                for more in ("", "&count=exact&limit=1" if "count" in operation.queries else ""):
                    yield path + f"?{name}={value}{more}".encode()
    for words in (quote(MARK), "48151623.42", "sponsor"):
        yield f"{BASE}/search?q={words}".encode()


def _candidates(name: str, schema: Any) -> list[str]:
    shape = resolved(schema)
    element = resolved(shape.get("items", shape))
    if name == "sort":
        orders = schema["pattern"].partition("(")[2].rstrip(")$").split("|")
        return [*orders, *(f"-{order}" for order in orders)]
    if name == "format":
        return ["ndjson"]  # of the other forms no time and version can be taken out
    if "enum" in element:
        return [str(value) for value in element["enum"]]
    if element.get("type") == "boolean":
        return ["true", "false"]
    return {"q": [quote(MARK), "sponsor"], "limit": ["1", "200"]}.get(name, [])
