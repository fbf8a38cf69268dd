"""What a stranger does not see of a public delegation, and may not ask for either."""

import json
from typing import Any

import pytest
from httpx import AsyncClient

from tests.delegations.steps import patch
from tests.factories import agency, delegation, made, partner

SECRET = "tuyệt mật"
INTERNAL = ["members", "cost", "funding", "consultations", "invitation", "created_by", "updated_by"]


@pytest.fixture
async def visit(api: AsyncClient) -> Any:
    lead = await made(api, "/agencies", agency(visibility="public"))
    hidden = await made(api, "/partners", partner(SECRET, visibility="internal"))
    body = delegation(
        visibility="public",
        lead_agency_id=lead["id"],
        members=[{"name": SECRET, "agency_id": lead["id"], "person_key": "nv-017"}],
        cost={"planned": {"amount": "123454321", "currency": "VND"}},
        funding="sponsor",
        consultations=[{"agency_id": lead["id"], "opinion": SECRET}],
        invitation=[{"symbol": SECRET}],
        partners=[{"partner_id": hidden["id"], "role": "host"}],
    )
    record = await made(api, "/delegations", body)
    await patch(api, record, members=[], invitation=[], note="changed")
    await patch(api, record, members=body["members"], invitation=body["invitation"])
    return (await api.get(f"/delegations/{record['id']}")).json()


async def test_a_stranger_reads_null_where_it_is_internal(
    visit: Any, stranger: AsyncClient
) -> None:
    read = (await stranger.get(f"/delegations/{visit['id']}")).json()
    assert {name: read[name] for name in INTERNAL} == dict.fromkeys(INTERNAL)
    assert [name for name in INTERNAL if visit[name] is None] == []
    shown = set(visit) - set(INTERNAL) - {"partners", "verbs"}
    assert {name: read[name] for name in shown} == {name: visit[name] for name in shown}
    assert read["partners"] == [{"partner": None, "role": "host"}]
    assert read["verbs"] == []


@pytest.mark.parametrize(
    "address",
    [
        "/delegations",
        "/delegations?q=border",
        "/delegations/{id}",
        "/delegations/{id}/history",
        "/delegations/{id}/transitions",
        "/delegations/summary",
        "/changes",
    ],
)
async def test_no_way_to_read_tells_a_stranger(
    visit: Any, stranger: AsyncClient, address: str
) -> None:
    answer = await stranger.get(address.format(id=visit["id"]))
    assert answer.status_code == 200, answer.text
    text = json.dumps(answer.json(), ensure_ascii=False)
    for secret in (SECRET, "nv-017", "123454321", "sponsor"):
        assert secret not in text


@pytest.mark.parametrize("word", [SECRET, "nv-017", "sponsor", "123454321"])
async def test_search_does_not_look_at_what_is_internal(
    visit: Any, api: AsyncClient, stranger: AsyncClient, word: str
) -> None:
    for caller in (api, stranger):
        found = await caller.get("/delegations", params={"q": word})
        assert found.json()["items"] == []


@pytest.mark.parametrize("parameter", ["funding=sponsor", "member_agency_id={id}"])
async def test_a_stranger_may_not_narrow_by_what_is_internal(
    visit: Any, api: AsyncClient, stranger: AsyncClient, parameter: str
) -> None:
    query = parameter.format(id=visit["lead_agency"]["id"])
    for count in ("", "&count=exact"):
        assert (await stranger.get(f"/delegations?{query}{count}")).status_code == 401
    found = (await api.get(f"/delegations?{query}")).json()["items"]
    assert [item["id"] for item in found] == [visit["id"]]
    # The figures take no such filter from anybody.
    for caller in (api, stranger):
        assert (await caller.get(f"/delegations/summary?{query}")).status_code == 400


async def test_the_history_leaves_internal_fields_out(
    visit: Any, api: AsyncClient, stranger: AsyncClient
) -> None:
    address = f"/delegations/{visit['id']}/history"
    fields = [
        {
            field["field"]
            for change in (await caller.get(address)).json()["items"]
            for field in change["fields"]
        }
        for caller in (api, stranger)
    ]
    assert fields[0] - fields[1] >= {"members", "invitation", "cost", "funding", "consultations"}
    assert not fields[1] & set(INTERNAL)
    assert "note" in fields[1]
