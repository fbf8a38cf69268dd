"""How long a report takes by what is kept, against one statement over the records themselves."""

import asyncio
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

import asyncpg
import httpx

from bench import database, report, work
from bench.report import Row
from sonla_api.identity.keys import create_key
from sonla_api.kit.period import PeriodFilter
from sonla_api.main import create_app
from sonla_api.reports.periods import ReportPeriod
from sonla_api.settings import Settings

ASKED = {
    "whole months": ("2024-H1", 1 / 20),
    "any days": ("2024-12-15/2025-06-14", 1 / 8),
}
_TIMES = 15


def rows(address: str) -> list[Row]:
    """A row for each kind of period: the ratio of the medians."""
    return asyncio.run(_rows(address))


async def _rows(address: str) -> list[Row]:
    connection = await asyncpg.connect(address, server_settings={"jit": "off"})
    secret = await create_key(connection, name="bench", role="administrator", agency=None)
    statement = await connection.prepare((database.HERE / "figures.sql").read_text())
    url = f"postgresql+asyncpg{address.removeprefix('postgresql')}"
    app = create_app(Settings(database_url=url))
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": f"Bearer {secret}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://bench", headers=headers) as client,
    ):
        reads = work.Timed(app.state.database.reads.fetch)
        app.state.database.reads.fetch = reads.fetch
        return [
            _row(what, bar, await _taken(client, reads, statement, period))
            for what, (period, bar) in ASKED.items()
        ]


async def _taken(
    client: httpx.AsyncClient, reads: work.Timed, statement: Any, period: str
) -> tuple[list[float], list[float]]:
    """Milliseconds in the database: of the report, and of the statement; each many times over, as
    the records that the statement runs through push all else out of the server's memory.
    """
    asked = ReportPeriod.of(PeriodFilter(period))
    assert asked  # noqa: S101  of the tool itself
    days = (*asked.period.days, *asked.year_before().period.days)
    kept, raw = [], []
    for _ in range(work.WARM + _TIMES):
        reads.milliseconds = 0.0
        answer = await client.get("/api/v1/reports/periodic", params={"period": period})
        answer.raise_for_status()
        kept.append(reads.milliseconds)
    for _ in range(1 + _TIMES):
        began = time.perf_counter()
        await statement.fetch(*days)
        raw.append((time.perf_counter() - began) * 1000)
    return kept[work.WARM :], raw[1:]


def _row(what: str, bar: float, taken: tuple[Sequence[float], Sequence[float]]) -> Row:
    kept, raw = taken
    name = f"report of {what}, of one statement over the records (database time)"
    told = f"report {report.spread(kept)} ms, statement {report.spread(raw)} ms"
    return Row(name, bar, None, median(kept) / median(raw), told, is_limit=True)
