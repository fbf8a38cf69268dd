"""Reports as files: what was asked for, and the process that makes it."""

import asyncio
import json
import sys
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Self

from fastapi import Request

from sonla_api.kit.answers import PaperAnswer
from sonla_api.kit.codes import CodeList
from sonla_api.kit.formats import PAPER_TYPES, preferred
from sonla_api.kit.reads import ExportsFull
from sonla_api.kit.records import Item
from sonla_api.observations.models import ObservationQualifier
from sonla_api.reports.figures import Placing, Unit
from sonla_api.reports.parts import CLOSING
from sonla_api.reports.periods import ReportPeriod
from sonla_api.reports.schemas import PeriodicReport

_AT_ONCE = 2
_PATIENCE = 20
"""Seconds that a caller waits for others."""
_LONGEST = 60
"""Seconds that a file takes at most."""
_COMMAND = (sys.executable, "-P", "-m", "sonla_api.reports.press")
_presses = asyncio.Semaphore(_AT_ONCE)


@dataclass(frozen=True)
class Wanted:
    """A report in the form of a file; `base` is where this service is reached."""

    format: str
    base: str

    @classmethod
    def of(cls, request: Request, format_: str | None) -> Self | None:
        """What was asked for by `format`, or else by Accept; None for JSON."""
        accepted = request.headers.get("accept", "")
        chosen = format_ or preferred(accepted, PAPER_TYPES)
        return cls(chosen, str(request.base_url)) if chosen in PAPER_TYPES else None

    def computed(self, report: PeriodicReport) -> PaperAnswer:
        """The report of a period, as it is now."""
        return self._answer(report.model_dump_json().encode(), report.period)

    def frozen(self, item: Item) -> PaperAnswer:
        """A kept report; its file is as good as long as the report is the same."""
        sum_ = zlib.crc32(item.body, zlib.crc32(f"{self.format} {self.base}".encode()))
        period = json.loads(item.body)["period"]
        return self._answer(item.body, period, f'"{item.version}.{sum_:08x}"')

    def _answer(self, report: bytes, period: str, etag: str | None = None) -> PaperAnswer:
        asked = ReportPeriod.known(period)
        names = {
            "units": _names(Unit),
            "placings": _names(Placing),
            "qualifiers": _names(ObservationQualifier),
            "closing": _names(CLOSING),
        }
        beside = json.dumps({"first_on": str(asked.first), **names}).encode()
        base = json.dumps(self.base.rstrip("/")).encode()
        given = b'{"report":%b,"beside":%b,"base":%b}' % (report, beside, base)
        name = f"bao-cao-{period.replace('/', '_')}"
        return PaperAnswer(self.format, name, partial(_pressed, self.format, given), etag)


def _names(codes: Iterable[CodeList]) -> dict[str, str]:
    return {code.value: code.vi for code in codes}


async def _pressed(format_: str, given: bytes) -> bytes:
    try:
        await asyncio.wait_for(_presses.acquire(), _PATIENCE)
    except TimeoutError:
        raise ExportsFull from None
    try:
        return await _made(format_, given)
    finally:
        _presses.release()


async def _made(format_: str, given: bytes) -> bytes:
    """By a process that ends with whoever waits for it."""
    pipe = asyncio.subprocess.PIPE
    asked = (*_COMMAND, format_)
    press = await asyncio.create_subprocess_exec(*asked, stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        made, why = await asyncio.wait_for(press.communicate(given), _LONGEST)
    finally:
        if press.returncode is None:
            press.kill()
    if press.returncode:
        raise RuntimeError(f"no {format_} was made: {why.decode(errors='replace')}")
    return made
