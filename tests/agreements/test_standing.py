"""How agreements stand on a day: computed from state and period, never typed."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.agreements.steps import complete, taken, told

Today = Callable[[str], None]


async def stands(api: AsyncClient, record: Any, day: str) -> str | None:
    """As the list for this day says, which the filter has to say as well."""
    query = {"as_of": day, "key": record["key"]}
    (item,) = (await api.get("/agreements", params=query)).json()["items"]
    standing: str | None = item["standing"]
    if standing:
        asked: dict[str, Any] = query | {"standing": [standing, "pending"], "count": "exact"}
        assert (await api.get("/agreements", params=asked)).json()["total"] == 1
    return standing


@pytest.mark.parametrize(
    ("state", "changed", "days"),
    [
        ("consulting", {}, {"2025-01-01": "pending", "2030-01-01": "pending"}),
        ("cancelled", {}, {"2025-01-01": None}),
        ("signed", {"effective": None}, {"2025-01-01": "undated"}),
        (
            "signed",
            {},
            {
                "2025-12-31": "upcoming",
                "2026-01-01": "in_force",
                "2028-10-01": "in_force",
                "2028-10-02": "expiring",
                "2028-12-31": "expiring",
                "2029-01-01": "ended",
            },
        ),
        (
            "in_force",
            {"effective": "2012/.."},
            {"2011-12-31": "upcoming", "2040-01-01": "in_force"},
        ),
        ("in_force", {"effective": None}, {"2025-01-01": "in_force"}),
        (
            "in_force",
            {"auto_renew": True},
            {"2028-12-31": "in_force", "2029-01-01": "in_force"},
        ),
        ("suspended", {}, {"2026-05-01": "suspended", "2029-01-01": "ended"}),
        ("expired", {}, {"2028-12-31": "expiring", "2029-01-01": "ended"}),
        ("expired", {"auto_renew": True, "effective": None}, {"2029-01-01": "ended"}),
    ],
)
async def test_how_an_agreement_stands(
    api: AsyncClient, state: str, changed: dict[str, Any], days: dict[str, str | None]
) -> None:
    record = await told(api, state, key="x", **changed)
    assert {day: await stands(api, record, day) for day in days} == days


async def test_what_was_ended_by_a_step_has_ended_from_that_day(
    api: AsyncClient, today: Today
) -> None:
    today("2027-03-01")
    record = await told(api, "in_force", key="x")
    over = await taken(api, record, "terminate", note="Hai bên thống nhất.")
    assert over["standing"] == "ended"
    assert await stands(api, record, "2026-11-29") == "in_force"


async def test_a_state_in_force_that_has_run_out_is_shown_as_ended(
    api: AsyncClient, today: Today
) -> None:
    """Without any job, and without a change of the record."""
    today("2028-12-31")
    record = await told(api, "in_force")
    assert (record["state"], record["standing"]) == ("in_force", "expiring")
    today("2029-01-01")
    now = (await api.get(f"/agreements/{record['id']}")).json()
    assert (now["state"], now["standing"]) == ("in_force", "ended")
    assert now["version"] == record["version"]


async def test_what_expires_before_a_day(api: AsyncClient, today: Today) -> None:
    today("2026-06-01")
    for key, state, changed in (
        ("soon", "signed", {"effective": "2024/2026-08"}),
        ("suspended", "suspended", {"effective": "2024/2026-07"}),
        ("later", "in_force", {"effective": "2024/2026-10"}),
        ("past", "in_force", {"effective": "2024/2026-05"}),
        ("renewing", "in_force", {"effective": "2024/2026-08", "auto_renew": True}),
        ("open", "in_force", {"effective": "2024/.."}),
        ("proposed", None, {"effective": "2024/2026-08"}),
    ):
        record = await complete(api, key=key, **changed)
        if state:
            await taken(api, record, "record", state=state)

    async def expiring(day: str, **more: Any) -> list[str]:
        query = {"expiring_before": day, "sort": "ends_on", **more}
        return [
            item["key"] for item in (await api.get("/agreements", params=query)).json()["items"]
        ]

    assert await expiring("2026-08-31") == ["suspended"]
    assert await expiring("2026-09-01") == ["suspended", "soon"]
    assert await expiring("2027-01-01") == ["suspended", "soon", "later"]
    assert await expiring("2027-01-01", as_of="2026-09-15") == ["later"]
