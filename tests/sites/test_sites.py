"""Gates, zones, airports and parks: where they lie, whom they face, and their level on a day."""

from typing import Any

import asyncpg
import pytest
from httpx import AsyncClient

from tests.conftest import Connection
from tests.factories import document, full_outreach, made, site, source

ANY = {"if-match": "*"}
DECIDED = "2024-11-19"


async def levels(api: AsyncClient, gate: Any, day: str) -> tuple[str | None, str | None]:
    """The level of a gate on a day and how it is known, as the list tells it."""
    page = (await api.get("/sites", params={"as_of": day, "key": gate["key"]})).json()
    (shown,) = page["items"]
    return shown["level"], shown["level_dating"]


async def test_a_site_keeps_what_it_is_told(api: AsyncClient) -> None:
    decree = await made(api, "/documents", document(symbol="182/NQ-CP", type="resolution"))
    ids = await full_outreach(api, None, decree["id"])
    shown = (await api.get(f"/sites/{ids['sites']}")).json()
    assert shown["name"] == {"vi": "Cửa khẩu Lóng Sập", "en": None, "lo": None}
    assert (shown["country"], shown["subdivision"], shown["borders"]) == ("VN", "VN-05", "LA")
    assert shown["parent"]["name"]["vi"] == "Khu kinh tế"
    assert shown["pair"]["name"]["vi"] == "ດ່ານປາຮ້າງ"
    assert shown["location"] == {"type": "Point", "coordinates": [104.5, 20.75]}
    assert (shown["established_on"], shown["opened_on"]) == ("1990-03", "2024")
    (status,) = shown["status"]
    assert (status["level"], status["valid"]) == ("main", "2020/..")
    assert status["basis"]["document"]["id"] == decree["id"]
    for query in (
        {"q": "loong sap"},
        {"document_id": decree["id"]},
        {"borders": "LA", "q": "lóng"},
    ):
        found = (await api.get("/sites", params=query)).json()["items"]
        assert [one["id"] for one in found] == [ids["sites"]], query
    hits = (await api.get("/search", params={"q": "loong sap"})).json()["items"]
    assert [hit["resource"] for hit in hits] == ["sites"]


async def test_the_level_of_a_gate_follows_the_day(api: AsyncClient) -> None:
    status = [
        {"level": "main", "valid": "1990-03-01/2024-11-18"},
        {"level": "international", "valid": f"{DECIDED}/.."},
    ]
    gate = await made(api, "/sites", site(key="long-sap", status=status))
    assert await levels(api, gate, "1990-02-28") == (None, None)
    assert await levels(api, gate, "2024-11-18") == ("main", "stated")
    assert await levels(api, gate, DECIDED) == ("international", "stated")
    await made(api, "/sites", site("Cửa khẩu Chiềng Khương", status=[{"level": "main"}]))
    for day, asked, count in (
        ("2024-11-18", ["main"], 2),
        (DECIDED, ["main"], 1),
        (DECIDED, ["main", "international"], 2),
        (DECIDED, ["auxiliary"], 0),
    ):
        query: dict[str, Any] = {"level": asked, "as_of": day, "count": "exact"}
        assert (await api.get("/sites", params=query)).json()["total"] == count, (day, asked)


async def test_a_level_without_a_period_counts_from_its_sources(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    """Never before anybody told of it; of two, the one that a period states."""
    cited = []
    for told in ({"published_on": DECIDED, "covers": None}, {"covers": "2024-H1"}):
        page = await made(api, "/sources", source(**told))
        cited.append({"source_id": page["id"]})
    said = [{"level": "main"}, {"level": "international", "valid": f"{DECIDED}/.."}]
    gate = await made(
        api, "/sites", site(key="gate", status=said, sources=cited, visibility="public")
    )
    assert (gate["level"], gate["level_dating"]) == ("international", "stated")
    assert await levels(api, gate, "2023-12-31") == (None, None)
    assert await levels(api, gate, "2024-01-01") == ("main", "source")
    assert await levels(stranger, gate, "2023-12-31") == ("main", "undated")  # sees no source
    floating = {"duration": "P4Y", "from": "opening"}
    changed = {"status": [{"level": "opening", "valid": floating}], "sources": []}
    shown = await api.patch(f"/sites/{gate['id']}", json=changed, headers=ANY)
    assert (shown.json()["level"], shown.json()["level_dating"]) == ("opening", "undated")


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        (["main 2020/..", "auxiliary ../2020"], ["level_conflict"]),
        (["main 2020/..", "auxiliary ../2019", "opening"], []),
        (["main 2020/2021", "auxiliary 2022/.."], []),
        (["main 2020/..", "main 2021/.."], []),
    ],
)
async def test_two_levels_at_once_are_flagged(
    api: AsyncClient, status: list[str], codes: list[str]
) -> None:
    said = [{"level": level, "valid": valid or None} for level, _, valid in map(parted, status)]
    gate = await made(api, "/sites", site(status=said))
    assert [flag["code"] for flag in gate["flags"]] == codes


def parted(said: str) -> tuple[str, str, str]:
    return said.partition(" ")


async def test_a_point_is_checked_and_wants_a_source(api: AsyncClient) -> None:
    for coordinates, pointer, code in (
        ([21.3, 103.9], "/location/coordinates/1", "latitude"),
        ([-180.5, 0], "/location/coordinates/0", "longitude"),
        ([103.9], "/location/coordinates", "too_short"),
        ([103.9, 21.3, 600], "/location/coordinates", "too_long"),
        (["103.9", 21.3], "/location/coordinates/0", "float_type"),
    ):
        body = site(location={"type": "Point", "coordinates": coordinates})
        answer = await api.post("/sites", json=body, headers={"accept-language": "vi"})
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["pointer"], error["code"]) == (422, pointer, code)
        assert "giá trị không phù hợp" not in error["message"]
    body = site(location={"type": "Point", "coordinates": [-180, 90]})
    for change in ({"coordinates": None}, {"coordinates": [1]}):
        address = f"/sites/{(await made(api, '/sites', body))['id']}"
        answer = await api.patch(address, json={"location": change}, headers={"If-Match": "*"})
        assert answer.json()["errors"][0]["pointer"] == "/location/coordinates"
    gate = await made(api, "/sites", body)
    assert [flag["code"] for flag in gate["flags"]] == ["location_unsourced"]
    cited = {"sources": [{"source_id": (await made(api, "/sources", source()))["id"]}]}
    shown = (await api.patch(f"/sites/{gate['id']}", json=cited, headers=ANY)).json()
    assert shown["flags"] == []


async def test_both_ends_of_a_pair_show_it(api: AsyncClient) -> None:
    ours = await made(api, "/sites", site())
    theirs = await made(api, "/sites", site("ດ່ານປາຮ້າງ", country="LA", pair_id=ours["id"]))
    third = await made(api, "/sites", site("Cửa khẩu Nậm Lạnh"))

    async def paired() -> list[str | None]:
        shown = [(await api.get(f"/sites/{s['id']}")).json() for s in (ours, theirs, third)]
        return [one["pair"] and one["pair"]["id"] for one in shown]

    assert await paired() == [theirs["id"], ours["id"], None]
    assert (await api.get(f"/sites/{ours['id']}")).json()["version"] == 2
    taken = await api.patch(f"/sites/{third['id']}", json={"pair_id": ours["id"]}, headers=ANY)
    (error,) = taken.json()["errors"]
    assert (taken.status_code, error["pointer"], error["code"]) == (422, "/pair_id", "paired")
    held = await api.delete(f"/sites/{ours['id']}", headers=ANY)
    assert held.json()["referred_by"] == [{"resource": "sites", "count": 1}]
    moved = await api.patch(f"/sites/{ours['id']}", json={"pair_id": third["id"]}, headers=ANY)
    assert moved.status_code == 200, moved.text
    assert await paired() == [third["id"], None, ours["id"]]
    same = await api.patch(f"/sites/{ours['id']}", json={"pair_id": third["id"]}, headers=ANY)
    assert same.json()["version"] == moved.json()["version"]
    assert (await api.get("/sites", params={"has_pair": False})).json()["items"][0]["id"] == (
        theirs["id"]
    )
    parted = await api.patch(f"/sites/{third['id']}", json={"pair_id": None}, headers=ANY)
    assert parted.status_code == 200
    assert await paired() == [None, None, None]
    assert (await api.delete(f"/sites/{third['id']}", headers=ANY)).status_code == 204


async def test_a_pair_of_two_that_do_not_fit_is_refused(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    gate = await made(api, "/sites", site())
    airport = await made(api, "/sites", site("Cảng hàng không Nà Sản", kind="airport"))
    for body in (
        {"pair_id": airport["id"]},
        {"pair_id": gate["id"]},
        {"pair_id": "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"},
    ):
        answer = await api.patch(f"/sites/{gate['id']}", json=body, headers=ANY)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/pair_id")
    one_end = "update sites set pair_id = $1 where id = $2"
    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute(one_end, airport["id"], gate["id"])


async def test_who_may_not_write_one_end_pairs_neither(api: AsyncClient, as_actor: Any) -> None:
    for key in ("dept", "guards"):
        body = {"key": key, "kind": "department", "name": {"vi": key}}
        await made(api, "/agencies", body)
    mine = await as_actor("sites:read sites:write", "dept")
    others = await as_actor("sites:read sites:write", "guards")
    theirs = await made(others, "/sites", site("ດ່ານປາຮ້າງ"))
    refused = await mine.post("/sites", json=site(pair_id=theirs["id"]))
    assert (refused.status_code, refused.json()["type"]) == (403, "/docs/problems/not-yours")
