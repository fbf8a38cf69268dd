"""What the database counts by the calendar, against counting day by day."""

from datetime import date, timedelta
from typing import Any

import pytest
from asyncpg import Connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sonla_api.calendar_days.models import DayKind

Calendar = dict[date, str]
in_database = settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
FIRST = date(2025, 1, 1)
days = st.integers(0, 120).map(lambda n: FIRST + timedelta(days=n))
calendars = st.dictionaries(days, st.sampled_from([kind.value for kind in DayKind]), max_size=60)
ADD = """insert into calendar_days (id, version, day, kind, name, announcement, visibility)
values (gen_random_uuid(), 1, $1, $2, '{"vi": "Tết"}', $3, 'public')"""


def is_worked(calendar: Calendar, day: date) -> bool:
    return calendar[day] == DayKind.working_day if day in calendar else day.weekday() < 5


def counted(calendar: Calendar, start: date, count: int) -> date:
    on = start
    while count:
        on += timedelta(days=1)
        count -= is_worked(calendar, on)
    return on


async def put(
    database: "Connection[Any]", calendar: Calendar, announcement: str | None = None
) -> None:
    await database.executemany(ADD, [(day, kind, announcement) for day, kind in calendar.items()])


@in_database
@given(calendars, days, st.integers(0, 60))
@example({date(2025, 4, 26): "working_day"}, date(2025, 4, 25), 1)
@example({date(2025, 4, 26): "working_day"}, date(2025, 4, 25), 2)
@example({date(2025, 4, 26): "working_day", date(2025, 4, 25): "holiday"}, date(2025, 4, 24), 1)
@example({date(2025, 4, 26): "working_day", date(2025, 4, 27): "working_day"}, FIRST, 83)
@example({date(2025, 4, 26): "holiday", date(2025, 4, 28): "working_day"}, date(2025, 4, 25), 1)
async def test_working_days_are_counted_by_the_calendar(
    database: "Connection[Any]", calendar: Calendar, start: date, count: int
) -> None:
    async with database.transaction():
        await database.execute("delete from calendar_days")
        await put(database, calendar)
        found = await database.fetchval("select working_days_after($1, $2)", start, count)
    assert found == counted(calendar, start, count)


@in_database
@given(calendars)
async def test_a_day_is_worked_as_the_calendar_says(
    database: "Connection[Any]", calendar: Calendar
) -> None:
    async with database.transaction():
        await database.execute("delete from calendar_days")
        await put(database, calendar)
        asked = [FIRST + timedelta(days=n) for n in range(121)]
        worked = "select is_working_day(day) from unnest($1::date[]) as asked (day)"
        found = [row[0] for row in await database.fetch(worked, asked)]
    assert found == [is_worked(calendar, day) for day in asked]


@pytest.mark.parametrize(
    ("announcement", "status"),
    [
        (None, "provisional"),
        ('{"symbol": "45/2019/QH14", "issued_on": "2019-11-20"}', "provisional"),
        ('{"symbol": "1/TB-BNV", "issued_on": "2024-12-31"}', "published"),
        ('{"symbol": "1/TB-BNV", "issued_on": "2025-02-01"}', "published"),
        ('{"symbol": "1/TB-BNV", "issued_on": null}', "published"),
    ],
)
async def test_a_year_is_published_by_an_announcement_of_its_own(
    database: "Connection[Any]", announcement: str | None, status: str
) -> None:
    await put(database, {date(2025, 12, 31): "day_off"}, announcement)
    days = (date(2025, 3, 1), date(2025, 4, 1))
    assert await database.fetchval("select calendar_status($1, $2)", *days) == status


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        ("2024-01-01", "2025-12-31", "published"),
        ("2025-12-31", "2024-01-01", "published"),
        ("2023-12-31", "2024-01-01", "provisional"),
        ("2025-12-31", "2026-01-01", "provisional"),
        ("2024-06-01", "2027-06-01", "provisional"),
        ("9999-12-30", "9999-12-30", "provisional"),
    ],
)
async def test_one_year_without_an_announcement_makes_all_provisional(
    database: "Connection[Any]", first: str, last: str, status: str
) -> None:
    calendar = {date(year, 9, 2): "holiday" for year in (2024, 2025, 2027)}
    await put(database, calendar, '{"symbol": "1/TB-BNV"}')
    asked = (date.fromisoformat(first), date.fromisoformat(last))
    assert await database.fetchval("select calendar_status($1, $2)", *asked) == status


async def test_of_no_day_nothing_is_said(database: "Connection[Any]") -> None:
    row = await database.fetchrow(
        "select is_working_day(null), calendar_status(null, '2025-01-01'),"
        " working_days_after(null, 1), working_days_after('2025-01-01', null),"
        " working_days_after('2025-01-01', -1)"
    )
    assert row is not None
    assert set(row.values()) == {None}


async def test_the_calendar_holds_under_any_search_path(database: "Connection[Any]") -> None:
    await put(database, {date(2025, 1, 2): "holiday"}, '{"symbol": "1/TB-BNV"}')
    async with database.transaction():
        await database.execute("set local search_path = ''")
        row = await database.fetchrow(
            "select public.is_working_day('2025-01-02'),"
            " public.calendar_status('2025-01-01', '2025-01-01'),"
            " public.working_days_after('2025-01-01', 1)"
        )
    assert row is not None
    assert list(row.values()) == [False, "published", date(2025, 1, 3)]
