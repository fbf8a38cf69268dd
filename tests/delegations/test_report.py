"""When the report of a delegation is due, and when it is overdue."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from asyncpg import Connection
from fastapi import FastAPI
from httpx import AsyncClient

from sonla_api.delegations.lifecycle import DelegationState
from sonla_api.main import create_app
from sonla_api.settings import Settings
from tests.delegations.steps import REPORT, drafted, patch, put, read
from tests.factories import delegation, made


def working_days_after(end: date, count: int) -> date:
    while count:
        end += timedelta(days=1)
        count -= end.weekday() < 5
    return end


@pytest.mark.parametrize("end", [f"2026-12-{day:02}" for day in range(1, 15)])
async def test_a_report_is_due_15_working_days_after_the_end(api: AsyncClient, end: str) -> None:
    record = await made(api, "/delegations", delegation(when=f"2026-11-30/{end}"))
    due = working_days_after(date.fromisoformat(end), 15)
    assert record["report_due_on"] == due.isoformat()


@pytest.mark.parametrize(
    ("when", "due"),
    [
        ("2026-06", "2026-07-21"),
        ("2026-H1", "2026-07-21"),
        ("2026", "2027-01-21"),
        (None, None),
        ("2026-06-01/..", None),
        ({"duration": "P3D", "from": "the invitation"}, None),
    ],
)
async def test_the_end_is_the_last_day_of_what_is_known(
    api: AsyncClient, when: Any, due: str | None
) -> None:
    record = await made(api, "/delegations", delegation(when=when))
    assert record["report_due_on"] == due


@pytest.mark.parametrize("days", [0, 5, 6])
async def test_the_number_of_days_is_a_setting(
    settings: Settings, as_actor: Any, days: int
) -> None:
    changed = settings.model_copy(update={"report_due_working_days": days})
    other = create_app(changed)
    api = await as_actor()
    async with other.router.lifespan_context(other):
        api._transport.app = other
        record = await made(api, "/delegations", delegation(when="2026-12-05"))
        shown = await read(api, record)
    expected = working_days_after(date(2026, 12, 5), days).isoformat()
    assert (record["report_due_on"], shown["report_due_on"]) == (expected, expected)


OWES = {"under_way", "completed", "received"}
OWES_NONE = {"recorded", "cancelled", "rejected", "refused"}


@pytest.mark.parametrize("state", DelegationState)
async def test_a_report_is_overdue_after_its_day(
    api: AsyncClient, database: "Connection[Any]", today: Callable[[str], None], state: str
) -> None:
    today("2026-01-01")
    record = await drafted(api, when="2026-12-01/2026-12-04", report=None)
    await put(database, record, state)

    async def overdue(day: str) -> bool:
        today(day)
        shown = await read(api, record)
        assert shown["report_due_on"] == (None if state in OWES_NONE else "2026-12-25")
        return bool(shown["is_report_overdue"])

    assert not await overdue("2026-12-25")
    assert await overdue("2026-12-26") is (state in OWES)


async def test_a_report_that_is_there_is_not_overdue(
    api: AsyncClient, database: "Connection[Any]", today: Callable[[str], None]
) -> None:
    record = await drafted(api, when="2026-12-01/2026-12-04", report=None)
    await put(database, record, "completed")
    today("2027-02-01")
    assert (await read(api, record))["is_report_overdue"] is True
    assert (await patch(api, record, report=REPORT)).status_code == 200
    assert (await read(api, record))["is_report_overdue"] is False
    assert (await patch(api, record, report=None)).status_code == 200
    assert (await read(api, record))["is_report_overdue"] is True


async def test_without_an_end_nothing_is_overdue(
    api: AsyncClient,
    app: FastAPI,
    database: "Connection[Any]",
    today: Callable[[str], None],
) -> None:
    record = await drafted(api, when=None, report=None)
    await put(database, record, "completed")
    today("2099-01-01")
    assert (await read(api, record))["is_report_overdue"] is False
