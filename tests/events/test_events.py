"""Events: what they hold, how they are found, and their figures."""

from decimal import Decimal
from typing import Any

import pytest
from asyncpg import Connection
from httpx import AsyncClient

from tests.factories import event, full_event, made, partner, source
from tests.listing import listed

HERE = {"If-Match": "*"}
HELD = {"state": ["held", "recorded"]}


async def found(api: AsyncClient, **query: Any) -> list[str]:
    answer = await api.get("/events", params={"sort": "when", **query})
    assert answer.status_code == 200, answer.text
    return [item["key"] for item in answer.json()["items"]]


async def test_an_event_shows_all_that_it_was_given(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    host = await made(api, "/partners", partner("Guangxi", country="CN", visibility="public"))
    body = full_event(host["id"], visibility="public")
    record = await made(api, "/events", body)
    shown = {"id": host["id"], "name": host["name"]}
    assert record["partners"] == [{"partner": shown}]
    assert record["enterprises"] == [
        {"partner": shown, "name": None},
        {"partner": None, "name": "Hợp tác xã ສີບຸນເຮືອງ"},
    ]
    same = ("results", "cost", "products", "enterprise_count", "related", "role", "channel", "when")
    assert {name: record[name] for name in same} == {name: body[name] for name in same}
    assert (record["state"], record["verbs"]) == (
        "planned",
        ["hold", "postpone", "cancel", "record"],
    )
    read = (await stranger.get(f"/events/{record['id']}")).json()
    assert {name for name in record if read[name] != record[name]} == {
        "cost",
        "created_by",
        "updated_by",
        "verbs",
    }
    history = (await stranger.get(f"/events/{record['id']}/history")).text
    assert ("cost" in history, "visitors" in history) == (False, True)


async def test_results_are_put_right_one_by_one(api: AsyncClient) -> None:
    host = await made(api, "/partners", partner())
    record = await made(api, "/events", full_event(host["id"]))
    patch = {"results": {"visitors": 21000, "text": None}}
    answer = await api.patch(f"/events/{record['id']}", json=patch, headers=HERE)
    assert answer.json()["results"] == record["results"] | patch["results"]


async def test_fewer_enterprises_than_are_named_are_doubted(api: AsyncClient) -> None:
    named = [{"name": "Hợp tác xã A"}, {"name": "ສະຫະກອນ B"}]
    record = await made(api, "/events", event(enterprises=named, enterprise_count=1))
    (flag,) = record["flags"]
    assert (flag["code"], flag["origin"]) == ("enterprises_differ", "rule")
    assert (
        flag["why"]["vi"] == "Có 2 doanh nghiệp được nêu tên nhưng số doanh nghiệp tham gia là 1."
    )
    for patch in ({"enterprise_count": 2}, {"enterprise_count": None}):
        answer = await api.patch(f"/events/{record['id']}", json=patch, headers=HERE)
        assert answer.json()["flags"] == []


async def test_an_enterprise_has_a_name(api: AsyncClient) -> None:
    refused = await api.post("/events", json=event(enterprises=[{"name": None}]))
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"], error["code"]) == (
        422,
        "/enterprises/0",
        "enterprise_unnamed",
    )


@pytest.fixture
async def year(api: AsyncClient) -> Any:
    """A year of events as a register really holds them; the host of one is answered."""
    host = await made(api, "/partners", partner("Houaphanh"))
    cited = await made(api, "/sources", source())
    usd, vnd = ({"amount": a, "currency": c} for a, c in (("1000.50", "USD"), ("20", "VND")))
    for key, changed in {
        "a": {
            "when": "2024-03-21",
            "country": "LA",
            "partners": [{"partner_id": host["id"]}],
            "kind": "festival",
            "enterprise_count": 3,
            "role": "organiser",
            "results": {"orders": [usd, vnd], "contracts": 2, "visitors": 100},
        },
        "b": {
            "when": "2024-H1",
            "country": "VN",
            "channel": "economic",
            "results": {"orders": [usd]},
            "enterprises": [{"partner_id": host["id"]}],
        },
        "c": {"when": "2024", "products": ["Xoài tròn Yên Châu"]},
        "d": {"when": None, "place": "Sầm Nưa", "results": {"text": {"lo": "ສົ່ງອອກ"}}},
        "e": {"when": "2025-06-14", "country": "VN", "kind": "festival"},
    }.items():
        body = event(key=key, sources=[{"source_id": cited["id"]}], **changed)
        record = await made(api, "/events", body)
        if key != "e":
            address = f"/events/{record['id']}/transitions"
            assert (await api.post(address, json={"verb": "record"}, headers=HERE)).is_success
    return host


async def test_lists_are_narrowed(api: AsyncClient, year: Any) -> None:
    for query, keys in (
        ({}, "cbaed"),
        ({"period": "2024-H1"}, "cba"),
        ({"within": "2024-H1"}, "ba"),
        ({"not_placed_in": "2024-H1"}, "cd"),
        ({"kind": "festival"}, "ae"),
        ({"country": ["LA", "VN"]}, "bae"),
        ({"state": "planned"}, "e"),
        ({"role": "organiser"}, "a"),
        ({"channel": "economic"}, "b"),
        ({"partner_id": year["id"]}, "a"),
        ({"enterprise_id": year["id"]}, "b"),
        ({"without": ["country", "when"]}, "d"),
        ({"has_orders": True}, "ab"),
        ({"has_orders": False}, "cde"),
        ({"order_currency": "VND"}, "a"),
        ({"order_currency": ["USD", "EUR"]}, "ab"),
        ({"key": ["a", "e"]}, "ae"),
        ({"q": "xoai yen chau"}, "c"),
        ({"q": "sam nua"}, "d"),
        ({"q": "ສົ່ງອອກ"}, "d"),
        ({"q": year["id"][:13]}, ""),  # ids are no words
    ):
        assert sorted(await found(api, **query)) == sorted(keys), query
    assert (await found(api, sort="-when"))[-1] == "d"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "period=2024-H1",
        "period=2024&group_by=country",
        "group_by=role&country=LA",
        "group_by=channel",
    ],
)
async def test_figures_lead_to_what_they_count(api: AsyncClient, year: Any, query: str) -> None:
    figures = (await api.get(f"/events/summary?{query}")).json()
    assert figures["total"]["events"] == sum(item["events"] for item in figures["items"])
    for count in (figures["total"], *figures["items"]):
        records = await listed(api, count["href"])
        results = [record["results"] or {} for record in records]
        assert count["events"] == len(records)
        assert count["enterprises"] == sum(it["enterprise_count"] or 0 for it in records)
        for name in ("contracts", "visitors"):
            assert count[name] == sum(it.get(name) or 0 for it in results)
        orders = [money for it in results for money in it.get("orders", [])]
        assert {it["currency"]: Decimal(it["amount"]) for it in count["orders"]} == {
            currency: sum(Decimal(m["amount"]) for m in orders if m["currency"] == currency)
            for currency in {money["currency"] for money in orders}
        }
        assert count["not_placed"] == len(await listed(api, count["not_placed_href"]))


async def test_what_has_not_taken_place_is_no_figure(api: AsyncClient, year: Any) -> None:
    total = (await api.get("/events/summary")).json()["total"]
    assert (total["events"], total["contracts"], total["visitors"]) == (4, 2, 100)
    assert total["orders"] == [
        {"currency": "USD", "amount": "2001.00", "events": 2},
        {"currency": "VND", "amount": "20", "events": 1},
    ]


async def test_an_event_reaches_dossiers_search_and_tasks(
    api: AsyncClient, year: Any, database: "Connection[Any]"
) -> None:
    """The timeline of its partner, which a merge moves; search; what it is evidence for."""
    other = await made(api, "/partners", partner("Hua Phan"))
    body = {"into_id": other["id"]}
    merged = await api.post(f"/partners/{year['id']}/merge", json=body, headers=HERE)
    assert merged.status_code == 201
    deeds = (await api.get(f"/partners/{other['id']}/timeline")).json()["items"]
    assert [(deed["resource"], deed["kind"], deed["when"]) for deed in deeds] == [
        ("events", "festival", "2024-03-21"),
        ("events", "fair", "2024-H1"),
    ]
    hits = (await api.get("/search", params={"q": "xoai tron", "resource": "events"})).json()
    assert [hit["title"]["vi"] for hit in hits["items"]] == ["Hội chợ Trung Quốc - ASEAN"]
    refused = await api.delete(f"/partners/{other['id']}", headers=HERE)
    assert refused.json()["referred_by"] == [{"resource": "events", "count": 2}]
