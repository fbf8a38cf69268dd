"""The doubts about all records: listed, counted, and shown to whom the record is shown."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from sonla_api.kit.cursors import seal
from sonla_api.kit.titles import resources
from tests import factories
from tests.conftest import Connection

HERE = {"If-Match": "*"}
WHY = {"vi": "Nằm ở trang khác", "en": "On another page", "lo": None}


def flag(code: str = "year_inferred", **more: Any) -> dict[str, Any]:
    return {"code": code, "origin": "source", "why": WHY} | more


async def listed(client: AsyncClient, **query: Any) -> list[Any]:
    answer = await client.get("/data-quality", params=query)
    assert answer.status_code == 200, answer.text
    items: list[Any] = answer.json()["items"]
    return items


async def flagged(api: AsyncClient, path: str, body: dict[str, Any], *codes: str) -> Any:
    flags = [flag(code) for code in codes or ("year_inferred",)]
    return await factories.made(api, path, body | {"flags": flags})


@pytest.fixture
async def some(api: AsyncClient) -> list[Any]:
    """Records with flags of a source, a person and a rule, the oldest first."""
    source = await flagged(api, "/sources", factories.source(visibility="public"))
    partner = await flagged(
        api, "/partners", factories.partner(), "year_inferred", "ambiguous_date"
    )
    paper = await factories.made(
        api,
        "/documents",
        factories.document(symbol="692-QD-TU", flags=[flag("doubtful", origin="person")]),
    )
    await factories.made(api, "/agencies", factories.agency())
    return [source, partner, paper]


async def test_the_flags_of_all_records_are_listed(api: AsyncClient, some: list[Any]) -> None:
    source, partner, paper = some
    found = await listed(api)
    assert [(item["id"], item["code"], item["origin"]) for item in found] == [
        (paper["id"], "doubtful", "person"),
        (paper["id"], "symbol_unread", "rule"),
        (partner["id"], "year_inferred", "source"),
        (partner["id"], "ambiguous_date", "source"),
        (source["id"], "year_inferred", "source"),
    ]
    assert found[2] == {
        "code": "year_inferred",
        "origin": "source",
        "why": WHY,
        "acknowledged": None,
        "resource": "partners",
        "id": partner["id"],
        "version": 1,
        "href": f"/api/v1/partners/{partner['id']}",
        "title": partner["name"],
        "owner_agency": None,
    }
    assert (found[0]["title"], found[-1]["title"]) == (paper["subject"], source["title"])
    for item in found:
        record = (await api.get(f"http://test{item['href']}")).json()
        shown = {name: item[name] for name in ("code", "origin", "why", "acknowledged")}
        assert shown in record["flags"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"resource": "partners"}, [1, 1]),
        ({"resource": ["partners", "sources"]}, [1, 1, 0]),
        ({"code": "year_inferred"}, [1, 0]),
        ({"code": ["year_inferred", "doubtful"]}, [2, 1, 0]),
        ({"code": "no_such_code"}, []),
        ({"origin": "rule"}, [2]),
        ({"origin": ["person", "rule"]}, [2, 2]),
        ({"is_acknowledged": "false"}, [2, 2, 1, 1, 0]),
        ({"is_acknowledged": "true"}, []),
        ({"resource": "sources", "origin": "source"}, [0]),
    ],
)
async def test_they_are_narrowed(
    api: AsyncClient, some: list[Any], query: dict[str, Any], expected: list[int]
) -> None:
    found = await listed(api, **query)
    assert [item["id"] for item in found] == [some[n]["id"] for n in expected]
    total = (await api.get("/data-quality", params={**query, "count": "exact"})).json()["total"]
    assert total == len(expected)
    grouped = "resource" if "resource" in query else "code"
    for group_by in ("code", "resource"):
        params = {**query, "group_by": group_by}
        summary = (await api.get("/data-quality/summary", params=params)).json()
        for count in (summary["total"], *summary["items"]):
            behind = (await api.get(f"http://test{count['href']}")).json()["items"]
            if group_by == grouped or "code" not in query:
                assert count["flags"] == len(behind), count
                assert count["records"] == len({item["id"] for item in behind})
        assert summary["total"]["flags"] == len(expected)


async def test_by_the_agency_that_owns_the_record(
    api: AsyncClient, as_actor: Callable[..., Any], stranger: AsyncClient
) -> None:
    """An agency that the caller may not see is none, as in the record."""
    office = await factories.made(api, "/agencies", factories.agency(key="office"))
    owned = {"owner_agency_id": office["id"], "visibility": "public"}
    made = await flagged(api, "/partners", factories.partner(**owned))
    await flagged(api, "/partners", factories.partner("Other"))
    for asked in (office["id"], [office["id"], made["id"]]):
        (item,) = await listed(api, owner_agency_id=asked)
        assert item["id"] == made["id"]
        assert item["owner_agency"] == {"id": office["id"], "name": office["name"]}
        params = {"owner_agency_id": asked, "count": "exact"}
        page = (await stranger.get("/data-quality", params=params)).json()
        assert (page["items"], page["total"]) == ([], 0)
    (item,) = await listed(stranger)
    assert item["owner_agency"] is None


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_pages_hold_each_flag_once(api: AsyncClient, some: list[Any], limit: int) -> None:
    whole, pages = await listed(api), []
    params: dict[str, Any] = {"limit": limit}
    while True:
        answer = await api.get("/data-quality", params=params)
        page = answer.json()
        assert len(page["items"]) <= limit
        pages += page["items"]
        if page["next_cursor"] is None:
            break
        assert page["next_cursor"] in answer.headers["link"]
        params["cursor"] = page["next_cursor"]
        if len(pages) == limit:  # a newer one does not move those that come
            await flagged(api, "/sources", factories.source())
    assert pages == whole


async def test_a_cursor_is_good_for_its_list_alone(api: AsyncClient, some: list[Any]) -> None:
    cursor = (await api.get("/data-quality?limit=1")).json()["next_cursor"]
    forged = [seal(at, "data-quality", {}) for at in (["x", some[0]["id"]], ["1", "x"], [None, ""])]
    wrong = [{"cursor": cursor, "code": "doubtful"}, {"cursor": "x"}]
    for params in [*wrong, *({"cursor": one} for one in forged)]:
        answer = await api.get("/data-quality", params=params)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "wrong_cursor")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"resource": "nothing"}, 422, "unknown_resource"),
        ({"code": "NO"}, 422, "string_pattern_mismatch"),
        ({"origin": "rumour"}, 422, "enum"),
        ({"agency": "x"}, 400, "unknown_parameter"),
    ],
)
async def test_what_cannot_be_asked(
    api: AsyncClient, query: dict[str, str], status: int, code: str
) -> None:
    for address in ("/data-quality", "/data-quality/summary"):
        answer = await api.get(address, params=query)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)


async def test_a_flag_is_shown_to_whom_the_record_is_shown(
    api: AsyncClient, stranger: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    """And counted for nobody else."""
    agency = await factories.made(api, "/agencies", factories.agency(key="so"))
    made = [
        await flagged(
            api,
            "/delegations",
            factories.delegation(visibility=visibility, owner_agency_id=agency["id"]),
        )
        for visibility in ("public", "internal", "agency")
    ]
    scopes = "data_quality:read delegations:read"
    insider, outsider = await as_actor(scopes, agency="so"), await as_actor(scopes)
    for client, count in ((stranger, 1), (outsider, 2), (insider, 3), (api, 3)):
        page = (await client.get("/data-quality", params={"count": "exact"})).json()
        assert [item["id"] for item in page["items"]] == [r["id"] for r in made[:count]][::-1]
        assert page["total"] == count
        for group_by in ("code", "resource"):
            params = {"group_by": group_by}
            summary = (await client.get("/data-quality/summary", params=params)).json()
            assert [one["flags"] for one in (summary["total"], *summary["items"])] == [count, count]


async def test_a_scope_that_reads_less_is_shown_less(
    as_actor: Callable[..., Any], some: list[Any]
) -> None:
    narrow = await as_actor("data_quality:read sources:read")
    assert [item["resource"] for item in await listed(narrow)] == ["sources"]
    summary = (await narrow.get("/data-quality/summary")).json()
    assert summary["total"]["flags"] == 1
    refused = await narrow.get("/data-quality", params={"resource": "partners"})
    assert (refused.status_code, refused.json()["permission"]) == (403, "partners:read")


async def test_where_there_is_no_doubt(api: AsyncClient) -> None:
    assert await listed(api) == []
    summary = (await api.get("/data-quality/summary")).json()
    nothing = {"flags": 0, "acknowledged": 0, "records": 0}
    assert summary == {
        "total": {"group": None, **nothing, "href": "/api/v1/data-quality"},
        "items": [],
    }


async def test_records_with_flags_are_found_by_an_index(database: "Connection[Any]") -> None:
    """Each resource has one that holds those alone."""
    for name in resources():
        index = await database.fetchval(
            "select indexdef from pg_indexes where indexname = $1", f"ix_{name}_id"
        )
        assert index is not None, name
        assert "flags <> '[]'" in index
