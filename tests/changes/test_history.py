"""Who changed what of a record, under the API's names, also of one that is gone."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from sonla_api.identity.keys import create_key
from tests import factories
from tests.conftest import Connection
from tests.routes import described

ANY = {"if-match": "*"}


async def history(client: AsyncClient, address: str, **params: Any) -> list[Any]:
    answer = await client.get(f"{address}/history", params=params)
    assert answer.status_code == 200, answer.text
    items: list[Any] = answer.json()["items"]
    return items


def by_name(change: Any) -> dict[str, tuple[Any, Any]]:
    return {field["field"]: (field["before"], field["after"]) for field in change["fields"]}


async def test_each_version_with_its_fields_before_and_after(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    created = await api.post("/partners", json=factories.partner(aliases=["LP"], registered="2025"))
    address = f"/partners/{created.json()['id']}"
    patch = {"name": {"vi": "Luông Pha Băng"}, "registered": None, "note": "x", "aliases": ["LP"]}
    updated = await api.patch(address, json=patch, headers=ANY)
    deleted = await api.delete(address, headers=ANY)
    last, second, first = await history(api, address)
    key = await database.fetchrow("select id, name from api_keys")
    assert {change["actor"]["id"] for change in (first, second, last)} == {str(key["id"])}
    assert first["actor"]["name"] == key["name"]
    assert [change["action"] for change in (first, second, last)] == [
        "created",
        "updated",
        "deleted",
    ]
    assert [change["version"] for change in (first, second, last)] == [1, 2, 2]
    for change, answer in ((first, created), (second, updated), (last, deleted)):
        assert change["request_id"] == answer.headers["x-request-id"]
    name = {"vi": None, "en": "Luang Prabang Province", "lo": None}
    assert by_name(second) == {
        "name": (name, name | {"vi": "Luông Pha Băng"}),
        "registered": ("2025", None),
        "note": (None, "x"),
    }
    made = by_name(first)
    assert made["name"] == (None, name)
    assert made["aliases"] == (None, ["LP"])
    assert made["visibility"] == (None, "internal")
    assert "note" not in made
    gone = by_name(last)
    assert gone["note"] == ("x", None)
    assert "registered" not in gone


async def test_fields_have_the_names_that_callers_write(api: AsyncClient) -> None:
    """No column that is none of the API's: neither what is computed nor what the service keeps."""
    source = await factories.made(api, "/sources", factories.source())
    agency = await factories.made(api, "/agencies", factories.agency())
    partner = await factories.made(api, "/partners", factories.partner())
    relation = await factories.made(api, "/partner-relations", factories.relation(partner["id"]))
    visit = await factories.made(
        api,
        "/delegations",
        factories.delegation(lead_agency_id=agency["id"], partners=[{"partner_id": partner["id"]}]),
    )
    step = {"verb": "submit"}
    await api.post(f"/delegations/{visit['id']}/transitions", json=step, headers=ANY)
    own = {"state", "code"}
    for path, record, body in (
        ("sources", source, "SourceCreate"),
        ("agencies", agency, "AgencyCreate"),
        ("partners", partner, "PartnerCreate"),
        ("partner-relations", relation, "PartnerRelationCreate"),
        ("delegations", visit, "DelegationCreate"),
    ):
        written = described["components"]["schemas"][body]["properties"].keys()
        for change in await history(api, f"/{path}/{record['id']}"):
            names = {field["field"] for field in change["fields"]}
            assert names <= written | own, path
            assert names


async def test_history_has_pages_and_both_orders(api: AsyncClient) -> None:
    partner = await factories.made(api, "/partners", factories.partner())
    address = f"/partners/{partner['id']}"
    for n in range(6):
        await api.patch(address, json={"note": str(n)}, headers=ANY)
    newest_first = await history(api, address)
    assert [change["version"] for change in newest_first] == list(range(7, 0, -1))
    assert await history(api, address, sort="at") == newest_first[::-1]
    page = (await api.get(f"{address}/history", params={"limit": 4, "count": "exact"})).json()
    rest = await history(api, address, limit=4, cursor=page["next_cursor"])
    assert page["items"] + rest == newest_first
    assert page["total"] == 7


async def test_what_happened_at_the_database_counts_too(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    partner = await factories.made(api, "/partners", factories.partner())
    address = f"/partners/{partner['id']}"
    await database.execute("update partners set note = 'by hand' where id = $1", partner["id"])
    await database.execute("update partners set note = note, taking_part = '{}'")
    change, _ = await history(api, address)
    assert (change["actor"], change["request_id"], change["version"]) == (None, None, 2)
    assert by_name(change) == {"note": (None, "by hand")}
    shown = (await api.get(address)).json()
    assert (shown["version"], shown["updated_by"]) == (2, None)
    await database.execute("delete from partners where id = $1", partner["id"])
    assert (await api.get(address)).status_code == 410
    assert [c["action"] for c in await history(api, address)] == ["deleted", "updated", "created"]


async def test_a_bulk_statement_is_as_many_changes(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    ids = [
        (await factories.made(api, "/partners", factories.partner(str(n))))["id"] for n in range(5)
    ]
    await database.execute(
        "update partners set visibility = 'public' where not name ->> 'en' = '0'"
    )
    for n, id_ in enumerate(ids):
        changes = await history(api, f"/partners/{id_}")
        assert len(changes) == (1 if n == 0 else 2)
        if n:
            assert by_name(changes[0]) == {"visibility": ("internal", "public")}


async def test_a_restored_record_can_be_removed_again(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    partner = await factories.made(api, "/partners", factories.partner())
    address = f"/partners/{partner['id']}"
    for _ in range(2):
        assert (await api.delete(address, headers=ANY)).status_code == 204
        assert (await api.get(address)).status_code == 410
        await database.execute(
            "insert into partners (id, version, visibility, kind, name) values"
            ' ($1, 5, \'internal\', \'other\', \'{"vi": "x", "en": null, "lo": null}\')',
            partner["id"],
        )
        assert (await api.get(address)).status_code == 200
    assert len(await history(api, address)) == 5


@pytest.mark.parametrize("visibility", ["public", "internal", "agency"])
async def test_the_history_of_a_removed_record_is_for_who_could_read_it(
    api: AsyncClient, stranger: AsyncClient, as_actor: Callable[..., Any], visibility: str
) -> None:
    for key in ("a", "b"):
        await factories.made(api, "/agencies", factories.agency(key=key))
    rights = "partners:read partners:write changes:read"
    owner, other = await as_actor(rights, agency="a"), await as_actor(rights, agency="b")
    partner = await factories.made(owner, "/partners", factories.partner(visibility=visibility))
    address = f"/partners/{partner['id']}"
    readers = {"public": [stranger, other, owner, api], "internal": [other, owner, api]}
    may = readers.get(visibility, [owner, api])
    assert (await owner.delete(address, headers=ANY)).status_code == 204
    for client in (stranger, other, owner, api):
        item, past = await client.get(address), await client.get(f"{address}/history")
        if client in may:
            assert (item.status_code, past.status_code) == (410, 200)
            assert [c["action"] for c in past.json()["items"]] == ["deleted", "created"]
        else:
            assert (item.status_code, past.status_code) == (404, 404)


async def test_the_history_of_nothing(api: AsyncClient) -> None:
    assert (await api.get(f"/partners/{uuid4()}/history")).status_code == 404
    source = await factories.made(api, "/sources", factories.source())
    assert (await api.get(f"/partners/{source['id']}/history")).status_code == 404


async def test_a_stranger_sees_what_was_public_then(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    """Neither the versions that were internal, nor what the first public one was before."""
    partner = await factories.made(api, "/partners", factories.partner(note="inner note"))
    address = f"/partners/{partner['id']}"
    await api.patch(address, json={"note": "still inside"}, headers=ANY)
    shown = {"visibility": "public", "note": "for all"}
    await api.patch(address, json=shown, headers=ANY)
    await api.patch(address, json={"website": "https://lp.la"}, headers=ANY)
    (published, _) = (await history(stranger, address))[::-1]
    assert by_name(published) == {"visibility": (None, "public"), "note": (None, "for all")}
    text = json.dumps(await history(stranger, address))
    assert "inner note" not in text
    assert "still inside" not in text
    assert len(await history(api, address)) == 4


async def test_the_actor_is_for_who_has_a_key(
    api: AsyncClient, stranger: AsyncClient, database: "Connection[Any]"
) -> None:
    await create_key(database, name="Other", role="viewer")
    partner = await factories.made(api, "/partners", factories.partner(visibility="public"))
    address = f"/partners/{partner['id']}"
    (known,), (seen,) = await history(api, address), await history(stranger, address)
    assert known["actor"]["name"] == "Test"
    assert seen["actor"] is None
    assert {name: seen[name] for name in ("id", "at", "fields")} == {
        name: known[name] for name in ("id", "at", "fields")
    }


async def test_one_transaction_tells_its_changes_in_order(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    partner = await factories.made(api, "/partners", factories.partner())
    async with database.transaction():
        for n in range(5):
            await database.execute("update partners set note = $1", str(n))
    changes = await history(api, f"/partners/{partner['id']}")
    assert [by_name(change)["note"][1] for change in changes[:5]] == ["4", "3", "2", "1", "0"]
    assert [change["version"] for change in changes] == [6, 5, 4, 3, 2, 1]
