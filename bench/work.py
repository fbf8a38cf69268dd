"""How long the database takes for lists of tasks and projects, for what rests on what, for search.

The time around the very statements, on the connections of the service's own reading pool, after
each was planned for good; so what is shown includes the way of the answer, a fraction of a
millisecond.
"""

import asyncio
import time
from collections.abc import Sequence
from statistics import median
from typing import Any, NamedTuple

import httpx

from bench import database, report
from bench.report import Row
from sonla_api.main import create_app
from sonla_api.settings import Settings

WARM = 8
"""PostgreSQL plans a statement anew for the first five times."""


class Question(NamedTuple):
    """What is asked, and milliseconds that are aimed at where an issue names them."""

    what: str
    path: str
    aim: float | None = None


def rows(address: str, secret: str, times: int) -> list[Row]:
    """A row for each question: the median of so many times."""
    found = asyncio.run(_asked(address, secret, questions(address), times))
    return [_row(it, taken) for it, taken in found]


def _row(asked: Question, taken: Sequence[float]) -> Row:
    what, spread = f"{asked.what}, database time, ms", report.spread(taken)
    return Row(what, None, asked.aim, median(taken), spread, is_limit=True)


def questions(address: str) -> list[Question]:
    """The addresses with ids of this database in them."""
    links = database.WORK["links"]
    ids = dict(
        database.fetch(
            address,
            "select key, id::text from documents where key = any($1)",
            [f"bench-{n}" for n in (0, links - 1, links, 2 * links)],
        )
    )
    ((agency,),) = database.fetch(
        address, "select id::text from agencies where key = $1", database.OFFICE
    )
    first, last, root, leaf = (ids[f"bench-{n}"] for n in (0, links - 1, links, 2 * links))
    chain, fan = f"a chain of {links:,}", f"{links:,} documents below one"
    due = f"health=overdue,due_soon&agency={agency}&sort=due_on&limit=50"
    return [
        Question("list of 50 tasks of an agency, overdue or due soon", f"/tasks?{due}"),
        Question("list of 50 projects of a kind", "/projects?kind=oda_loan&limit=50"),
        Question(f"what the last document of {chain} rests on", f"/documents/{last}/basis", 50),
        Question(f"what rests on the first of {chain}", f"/documents/{first}/effects", 50),
        Question(f"what rests on the root of {fan}", f"/documents/{root}/effects", 50),
        Question(f"what one of {fan} rests on", f"/documents/{leaf}/basis", 50),
        Question("search for two words", "/search?q=hua+phan", 30),
        Question("search for a word that is mistyped", "/search?q=xieng+khoanh", 30),
    ]


async def _asked(
    address: str, secret: str, asked: Sequence[Question], times: int
) -> list[tuple[Question, list[float]]]:
    app = create_app(
        Settings(database_url=f"postgresql+asyncpg{address.removeprefix('postgresql')}")
    )
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": f"Bearer {secret}"}
    base = "http://bench/api/v1"
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=base, headers=headers) as client,
    ):
        reads = Timed(app.state.database.reads.fetch)
        app.state.database.reads.fetch = reads.fetch
        return [(it, await _taken(client, reads, it, times)) for it in asked]


async def _taken(
    client: httpx.AsyncClient, reads: "Timed", asked: Question, times: int
) -> list[float]:
    taken = []
    for n in range(WARM + times):
        reads.milliseconds = 0.0
        answer = await client.get(asked.path)
        if answer.status_code != httpx.codes.OK:
            raise SystemExit(f"{asked.path}: {answer.status_code} {answer.text[:300]}")
        found = answer.json()
        if not found.get("items", found):
            raise SystemExit(f"{asked.path}: nothing is found")
        if n >= WARM:
            taken.append(reads.milliseconds)
    return taken


class Timed:
    """The reading pool, with what its statements took."""

    def __init__(self, fetch: Any) -> None:
        self._fetch, self.milliseconds = fetch, 0.0

    async def fetch(self, query: str, *values: Any) -> Any:
        began = time.perf_counter()
        try:
            return await self._fetch(query, *values)
        finally:
            self.milliseconds += (time.perf_counter() - began) * 1000
