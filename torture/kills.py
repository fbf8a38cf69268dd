"""What is killed when, and how long it takes until all is well again."""

import asyncio
import random
import time
from collections.abc import Callable
from signal import SIGKILL
from typing import Any, NamedTuple

import httpx

from torture.clients import Tally
from torture.service import Service, children, send, wait_until

WORKER = "a server process of two"
WHOLE = "the service whole, its PostgreSQL with it"
CLUSTER = "PostgreSQL, all its processes"
BACKEND = "a backend of PostgreSQL"
AIMS = {WORKER: 5.0, WHOLE: 5.0, CLUSTER: 10.0, BACKEND: 10.0}
ORDER = (
    *(WORKER, WORKER, WORKER, WORKER, CLUSTER),
    *(WORKER, WHOLE, WORKER, WORKER, BACKEND),
    *(WORKER, WORKER, WORKER, WORKER, CLUSTER),
    *(WORKER, WHOLE, WORKER, WORKER, BACKEND),
    *(WORKER, WORKER, WORKER, WORKER, CLUSTER),
)
"""20 server processes and 5 times PostgreSQL."""
LONGEST = 300.0


class Killed(NamedTuple):
    what: str
    answers: float
    """Seconds until a new record could be made and read again."""
    whole: float
    """Seconds until every process was there again."""


async def kill(service: Service, what: str, client: httpx.AsyncClient) -> Killed:
    """Kill it, and wait until all is well again."""
    workers = set(service.processes())
    doomed = _DOOMED[what](service)
    began = time.monotonic()
    send(SIGKILL, *doomed)
    await _answers(client)
    answered = time.monotonic() - began
    await wait_until(lambda: _is_whole(service, workers & set(doomed)), LONGEST)
    await _answers(client)
    return Killed(what, answered, time.monotonic() - began)


def _is_whole(service: Service, dead: set[int]) -> bool:
    there = set(service.processes())
    return len(there) == service.workers and not there & dead and service.cluster.is_ready()


async def _answers(client: httpx.AsyncClient) -> None:
    while True:
        body = {"title": "Probe"}
        try:
            made = await client.post("/sources", json=body, timeout=6)
            if made.is_success and (await client.get("/sources", timeout=6)).is_success:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.02)


def _of_cluster(service: Service) -> list[int]:
    postmaster = service.postmaster()
    return [postmaster, *children(postmaster)] if postmaster else []


def _backend(service: Service) -> list[int]:
    """The youngest process is one that somebody is connected to."""
    return _of_cluster(service)[-1:]


_DOOMED: dict[str, Callable[[Service], list[int]]] = {
    WORKER: lambda service: [random.choice(service.processes())],  # noqa: S311  a die
    WHOLE: lambda service: [service.main, *service.processes()],
    CLUSTER: _of_cluster,
    BACKEND: _backend,
}


async def kill_all(
    service: Service, client: httpx.AsyncClient, tally: Tally, apart: int
) -> list[Killed]:
    """One after the other, with so many acknowledged writes between them."""
    done: list[Killed] = []
    for what in ORDER:
        wanted = tally.acknowledged + apart
        await wait_until(lambda most=wanted: tally.acknowledged >= most, LONGEST)  # type: ignore[misc]  # mypy has no type for the default
        found = await kill(service, what, client)
        done.append(found)
        print(
            f"{len(done):2} {what}: answers after {found.answers:.1f} s,"
            f" whole after {found.whole:.1f} s; {tally.acknowledged:,} acknowledged",
            flush=True,
        )
    return done


async def settings(service: Service) -> dict[str, Any]:
    """Those that durability rests on, as the server itself says."""
    names = ("fsync", "full_page_writes", "synchronous_commit", "server_version")
    connection = await service.connect()
    found = {name: await connection.fetchval(f"show {name}") for name in names}
    await connection.close()
    return found
