"""The calendar over HTTP: its days, who writes them, and the due days that move with them."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asyncpg import Connection
from httpx import AsyncClient

from tests.factories import calendar_day, delegation, document, made

WHOLE = {
    "key": "2025-05-02",
    "note": "Announced with the days of Tết.",
    "day": "2025-05-02",
    "kind": "day_off",
    "name": {"vi": "Nghỉ hoán đổi", "en": "Off in exchange", "lo": None},
    "announcement": {
        "symbol": "6150/TB-BLĐTBXH",
        "issuer": "Bộ Lao động - Thương binh và Xã hội",
        "issued_on": "2024-12-03",
    },
    "visibility": "public",
}
HERE = {"If-Match": "*"}


async def days_of(api: AsyncClient, query: str) -> list[str]:
    found = await api.get(f"/calendar-days?sort=day&{query}")
    assert found.status_code == 200, found.text
    return [item["day"] for item in found.json()["items"]]


async def due(api: AsyncClient, record: Any) -> tuple[str, str]:
    shown = (await api.get(f"/delegations/{record['id']}")).json()
    return shown["report_due_on"], shown["report_due_calendar"]


async def test_a_day_is_shown_as_it_was_given(api: AsyncClient, stranger: AsyncClient) -> None:
    created = await made(api, "/calendar-days", WHOLE)
    announced = WHOLE["announcement"] | {"document": None}  # type: ignore[operator]  # it is an object
    assert {name: created[name] for name in WHOLE} == WHOLE | {"announcement": announced}
    assert (await api.get(f"/calendar-days/{created['id']}")).json() == created
    assert await days_of(stranger, "") == ["2025-05-02"]


async def test_an_announcement_may_be_a_document_of_the_register(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    paper = await made(api, "/documents", document(symbol="1/TB-BNV", visibility="internal"))
    cited = {"document_id": paper["id"]}
    body = calendar_day(announcement=cited, visibility="public")
    created = await made(api, "/calendar-days", body)
    named = {"id": paper["id"], "symbol": "1/TB-BNV", "subject": paper["subject"]}
    assert created["announcement"]["document"] == named
    seen = (await stranger.get(f"/calendar-days/{created['id']}")).json()
    assert seen["announcement"]["document"] is None
    kept = await api.delete(f"/documents/{paper['id']}", headers=HERE)
    assert kept.json()["referred_by"] == [{"resource": "calendar_days", "count": 1}]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"day": None}, "/day"),
        ({"day": "2025-02-29"}, "/day"),
        ({"day": "2025-05"}, "/day"),
        ({"day": 20250502}, "/day"),
        ({"kind": "weekend"}, "/kind"),
        ({"name": {}}, "/name"),
        ({"announcement": {}}, "/announcement/symbol"),
        ({"announcement": {"symbol": "1", "issued_on": "3/12/2024"}}, "/announcement/issued_on"),
        ({"weekday": 5}, "/weekday"),
    ],
)
async def test_what_does_not_fit_is_named(
    api: AsyncClient, changed: dict[str, Any], pointer: str
) -> None:
    refused = await api.post("/calendar-days", json=calendar_day(**changed))
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_the_calendar_is_narrowed_by_every_filter(api: AsyncClient) -> None:
    await made(api, "/calendar-days", WHOLE)
    await made(api, "/calendar-days", calendar_day("2025-04-26", kind="working_day"))
    await made(api, "/calendar-days", calendar_day("2026-01-01", kind="holiday"))
    assert await days_of(api, "key=2025-05-02") == ["2025-05-02"]
    assert await days_of(api, "kind=holiday&kind=working_day") == ["2025-04-26", "2026-01-01"]
    assert await days_of(api, "day_from=2025-05-02") == ["2025-05-02", "2026-01-01"]
    assert await days_of(api, "day_to=2025-05-02") == ["2025-04-26", "2025-05-02"]
    assert await days_of(api, "period=2025") == ["2025-04-26", "2025-05-02"]
    assert await days_of(api, "period=2025-05-02") == ["2025-05-02"]
    assert await days_of(api, "period=2025-05/..") == ["2025-05-02", "2026-01-01"]
    assert await days_of(api, "period=../2025-04") == ["2025-04-26"]
    assert await days_of(api, "period=2024") == []


async def test_a_day_stands_in_the_calendar_once(api: AsyncClient) -> None:
    """Also when two enter it at the same time, or move another day to it."""
    both = [api.post("/calendar-days", json=calendar_day()) for _ in range(2)]
    answers = await asyncio.gather(*both)
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    other = await made(api, "/calendar-days", calendar_day("2025-05-03"))
    moved = {"day": "2025-05-02"}
    refused = await api.patch(f"/calendar-days/{other['id']}", json=moved, headers=HERE)
    assert refused.status_code == 409, refused.text
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/day"]


async def test_what_several_enter_at_once_is_all_counted(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    days = [f"2025-04-{day:02}" for day in range(7, 12)]
    answers = await asyncio.gather(
        *(api.post("/calendar-days", json=calendar_day(day)) for day in days)
    )
    assert {answer.status_code for answer in answers} == {201}
    found = await database.fetchval("select working_days_after('2025-04-04', 1)::text")
    assert found == "2025-04-14"


async def test_of_two_editors_one_is_told_to_look_again(api: AsyncClient) -> None:
    created = await api.post("/calendar-days", json=calendar_day())
    address, tag = f"/calendar-days/{created.json()['id']}", created.headers["etag"]
    kinds = ("holiday", "working_day")
    answers = await asyncio.gather(
        *(api.patch(address, json={"kind": kind}, headers={"If-Match": tag}) for kind in kinds)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    (won,) = [kind for kind, answer in zip(kinds, answers, strict=True) if answer.is_success]
    assert (await api.get(address)).json()["kind"] == won


async def test_only_administrators_write_the_calendar(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    created = await made(api, "/calendar-days", calendar_day())
    address = f"/calendar-days/{created['id']}"
    for role in ("officer", "approver"):
        caller = await as_actor("calendar_days:read calendar_days:write", role=role)
        assert (await caller.get(address)).status_code == 200
        for answer in (
            await caller.post("/calendar-days", json=calendar_day("2025-05-05")),
            await caller.patch(address, json={"kind": "holiday"}, headers=HERE),
            await caller.delete(address, headers=HERE),
        ):
            assert answer.status_code == 403
            assert answer.json()["permission"] == "calendar_days:write"


async def test_due_days_move_with_the_calendar(api: AsyncClient) -> None:
    """A Friday is given off for a Saturday, taken back, and at last removed."""
    visit = await made(api, "/delegations", delegation(when="2025-04-07"))
    assert await due(api, visit) == ("2025-04-28", "provisional")
    announced = {"announcement": {"symbol": "1/TB-BNV", "issued_on": "2024-12-03"}}
    off = await made(api, "/calendar-days", calendar_day("2025-04-25", kind="day_off", **announced))
    assert await due(api, visit) == ("2025-04-29", "published")
    await made(api, "/calendar-days", calendar_day("2025-04-26", kind="working_day"))
    assert await due(api, visit) == ("2025-04-28", "published")
    address = f"/calendar-days/{off['id']}"
    await api.patch(address, json={"kind": "working_day"}, headers=HERE)
    assert await due(api, visit) == ("2025-04-26", "published")
    assert (await api.delete(address, headers=HERE)).status_code == 204
    assert await due(api, visit) == ("2025-04-26", "provisional")
    assert (await api.get(address)).status_code == 410
    history = (await api.get(f"{address}/history")).json()["items"]
    assert [change["action"] for change in history] == ["deleted", "updated", "created"]


async def test_the_calendar_counts_for_all_whoever_sees_its_days(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    await made(api, "/calendar-days", calendar_day("2025-04-25", visibility="internal"))
    visit = await made(api, "/delegations", delegation(when="2025-04-07", visibility="public"))
    assert await days_of(stranger, "") == []
    assert await due(stranger, visit) == ("2025-04-29", "provisional")
