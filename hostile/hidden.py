"""What one may not see: ids of hidden records in every reference, and fields that strangers may not
read, asked for by every order, filter and count.

Nothing may tell a hidden record from one that is not there, and nothing that a stranger is given
may depend on what a hidden field holds.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from hostile import attacks
from hostile.attacks import Attack
from hostile.callers import ANY, JSON, as_json
from hostile.contract import (
    BASE,
    NOTHING,
    RESOURCES,
    Operation,
    creation,
    is_id,
    places,
    resolved,
    target,
)
from hostile.contract import with_value as put
from hostile.victims import NoVictimError, Victims
from hostile.wire import Answer

MARK, INNER_MARK = "không ai thấy ở đây", "chỉ ai có khóa mới đọc"
"""Stand in every record that others may not read, and in every field that strangers may not; in no
answer that they get.
"""
LOWLY = ("other", "reader", "stranger")
_CHANGES = re.compile(rb'"(request_id|version|updated_at|updated_by)": ?("[^"]*"|\d+|null)')
_OF_EACH_ANSWER = {"date", "x-request-id", "etag", "content-length", "last-modified"}
_NO_MORE: Mapping[str, Any] = {}
_COST = {"planned": {"amount": "48151623.42", "currency": "USD"}, "actual": None}


def fields(resource: str, agency: str) -> dict[str, Any]:
    """What only callers with a key may read of a public record, with something in it."""
    asked = [{"agency_id": agency, "opinion": INNER_MARK}]
    held: dict[str, dict[str, Any]] = {
        "agreements": {"consultations": asked},
        "delegations": {
            "members": [{"name": INNER_MARK}],
            "consultations": asked,
            "invitation": [{"symbol": INNER_MARK}],
            "funding": "sponsor",
            "cost": _COST,
        },
        "events": {"cost": _COST},
    }
    return held.get(resource, {})


def emptied(held: dict[str, Any]) -> dict[str, Any]:
    return {name: [] if isinstance(value, list) else None for name, value in held.items()}


def shows_hidden(attack: Attack, answer: Answer) -> bool:
    """Whether the caller is given what it may not read."""
    is_shown = attack.caller in LOWLY and MARK.encode() in answer.content
    return is_shown or (attack.caller == "stranger" and INNER_MARK.encode() in answer.content)


class Hidden:
    """A record of each resource that only its own agency sees."""

    def __init__(self, victims: Victims) -> None:
        self.victims, self.callers = victims, victims.callers
        self.others = Victims(victims.callers, "other")
        self._ids: dict[str, str] = {}

    async def of(self, resource: str) -> str:
        if resource not in self._ids:
            made = await self.victims.own(resource, visibility="agency", note=MARK)
            self._ids[resource] = made["id"]
        return self._ids[resource]

    async def told(self, resource: str) -> list[tuple[Attack, str]]:
        """Where a hidden record is answered otherwise than none, with both answers."""
        found = []
        async for attack, hidden in self._pairs(resource):
            answers = [await self._asked(attack, id_) for id_ in (hidden, NOTHING)]
            one, other = (_masked(it, hidden) for it in answers)
            if one != other:
                found.append((attack, f"{one} for a hidden record, {other} for none"))
        return found

    async def _pairs(self, resource: str) -> AsyncIterator[tuple[Attack, str]]:
        """Attacks with `{id}` in them, and the hidden id that belongs there."""
        for operation in RESOURCES[resource]:
            if "{id}" in operation.path and creation(resource):
                attack = attacks.sending(
                    operation, "hidden", written=await self._written(operation)
                )
                for caller in LOWLY:
                    yield attack._replace(caller=caller), await self.of(resource)
        for attack, named in [it async for it in self._in_bodies(resource, self.others, "other")]:
            yield attack, await self.of(named)
        await self._tie(resource)
        for operation in RESOURCES[resource]:
            for name in (name for name, schema in operation.queries.items() if is_id(schema)):
                query = attacks.address(operation, f"{name}=".encode() + attacks.ID)
                hidden = await self.of(target(name, operation.subject))
                for caller in LOWLY:
                    yield Attack("hidden", b"GET", query, caller=caller), hidden

    async def _tie(self, resource: str) -> None:
        """Public records that name hidden ones, so that there is something to find by these."""
        public = {"visibility": "public"}
        found = [it async for it in self._in_bodies(resource, self.victims, "owner", public)]
        for attack, named in found:
            if attack.method == b"POST":
                await self._asked(attack, await self.of(named))

    async def _written(self, operation: Operation) -> bytes:
        if operation.example is None:
            return b"" if operation.method in {"GET", "DELETE"} else b"{}"
        return as_json(await self.victims.body(operation))

    async def _in_bodies(
        self, resource: str, victims: Victims, caller: str, more: Mapping[str, Any] = _NO_MORE
    ) -> AsyncIterator[tuple[Attack, str]]:
        """`{id}` in each place of a body that may name a record, and of which resource; also in a
        body that says no more than it must, as some references exclude each other.
        """
        for operation in RESOURCES[resource]:
            if operation.example is None:
                continue
            own = ""
            if operation.has_id:
                own = (await victims.own(resource))["id"]
            whole = {**await victims.body(operation), **more}
            must = resolved(operation.schema).get("required", [])
            for place, schema in places(operation.schema):
                name = next((it for it in reversed(place) if isinstance(it, str)), "")
                if not is_id(schema) or resolved(schema).get("type") == "array":
                    continue
                for body in (whole, {n: whole[n] for n in (*must, *more) if n in whole}):
                    sent = put(body, operation.schema, place, attacks.ID.decode())
                    attack = attacks.sending(operation, "hidden", sent=sent, caller=caller)
                    path = attack.target.replace(attacks.ID, own.encode())
                    yield attack._replace(target=path), target(name, operation.subject)

    async def _asked(self, attack: Attack, id_: str) -> Answer:
        path = attack.target.replace(b"{attachment_id}", NOTHING.encode())
        filled = [it.replace(attacks.ID, id_.encode()) for it in (path, attack.content)]
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
            if answer.status != HTTPStatus.OK:
                raise NoVictimError(f"PATCH {resource} {values}: {answer.content!r}")
        asked = [*_questions(resource, first["id"])]
        answers = [await victims.callers.ask("stranger", b"GET", it) for it in asked]
        seen.append([_masked(answer, first["id"]) for answer in answers])
    return [
        (question.decode(), f"{before[:300]} became {after[:300]}")
        for question, before, after in zip(asked, *seen, strict=True)
        if before != after or INNER_MARK in before + after
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
    for words in (quote(INNER_MARK), "48151623.42", "sponsor"):
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
    return {"q": [quote(INNER_MARK), "sponsor"], "limit": ["1", "200"]}.get(name, [])
