"""Who uses the service meanwhile: writers that insist, readers, and a follower of the feed."""

import asyncio
import json
import os
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from httpx import codes

VERBS = ("submit", "approve", "depart", "complete")
"""The life of a delegation inside the country, which needs no more than what it was made with."""
AGAIN = 0.05
TOO_LATE = 5.0
"""Seconds within which a caller has an answer, or knows that there is none."""


class Act(NamedTuple):
    """What was acknowledged: a record that was made, or a step that was taken."""

    key: str
    what: str
    id: str


class Ledger:
    """What the service has promised, on disk before anything else happens."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a")

    def write(self, act: Act) -> None:
        self._file.write(json.dumps(act) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def read(self) -> list[Act]:
        return [Act(*json.loads(line)) for line in self.path.read_text().splitlines()]


class Tally:
    """What the clients saw."""

    def __init__(self) -> None:
        self.acknowledged = 0
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.slowest = 0.0
        self.is_over = False

    def note(self, answer: httpx.Response, took: float) -> None:
        self.seen[str(answer.status_code)] += 1
        self.slowest = max(self.slowest, took)

    def complain(self, what: str) -> None:
        self.wrong.append(what)


async def asked(
    client: httpx.AsyncClient, tally: Tally, method: str, path: str, **sent: Any
) -> httpx.Response | None:
    """The answer; None where the connection broke off, or the service says that it cannot now."""
    began = time.monotonic()
    try:
        answer = await client.request(method, path, **sent)
    except httpx.TransportError as error:
        tally.seen[type(error).__name__] += 1
        return None
    tally.note(answer, time.monotonic() - began)
    if answer.status_code == codes.SERVICE_UNAVAILABLE or "retry-after" in answer.headers:
        return None
    return answer


class Writer:
    """Makes partners and delegations, takes steps, and insists on each until it is told yes."""

    def __init__(self, name: str, client: httpx.AsyncClient, tally: Tally, ledger: Ledger) -> None:
        self.name, self.client, self.tally, self.ledger = name, client, tally, ledger
        self.agency = ""
        self.known: list[str] = []
        """Addresses of what was acknowledged, for readers."""
        self._chance, self._count = random.Random(name), 0  # noqa: S311  a die

    async def run(self) -> None:
        while not self.tally.is_over:
            await self._partner()
            await self._partner()
            await self._delegation()

    async def _partner(self) -> None:
        key = self._key()
        body = {"name": {"en": key}, "kind": "ingo", "country": "LA"}
        made = await self.insist(key, "partners", "/partners", body)
        self.known.append(f"/partners/{made['id']}")

    async def _delegation(self) -> None:
        key = self._key()
        body = {
            "title": {"en": key},
            "direction": "domestic",
            "countries": ["LA"],
            "when": "2026-12-01/2026-12-03",
            "head_position": "Vice Chairman",
            "lead_agency_id": self.agency,
        }
        made = await self.insist(key, "delegations", "/delegations", body)
        for verb in VERBS:
            address = f"/delegations/{made['id']}/transitions"
            await self.insist(self._key(), f"{made['id']} {verb}", address, {"verb": verb})

    async def insist(self, key: str, what: str, path: str, body: Any) -> Any:
        """The answer 201, kept in the ledger; each twentieth is asked for once more."""
        first = await self._sent(key, path, body)
        self.ledger.write(Act(key, what, first["id"]))
        self.tally.acknowledged += 1
        if self._chance.random() < AGAIN:
            again = await self._sent(key, path, body)
            self.tally.seen["asked twice"] += 1
            if again != first:
                self.tally.complain(f"{key} was answered in two ways: {first} and {again}")
        return first

    async def _sent(self, key: str, path: str, body: Any) -> Any:
        headers = {"Idempotency-Key": key, "If-Match": "*"}
        while True:
            answer = await asked(self.client, self.tally, "POST", path, json=body, headers=headers)
            if answer is None:
                await asyncio.sleep(AGAIN)
            elif answer.status_code == codes.CREATED:
                return answer.json()
            else:
                self.tally.complain(f"POST {path}: {answer.status_code} {answer.text[:200]}")
                await asyncio.sleep(AGAIN)

    def _key(self) -> str:
        self._count += 1
        return f"{self.name}-{self._count}"


async def read(client: httpx.AsyncClient, tally: Tally, writers: list[Writer]) -> None:
    """A page of a list, and a record that was acknowledged, by turns."""
    chance = random.Random(1)  # noqa: S311  a die
    while not tally.is_over:
        known = [address for writer in writers for address in writer.known[-50:]]
        paths = ["/partners?limit=20", "/delegations?limit=20&sort=-created_at"]
        paths += [chance.choice(known)] if known else []
        for path in paths:
            answer = await asked(client, tally, "GET", path)
            if answer is not None and answer.status_code != codes.OK:
                tally.complain(f"GET {path}: {answer.status_code} {answer.text[:200]}")
            await asyncio.sleep(4 * AGAIN)


class Follower:
    """Goes along the feed from its beginning and never looks back."""

    def __init__(self, client: httpx.AsyncClient, tally: Tally) -> None:
        self.client, self.tally = client, tally
        self.after = "0-0-0"
        self.events: list[Any] = []

    async def run(self) -> None:
        while not self.tally.is_over:
            if not await self.step():
                await asyncio.sleep(4 * AGAIN)

    async def step(self) -> bool:
        """Whether there was anything new, or no answer."""
        path = f"/changes?after={self.after}&limit=200"
        answer = await asked(self.client, self.tally, "GET", path)
        if answer is None:
            await asyncio.sleep(AGAIN)
            return True
        page = answer.json()
        self.events += page["items"]
        self.after = page["next_cursor"]
        return bool(page["items"])
