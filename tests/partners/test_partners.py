"""Partners over HTTP: what they hold, how they are found, and that one in use stays."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import delegation, made, partner, relation

WHOLE = {
    "key": "ingo-1",
    "note": "Works in four communes.",
    "kind": "ingo",
    "name": {"vi": "Tổ chức Tầm nhìn", "en": "Vision", "lo": "ວິໄສທັດ"},
    "aliases": ["Vision Foundation", "Tầm nhìn"],
    "country": "LA",
    "subdivision": "LA-HO",
    "website": "https://vision.example.org/",
    "registration_number": "128/CNV-HĐ",
    "registration_kind": "project_office",
    "registered": "2024-03-15/2027-03-14",
    "visibility": "public",
}
HERE = {"If-Match": "*"}


async def keys_of(api: AsyncClient, query: str) -> list[str]:
    found = await api.get(f"/partners?sort=created_at&{query}")
    assert found.status_code == 200, found.text
    return [item["key"] for item in found.json()["items"]]


async def test_a_partner_is_shown_as_it_was_given(
    api: AsyncClient, today: Callable[[str], None]
) -> None:
    today("2026-01-01")
    above = await made(api, "/partners", partner("Vision International", country=None))
    created = await made(api, "/partners", WHOLE | {"parent_id": above["id"]})
    assert {name: created[name] for name in WHOLE} == WHOLE
    assert created["parent"] == {"id": above["id"], "name": above["name"]}
    assert created["warnings"] == []
    assert (await api.get(f"/partners/{created['id']}")).json() == created


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"kind": "province"}, "/kind"),
        ({"parent_id": "x"}, "/parent_id"),
        ({"country": "Laos"}, "/country"),
        ({"country": "XX"}, "/country"),
        ({"subdivision": "LA-ZZ"}, "/subdivision"),
        ({"subdivision": "CN-YN"}, "/subdivision"),
        ({"country": None, "subdivision": "LA-HO"}, "/subdivision"),
        ({"website": "vision.example.org"}, "/website"),
        ({"aliases": ["", "a"]}, "/aliases/0"),
        ({"registration_kind": "licence"}, "/registration_kind"),
        ({"parent_id": "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"}, "/parent_id"),
    ],
)
async def test_what_does_not_fit_is_named(
    api: AsyncClient, changed: dict[str, Any], pointer: str
) -> None:
    refused = await api.post("/partners", json=partner(**changed))
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_a_province_stays_in_its_country_when_patched(api: AsyncClient) -> None:
    created = await made(api, "/partners", partner(subdivision="LA-HO"))
    moved = await api.patch(f"/partners/{created['id']}", json={"country": "CN"}, headers=HERE)
    assert [e["pointer"] for e in moved.json()["errors"]] == ["/subdivision"]
    both = {"country": "CN", "subdivision": "CN-YN"}
    moved = await api.patch(f"/partners/{created['id']}", json=both, headers=HERE)
    assert moved.status_code == 200


async def test_lists_are_narrowed_by_every_filter(api: AsyncClient) -> None:
    above = await made(api, "/partners", partner("Yunnan", key="yn", country="CN"))
    await made(api, "/partners", WHOLE | {"parent_id": above["id"]})
    await made(api, "/partners", partner("ASEAN", key="asean", kind="other", country=None))
    assert await keys_of(api, "kind=ingo&kind=other") == ["ingo-1", "asean"]
    assert await keys_of(api, "country=CN&country=LA") == ["yn", "ingo-1"]
    assert await keys_of(api, "subdivision=LA-HO") == ["ingo-1"]
    assert await keys_of(api, f"parent_id={above['id']}") == ["ingo-1"]
    assert await keys_of(api, "has_parent=true") == ["ingo-1"]
    assert await keys_of(api, "has_parent=false") == ["yn", "asean"]
    assert await keys_of(api, "key=yn&kind=local_government") == ["yn"]


async def test_partners_without_a_country_come_last(api: AsyncClient) -> None:
    for key, country in [("none", None), ("la", "LA"), ("cn", "CN")]:
        await made(api, "/partners", partner(key, key=key, country=country))
    for sort, expected in [("country", ["cn", "la", "none"]), ("-country", ["la", "cn", "none"])]:
        found = (await api.get(f"/partners?sort={sort}")).json()["items"]
        assert [item["key"] for item in found] == expected


async def test_nobody_is_above_itself(api: AsyncClient) -> None:
    top = await made(api, "/partners", partner("Ministry"))
    low = await made(api, "/partners", partner("Office", parent_id=top["id"]))
    for above in (top, low):
        patch = {"parent_id": above["id"]}
        refused = await api.patch(f"/partners/{top['id']}", json=patch, headers=HERE)
        assert refused.status_code == 422
        assert [e["pointer"] for e in refused.json()["errors"]] == ["/parent_id"]


async def test_what_refers_to_a_partner_keeps_it(api: AsyncClient) -> None:
    used = await made(api, "/partners", partner())
    child = await made(api, "/partners", partner("Pak Ou District", parent_id=used["id"]))
    tie = await made(api, "/partner-relations", relation(used["id"]))
    visit = delegation(
        partners=[{"partner_id": used["id"]}],
        programme=[{"partner_id": used["id"], "activity": "Talks"}],
    )
    visit = await made(api, "/delegations", visit)
    refused = await api.delete(f"/partners/{used['id']}", headers=HERE)
    assert refused.status_code == 409
    assert refused.json()["referred_by"] == [
        {"resource": "delegations", "count": 1},
        {"resource": "partner_relations", "count": 1},
        {"resource": "partners", "count": 1},
    ]
    for address in (
        f"/partners/{child['id']}",
        f"/partner-relations/{tie['id']}",
        f"/delegations/{visit['id']}",
        f"/partners/{used['id']}",
    ):
        assert (await api.delete(address, headers=HERE)).status_code == 204, address
    assert (await api.get(f"/partners/{used['id']}")).status_code == 410
    history = (await api.get(f"/partners/{used['id']}/history")).json()["items"]
    assert [change["action"] for change in history] == ["deleted", "created"]
