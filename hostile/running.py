"""The attack on one resource: every request is sent, every answer judged, the victim looked at."""

import sys
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from hostile import attacks
from hostile.attacks import BUDGET, ID, Attack
from hostile.callers import Callers, as_json
from hostile.contract import BASE, NOTHING, RESOURCES, Operation, creation
from hostile.cursors import cursors
from hostile.hidden import Hidden, oracles, shows_hidden
from hostile.judging import judged, lost
from hostile.victims import Victims
from hostile.wire import Answer

LOOKED_AT_EACH = 20
"""After so many refusals the victim is looked at; after what was taken at once."""
NEEDS_NO_ANSWER = {"broken off"}
SHOWN_HEADERS = {"headers", "encodings", "content types", "keys"}
OK, CREATED, MOVED, BAD = 200, 201, 300, 400


class Finding(NamedTuple):
    """What gave way, how it was attacked, and one request that shows it."""

    resource: str
    kind: str
    fault: str
    example: str


class Assault:
    """One resource under attack."""

    def __init__(self, resource: str, callers: Callers, victims: Victims) -> None:
        self.resource, self.callers, self.victims = resource, callers, victims
        self.operations = RESOURCES[resource]
        one = f"{BASE}/{resource}/{{id}}"
        self._update = next((it for it in self.operations if str(it) == f"PATCH {one}"), None)
        self.statuses: Counter[int] = Counter()
        self.findings: list[Finding] = []
        self.hidden_asked = 0
        """Requests about what one may not see."""
        self._id, self._before = NOTHING, b""

    async def run(self) -> None:
        await self._renew()
        await self._ask_for_hidden()
        for n, attack in enumerate(await self.attacks()):
            answer = await self._sent(attack)
            if answer is None:
                continue
            self.statuses[answer.status] += 1
            for fault in judged(answer, attack.operation, _said(attack)):
                self._complain(attack, fault)
            if shows_hidden(attack, answer):
                self._complain(attack, "shows what is hidden")
            is_taken = OK <= answer.status < MOVED
            if attack.is_refused and is_taken:
                self._complain(attack, f"{answer.status}, and should be refused")
            if attack.method in {b"GET", b"HEAD", b"OPTIONS"}:
                continue
            if is_taken:
                await self._taken(attack, answer)
            elif n % LOOKED_AT_EACH == 0:
                await self._look(attack)

    async def _ask_for_hidden(self) -> None:
        """First of all, so that what is hidden is there to be shown by all that follows."""
        before = self.callers.asked
        for attack, fault in await Hidden(self.victims).told(self.resource):
            self._complain(attack, fault)
        for question, fault in await oracles(self.resource, self.victims):
            self.findings.append(Finding(self.resource, "oracles", "it tells", question + fault))
        self.hidden_asked = self.callers.asked - before

    async def attacks(self) -> list[Attack]:
        """All kinds, as many of each as the budget has."""
        kinds: dict[str, list[Attack]] = {}
        for operation in self.operations:
            found = [*self._of_bodies(operation, await self._body(operation))]
            if operation.method == "GET":
                found += attacks.queries(operation)
                if {"cursor", "after"} & operation.queries.keys():
                    found += await cursors(operation, self.callers)
            for attack in (*found, *self._of_heads(operation)):
                kinds.setdefault(attack.kind, []).append(attack)
        all_paths = [operation.path for operation in self.operations]
        base = f"{BASE}/{self.resource}".encode()
        kinds["paths"] = [*attacks.paths(base, all_paths)]
        kinds["methods"] = [*attacks.methods(all_paths)]
        in_turn = {kind: attacks.in_turn(found) for kind, found in kinds.items()}
        return attacks.within(BUDGET, in_turn)

    async def _body(self, operation: Operation) -> object:
        return None if operation.example is None else await self.victims.body(operation)

    def _of_bodies(self, operation: Operation, body: object) -> Iterator[Attack]:
        if body is None:
            return
        yield from attacks.fields(operation, body)
        yield from attacks.raws(operation)
        yield from attacks.truncated(operation, body)
        view = creation(self.resource) or operation
        yield from attacks.owned(operation, body, view.view.get("properties", {}))
        yield from attacks.content_types(operation, as_json(body))

    def _of_heads(self, operation: Operation) -> Iterator[Attack]:
        yield from attacks.headers(operation, as_json(operation.example))
        yield from attacks.framings(operation)
        yield from attacks.keys(operation, self.callers.secrets)

    async def _sent(self, attack: Attack) -> Answer | None:
        target = attack.target.replace(ID, self._id.encode())
        target = target.replace(b"{attachment_id}", NOTHING.encode())
        try:
            if attack.raw:
                line = self.callers.line(attack.caller)
                line.close()
                key = b"Authorization: Bearer " + self.callers.secrets["administrator"] + b"\r\n"
                head = b"%s %s HTTP/1.1\r\nHost: a\r\n%s" % (attack.method, target, key)
                return await line.say(head + attack.raw, is_all=attack.kind in NEEDS_NO_ANSWER)
            if attack.kind == "keys":
                line = self.callers.line("keys", self._own_address())
                return await line.ask(attack.method, target, attack.headers, attack.content)
            return await self.callers.ask(
                attack.caller, attack.method, target, attack.headers, attack.content
            )
        except (ConnectionError, TimeoutError) as error:
            if attack.kind not in NEEDS_NO_ANSWER:
                self._complain(attack, f"no answer: {error}")
            return None

    def _own_address(self) -> str:
        """From where keys are guessed, so that nobody else is throttled for it."""
        return f"127.0.1.{[*RESOURCES].index(self.resource) + 1}"

    async def _taken(self, attack: Attack, answer: Answer) -> None:
        """What was taken reads back as it was sent; the victim is then what the answer says."""
        is_record = any(attack.operation is it for it in (creation(self.resource), self._update))
        if is_record and attack.sent is not None and answer.content:
            for fault in lost(attack.sent, answer.json):
                self._complain(attack, fault)
        if attack.method == b"PATCH" and answer.content:
            again = await self._read(attack.caller)
            if again.content != answer.content:
                self._complain(attack, "reads otherwise than it was answered")
        await self._renew()

    async def _look(self, attack: Attack) -> None:
        """The victim is byte for byte what it was: nothing of late was taken."""
        if self._before and (await self._read()).content != self._before:
            self._complain(attack, "altered, though all of late was refused")
            await self._renew()

    async def _renew(self) -> None:
        """The victim as it is; another one where it has gone."""
        if creation(self.resource) is None:
            return
        answer = await self._read()
        if answer.status != OK:
            made = await self.victims.own(self.resource)
            self._id = made["id"]
            answer = await self._read()
        self._before = answer.content

    async def _read(self, caller: str = "administrator") -> Answer:
        target = f"{BASE}/{self.resource}/{self._id}".encode()
        return await self.callers.ask(caller, b"GET", target)

    def _complain(self, attack: Attack, fault: str) -> None:
        target, content = attack.target[:120], (attack.raw or attack.content)[:300]
        head = attack.headers[-1:] if attack.kind in SHOWN_HEADERS else ()
        told = (attack.method, target, *(b": ".join(pair)[:80] for pair in head), content)
        example = b" ".join(told).decode(errors="replace").encode("unicode_escape").decode()
        found = Finding(self.resource, attack.kind, fault, f"{example} as {attack.caller}")
        print(*found, sep=": ", file=sys.stderr)
        self.findings.append(found)


def _said(attack: Attack) -> bytes:
    pairs = b" ".join(b" ".join(pair) for pair in attack.headers)
    return b" ".join((attack.method, attack.target, pairs, attack.content, attack.raw))
