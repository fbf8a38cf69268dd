"""The table of ratios: what must be met, what is aimed at, what was measured."""

import os
import platform
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

SERVICE, HAND, USUAL = "sonla-api", "hand-written", "usual FastAPI + ORM"
PGBENCH = "`pgbench -M prepared`"
MEASURED = (SERVICE, HAND, USUAL, PGBENCH)
JOBS = {
    "list": "list of 50 with embedded partners",
    "one": "one by id",
    "304": "304 on one by id",
    "create": "create, with change log and idempotency key",
}
BARS = {"list": (0.55, 1.0), "one": (0.30, 0.60), "304": (0.35, 0.70), "create": (0.20, 0.50)}
OVER_USUAL = {"list": (4, 6), "one": (3, 6), "create": (3, 6)}
_BEGIN, _END = "<!-- table of make bench -->", "<!-- end of the table -->"
OF_PGBENCH = {"list": 0.2, "one": 0.12}


_WHOLE = 20.0
"""From here on digits behind the point say nothing."""


class Row(NamedTuple):
    """One line of the table; at least `must`, or at most where `is_limit`; bars may be missing."""

    what: str
    must: float | None
    aim: float | None
    found: float
    spread: str
    is_limit: bool = False

    def line(self) -> str:
        must, aim = map(self._bar, (self.must, self.aim))
        found = f"{self.found:.{_digits(self.found)}f}"
        return f"| {self.what} | {must} | {aim} | **{found}** | {self.spread} | {self._verdict} |"

    @property
    def _verdict(self) -> str:
        if self.must is not None:
            return "met" if self._reaches(self.must) else "**missed**"
        if self.aim is not None:
            return "aim met" if self._reaches(self.aim) else "aim missed"
        return "–"

    def _reaches(self, bar: float) -> bool:
        return self.found <= bar if self.is_limit else self.found >= bar

    def _bar(self, bar: float | None) -> str:
        return "–" if bar is None else f"{'≤ ' if self.is_limit else ''}{bar:g}"


Rates = Mapping[str, Mapping[str, Sequence[float]]]
"""Requests a second: by job, by server, of each round."""


def ratios(rates: Rates) -> list[Row]:
    """The service against the hand-written server and against the usual one."""
    rows = [
        _row(f"{JOBS[job]}, of the hand-written server", BARS[job], rates[job], HAND)
        for job in BARS
    ]
    rows += [
        _row(f"{JOBS[job]}, times the usual service", OVER_USUAL[job], rates[job], USUAL)
        for job in OVER_USUAL
    ]
    return rows + [
        _row(f"{JOBS[job]}, times {other}", (None, None), rates[job], other)
        for job in OVER_USUAL
        for other in rates[job]
        if other not in MEASURED
    ]


def yardstick(rates: Rates) -> list[Row]:
    """How near the hand-written server comes to pgbench, so that it is no easy mark."""
    return [
        _row(
            f"hand-written server, of {PGBENCH} with its SQL: {JOBS[job]}",
            (least, least),
            rates[job],
            PGBENCH,
            HAND,
        )
        for job, least in OF_PGBENCH.items()
    ]


def text(rows: Sequence[Row], rates: Rates, notes: Sequence[str], command: str) -> str:
    """The whole of RESULTS.md."""
    names = [*MEASURED, *(name for name in rates["list"] if name not in MEASURED)]
    return "\n".join(
        [
            "# What was measured",
            "",
            f"{time.strftime('%Y-%m-%d')}, `{command}`, {_machine()}.",
            *notes,
            "",
            "Ratios hold from machine to machine, requests a second do not.",
            "Spread: the ratio of each round, lowest to highest.",
            "",
            *_table(rows),
            "",
            "Requests a second, median of the rounds (lowest to highest):",
            "",
            f"| job | {' | '.join(names)} |",
            "|---" * (1 + len(names)) + "|",
            *(_rates(job, found, names) for job, found in rates.items()),
            "",
        ]
    )


def put_into(readme: Path, rows: Sequence[Row]) -> None:
    """The table of ratios, between the marks that README has for it."""
    before, mark, rest = readme.read_text().partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (mark and end):
        raise SystemExit(f"{readme.name} has no place for the table")
    readme.write_text("\n".join((before + mark, *_table(rows), end + after)))


def _table(rows: Sequence[Row]) -> list[str]:
    head = ["| job | must | aim | measured | spread | must |", "|---|---|---|---|---|---|"]
    return [*head, *(row.line() for row in rows)]


def _digits(largest: float) -> int:
    """How many behind the point say something."""
    return 0 if largest >= _WHOLE else 2


def spread(values: Sequence[float]) -> str:
    digits = _digits(max(values))
    return f"{min(values):.{digits}f} to {max(values):.{digits}f}"


def _row(
    what: str,
    bars: tuple[float | None, float | None],
    rates: Mapping[str, Sequence[float]],
    other: str,
    name: str = SERVICE,
) -> Row:
    found = [a / b for a, b in zip(rates[name], rates[other], strict=True)]
    return Row(what, *bars, median(found), spread(found))


def _rates(job: str, found: Mapping[str, Sequence[float]], names: Sequence[str]) -> str:
    cells = [
        f"{median(found[name]):.0f} ({spread(found[name])})" if name in found else "–"
        for name in names
    ]
    return f"| {JOBS[job]} | {' | '.join(cells)} |"


def _machine() -> str:
    cores = os.cpu_count()
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    of_commit = f", commit {commit}" if commit else ""
    return (
        f"{cores} cores of {model}, {memory:.0f} GB, Linux {platform.release()},"
        f" Python {platform.python_version()}{of_commit}"
    )
