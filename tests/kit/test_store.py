"""How records are made, changed and removed, also by many at once."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response

from sonla_api.kit import store
from tests import factories
from tests.conftest import Connection

ANY = {"if-match": "*"}


async def patched(api: AsyncClient, address: str, body: Any, match: str = "*") -> Response:
    return await api.patch(address, json=body, headers={"if-match": match})


async def a_partner(api: AsyncClient, **changed: Any) -> tuple[str, dict[str, Any]]:
    partner = await factories.made(api, "/partners", factories.partner(**changed))
    return f"/partners/{partner['id']}", partner


async def test_of_racing_patches_with_one_version_one_wins(api: AsyncClient) -> None:
    address, _ = await a_partner(api)
    racing = [patched(api, address, {"note": str(n)}, '"1"') for n in range(8)]
    answers = await asyncio.gather(*racing)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    (winner,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert {a.json()["version"] for a in answers if a.status_code == 412} == {2}
    kept = (await api.get(address)).json()
    assert (kept["version"], kept["note"]) == (2, winner["note"])
    history = (await api.get(f"{address}/history")).json()["items"]
    assert [change["version"] for change in history] == [2, 1]


async def test_racing_patches_that_know_better_succeed_in_turn(api: AsyncClient) -> None:
    address, _ = await a_partner(api)
    racing = [patched(api, address, {"note": str(n)}) for n in range(8)]
    answers = await asyncio.gather(*racing)
    assert [answer.status_code for answer in answers] == [200] * 8
    assert sorted(answer.json()["version"] for answer in answers) == list(range(2, 10))
    history = (await api.get(f"{address}/history")).json()["items"]
    assert [change["version"] for change in history] == list(range(9, 0, -1))


async def test_racing_deletions_remove_once(api: AsyncClient) -> None:
    address, _ = await a_partner(api)
    answers = await asyncio.gather(*[api.delete(address, headers=ANY) for _ in range(4)])
    assert sorted(answer.status_code for answer in answers) == [204, 410, 410, 410]


async def test_a_patch_in_which_nothing_differs_keeps_the_version(api: AsyncClient) -> None:
    given = factories.partner(
        note="Ghi chú",
        aliases=["LP", "Luông Pha Băng"],
        printed={"kind": "tỉnh"},
        registered="2025",
    )
    created = await api.post("/partners", json=given)
    address = f"/partners/{created.json()['id']}"
    for body in ({}, given, {"printed": {}}, {"name": {"lo": None}}, {"country": "LA"}):
        answer = await patched(api, address, body)
        assert (answer.status_code, answer.json()) == (200, created.json()), body
        assert answer.headers["etag"] == created.headers["etag"]
    assert len((await api.get(f"{address}/history")).json()["items"]) == 1


async def test_a_patch_changes_what_it_names_alone(api: AsyncClient) -> None:
    address, before = await a_partner(api, note="a", aliases=["LP"], website="https://lp.la")
    after = (await patched(api, address, {"note": "b"})).json()
    differing = {name for name in after if after[name] != before[name]}
    assert differing == {"note", "version", "updated_at"}
    assert after["created_by"] == after["updated_by"] is not None


async def test_the_languages_of_a_text_are_merged(api: AsyncClient) -> None:
    address, _ = await a_partner(api)
    name: dict[str, Any] = {"vi": "Luông Pha Băng", "en": "Luang Prabang Province", "lo": None}
    answer = await patched(api, address, {"name": {"vi": "Luông Pha Băng"}})
    assert answer.json()["name"] == name
    answer = await patched(api, address, {"name": {"en": None, "lo": "ຫຼວງພະບາງ"}})
    assert answer.json()["name"] == name | {"en": None, "lo": "ຫຼວງພະບາງ"}
    for body in ({"vi": None, "lo": None}, {"vi": None, "lo": None, "en": None}):
        answer = await patched(api, address, {"name": body})
        assert answer.status_code == 422, body
        assert answer.json()["errors"][0]["pointer"].startswith("/name")
    assert (await api.get(address)).json()["version"] == 3


async def test_objects_are_merged_and_lists_replaced(api: AsyncClient) -> None:
    visit = await factories.made(
        api,
        "/delegations",
        factories.delegation(
            cost={"planned": {"amount": "5.00", "currency": "USD"}},
            report={
                "submitted_on": "2025-01-02",
                "document": {"symbol": "1/BC-SNgV", "issuer": "Sở"},
            },
            outcomes=["Một", "Hai"],
            decision=[{"symbol": "1/QĐ-UBND", "issuer": "UBND"}],
            printed={"title": "như in", "place": "Viêng Chăn"},
        ),
    )
    address = f"/delegations/{visit['id']}"
    body = {
        "cost": {"planned": {"amount": "7.50"}, "actual": {"amount": "8", "currency": "VND"}},
        "report": {"document": {"issuer": None}},
        "outcomes": ["Ba"],
        "decision": [{"symbol": "2/QĐ-UBND"}],
        "printed": {"title": None, "lead_agency_id": "Sở Ngoại vụ"},
    }
    after = (await patched(api, address, body)).json()
    assert after["cost"] == {
        "planned": {"amount": "7.50", "currency": "USD"},
        "actual": {"amount": "8", "currency": "VND"},
    }
    unknown = {"document": None, "issuer": None, "issued_on": None}
    document = {"symbol": "1/BC-SNgV", **unknown}
    assert after["report"] == {"submitted_on": "2025-01-02", "document": document}
    assert after["outcomes"] == ["Ba"]
    assert after["decision"] == [{"symbol": "2/QĐ-UBND", **unknown}]
    assert after["printed"] == {"place": "Viêng Chăn", "lead_agency_id": "Sở Ngoại vụ"}
    cleared = (await patched(api, address, {"cost": {"actual": None}, "report": None})).json()
    assert (cleared["cost"]["actual"], cleared["report"]) == (None, None)


async def test_an_object_that_was_not_there_is_made_whole(api: AsyncClient) -> None:
    visit = await factories.made(api, "/delegations", factories.delegation())
    address = f"/delegations/{visit['id']}"
    made = await patched(api, address, {"cost": {"planned": {"amount": "1", "currency": "LAK"}}})
    assert made.json()["cost"] == {"planned": {"amount": "1", "currency": "LAK"}, "actual": None}
    for body, pointer in (
        ({"cost": {"actual": {"amount": "5"}}}, "/cost/actual/currency"),
        ({"cost": {"planned": {"currency": None}}}, "/cost/planned/currency"),
        ({"report": {"document": {"issuer": "x"}}}, "/report/document/symbol"),
    ):
        answer = await patched(api, address, body)
        assert answer.status_code == 422, body
        assert pointer in {error["pointer"] for error in answer.json()["errors"]}, answer.text


async def test_null_is_taken_only_where_a_field_may_be_empty(api: AsyncClient) -> None:
    address, _ = await a_partner(api, note="x", website="https://lp.la", aliases=["LP"])
    for name in ("kind", "name", "visibility", "aliases", "sources", "flags", "printed"):
        answer = await patched(api, address, {name: None})
        assert answer.status_code == 422, name
        assert answer.json()["errors"][0]["pointer"].startswith(f"/{name}")
    nullable = ("note", "website", "country", "subdivision", "parent_id", "registered", "key")
    answer = await patched(api, address, dict.fromkeys(nullable))
    assert answer.status_code == 200
    assert all(answer.json().get(name) is None for name in nullable)


async def test_what_comes_out_of_a_merge_is_valid_as_a_whole(api: AsyncClient) -> None:
    address, _ = await a_partner(api, subdivision="LA-HO")
    answer = await patched(api, address, {"country": "CN"})
    assert answer.status_code == 422
    assert "LA-HO" in answer.json()["errors"][0]["message"]
    answer = await patched(api, address, {"country": "CN", "subdivision": "CN-YN"})
    assert answer.json()["subdivision"] == "CN-YN"


@pytest.mark.parametrize(
    "name", ["id", "version", "created_at", "updated_by", "state", "owner_agency", "words", "x"]
)
async def test_fields_that_the_service_owns_are_refused(api: AsyncClient, name: str) -> None:
    address, _ = await a_partner(api)
    for answer in (
        await patched(api, address, {name: None}),
        await api.post("/partners", json=factories.partner() | {name: None}),
    ):
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["code"]) == (422, "extra_forbidden")
        assert error["pointer"] == f"/{name}"


async def test_a_key_is_unique_in_its_resource(api: AsyncClient) -> None:
    address, _ = await a_partner(api, key="la-lp")
    other, _ = await a_partner(api, key="la-ho")
    await factories.made(api, "/sources", factories.source(key="la-lp"))
    for answer in (
        await api.post("/partners", json=factories.partner(key="la-lp")),
        await patched(api, other, {"key": "la-lp"}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "/docs/problems/duplicate")
        assert answer.json()["errors"][0]["pointer"] == "/key"
    assert (await patched(api, address, {"key": "la-lp"})).status_code == 200
    racing = [api.post("/partners", json=factories.partner(key="la-xk")) for _ in range(6)]
    answers = await asyncio.gather(*racing)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5


async def test_references_to_nothing(api: AsyncClient) -> None:
    address, partner = await a_partner(api)
    nobody = str(uuid4())
    cases: list[tuple[str, Any, str]] = [
        ("/partners", factories.partner(parent_id=nobody), "/parent_id"),
        ("/partners", factories.partner(sources=[{"source_id": nobody}]), "/sources/0/source_id"),
        ("/partner-relations", factories.relation(nobody), "/partner_id"),
        (
            "/agencies",
            factories.agency(successors=[{"agency_id": nobody}]),
            "/successors/0/agency_id",
        ),
        ("/delegations", factories.delegation(lead_agency_id=nobody), "/lead_agency_id"),
        (
            "/delegations",
            factories.delegation(partners=[{"partner_id": partner["id"]}, {"partner_id": nobody}]),
            "/partners/1/partner_id",
        ),
        ("/partners", factories.partner(owner_agency_id=nobody), "/owner_agency_id"),
    ]
    for path, body, pointer in cases:
        answer = await api.post(path, json=body)
        assert answer.status_code == 422, (path, answer.text)
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    answer = await patched(api, address, {"parent_id": nobody, "sources": [{"source_id": nobody}]})
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/parent_id",
        "/sources/0/source_id",
    }


async def test_a_record_is_not_above_itself(api: AsyncClient) -> None:
    top, above = await a_partner(api)
    middle, between = await a_partner(api, parent_id=above["id"])
    _, below = await a_partner(api, parent_id=between["id"])
    for parent in (above, between, below):
        answer = await patched(api, top, {"parent_id": parent["id"]})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/parent_id")
    assert (await patched(api, middle, {"parent_id": None})).status_code == 200


async def test_two_cannot_close_a_circle_together(api: AsyncClient) -> None:
    first, one = await a_partner(api)
    second, other = await a_partner(api)
    answers = await asyncio.gather(
        patched(api, first, {"parent_id": other["id"]}),
        patched(api, second, {"parent_id": one["id"]}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422]


async def test_what_is_referred_to_stays(api: AsyncClient) -> None:
    source = await factories.made(api, "/sources", factories.source())
    agency = await factories.made(api, "/agencies", factories.agency())
    cited = [{"source_id": source["id"], "locator": "p. 1"}]
    address, partner = await a_partner(api, sources=cited, owner_agency_id=agency["id"])
    await a_partner(api, parent_id=partner["id"], sources=cited * 2)
    await factories.made(api, "/partner-relations", factories.relation(partner["id"]))
    await factories.made(
        api, "/delegations", factories.delegation(partners=[{"partner_id": partner["id"]}] * 2)
    )
    expected = {
        f"/sources/{source['id']}": [("partners", 2)],
        f"/agencies/{agency['id']}": [("partners", 1)],
        address: [("delegations", 1), ("partner_relations", 1), ("partners", 1)],
    }
    for path, referring in expected.items():
        answer = await api.delete(path, headers=ANY)
        assert (answer.status_code, answer.json()["type"]) == (409, "/docs/problems/in-use")
        found = [(one["resource"], one["count"]) for one in answer.json()["referred_by"]]
        assert found == referring


async def test_a_record_may_name_itself_and_go(api: AsyncClient) -> None:
    source = await factories.made(api, "/sources", factories.source())
    path = f"/sources/{source['id']}"
    assert (await patched(api, path, {"sources": [{"source_id": source["id"]}]})).status_code == 200
    assert (await api.delete(path, headers=ANY)).status_code == 204


async def test_a_reference_that_races_a_deletion(api: AsyncClient) -> None:
    """Whichever comes first: never a record that names nothing, never a 5xx."""
    for _ in range(4):
        source = await factories.made(api, "/sources", factories.source())
        citing = factories.partner(sources=[{"source_id": source["id"]}])
        gone, made = await asyncio.gather(
            api.delete(f"/sources/{source['id']}", headers=ANY), api.post("/partners", json=citing)
        )
        assert (gone.status_code, made.status_code) in {(204, 422), (409, 201)}


async def test_a_removed_record_is_gone_and_a_known_one_is_not(api: AsyncClient) -> None:
    address, _ = await a_partner(api)
    assert (await api.delete(address, headers={"if-match": '"1"'})).status_code == 204
    for answer in (
        await api.get(address),
        await patched(api, address, {"note": "x"}),
        await api.delete(address, headers=ANY),
    ):
        assert answer.status_code == 410
    elsewhere = address.replace("/partners/", "/sources/")
    assert (await api.get(elsewhere)).status_code == 404
    assert (await api.get(f"{address}/history")).status_code == 200


async def test_every_resource_can_be_removed(api: AsyncClient) -> None:
    _, partner = await a_partner(api)
    records = {
        "/delegations": factories.delegation(
            members=[{"name": "Nguyễn Văn A"}], partners=[{"partner_id": partner["id"]}]
        ),
        "/partner-relations": factories.relation(partner["id"]),
        "/agencies": factories.agency(),
        "/sources": factories.source(),
        "/partners": factories.partner(),
    }
    for path, body in records.items():
        made = await factories.made(api, path, body)
        answer = await api.delete(f"{path}/{made['id']}", headers={"if-match": '"1"'})
        assert (answer.status_code, answer.content) == (204, b""), path
        assert (await api.get(f"{path}/{made['id']}")).status_code == 410


async def test_a_statement_by_hand_leaves_no_stale_version(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    address, partner = await a_partner(api)
    await database.execute("update partners set note = 'by hand' where id = $1", partner["id"])
    answer = await patched(api, address, {"note": "mine"}, '"1"')
    assert (answer.status_code, answer.json()["version"]) == (412, 2)
    await database.execute("update partners set note = note where id = $1", partner["id"])
    assert (await api.get(address)).json()["version"] == 2


async def test_what_is_there_by_the_time_it_is_asked_about_is_to_be_sent_again(
    api: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The insert missed an agency that was made before the question what is missing."""

    async def nothing_is_missing(*_: Any) -> None:
        return

    monkeypatch.setattr(store, "check_references", nothing_is_missing)
    body = factories.partner(owner_agency_id="00000000-0000-7000-8000-00000000000a")
    answer = await api.post("/partners", json=body)
    assert (answer.status_code, answer.json()["type"]) == (409, "/docs/problems/busy")
    assert (await api.get("/partners", params={"count": "exact"})).json()["total"] == 0
