"""Agencies over HTTP: what they hold, when they exist, and that one in use stays."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import agency, delegation, made, partner

WHOLE = {
    "key": "dofa",
    "code": "H52.19",
    "name": {"vi": "Sở Ngoại vụ", "en": "Department of Foreign Affairs", "lo": None},
    "short_name": {"vi": "SNgV", "en": None, "lo": None},
    "kind": "department",
    "valid_from": "2010-01-01",
    "valid_to": "2030-01-01",
    "visibility": "public",
}
HERE = {"If-Match": "*"}


async def keys_of(api: AsyncClient, query: str) -> list[str]:
    found = await api.get(f"/agencies?sort=created_at&{query}")
    assert found.status_code == 200, found.text
    return [item["key"] for item in found.json()["items"]]


async def test_an_agency_is_shown_as_it_was_given(api: AsyncClient) -> None:
    above = await made(api, "/agencies", agency(name={"vi": "UBND tỉnh"}))
    after = await made(api, "/agencies", agency(name={"vi": "Sở mới"}))
    given = WHOLE | {"parent_id": above["id"], "successors": [{"agency_id": after["id"]}]}
    created = await made(api, "/agencies", given)
    assert {name: created[name] for name in WHOLE} == WHOLE
    assert created["parent"] == {"id": above["id"], "name": above["name"]}
    assert created["successors"] == [{"agency": {"id": after["id"], "name": after["name"]}}]
    assert (await api.get(f"/agencies/{created['id']}")).json() == created


@pytest.mark.parametrize("code", ["H52", "G01.9", "H52.1.ABC.99", "H52." + "1" * 31])
async def test_codes_follow_decision_20_2020(api: AsyncClient, code: str) -> None:
    assert (await made(api, "/agencies", agency(code=code)))["code"] == code


@pytest.mark.parametrize(
    "code", ["52.1", "h52.1", "H52.", "H52..1", "H5.1", "H52.đ", "H52 1", "H52." + "1" * 32, ""]
)
async def test_other_codes_are_refused(api: AsyncClient, code: str) -> None:
    refused = await api.post("/agencies", json=agency(code=code))
    assert refused.status_code == 422
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/code"]


@pytest.mark.parametrize("changed", [{"kind": "club"}, {"name": {}}, {"name": None}])
async def test_a_kind_and_a_name_are_needed(api: AsyncClient, changed: dict[str, Any]) -> None:
    assert (await api.post("/agencies", json=agency(**changed))).status_code == 422


async def test_an_agency_ends_after_it_begins(api: AsyncClient) -> None:
    for end in ("2025-07-01", "2025-06-30"):
        refused = await api.post("/agencies", json=agency(valid_from="2025-07-01", valid_to=end))
        assert refused.status_code == 422
        assert [e["pointer"] for e in refused.json()["errors"]] == ["/valid_to"]
        assert refused.json()["errors"][0]["message"].startswith("an agency ends after")
    short = await made(api, "/agencies", agency(valid_from="2025-07-01", valid_to="2025-07-02"))
    patch = {"valid_from": "2025-07-02"}
    refused = await api.patch(f"/agencies/{short['id']}", json=patch, headers=HERE)
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/valid_to"]


async def test_an_agency_exists_from_its_first_day_until_before_its_end(
    api: AsyncClient,
) -> None:
    await made(api, "/agencies", agency(key="always"))
    await made(api, "/agencies", agency(key="district", valid_to="2025-07-01"))
    await made(api, "/agencies", agency(key="commune", valid_from="2025-07-01"))
    assert await keys_of(api, "valid_on=2025-06-30") == ["always", "district"]
    assert await keys_of(api, "valid_on=2025-07-01") == ["always", "commune"]
    assert (await api.get("/agencies?valid_on=0")).status_code == 422


async def test_lists_are_narrowed_by_every_filter(api: AsyncClient) -> None:
    above = await made(api, "/agencies", agency(key="ppc", kind="peoples_committee"))
    await made(api, "/agencies", WHOLE | {"parent_id": above["id"]})
    await made(api, "/agencies", agency(key="moc", kind="district", name={"en": "Moc Chau"}))
    assert await keys_of(api, "kind=district&kind=peoples_committee") == ["ppc", "moc"]
    assert await keys_of(api, f"parent_id={above['id']}") == ["dofa"]
    assert await keys_of(api, "code=H52.19") == ["dofa"]
    assert await keys_of(api, "key=moc") == ["moc"]
    for q in ("so ngoai vu", "sngv", "h52.19", "affairs FOREIGN"):
        assert await keys_of(api, f"q={q}&kind=department") == ["dofa"], q


async def test_agencies_that_end_first_come_first(api: AsyncClient) -> None:
    for key, end in [("a", None), ("b", "2025-07-01"), ("c", "2020-01-01")]:
        await made(api, "/agencies", agency(key=key, valid_to=end))
    found = (await api.get("/agencies?sort=valid_to")).json()["items"]
    assert [item["key"] for item in found] == ["c", "b", "a"]


async def test_what_refers_to_an_agency_keeps_it(api: AsyncClient, as_actor: Any) -> None:
    used = await made(api, "/agencies", agency(key="used"))
    await as_actor("partners:read", agency="used")
    await made(api, "/agencies", agency(parent_id=used["id"]))
    await made(api, "/agencies", agency(successors=[{"agency_id": used["id"]}]))
    await made(api, "/partners", partner(owner_agency_id=used["id"]))
    members = [{"name": "Nguyễn Văn A", "agency_id": used["id"]}]
    consulted = [{"agency_id": used["id"]}]
    given = delegation(members=members, consultations=consulted, lead_agency_id=used["id"])
    await made(api, "/delegations", given)
    refused = await api.delete(f"/agencies/{used['id']}", headers=HERE)
    assert refused.status_code == 409
    assert refused.json()["referred_by"] == [
        {"resource": "agencies", "count": 2},
        {"resource": "api_keys", "count": 1},
        {"resource": "delegations", "count": 1},
        {"resource": "partners", "count": 1},
    ]


async def test_an_agency_of_its_own_can_be_removed(api: AsyncClient) -> None:
    """Neither that it owns itself nor that it names itself as its successor holds it back."""
    created = await made(api, "/agencies", agency())
    address = f"/agencies/{created['id']}"
    own = {"owner_agency_id": created["id"], "successors": [{"agency_id": created["id"]}]}
    changed = await api.patch(address, json=own, headers=HERE)
    assert changed.status_code == 200, changed.text
    assert (await api.delete(address, headers=HERE)).status_code == 204
    assert (await api.get(address)).status_code == 410
    history = (await api.get(f"{address}/history")).json()["items"]
    assert [change["action"] for change in history] == ["deleted", "updated", "created"]
