"""The code of a delegation: given at submit, from a counter per direction and year."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.delegations.steps import complete, drafted, patch, read, take, taken
from tests.factories import made


async def submitted(api: AsyncClient, direction: str) -> Any:
    return (await taken(api, await drafted(api, direction=direction), "submit"))["code"]


async def test_codes_count_by_direction_and_year(
    api: AsyncClient, today: Callable[[str], None]
) -> None:
    today("2025-12-30")
    assert await submitted(api, "outbound") == "DR-2025-0001"
    assert await submitted(api, "outbound") == "DR-2025-0002"
    assert await submitted(api, "inbound") == "DV-2025-0001"
    assert await submitted(api, "domestic") == "DM-2025-0001"
    today("2026-01-02")
    assert await submitted(api, "outbound") == "DR-2026-0001"
    today("2025-12-31")
    assert await submitted(api, "outbound") == "DR-2025-0003"


async def test_a_code_goes_on_after_9999(api: AsyncClient, database: Any) -> None:
    first = await submitted(api, "inbound")
    await database.execute("update delegation_counters set last = 9998")
    assert [(await submitted(api, "inbound"))[-5:] for _ in range(2)] == ["-9999", "10000"]
    assert first.endswith("-0001")


async def test_a_code_is_kept_when_it_is_submitted_again(
    api: AsyncClient, today: Callable[[str], None]
) -> None:
    today("2025-12-30")
    record = await drafted(api)
    assert (await taken(api, record, "submit", "return"))["code"] == "DR-2025-0001"
    today("2026-02-01")
    after = await taken(api, record, "submit", "postpone", "submit", "approve")
    assert after["code"] == "DR-2025-0001"
    assert await submitted(api, "outbound") == "DR-2026-0001"


async def test_a_refused_submission_takes_no_number(api: AsyncClient) -> None:
    body = await complete(api, when=None)
    record = await made(api, "/delegations", body)
    assert (await take(api, record, "submit")).status_code == 422
    assert (await read(api, record))["code"] is None
    await patch(api, record, when="2026-12-01")
    assert (await taken(api, record, "submit"))["code"].endswith("-0001")


async def test_racing_submissions_get_consecutive_numbers(api: AsyncClient) -> None:
    drafts = [await drafted(api) for _ in range(8)]
    answers = await asyncio.gather(*(take(api, draft, "submit") for draft in drafts))
    assert [answer.status_code for answer in answers] == [201] * 8
    codes = sorted([(await read(api, draft))["code"] for draft in drafts])
    assert [code[-4:] for code in codes] == [f"{n:04}" for n in range(1, 9)]


async def test_one_submission_sent_six_times_at_once_happens_once(api: AsyncClient) -> None:
    record = await drafted(api)
    answers = await asyncio.gather(*(take(api, record, "submit") for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    steps = (await api.get(f"/delegations/{record['id']}/transitions")).json()["items"]
    assert len(steps) == 1
    assert (await submitted(api, "outbound"))[-4:] == "0002"


@pytest.mark.parametrize("direction", ["outbound", None])
async def test_what_is_recorded_has_no_code(api: AsyncClient, direction: str | None) -> None:
    record = await drafted(api, direction=direction)
    assert (await taken(api, record, "record"))["code"] is None


async def test_a_delegation_is_found_by_its_code(api: AsyncClient) -> None:
    record = await drafted(api)
    code = (await taken(api, record, "submit"))["code"]
    await drafted(api)
    for query in (f"code={code}", f"q={code.lower()}"):
        found = (await api.get(f"/delegations?{query}")).json()["items"]
        assert [item["id"] for item in found] == [record["id"]]
