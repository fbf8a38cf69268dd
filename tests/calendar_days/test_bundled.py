"""The working days of 2024 to 2026 as they come with the service."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from asyncpg import Connection
from httpx import AsyncClient

from sonla_api.imports.service import load_folder
from sonla_api.preparing import CALENDAR
from sonla_api.settings import Settings
from tests.conftest import Cast
from tests.factories import delegation, made

LINES: list[dict[str, Any]] = json.loads((CALENDAR / "calendar_days.json").read_text())
DAY = timedelta(days=1)


@pytest.fixture
async def calendar(settings: Settings, cast: Cast) -> Callable[[], Any]:
    """Loads it again; loaded once already."""
    url = str(settings.database_url)
    await cast(load, url)
    return lambda: load(url)


async def load(url: str) -> list[str]:
    return (await load_folder(url, CALENDAR, lambda _: None)).lines


async def test_every_line_is_found_again(calendar: Any, stranger: AsyncClient) -> None:
    found = (await stranger.get("/calendar-days?sort=day&limit=200")).json()["items"]
    cited = {s["id"]: s["key"] for s in (await stranger.get("/sources")).json()["items"]}
    assert [record["key"] for record in found] == [line["key"] for line in LINES]
    for line, record in zip(LINES, found, strict=True):
        assert (record["day"], record["kind"], record["note"]) == (
            line["day"],
            line["kind"],
            line.get("note"),
        )
        assert record["name"] == line["name"] | {"lo": None}
        assert record["announcement"] == line["announcement"] | {"document": None}
        sources = [cited[citation["source"]["id"]] for citation in record["sources"]]
        assert sources == [line["source"], *line.get("more_sources", [])]
        assert [flag["code"] for flag in record["flags"]] == line.get("flags", [])


async def test_a_second_load_writes_nothing(calendar: Any, database: "Connection[Any]") -> None:
    before = await database.fetchval("select count(*) from changes")
    assert await calendar() == [
        "sources: 0 new, 0 changed, 12 unchanged",
        "calendar_days: 0 new, 0 changed, 45 unchanged",
    ]
    assert await database.fetchval("select count(*) from changes") == before


@pytest.mark.parametrize(
    ("year", "off", "worked"),
    [
        (2024, "01-01 02-08 02-09 02-12 02-13 02-14 04-18 04-29 04-30 05-01 09-02 09-03", "05-04"),
        (2025, "01-01 01-27 01-28 01-29 01-30 01-31 04-07 04-30 05-01 05-02 09-01 09-02", "04-26"),
        (
            2026,
            "01-01 01-02 02-16 02-17 02-18 02-19 02-20 04-27 04-30 05-01 08-31 09-01 09-02 11-24",
            "01-10 08-22",
        ),
        (2027, "", ""),
    ],
)
async def test_weekdays_off_and_weekends_worked(
    calendar: Any, database: "Connection[Any]", year: int, off: str, worked: str
) -> None:
    """As the announcements have them, year by year."""
    rows = await database.fetch(
        "select day::date, is_working_day(day::date) as is_worked"
        " from generate_series($1::date, $2::date, interval '1 day') day",
        date(year, 1, 1),
        date(year, 12, 31),
    )
    other = [row for row in rows if row["is_worked"] != (row["day"].weekday() < 5)]
    assert " ".join(f"{r['day']:%m-%d}" for r in other if not r["is_worked"]) == off
    assert " ".join(f"{r['day']:%m-%d}" for r in other if r["is_worked"]) == worked


@pytest.mark.parametrize(
    ("when", "due", "status"),
    [
        ("2024-02-05", "2024-03-04", "published"),  # Tết: five weekdays
        ("2024-04-15", "2024-05-09", "published"),  # three holidays, a Monday off for a Saturday
        ("2025-04-11", "2025-05-06", "published"),  # two holidays, a Friday off for a Saturday
        ("2025-12-22", "2026-01-13", "published"),  # New Year, a Friday off for a Saturday
        ("2026-08-14", "2026-09-08", "published"),
        ("2026-11-23", "2026-12-15", "published"),  # Culture Day
        ("2026-12-11", "2027-01-01", "provisional"),
        ("2023-12-20", "2024-01-11", "provisional"),
        ("2028-02-01", "2028-02-22", "provisional"),
    ],
)
async def test_reports_are_due_by_the_announced_days(
    calendar: Any, api: AsyncClient, when: str, due: str, status: str
) -> None:
    """And provisional as soon as one day on the way lies in a year that is not announced."""
    record = await made(api, "/delegations", delegation(when=when))
    assert (record["report_due_on"], record["report_due_calendar"]) == (due, status)
    assert counted(date.fromisoformat(when)).isoformat() == due


def counted(on: date) -> date:
    """15 working days on, day by day."""
    kinds = {line["day"]: line["kind"] for line in LINES}
    left = 15
    while left:
        on += DAY
        kind = kinds.get(on.isoformat())
        left -= kind == "working_day" if kind else on.weekday() < 5
    return on
