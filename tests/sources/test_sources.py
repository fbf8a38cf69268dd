"""Sources over HTTP: what they hold, how they are found, and that a cited one stays."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import made, partner, source

WHOLE = {
    "key": "S1",
    "note": "No date on the page.",
    "title": "Sơn La đẩy mạnh công tác đối ngoại",
    "publisher": "Báo Sơn La",
    "url": "https://en.baosonla.org.vn/doi-ngoai/son-la.html",
    "published_on": "2024-07-01",
    "covers": "2024-H1",
    "language": "vi",
    "visibility": "public",
}
HERE = {"If-Match": "*"}


async def keys_of(api: AsyncClient, query: str) -> list[str]:
    found = await api.get(f"/sources?{query}")
    assert found.status_code == 200, found.text
    return [item["key"] for item in found.json()["items"]]


async def test_a_source_is_shown_as_it_was_given(api: AsyncClient) -> None:
    created = await made(api, "/sources", WHOLE)
    read = (await api.get(f"/sources/{created['id']}")).json()
    assert read == created
    assert {name: read[name] for name in WHOLE} == WHOLE


async def test_only_the_title_is_needed(api: AsyncClient) -> None:
    created = await made(api, "/sources", {"title": "An interview"})
    empty = ("key", "note", "publisher", "url", "published_on", "covers", "language")
    assert {name: created[name] for name in empty} == dict.fromkeys(empty)
    assert created["visibility"] == "internal"


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"title": " "}, "/title"),
        ({"title": "two\nlines"}, "/title"),
        ({"url": "ftp://example.org"}, "/url"),
        ({"covers": "2024-H3"}, "/covers"),
        ({"language": "vietnamese"}, "/language"),
        ({"published_on": 0}, "/published_on"),
        ({"published_on": "2024-02-30"}, "/published_on"),
        ({"published_on": "2024-W26-4"}, "/published_on"),
        ({"url": "http://example.org/\nX"}, "/url"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_what_does_not_fit_is_named(
    api: AsyncClient, changed: dict[str, Any], pointer: str
) -> None:
    refused = await api.post("/sources", json=source(**changed))
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_lists_are_narrowed_by_every_filter(api: AsyncClient) -> None:
    await made(api, "/sources", WHOLE)
    await made(api, "/sources", source(key="S2", covers="2025/..", published_on="2025-03-01"))
    await made(api, "/sources", source(key="S3", covers=None, language="en"))
    assert await keys_of(api, "key=S1&key=S3&sort=created_at") == ["S1", "S3"]
    assert await keys_of(api, "language=vi&language=en&sort=created_at") == ["S1", "S3"]
    assert await keys_of(api, "published_on_from=2024-07-01&sort=published_on") == ["S1", "S2"]
    assert await keys_of(api, "published_on_from=2024-07-02") == ["S2"]
    assert await keys_of(api, "published_on_to=2024-07-01") == ["S1"]
    assert await keys_of(api, "period=2024-06-30/2024-07-15") == ["S1"]
    assert await keys_of(api, "period=2030") == ["S2"]
    assert await keys_of(api, "period=2023") == []


@pytest.mark.parametrize("q", ["bao son la", "ĐẨY MẠNH đối ngoại", "ngoai manh day"])
async def test_search_looks_at_title_and_publisher(api: AsyncClient, q: str) -> None:
    await made(api, "/sources", WHOLE)
    await made(api, "/sources", source(key="S2", title="Another", publisher=None))
    assert await keys_of(api, f"q={q}") == ["S1"]


async def test_sources_without_a_day_come_last(api: AsyncClient) -> None:
    for key, day in [("S1", None), ("S2", "2024-01-02"), ("S3", "2024-01-01")]:
        await made(api, "/sources", source(key=key, published_on=day))
    assert await keys_of(api, "sort=published_on") == ["S3", "S2", "S1"]
    assert await keys_of(api, "sort=-published_on") == ["S2", "S3", "S1"]


@pytest.mark.parametrize("name", ["published_on_from", "published_on_to"])
@pytest.mark.parametrize(
    "day", ["0", "1719792000", "2024-07-01T00:00:00", "2024-7-1", "2024-W26-4"]
)
async def test_a_day_is_asked_for_as_a_day(api: AsyncClient, name: str, day: str) -> None:
    refused = await api.get(f"/sources?{name}={day}")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == f"/{name}"


async def test_a_patch_changes_what_it_names(api: AsyncClient) -> None:
    created = await made(api, "/sources", WHOLE)
    patch = {"covers": None, "title": "Another title", "key": None}
    changed = await api.patch(f"/sources/{created['id']}", json=patch, headers=HERE)
    assert changed.status_code == 200, changed.text
    expected = created | patch | {"version": 2}
    assert {name: changed.json()[name] for name in WHOLE} == {n: expected[n] for n in WHOLE}


async def test_a_cited_source_stays_and_what_cites_it_is_named(api: AsyncClient) -> None:
    cited = await made(api, "/sources", source())
    citing = [{"source_id": cited["id"]}]
    other = await made(api, "/sources", source(sources=citing))
    one = await made(api, "/partners", partner(sources=citing))
    await made(api, "/partners", partner("Bokeo", sources=citing * 2))
    refused = await api.delete(f"/sources/{cited['id']}", headers=HERE)
    assert refused.status_code == 409
    assert refused.json()["referred_by"] == [
        {"resource": "partners", "count": 2},
        {"resource": "sources", "count": 1},
    ]
    gone = await api.delete(f"/sources/{other['id']}", headers=HERE)
    assert gone.status_code == 204
    await api.patch(f"/partners/{one['id']}", json={"sources": []}, headers=HERE)
    refused = await api.delete(f"/sources/{cited['id']}", headers=HERE)
    assert refused.json()["referred_by"] == [{"resource": "partners", "count": 1}]


async def test_a_source_that_cites_itself_can_be_removed(api: AsyncClient) -> None:
    created = await made(api, "/sources", source())
    patch = {"sources": [{"source_id": created["id"]}]}
    await api.patch(f"/sources/{created['id']}", json=patch, headers=HERE)
    gone = await api.delete(f"/sources/{created['id']}", headers=HERE)
    assert gone.status_code == 204, gone.text


async def test_a_removed_source_is_gone_and_its_history_stays(api: AsyncClient) -> None:
    created = await made(api, "/sources", source())
    address = f"/sources/{created['id']}"
    assert (await api.delete(address, headers=HERE)).status_code == 204
    assert (await api.get(address)).status_code == 410
    history = (await api.get(f"{address}/history")).json()["items"]
    assert [change["action"] for change in history] == ["deleted", "created"]
