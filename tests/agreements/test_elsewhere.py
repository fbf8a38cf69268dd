"""What looks at all resources reaches agreements: timelines, merging, search, doubts, history."""

from typing import Any

from httpx import AsyncClient

from tests.agreements.steps import HERE, patch, read
from tests.factories import agency, agreement, full_agreement, made, partner

PUBLIC = {"visibility": "public"}


async def deeds(client: AsyncClient, who: Any, **query: Any) -> list[Any]:
    answer = await client.get(f"/partners/{who['id']}/timeline", params=query)
    return [(item["kind"], item["when"], item["id"]) for item in answer.json()["items"]]


async def test_agreements_stand_in_the_timeline_of_their_partners(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    """Where they begin to hold, else where they were signed; a length that floats has no days."""
    who = await made(api, "/partners", partner(**PUBLIC))
    of_it = {"parties": [{"partner_id": who["id"]}], **PUBLIC}
    floating = {"duration": "P4Y", "from": "signing"}
    found = []
    for when, said in (
        ("2024/2026", {"effective": "2024/2026", "signed_on": "2023-12-20"}),
        ("2023", {"effective": floating, "signed_on": "2023"}),
        ("2019-11", {"effective": None, "signed_on": "2019-11"}),
        (floating, {"effective": floating}),
    ):
        record = await made(api, "/agreements", agreement(**said, **of_it))
        found.append(("mou", when, record["id"]))
    for client in (api, stranger):
        assert await deeds(client, who) == found
    assert await deeds(api, who, period="2026", resource="agreements") == found[:1]


async def test_merged_partners_are_one_party(api: AsyncClient) -> None:
    loser, survivor = [
        await made(api, "/partners", partner(name)) for name in ("Hua Phan", "Houaphanh")
    ]
    ours = (await made(api, "/agencies", agency()))["id"]
    body = full_agreement(loser["id"], ours, None)
    body["parties"].append({"partner_id": survivor["id"], "role": "signatory"})
    record = await made(api, "/agreements", body)
    address = f"/partners/{loser['id']}/merge"
    merged = await api.post(address, json={"into_id": survivor["id"]}, headers=HERE)
    assert merged.status_code == 201, merged.text
    shown, named = await read(api, record), {"id": survivor["id"], "name": survivor["name"]}
    assert [party["partner"] for party in shown["parties"]] == [named, None]
    assert shown["signatories"][1]["partner"] == shown["commitments"][1]["partner"] == named


async def test_agreements_are_found_doubted_and_remembered(api: AsyncClient) -> None:
    late = agreement(effective="2020/2022", signed_on="2023", fields=[{"lo": "ການຄ້າຊາຍແດນ"}])
    record = await made(api, "/agreements", late)
    for q in ("ban ghi nho luong pha bang", "ການຄ້າຊາຍແດນ"):
        (hit,) = (await api.get("/search", params={"q": q})).json()["items"]
        assert (hit["resource"], hit["id"]) == ("agreements", record["id"])
    query = {"resource": "agreements", "code": "date_conflict"}
    (doubt,) = (await api.get("/data-quality", params=query)).json()["items"]
    assert (doubt["id"], doubt["title"]) == (record["id"], record["title"])
    await patch(api, record, note="Đã đối chiếu.")
    history = (await api.get(f"/agreements/{record['id']}/history")).json()["items"]
    assert history[0]["fields"] == [{"field": "note", "before": None, "after": "Đã đối chiếu."}]
