"""Relations with partners over HTTP: what they hold and how they are found."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import made, partner, relation

WHOLE = {
    "key": "tie-1",
    "kind": "comprehensive_cooperation",
    "valid": "2018-11-22/2030",
    "visibility": "public",
}
HERE = {"If-Match": "*"}


async def keys_of(api: AsyncClient, query: str) -> list[str]:
    found = await api.get(f"/partner-relations?sort=created_at&{query}")
    assert found.status_code == 200, found.text
    return [item["key"] for item in found.json()["items"]]


async def test_a_relation_is_shown_as_it_was_given(api: AsyncClient) -> None:
    other = await made(api, "/partners", partner())
    cited = {"symbol": "12/MOU", "issuer": "Both sides", "issued_on": "2018-11-22"}
    body = WHOLE | {"partner_id": other["id"], "established_by": cited}
    created = await made(api, "/partner-relations", body)
    assert {name: created[name] for name in WHOLE} == WHOLE
    assert created["established_by"] == {"document": None, "agreement": None, **cited}
    assert created["partner"] == {"id": other["id"], "name": other["name"]}
    assert created["state"] == "exploring"
    assert (await api.get(f"/partner-relations/{created['id']}")).json() == created


async def test_two_of_one_kind_with_different_periods_both_stay(api: AsyncClient) -> None:
    other = await made(api, "/partners", partner())
    for key, valid in [("a", "2012/2017"), ("b", "2018/.."), ("c", "2018/..")]:
        body = relation(other["id"], key=key, valid=valid)
        assert (await made(api, "/partner-relations", body))["flags"] == []
    assert await keys_of(api, f"partner_id={other['id']}&kind=cooperation") == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"partner_id": "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"}, "/partner_id"),
        ({"partner_id": None}, "/partner_id"),
        ({"kind": "marriage"}, "/kind"),
        ({"valid": "2020/2019"}, "/valid"),
        ({"valid": {"duration": "P4Y"}}, "/valid/from"),
        ({"established_by": {"issuer": "Both"}}, "/established_by/symbol"),
        ({"state": "established"}, "/state"),
    ],
)
async def test_what_does_not_fit_is_named(
    api: AsyncClient, changed: dict[str, Any], pointer: str
) -> None:
    other = await made(api, "/partners", partner())
    refused = await api.post("/partner-relations", json=relation(other["id"]) | changed)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_a_relation_can_move_to_another_partner(api: AsyncClient) -> None:
    one = await made(api, "/partners", partner())
    two = await made(api, "/partners", partner("Bokeo Province"))
    record = await made(api, "/partner-relations", relation(one["id"]))
    patch = {"partner_id": two["id"], "valid": None, "established_by": {"symbol": "1/TT"}}
    moved = await api.patch(f"/partner-relations/{record['id']}", json=patch, headers=HERE)
    assert moved.status_code == 200, moved.text
    assert moved.json()["partner"]["id"] == two["id"]
    unknown = dict.fromkeys(("document", "agreement", "issuer", "issued_on"))
    assert moved.json()["established_by"] == {"symbol": "1/TT", **unknown}


async def test_lists_are_narrowed_by_every_filter(api: AsyncClient) -> None:
    whole = await made(api, "/partners", partner())
    part = await made(
        api, "/partners", partner("Pak Ou", kind="other", country=None, parent_id=whole["id"])
    )
    await made(api, "/partner-relations", relation(whole["id"], key="a", valid="2020/2021"))
    await made(api, "/partner-relations", relation(part["id"], key="b", kind="contact", valid=None))
    assert await keys_of(api, "kind=contact&kind=funding") == ["b"]
    assert await keys_of(api, f"partner_id={whole['id']}") == ["a"]
    assert await keys_of(api, "partner_kind=local_government") == ["a"]
    assert await keys_of(api, "partner_kind=other&partner_kind=local_government") == ["a", "b"]
    assert await keys_of(api, "country=LA") == ["a"]
    assert await keys_of(api, "partner_has_parent=true") == ["b"]
    assert await keys_of(api, "partner_has_parent=false") == ["a"]
    assert await keys_of(api, "without=country") == ["b"]
    assert await keys_of(api, "without=partner_kind") == []
    assert await keys_of(api, "period=2021-12-31/2022") == ["a"]
    assert await keys_of(api, "period=2022") == []
    assert await keys_of(api, "state=exploring&key=b") == ["b"]
    assert await keys_of(api, "state=established") == []
    kinds = (await api.get("/partner-relations?sort=-kind")).json()["items"]
    assert [item["key"] for item in kinds] == ["a", "b"]


async def test_history_names_what_changed(api: AsyncClient) -> None:
    other = await made(api, "/partners", partner())
    record = await made(api, "/partner-relations", relation(other["id"]))
    address = f"/partner-relations/{record['id']}"
    await api.patch(address, json={"valid": "2021/.."}, headers=HERE)
    newest = (await api.get(f"{address}/history")).json()["items"][0]
    assert newest["fields"] == [{"field": "valid", "before": "2020/..", "after": "2021/.."}]
