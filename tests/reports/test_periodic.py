"""Every number of a report leads to exactly the records that it counts."""

from typing import Any

from httpx import AsyncClient

from tests.conftest import Connection
from tests.reports.following import Lists, numbers
from tests.reports.register import Chance, fill

PERIODS = [
    "period=2024-H1",
    "period=2023",
    "from=2023-12-15&to=2024-06-14",
    "from=2024-01-20&to=2024-01-25",
    "period=2024-Q4/2026",
]


async def periodic(api: AsyncClient, query: str) -> Any:
    found = await api.get(f"/reports/periodic?{query}")
    assert found.status_code == 200, found.text
    return found.json()


async def test_every_number_lists_what_it_counts(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    await fill(database, Chance(5))
    lists, seen = Lists(api), 0
    for query in PERIODS:
        for told in numbers(await periodic(api, query)):
            await lists.check(told)
            seen += told.records
    assert seen > 1000
