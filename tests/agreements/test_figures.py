"""Agreements counted by kind and level: each number is what its address lists."""

from typing import Any

from httpx import AsyncClient

from tests.agreements import steps as records

NUMBERS = {
    "signed": "href",
    "not_placed": "not_placed_href",
    "in_force": "in_force_href",
    "expiring": "expiring_href",
    "undated": "undated_href",
}


async def counted(api: AsyncClient, **query: Any) -> Any:
    """The figures, once each of them was found again in its list."""
    answer = await api.get("/agreements/summary", params=query)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    for row in (found["total"], *found["items"]):
        for number, href in NUMBERS.items():
            if row[href] is None:
                assert (number, row[number]) == ("not_placed", 0)
                continue
            listed = await api.get(f"{row[href].removeprefix('/api/v1')}&count=exact")
            assert listed.json()["total"] == row[number], (row["group"], number, row[href])
    return found


def told(row: Any) -> tuple[Any, ...]:
    return (row["group"], *(row[number] for number in NUMBERS))


async def test_what_was_signed_and_what_is_in_force_are_counted_by_kind_and_level(
    api: AsyncClient,
) -> None:
    day = {"as_of": "2026-06-30", "period": "2026-H1"}
    province = {"kind": "mou", "on_behalf_of": "province"}
    first = await records.told(api, "in_force", **province, signed_on="2026-03-02")
    short = {"effective": "2026-01/2026-08", "signed_on": "2026"}
    await records.told(api, "in_force", kind="mou", on_behalf_of=None, **short)
    unknown = {"effective": None, "signed_on": "2025-05-01"}
    await records.told(api, "signed", kind="twinning", on_behalf_of="province", **unknown)
    await records.complete(api, kind="minutes")
    found = await counted(api, **day)
    assert (found["period"], found["as_of"]) == ("2026-H1", "2026-06-30")
    assert told(found["total"]) == (None, 1, 1, 2, 1, 1)
    assert [told(row) for row in found["items"]] == [
        ("mou", 1, 1, 2, 1, 0),
        ("twinning", 0, 0, 0, 0, 1),
    ]
    levels = await counted(api, group_by="on_behalf_of", **day)
    assert [told(row) for row in levels["items"]] == [
        ("province", 1, 0, 1, 0, 1),
        (None, 0, 1, 1, 1, 0),
    ]
    ever = await counted(api, kind="mou", as_of="2029-01-01")
    assert told(ever["total"]) == (None, 2, 0, 0, 0, 0)
    partner_id = first["parties"][0]["partner"]["id"]
    assert told((await counted(api, partner_id=partner_id, **day))["total"])[1:] == (1, 0, 1, 0, 0)


async def test_they_count_what_the_caller_sees(api: AsyncClient, stranger: AsyncClient) -> None:
    await records.told(api, "in_force", signed_on="2026-03-02", visibility="public")
    await records.told(api, "in_force", signed_on="2026-03-02")
    shown = [(await counted(who))["total"]["signed"] for who in (api, stranger)]
    assert shown == [2, 1]
