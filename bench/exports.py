"""How soon a whole list begins, and what it takes of the process that sends it."""

import http.client
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import database, report
from bench.report import Row
from bench.servers import Server, sonla

TIMES = 20
"""How often the first byte is waited for, after the statements were planned for good."""
WARM = 8
PIECE = 1 << 16
FORMATS = ("csv", "ndjson", "xlsx")


class _Taken(NamedTuple):
    """Of one file: milliseconds to its first byte, seconds and megabytes in all."""

    first: float
    seconds: float
    size: float


def rows(address: str) -> list[Row]:
    """All delegations as a file, for an administrator, from a process that did nothing before."""
    with database.key(address, "administrator", None) as secret, sonla(address, secret) as server:
        server.get("/api/v1/delegations")
        idle, found = server.memory(), []
        for name in FORMATS:
            whole = _taken(server, name, is_whole=True)
            firsts = [_taken(server, name, is_whole=False).first for _ in range(WARM + TIMES)]
            found.append(_first(name, whole, firsts[WARM:]))
        what = f"{database.FULL:,} delegations as files, memory over the idle process, MB"
        peak = _peak(server) - idle
        return [*found, Row(what, 100, 50, peak, f"idle {idle:.0f} MB", is_limit=True)]


def _first(name: str, whole: _Taken, firsts: list[float]) -> Row:
    what = f"{database.FULL:,} delegations as {name}, to the first byte, ms"
    spread = f"{report.spread(firsts)}; all in {whole.seconds:.0f} s, {whole.size:.0f} MB"
    return Row(what, None, 300, median(firsts), spread, is_limit=True)


def _taken(server: Server, name: str, *, is_whole: bool) -> _Taken:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    began = time.perf_counter()
    try:
        path = f"/api/v1/delegations?format={name}"
        connection.request("GET", path, headers=dict(server.headers))
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise SystemExit(f"{path}: {answer.status} {answer.read(300)!r}")
        size = len(answer.read(1))
        first = time.perf_counter() - began
        while is_whole and (piece := answer.read(PIECE)):
            size += len(piece)
    finally:
        connection.close()
    return _Taken(first * 1000, time.perf_counter() - began, size / 1e6)


def _peak(server: Server) -> float:
    """The most megabytes that the process ever held."""
    status = Path(f"/proc/{server.process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
