"""Agencies that merge, split and end: who is above whom, and who came after."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import agency, delegation, made, partner

HERE = {"If-Match": "*"}
YESTERDAY = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
NEXT_YEAR = (datetime.now(UTC) + timedelta(days=365)).date().isoformat()


async def became(api: AsyncClient, id_: str) -> list[str]:
    found = await api.get(f"/agencies?sort=created_at&successors_of={id_}")
    assert found.status_code == 200, found.text
    return [item["key"] for item in found.json()["items"]]


async def put_under(api: AsyncClient, low: Any, high: Any) -> Any:
    patch = {"parent_id": high["id"]}
    return await api.patch(f"/agencies/{low['id']}", json=patch, headers=HERE)


async def ended(api: AsyncClient, key: str, *successors: Any) -> Any:
    named = [{"agency_id": successor["id"]} for successor in successors]
    return await made(api, "/agencies", agency(key=key, successors=named, valid_to=YESTERDAY))


async def test_a_split_is_followed(api: AsyncClient) -> None:
    one, two = [await made(api, "/agencies", agency(key=key)) for key in ("one", "two")]
    whole = await ended(api, "whole", one, two)
    assert await became(api, whole["id"]) == ["one", "two"]
    assert await became(api, one["id"]) == []


async def test_a_merger_is_followed(api: AsyncClient) -> None:
    joined = await made(api, "/agencies", agency(key="joined"))
    for key in ("left", "right"):
        part = await ended(api, key, joined)
        assert await became(api, part["id"]) == ["joined"]


async def test_a_chain_is_followed_to_its_end(api: AsyncClient) -> None:
    """A district became two, of which one was merged again: each is found, and once."""
    last = await made(api, "/agencies", agency(key="last"))
    middle = await ended(api, "middle", last)
    other = await ended(api, "other", last)
    first = await ended(api, "first", middle, other)
    assert await became(api, first["id"]) == ["last", "middle", "other"]
    found = await api.get(f"/agencies?successors_of={first['id']}&valid_on={NEXT_YEAR}")
    assert [item["key"] for item in found.json()["items"]] == ["last"]


async def test_agencies_that_name_each_other_are_followed_once(api: AsyncClient) -> None:
    one = await made(api, "/agencies", agency(key="one"))
    two = await ended(api, "two", one)
    patch = {"successors": [{"agency_id": two["id"]}]}
    await api.patch(f"/agencies/{one['id']}", json=patch, headers=HERE)
    assert await became(api, one["id"]) == ["one", "two"]


async def test_nobody_is_above_itself(api: AsyncClient) -> None:
    top, middle, low = [await made(api, "/agencies", agency()) for _ in range(3)]
    assert (await put_under(api, middle, top)).status_code == 200
    assert (await put_under(api, low, middle)).status_code == 200
    for under in (top, middle, low):
        refused = await put_under(api, top, under)
        assert refused.status_code == 422
        (error,) = refused.json()["errors"]
        assert error["pointer"] == "/parent_id"
        assert error["message"] == "a record cannot stand above itself"
    in_vietnamese = await api.patch(
        f"/agencies/{top['id']}",
        json={"parent_id": low["id"]},
        headers=HERE | {"Accept-Language": "vi"},
    )
    assert in_vietnamese.json()["errors"][0]["message"].startswith("bản ghi không thể")


async def test_two_writers_cannot_close_a_circle_together(api: AsyncClient) -> None:
    for _ in range(5):
        one, two = [await made(api, "/agencies", agency()) for _ in range(2)]
        answers = await asyncio.gather(put_under(api, one, two), put_under(api, two, one))
        assert sorted(answer.status_code for answer in answers) == [200, 422]
        read = [(await api.get(f"/agencies/{a['id']}")).json()["parent"] for a in (one, two)]
        assert sum(parent is None for parent in read) == 1


async def test_a_closed_agency_keeps_its_records_and_takes_no_new_ones(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    district = await made(api, "/agencies", agency(key="district", kind="district"))
    officer = await as_actor("partners:read partners:write", agency="district")
    kept = await made(officer, "/partners", partner("Xieng Kho District"))
    patch = {"valid_to": YESTERDAY}
    await api.patch(f"/agencies/{district['id']}", json=patch, headers=HERE)
    # Another key: what a key may do is remembered for some seconds.
    officer = await as_actor("partners:read partners:write", agency="district")
    own = (await officer.get("/partners")).json()["items"]
    assert [item["id"] for item in own] == [kept["id"]]
    refused = await officer.post("/partners", json=partner("Sop Bao District"))
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/owner_agency_id", "agency_closed")
    changed = await officer.patch(f"/partners/{kept['id']}", json={"note": "x"}, headers=HERE)
    assert changed.status_code == 200


async def test_nobody_gives_a_closed_agency_a_record(api: AsyncClient) -> None:
    closed = await made(api, "/agencies", agency(valid_to=YESTERDAY))
    given = {"owner_agency_id": closed["id"]}
    refused = await api.post("/partners", json=partner(**given))
    assert refused.status_code == 422
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/owner_agency_id"]
    other = await made(api, "/partners", partner())
    moved = await api.patch(f"/partners/{other['id']}", json=given, headers=HERE)
    assert moved.status_code == 422


@pytest.mark.parametrize(
    ("when", "status"),
    [
        ("2025-06-30/2025-07-02", 201),
        ("2025-06", 201),
        ("2025-07-01", 422),
        ("2025-H2", 422),
        (None, 422),
    ],
)
async def test_a_closed_agency_leads_what_began_before_its_end(
    api: AsyncClient, when: str | None, status: int
) -> None:
    closed = await made(api, "/agencies", agency(valid_to="2025-07-01"))
    answer = await api.post("/delegations", json=delegation(when=when, lead_agency_id=closed["id"]))
    assert answer.status_code == status, answer.text
    if status == 422:
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/lead_agency_id", "agency_closed")
        assert "2025-07-01" in error["message"]


async def test_a_closed_agency_does_not_lead_by_its_own_hand_either(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    district = await made(api, "/agencies", agency(key="district"))
    rights = "delegations:read delegations:write"
    body = delegation(when=NEXT_YEAR, lead_agency_id=district["id"])
    kept = await made(await as_actor(rights, agency="district"), "/delegations", body)
    await api.patch(f"/agencies/{district['id']}", json={"valid_to": YESTERDAY}, headers=HERE)
    officer = await as_actor(rights, agency="district")
    address = f"/delegations/{kept['id']}"
    for pointer, answer in (
        ("/owner_agency_id", await officer.post("/delegations", json=body)),
        (
            "/lead_agency_id",
            await officer.patch(address, json={"when": NEXT_YEAR, "note": "x"}, headers=HERE),
        ),
    ):
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    earlier = await officer.patch(address, json={"when": "2025-12-02"}, headers=HERE)
    assert earlier.status_code == 200
