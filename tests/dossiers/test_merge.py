"""Two partners that turn out to be one: everything moves, and the old address leads on."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from tests.factories import (
    agency,
    delegation,
    made,
    partner,
    project,
    relation,
    source,
    transaction,
)

HERE = {"If-Match": "*"}


async def merge(api: AsyncClient, loser: Any, survivor: Any, **headers: str) -> Any:
    return await api.post(
        f"/partners/{loser['id']}/merge", json={"into_id": survivor["id"]}, headers=HERE | headers
    )


async def merged(api: AsyncClient, loser: Any, survivor: Any) -> Any:
    answer = await merge(api, loser, survivor)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def read(api: AsyncClient, path: str, record: Any) -> Any:
    found = await api.get(f"{path}/{record['id']}")
    assert found.status_code == 200, found.text
    return found.json()


async def two(api: AsyncClient, **changed: Any) -> tuple[Any, Any]:
    """A loser and a survivor that do not resemble each other."""
    loser = await made(api, "/partners", partner("Hua Phan", **changed))
    return loser, await made(api, "/partners", partner("Houaphanh Province"))


async def test_the_survivor_is_answered_and_the_old_address_leads_to_it(api: AsyncClient) -> None:
    loser, survivor = await two(api)
    answer = await merge(api, loser, survivor)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/partners/{survivor['id']}"
    shown = await api.get(f"/partners/{survivor['id']}")
    assert (answer.json(), answer.headers["etag"]) == (shown.json(), shown.headers["etag"])
    old = await api.get(f"/partners/{loser['id']}")
    assert old.status_code == 308
    assert old.headers["location"] == f"/api/v1/partners/{survivor['id']}"
    followed = await api.get(f"/partners/{loser['id']}", follow_redirects=True)
    assert followed.json() == shown.json()


async def test_what_stands_below_the_old_address_leads_below_the_new(api: AsyncClient) -> None:
    loser, survivor = await two(api)
    await merged(api, loser, survivor)
    for written in (loser["id"], loser["id"].upper(), f"urn:uuid:{loser['id']}"):
        for below in ("", "/duplicates", "?x=%C4%90&y=1", "/timeline?limit=5"):
            old = await api.get(f"/partners/{written}{below}")
            assert old.status_code == 308
            assert old.headers["location"] == f"/api/v1/partners/{survivor['id']}{below}"
            assert old.json()["survivor"] == survivor["id"]
    head = await api.head(f"/partners/{loser['id']}")
    assert (head.status_code, head.headers["location"]) == (
        308,
        f"/api/v1/partners/{survivor['id']}",
    )


@pytest.mark.parametrize("version", ["*", '"1"'])
async def test_who_writes_to_the_old_address_is_refused(api: AsyncClient, version: str) -> None:
    """Whoever follows redirects would else change, or remove, what they have never read."""
    loser, survivor = await two(api)
    before = await merged(api, loser, survivor)
    third = await made(api, "/partners", partner("Bokeo"))
    address, headers = f"/partners/{loser['id']}", {"If-Match": version}
    for answer in (
        await api.patch(address, json={"note": "x"}, headers=headers, follow_redirects=True),
        await api.delete(address, headers=headers, follow_redirects=True),
        await api.post(
            f"{address}/merge",
            json={"into_id": third["id"]},
            headers=headers,
            follow_redirects=True,
        ),
    ):
        assert (answer.status_code, answer.json()["type"]) == (410, "/docs/problems/merged")
        assert answer.json()["survivor"] == survivor["id"]
        assert "location" not in answer.headers
    assert await read(api, "/partners", survivor) == before


async def test_a_survivor_is_named_to_who_may_see_it_alone(
    api: AsyncClient, stranger: AsyncClient, as_actor: Any
) -> None:
    """To all others the old record is gone, as if it had been removed."""
    own = await made(api, "/agencies", agency(key="own"))
    await made(api, "/agencies", agency(key="other"))
    other = await as_actor("partners:read partners:write", agency="other")
    hidden = {"visibility": "agency", "owner_agency_id": own["id"]}
    survivor = await made(api, "/partners", partner("Houaphanh Province", **hidden))
    lost = await made(api, "/partners", partner("Hua Phan", visibility="public"))
    removed = await made(api, "/partners", partner("Bokeo", visibility="public"))
    await merged(api, lost, survivor)
    await api.delete(f"/partners/{removed['id']}", headers=HERE)
    for client, method, below in (
        (stranger, "GET", ""),
        (stranger, "HEAD", ""),
        (stranger, "GET", "/duplicates"),
        (other, "GET", ""),
        (other, "PATCH", ""),
        (other, "DELETE", ""),
    ):
        sent: dict[str, Any] = {"json": {"note": "x"}} if method == "PATCH" else {}
        told, said = [
            await client.request(method, f"/partners/{id_}{below}", headers=HERE, **sent)
            for id_ in (lost["id"], removed["id"])
        ]
        assert told.status_code == said.status_code == 410
        assert set(told.headers) == set(said.headers)
        assert survivor["id"] not in told.text
        if method != "HEAD":
            apart = {"instance": "", "request_id": ""}
            assert told.json() | apart == said.json() | apart
    assert (await api.get(f"/partners/{lost['id']}")).status_code == 308


async def test_names_are_kept_as_aliases_and_sources_are_kept_too(api: AsyncClient) -> None:
    one, other = [await made(api, "/sources", source()) for _ in range(2)]
    first, second = {"source_id": one["id"]}, {"source_id": other["id"], "locator": "page 3"}
    given = {"vi": "Hủa Phăn", "en": "Houaphanh", "lo": "ຫົວພັນ"}
    aliases = ["Huaphan", "Houaphan", "Huaphan"]
    loser = await made(
        api, "/partners", partner(aliases=aliases, sources=[first, second]) | {"name": given}
    )
    survivor = await made(
        api, "/partners", partner("Houaphanh", aliases=["Houaphan"], sources=[first])
    )
    after = await merged(api, loser, survivor)
    assert after["name"] == survivor["name"]
    assert after["aliases"][0] == "Houaphan"
    assert sorted(after["aliases"]) == ["Houaphan", "Huaphan", "Hủa Phăn", "ຫົວພັນ"]
    cited = [(c["source"]["id"], c["locator"]) for c in after["sources"]]
    assert cited == [(one["id"], None), (other["id"], "page 3")]
    for q in ("hua phan", "ຫົວພັນ", "huaphan"):
        found = (await api.get("/partners", params={"q": q})).json()["items"]
        assert [item["id"] for item in found] == [survivor["id"]]


async def test_everything_that_pointed_to_the_loser_points_to_the_survivor(
    api: AsyncClient,
) -> None:
    loser, survivor = await two(api)
    child = await made(api, "/partners", partner("Sam Neua District", parent_id=loser["id"]))
    tie = await made(api, "/partner-relations", relation(loser["id"]))
    visit = await made(
        api,
        "/delegations",
        delegation(
            partners=[{"partner_id": loser["id"], "role": "host"}],
            programme=[
                {"activity": f"Talks at {loser['id']}", "partner_id": loser["id"]},
                {"activity": "Lunch"},
                {"activity": "Lunch"},
            ],
        ),
    )
    after = await merged(api, loser, survivor)
    named = {"id": survivor["id"], "name": survivor["name"]}
    assert (await read(api, "/partners", child))["parent"] == named
    assert (await read(api, "/partner-relations", tie))["partner"] == named
    shown = await read(api, "/delegations", visit)
    assert shown["partners"] == [{"partner": named, "role": "host"}]
    # What was written stays as it was written; only the reference moves.
    assert [(line["activity"], line["partner"]) for line in shown["programme"]] == [
        (f"Talks at {loser['id']}", named),
        ("Lunch", None),
        ("Lunch", None),
    ]
    for path, query in [
        ("/partners", f"parent_id={survivor['id']}"),
        ("/partner-relations", f"partner_id={survivor['id']}"),
        ("/delegations", f"partner_id={survivor['id']}"),
    ]:
        assert len((await api.get(f"{path}?{query}")).json()["items"]) == 1
    refused = await api.delete(f"/partners/{survivor['id']}", headers=HERE)
    assert [r["resource"] for r in refused.json()["referred_by"]] == [
        "delegations",
        "partner_relations",
        "partners",
    ]
    assert after["version"] == survivor["version"] + 1


async def test_projects_and_their_money_name_the_survivor(api: AsyncClient) -> None:
    loser, survivor = await two(api)
    parties = [{"partner_id": who["id"], "role": "funding"} for who in (loser, survivor)]
    work = await made(api, "/projects", project(participants=parties))
    paid = await made(
        api, "/transactions", transaction(work["id"], provider={"partner_id": loser["id"]})
    )
    await merged(api, loser, survivor)
    named = {"partner": {"id": survivor["id"], "name": survivor["name"]}, "agency": None}
    shown = await read(api, "/projects", work)
    assert shown["participants"] == [{**named, "role": "funding"}]
    assert (await read(api, "/transactions", paid))["provider"] == named
    query = {"provider_partner_id": survivor["id"]}
    assert len((await api.get("/transactions", params=query)).json()["items"]) == 1


async def test_a_list_that_named_both_names_the_survivor_once(api: AsyncClient) -> None:
    loser, survivor = await two(api)
    third = await made(api, "/partners", partner("Bokeo"))
    roles = [
        (survivor, "host"),
        (third, "met"),
        (loser, "host"),
        (loser, "guest"),
        (third, "met"),
    ]
    named = [{"partner_id": who["id"], "role": role} for who, role in roles]
    visit = await made(api, "/delegations", delegation(partners=named))
    await merged(api, loser, survivor)
    shown = (await read(api, "/delegations", visit))["partners"]
    assert [(line["partner"]["id"], line["role"]) for line in shown] == [
        (survivor["id"], "host"),
        (third["id"], "met"),
        (survivor["id"], "guest"),
        (third["id"], "met"),
    ]


async def test_what_moved_is_a_change_of_its_own(api: AsyncClient, as_actor: Any) -> None:
    """Version, ETag, time, who did it, history: as with any other change."""
    loser, survivor = await two(api)
    tie = await made(api, "/partner-relations", relation(loser["id"]))
    visit = await made(api, "/delegations", delegation(partners=[{"partner_id": loser["id"]}]))
    clerk = await as_actor()
    await merged(clerk, loser, survivor)
    for path, record in [("/partner-relations", tie), ("/delegations", visit)]:
        shown = await read(api, path, record)
        assert shown["version"] == record["version"] + 1
        assert shown["updated_at"] > record["updated_at"]
        history = (await api.get(f"{path}/{record['id']}/history")).json()["items"]
        assert [change["action"] for change in history] == ["updated", "created"]
        assert shown["updated_by"] == history[0]["actor"]["id"] != record["created_by"]
        stale = await api.patch(
            f"{path}/{record['id']}", json={"note": "x"}, headers={"If-Match": '"1"'}
        )
        assert stale.status_code == 412
    (gone, *_) = (await api.get(f"/partners/{loser['id']}/history")).json()["items"]
    assert gone["action"] == "deleted"


async def test_a_chain_of_mergers_leads_to_the_last(api: AsyncClient) -> None:
    first, second, third, fourth = [
        await made(api, "/partners", partner(name)) for name in ("Aaa", "Bbbb", "Ccccc", "Dddddd")
    ]
    await merged(api, first, second)
    await merged(api, third, second)
    await merged(api, second, fourth)
    for old in (first, second, third):
        answer = await api.get(f"/partners/{old['id']}")
        assert answer.status_code == 308
        assert answer.headers["location"] == f"/api/v1/partners/{fourth['id']}"
    after = await read(api, "/partners", fourth)
    assert after["aliases"] == ["Bbbb", "Aaa", "Ccccc"]
    assert (await api.delete(f"/partners/{fourth['id']}", headers=HERE)).status_code == 204
    final = await api.get(f"/partners/{first['id']}", follow_redirects=True)
    assert final.status_code == 410


async def test_the_flag_of_a_likely_duplicate_goes_with_it(api: AsyncClient) -> None:
    survivor = await made(api, "/partners", partner("Houaphanh"))
    loser = await made(api, "/partners", partner("Houaphanh"))
    assert [flag["code"] for flag in loser["flags"]] == ["likely_duplicate"]
    assert (await merged(api, survivor, loser))["flags"] == []


async def test_one_that_resembles_a_third_after_merging_is_flagged(api: AsyncClient) -> None:
    survivor = await made(api, "/partners", partner("Sam Neua"))
    await made(api, "/partners", partner("Bokeo"))
    loser = await made(api, "/partners", partner("Xam Nua", aliases=["Bokeo"]))
    assert survivor["flags"] == []
    flags = (await merged(api, loser, survivor))["flags"]
    assert [flag["code"] for flag in flags] == ["likely_duplicate"]


@pytest.mark.parametrize("depth", [1, 2, 3])
async def test_a_part_does_not_swallow_the_whole(api: AsyncClient, depth: int) -> None:
    whole = await made(api, "/partners", partner("The whole"))
    part = whole
    for level in range(depth):
        part = await made(api, "/partners", partner(f"Level {level}", parent_id=part["id"]))
    refused = await merge(api, whole, part)
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/into_id", "below")
    assert (await merged(api, part, whole))["id"] == whole["id"]


async def test_a_partner_is_not_merged_into_itself(api: AsyncClient) -> None:
    one = await made(api, "/partners", partner())
    refused = await merge(api, one, one)
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [("/into_id", "itself")]
    assert refused.status_code == 422


async def test_a_survivor_that_is_not_there(api: AsyncClient) -> None:
    one = await made(api, "/partners", partner())
    removed, lost = await two(api)
    await api.delete(f"/partners/{removed['id']}", headers=HERE)
    await merged(api, lost, await made(api, "/partners", partner("Bokeo")))
    for id_ in (str(uuid4()), removed["id"], lost["id"], None, "x"):
        refused = await merge(api, one, {"id": id_})
        assert refused.status_code == 422
        assert [e["pointer"] for e in refused.json()["errors"]] == ["/into_id"]


async def test_merging_needs_the_version_that_was_read(api: AsyncClient) -> None:
    loser, survivor = await two(api)
    address, body = f"/partners/{loser['id']}/merge", {"into_id": survivor["id"]}
    assert (await api.post(address, json=body)).status_code == 428
    stale = await api.post(address, json=body, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["version"]) == (412, 1)
    done = await api.post(address, json=body, headers={"If-Match": '"1"'})
    assert done.status_code == 201


async def test_sent_again_with_its_key_it_is_answered_as_before(api: AsyncClient) -> None:
    loser, survivor = await two(api)
    key = {"Idempotency-Key": "merge-1"}
    first = await merge(api, loser, survivor, **key)
    await api.patch(f"/partners/{survivor['id']}", json={"note": "since then"}, headers=HERE)
    again = await merge(api, loser, survivor, **key)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["etag"] == first.headers["etag"]
    other = await merge(api, loser, {"id": str(uuid4())}, **key)
    assert other.status_code == 422
    assert (await merge(api, loser, survivor)).status_code == 410


async def test_two_mergers_of_one_partner_at_once(api: AsyncClient) -> None:
    loser, one = await two(api)
    other = await made(api, "/partners", partner("Bokeo"))
    tie = await made(api, "/partner-relations", relation(loser["id"]))
    answers = await asyncio.gather(merge(api, loser, one), merge(api, loser, other))
    assert sorted(answer.status_code for answer in answers) == [201, 410]
    survivor = answers[0] if answers[0].status_code == 201 else answers[1]
    shown = await read(api, "/partner-relations", tie)
    assert shown["partner"]["id"] == survivor.json()["id"]


async def test_what_is_written_meanwhile_is_not_lost(api: AsyncClient) -> None:
    """A relation that races with the merger names the survivor, or is refused: never nothing."""
    for _ in range(5):
        loser, survivor = await two(api)
        body = relation(loser["id"])
        done, tie = await asyncio.gather(
            merge(api, loser, survivor), api.post("/partner-relations", json=body)
        )
        assert done.status_code == 201, done.text
        assert tie.status_code in {201, 422}, tie.text
        if tie.status_code == 201:
            shown = await read(api, "/partner-relations", tie.json())
            assert shown["partner"]["id"] == survivor["id"]


async def test_only_who_may_merge_merges(api: AsyncClient, as_actor: Any) -> None:
    loser, survivor = await two(api)
    writer = await as_actor("partners:read partners:write", role="administrator")
    refused = await merge(writer, loser, survivor)
    assert (refused.status_code, refused.json()["permission"]) == (403, "partners:merge")


async def test_what_it_becomes_can_still_be_changed(api: AsyncClient) -> None:
    """A name may be longer than an alias, and two lists longer than one may be."""
    lines = "\n".join(["Sở Ngoại vụ tỉnh Hủa Phăn"] * 40)
    loser = await made(api, "/partners", partner(lines))
    survivor = await made(api, "/partners", partner("Houaphanh Province"))
    aliases = (await merged(api, loser, survivor))["aliases"]
    assert [len(it) for it in aliases] == [500]
    address = f"/partners/{survivor['id']}"
    assert (await api.patch(address, json={"note": "x"}, headers=HERE)).status_code == 200
    many = await made(api, "/partners", partner("A", aliases=[f"Tên {n}" for n in range(100)]))
    refused = await merge(api, many, survivor)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"], error["code"]) == (
        422,
        "/into_id",
        "too_many",
    )
    assert (await api.get(f"/partners/{many['id']}")).status_code == 200


async def test_two_merged_into_each_other_at_once_wait_in_one_order(api: AsyncClient) -> None:
    for _ in range(4):
        one, other = await two(api)
        answers = await asyncio.gather(merge(api, one, other), merge(api, other, one))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses[0] == 201
        assert statuses[1] in {404, 410, 422}


async def test_a_merge_tells_of_no_partner_that_is_hidden(api: AsyncClient) -> None:
    await made(api, "/partners", partner("Hidden Investor", visibility="internal"))
    loser, survivor = [
        await made(api, "/partners", partner(name, visibility="public"))
        for name in ("Sunrise Trading", "Hidden investors")
    ]
    await merged(api, loser, survivor)
    assert (await read(api, "/partners", survivor))["flags"] == []
