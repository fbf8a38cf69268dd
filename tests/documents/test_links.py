"""What documents have to do with one another: up to what they rest on, down to what follows."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from sonla_api.kit.cursors import seal
from sonla_api.kit.reads import Reads
from tests.conftest import Connection
from tests.factories import document, made

HERE = {"If-Match": "*"}


def link(target: Any, kind: str = "implements", **more: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "document_id": target["id"] if isinstance(target, dict) else target,
    } | more


async def paper(api: AsyncClient, symbol: str, *links: Any, **changed: Any) -> Any:
    return await made(api, "/documents", document(symbol=symbol, links=list(links), **changed))


async def chain(api: AsyncClient) -> tuple[Any, ...]:
    """59-NQ/TW → 153/NQ-CP and 311-KH/TU → 152/KH-UBND."""
    root = await paper(api, "59-NQ/TW", type="resolution", visibility="public")
    government = await paper(api, "153/NQ-CP", link(root), type="resolution")
    party = await paper(api, "311-KH/TU", link(root), visibility="public")
    plan = await paper(api, "152/KH-UBND", link(government), link(party), visibility="public")
    return root, government, party, plan


async def listed(api: AsyncClient, record: Any, what: str, query: str = "") -> Any:
    answer = await api.get(f"/documents/{record['id']}/{what}?{query}")
    assert answer.status_code == 200, answer.text
    return [item["symbol"] for item in answer.json()["items"]]


async def test_links_are_shown_as_they_were_given(api: AsyncClient) -> None:
    root = await paper(api, "59-NQ/TW")
    created = await paper(api, "1/KH-UBND", link(root, clause="Điều 3"), link(root, "cites"))
    summary = {"id": root["id"], "symbol": "59-NQ/TW", "subject": root["subject"]}
    assert created["links"] == [
        {"kind": "implements", "document": summary, "clause": "Điều 3"},
        {"kind": "cites", "document": summary, "clause": None},
    ]
    refused = await api.delete(f"/documents/{root['id']}", headers=HERE)
    assert refused.status_code == 409
    assert refused.json()["referred_by"] == [{"resource": "documents", "count": 1}]
    await api.patch(f"/documents/{created['id']}", json={"links": []}, headers=HERE)
    assert (await api.delete(f"/documents/{root['id']}", headers=HERE)).status_code == 204


async def test_basis_walks_up_and_effects_walk_down(api: AsyncClient) -> None:
    root, government, party, plan = await chain(api)
    assert await listed(api, plan, "basis") == ["311-KH/TU", "153/NQ-CP", "59-NQ/TW"]
    assert await listed(api, root, "basis") == []
    assert await listed(api, root, "effects") == ["152/KH-UBND", "311-KH/TU", "153/NQ-CP"]
    assert await listed(api, party, "effects") == ["152/KH-UBND"]
    assert await listed(api, plan, "effects") == []
    effect = (await api.get(f"/documents/{government['id']}/effects?count=exact")).json()
    assert set(effect["items"][0].pop("rests_on")) == {government["id"], party["id"]}
    assert effect == {
        "items": [
            {
                "resource": "documents",
                "id": plan["id"],
                "href": f"/api/v1/documents/{plan['id']}",
                "symbol": "152/KH-UBND",
                "title": plan["subject"],
                "on": "2025-06-26",
            }
        ],
        "next_cursor": None,
        "total": 1,
    }


async def test_both_come_in_pages(api: AsyncClient) -> None:
    root, *_ = await chain(api)
    for what in ("effects", "basis"):
        found, cursor = [], ""
        record = (
            root if what == "effects" else (await api.get("/documents?limit=1")).json()["items"][0]
        )
        while True:
            query = {"limit": 1, "count": "exact", **({"cursor": cursor} if cursor else {})}
            page = (await api.get(f"/documents/{record['id']}/{what}", params=query)).json()
            assert page["total"] == 3
            found += [item["symbol"] for item in page["items"]]
            cursor = page["next_cursor"]
            if not cursor:
                break
        assert len(found) == len(set(found)) == 3
    other = await paper(api, "1/KH-UBND")
    first = (await api.get(f"/documents/{root['id']}/effects?limit=1")).json()["next_cursor"]
    elsewhere = await api.get(f"/documents/{root['id']}/basis?cursor={first}")
    assert elsewhere.status_code == 400  # of the same document, but of another list
    by_hand = seal([None, "no id"], "effects", UUID(other["id"]))
    for cursor in (first, "x", by_hand):
        answer = await api.get(f"/documents/{other['id']}/effects?cursor={cursor}")
        assert answer.status_code == 400


async def test_what_is_replaced_or_expired_is_told(
    api: AsyncClient, today: Callable[[str], None]
) -> None:
    today("2026-01-01")
    old = await paper(api, "80/2020/NĐ-CP", type="decree", effective="2020-09-17/2025-12-08")
    plan = await paper(api, "1/KH-UBND", link(old, "cites"))
    new = await paper(api, "313/2025/NĐ-CP", link(old, "replaces"), type="decree")
    (item,) = (await api.get(f"/documents/{plan['id']}/basis")).json()["items"]
    assert (item["symbol"], item["is_expired"]) == ("80/2020/NĐ-CP", True)
    assert item["replaced_by"] == [
        {"id": new["id"], "symbol": "313/2025/NĐ-CP", "subject": new["subject"]}
    ]
    # What replaces a document does not rest on it.
    assert await listed(api, new, "basis") == []
    assert await listed(api, old, "effects") == ["1/KH-UBND"]


async def test_all_that_the_basis_says_comes_with_one_query(
    api: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what replaces it, and which files it has."""
    root, *_, plan = await chain(api)
    for n in (1, 2):
        await paper(api, f"{n}/NQ-TW", link(root, "replaces"), type="resolution")
    sent: list[str] = []
    fetch = Reads.fetch

    async def noted(self: Reads, query: str, *args: Any) -> Any:
        sent.append(query)
        return await fetch(self, query, *args)

    monkeypatch.setattr(Reads, "fetch", noted)
    items = (await api.get(f"/documents/{plan['id']}/basis")).json()["items"]
    assert [len(item["replaced_by"]) for item in items] == [0, 0, 2]
    assert len([query for query in sent if "document" in query]) == 1


async def test_what_is_hidden_hides_what_lies_behind_it(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    root, government, party, plan = await chain(api)
    await api.patch(f"/documents/{party['id']}", json={"visibility": "internal"}, headers=HERE)
    assert await listed(stranger, plan, "basis") == []
    assert await listed(stranger, root, "effects") == []
    shown = (await stranger.get(f"/documents/{plan['id']}")).json()
    assert [entry["document"] for entry in shown["links"]] == [None, None]
    await api.patch(f"/documents/{party['id']}", json={"visibility": "public"}, headers=HERE)
    assert await listed(stranger, plan, "basis") == ["311-KH/TU", "59-NQ/TW"]
    assert await listed(stranger, root, "effects") == ["152/KH-UBND", "311-KH/TU"]
    for what in ("basis", "effects"):
        hidden = await stranger.get(f"/documents/{government['id']}/{what}")
        assert hidden.status_code == 404
    await paper(api, "2/NQ-CP", link(root, "replaces"))
    assert (await stranger.get(f"/documents/{root['id']}")).json()["replaced_by"] == []


async def test_links_to_nothing_are_refused(api: AsyncClient) -> None:
    nothing = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
    answer = await api.post("/documents", json=document(links=[link(nothing)]))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/links/0/document_id"


@pytest.mark.parametrize("kind", ["implements", "amends", "replaces", "cites", "attached_to"])
async def test_circles_are_refused(api: AsyncClient, kind: str) -> None:
    root, _, _, plan = await chain(api)
    for record, target in ((root, plan), (root, root), (plan, plan)):
        address = f"/documents/{record['id']}"
        answer = await api.patch(address, json={"links": [link(target, kind)]}, headers=HERE)
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["message"]) == (
            "/links",
            "these links lead back to the document itself",
        )
    assert (await api.get(f"/documents/{root['id']}")).json()["version"] == 1


async def test_two_writers_cannot_close_a_circle_together(api: AsyncClient) -> None:
    for n in range(4):
        one, two, three = [await paper(api, f"{n + 1}{m}/KH-UBND") for m in range(3)]
        pairs = [(one, two), (two, three), (three, one)]
        answers = await asyncio.gather(
            *(
                api.patch(f"/documents/{a['id']}", json={"links": [link(b)]}, headers=HERE)
                for a, b in pairs
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 200, 422]


async def test_a_document_by_hand_cannot_name_itself(database: "Connection[Any]") -> None:
    with pytest.raises(Exception, match="lead back to themselves"):
        await database.execute(
            "with new as (select gen_random_uuid() as id) insert into documents"
            " (id, version, type, subject, visibility, links) select id, 1, 'plan',"
            """ '{"vi": "x"}', 'public', jsonb_build_array(jsonb_build_object('kind', 'cites',"""
            " 'document_id', id)) from new"
        )


@pytest.mark.parametrize("shape", ["chain", "fan"])
async def test_ten_thousand_documents_are_walked(
    api: AsyncClient, database: "Connection[Any]", shape: str
) -> None:
    await database.execute(many(shape, 10_000))
    ends = {}
    for number in ("1", "10000"):
        (record,) = (await api.get("/documents", params={"number": number})).json()["items"]
        ends[number] = record["id"]
    down = await api.get(f"/documents/{ends['1']}/effects?count=exact&limit=1")
    assert down.json()["total"] == 9_999
    up = await api.get(f"/documents/{ends['10000']}/basis?count=exact&limit=1")
    assert up.json()["total"] == (9_999 if shape == "chain" else 1)


def many(shape: str, size: int) -> str:
    """Documents numbered from 1, each resting on the one before it, or all on the first.

    What PostgreSQL itself does a minute later is done at once: where it last saw the tables empty
    it looks through all of them for each document.
    """
    target = "d.n - 1" if shape == "chain" else "1"
    return f"""
        create temporary table made on commit drop as
            select n, gen_random_uuid() as id from generate_series(1, {size}) n;
        set local session_replication_role = replica;
        insert into documents (id, version, type, number, subject, visibility)
            select id, 1, 'plan', n, '{{"vi": "x"}}', 'public' from made;
        insert into document_links
            (document_id, document_visibility, kind, target_id, target_visibility)
            select d.id, 'public', 'implements', t.id, 'public'
            from made d join made t on t.n = {target} where d.n > 1;
        analyze documents, document_links
    """


async def test_a_symbol_is_resolved(api: AsyncClient) -> None:
    for issuer, issued_on in (
        ("UBND tỉnh Sơn La", "2025-06-26"),
        ("UBND tỉnh Lai Châu", "2025-03-01"),
        ("UBND tỉnh Sơn La", "2024"),
    ):
        await paper(api, "152/KH-UBND", issuer_name=issuer, issued_on=issued_on)

    async def resolved(**params: str) -> Any:
        answer = await api.get("/documents/resolve", params={"symbol": "152/KH-UBND"} | params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    found = await resolved(symbol="Số: 152 / kh–ubnd")
    assert [item["issued_on"] for item in found["items"]] == ["2025-06-26", "2025-03-01", "2024"]
    assert (found["canonical"], found["kind"], found["suggestions"]) == (
        "152/KH-UBND",
        "state",
        [],
    )
    all_of_them = await api.get(found["href"].removeprefix("/api/v1"))
    assert all_of_them.json()["items"] == found["items"]
    for params, dates in (
        ({"issuer": "son la"}, ["2025-06-26", "2024"]),
        ({"issuer": "lai chau"}, ["2025-03-01"]),
        ({"issued_on": "2025"}, ["2025-06-26", "2025-03-01"]),
        ({"issuer": "Sơn La", "issued_on": "2025-06-26"}, ["2025-06-26"]),
        ({"issuer": "Điện Biên"}, []),
    ):
        assert [item["issued_on"] for item in (await resolved(**params))["items"]] == dates
    mangled = await resolved(symbol="152-KH-UBND")
    assert (mangled["canonical"], mangled["kind"], mangled["items"]) == (None, None, [])
    assert mangled["suggestions"] == ["152/KH-UBND"]
    assert (await api.get("/documents/resolve")).status_code == 422


async def test_an_issuer_of_the_register_tells_namesakes_apart(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    ppc = await made(api, "/agencies", {"name": {"vi": "UBND tỉnh Sơn La"}, "kind": "other"})
    await paper(api, "152/KH-UBND", issuer_id=ppc["id"], visibility="public")
    params = {"symbol": "152/KH-UBND", "issuer": "son la"}
    assert len((await api.get("/documents/resolve", params=params)).json()["items"]) == 1
    # An issuer that a stranger may not see tells him nothing.
    assert (await stranger.get("/documents/resolve", params=params)).json()["items"] == []
