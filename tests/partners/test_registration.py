"""The registration of a foreign NGO, and the warning before it ends."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import made, partner


async def warnings(api: AsyncClient, registered: Any) -> list[tuple[str, str, str]]:
    body = partner("Vision", kind="ingo", registered=registered)
    shown = (await made(api, "/partners", body))["warnings"]
    return [(w["code"], w["why"]["en"], w["why"]["vi"]) for w in shown]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-01-01", None),
        ("2026-03-01", None),
        ("2026-03-02", "registration_ends"),  # 90 days before the last day
        ("2026-05-31", "registration_ends"),
        ("2026-06-01", "registration_ended"),
        ("2030-01-01", "registration_ended"),
    ],
)
async def test_a_registration_warns_from_90_days_before_its_end(
    api: AsyncClient, today: Callable[[str], None], day: str, code: str | None
) -> None:
    today(day)
    said = {
        None: [],
        "registration_ends": [
            (
                "registration_ends",
                "The registration ends on 2026-05-31.",
                "Đăng ký sẽ hết hạn ngày 2026-05-31.",
            )
        ],
        "registration_ended": [
            (
                "registration_ended",
                "The registration ended on 2026-05-31.",
                "Đăng ký đã hết hạn ngày 2026-05-31.",
            )
        ],
    }
    assert await warnings(api, "2023-06-01/2026-05-31") == said[code]
    assert await warnings(api, "2023-06/2026-05") == said[code]


@pytest.mark.parametrize(
    "registered",
    [None, "2020/..", {"duration": "P5Y", "from": "issue of the certificate"}],
)
async def test_a_registration_without_an_end_warns_of_nothing(
    api: AsyncClient, today: Callable[[str], None], registered: Any
) -> None:
    today("2099-01-01")
    assert await warnings(api, registered) == []


async def test_registrations_are_found_by_their_last_day(api: AsyncClient) -> None:
    for key, registered in [("a", "2024/2026-05-31"), ("b", "2024/2026-06-01"), ("c", "2024/..")]:
        await made(api, "/partners", partner(key, key=key, registered=registered))

    async def ending_by(day: str) -> list[str]:
        found = await api.get(f"/partners?sort=created_at&registration_ends_by={day}")
        return [item["key"] for item in found.json()["items"]]

    assert await ending_by("2026-05-30") == []
    assert await ending_by("2026-05-31") == ["a"]
    assert await ending_by("2026-06-01") == ["a", "b"]
    assert (await api.get("/partners?registration_ends_by=0")).status_code == 422
