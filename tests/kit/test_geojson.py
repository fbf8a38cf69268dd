"""Records with places as GeoJSON, for whoever asks for it: same filters, same sight, same pages."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import Connection
from tests.factories import made, partner, project, site

GEO = {"accept": "application/geo+json"}
PLACE = {"type": "Point", "coordinates": [104.5, 20.75]}
OTHER = {"type": "Point", "coordinates": [103.9, 21.3]}


async def test_a_record_is_a_feature(api: AsyncClient) -> None:
    for location in (PLACE, None):
        gate = await made(api, "/sites", site(location=location))
        address = f"/sites/{gate['id']}"
        plain, shown = await api.get(address), await api.get(address, headers=GEO)
        assert shown.headers["content-type"] == "application/geo+json"
        assert shown.headers["vary"] == "Authorization, Accept, Accept-Language"
        assert shown.json() == {
            "type": "Feature",
            "id": gate["id"],
            "geometry": location,
            "properties": plain.json(),
        }
        assert shown.headers["etag"] != plain.headers["etag"]
        fresh = await api.get(address, headers=GEO | {"if-none-match": shown.headers["etag"]})
        stale = await api.get(address, headers=GEO | {"if-none-match": plain.headers["etag"]})
        assert (fresh.status_code, stale.status_code) == (304, 200)


async def test_a_list_is_a_collection_in_pages(api: AsyncClient, stranger: AsyncClient) -> None:
    open_ = {"visibility": "public"}
    gates = [
        await made(api, "/sites", site(f"Cửa khẩu {n}", location=PLACE if n else None, **open_))
        for n in range(3)
    ]
    await made(api, "/sites", site())
    await made(api, "/sites", site(kind="airport", **open_))
    query: dict[str, Any] = {"kind": "border_gate", "limit": 2, "count": "exact"}
    first = await stranger.get("/sites", params=query, headers=GEO)
    body = first.json()
    assert (body["type"], body["total"]) == ("FeatureCollection", 3)
    link = first.headers["link"].removeprefix("<").partition(">")[0]
    second = await stranger.get(f"http://test{link}", headers=GEO)
    assert (second.json()["next_cursor"], "link" in second.headers) == (None, False)
    features = body["features"] + second.json()["features"]
    assert [one["id"] for one in features] == [gate["id"] for gate in reversed(gates)]
    assert [one["geometry"] for one in features] == [PLACE, PLACE, None]
    plain = (await stranger.get("/sites", params=query)).json()
    assert [one["properties"] for one in body["features"]] == plain["items"]


async def test_a_project_lies_where_its_points_are(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    named = {"name": {"vi": "Xã Mường Bú"}}
    at = [named | {"point": PLACE}, named, named | {"point": OTHER}]
    both = {"type": "MultiPoint", "coordinates": [PLACE["coordinates"], OTHER["coordinates"]]}
    for locations, geometry in ((at, both), (at[:2], PLACE), (at[1:2], None), ([], None)):
        work = await made(api, "/projects", project(locations=locations))
        shown = await api.get(f"/projects/{work['id']}", headers=GEO)
        assert shown.json()["geometry"] == geometry
    # Written before points were known.
    old = """update projects set locations = '[{"name": {"vi": "Xã"}}]'"""
    await database.execute(old)
    page = (await api.get("/projects", headers=GEO)).json()
    assert {str(one["properties"]["locations"]) for one in page["features"]} == {
        "[{'name': {'vi': 'Xã'}, 'point': None}]"
    }


@pytest.mark.parametrize(
    ("accepted", "kind"),
    [
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("application/*;q=0.5", "application/json"),
        ("APPLICATION/GEO+JSON", "application/geo+json"),
        ("application/geo+json; q=0.9, application/json;q=0.8", "application/geo+json"),
        ("application/geo+json;q=0.8, application/json", "application/json"),
        ("text/html, application/geo+json", "application/geo+json"),
        ("application/geo+json;q=high, */*", "application/json"),
        ("application/geo+json;q=0, application/json", "application/json"),
        ("application/geo+json;q=0", None),
        ("application/geo+json;q=2", None),
        ("text/html", None),
    ],
)
async def test_who_asks_for_it_gets_it(api: AsyncClient, accepted: str, kind: str | None) -> None:
    answer = await api.get("/sites", headers={"accept": accepted})
    if kind:
        assert answer.headers["content-type"] == kind
    else:
        assert answer.status_code == 406
        assert "application/geo+json" in answer.json()["detail"]


async def test_where_it_is_not_offered_it_is_406(api: AsyncClient) -> None:
    who = await made(api, "/partners", partner())
    for address in ("/partners", f"/partners/{who['id']}", "/sites/x/history"):
        answer = await api.get(address, headers=GEO)
        assert answer.status_code == 406, address
        assert "geo+json" not in answer.json()["detail"]
    assert (await api.post("/sites", json=site(), headers=GEO)).status_code == 406
    assert (await api.head("/sites", headers=GEO)).headers["content-type"] == GEO["accept"]
    lost = await api.get("/sites/019a7c1e-5b60-7cc3-98c4-dc0c0c07398f", headers=GEO)
    assert lost.headers["content-type"] == "application/problem+json"
