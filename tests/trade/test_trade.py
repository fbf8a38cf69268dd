"""Trade added up: nothing twice, nothing across coverages, units or flows."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import indicator, made, observation, source

DIMENSIONS = [
    {"dimension": "flow"},
    {"dimension": "product", "scheme": "own", "codes": [{"code": "tea"}, {"code": "longan"}]},
    {"dimension": "partner_country"},
]
ANY = {"if-match": "*"}


@pytest.fixture
async def measure(api: AsyncClient) -> str:
    body = indicator("trade.customs", flow="both", dimensions=DIMENSIONS, visibility="public")
    return str((await made(api, "/indicators", body))["id"])


async def enter(api: AsyncClient, of: str, *rows: tuple[str, str, Any]) -> None:
    """Figures by period and value."""
    bodies = [
        observation(of, period=p, value=v, visibility="public", **more) for p, v, more in rows
    ]
    answer = await api.post("/observations/batch", json={"rows": bodies})
    assert answer.json()["refused"] == 0, answer.text


def cell(flow: str, product: str | None = None, country: str | None = None, **more: Any) -> Any:
    return {"dimensions": {"flow": flow, "product": product, "partner_country": country}, **more}


async def sums(api: AsyncClient, **query: Any) -> dict[str, Any]:
    """By indicator and flow: the total, then each group."""
    answer = await api.get("/trade", params={"period": "2025", **query})
    assert answer.status_code == 200, answer.text
    return {
        f"{item['indicator']['code']} {item['flow']}": [
            item["total"]["amount"],
            {group["group"]: group["amount"] for group in item["groups"]},
        ]
        for item in answer.json()["items"]
    }


async def test_parts_are_added_where_no_figure_gives_the_total(
    api: AsyncClient, measure: str
) -> None:
    await enter(
        api,
        measure,
        ("2025", "70", cell("exports", "tea")),
        ("2025", "40", cell("exports", "tea", "CN")),
        ("2025", "20", cell("exports", "tea", "LA")),
        ("2025", "5", cell("exports", "longan", "CN")),
        ("2025", "6", cell("exports", "longan", "LA")),
        ("2025", "9", cell("imports", None, "LA")),
    )
    assert await sums(api) == {
        "trade.customs exports": ["70", {"tea": "70", "longan": "11"}],
        "trade.customs imports": ["9", {}],
    }
    assert await sums(api, group_by="partner_country", flow="exports") == {
        "trade.customs exports": ["70", {"CN": "45", "LA": "26"}],
    }
    await enter(api, measure, ("2025", "60", cell("exports")), ("2025", "50", {}))
    assert await sums(api, group_by="period") == {
        "trade.customs both": ["50", {"2025": "50"}],
        "trade.customs exports": ["60", {"2025": "60"}],
        "trade.customs imports": ["9", {"2025": "9"}],
    }
    items = (await api.get("/trade", params={"period": "2025"})).json()["items"]
    told = {item["flow"]: item["total"] for item in items}
    assert told["imports"]["is_sum_of_parts"]
    exports = told["exports"]
    assert (exports["values"], exports["left_out"], exports["is_sum_of_parts"]) == (1, 5, False)
    assert [told[flow]["totals_differ"] for flow in ("both", "exports", "imports")] == [
        True,
        True,
        False,
    ]
    listed = {}
    for item in items:
        page = (await api.get(f"http://test{item['total']['href']}")).json()["items"]
        listed[item["flow"]] = len(page)
        assert len(page) == item["total"]["values"] + item["total"]["left_out"]
    assert listed == {"both": 1, "exports": 6, "imports": 1}


async def test_what_a_sum_opens_is_of_no_other_kind(api: AsyncClient, measure: str) -> None:
    await enter(
        api,
        measure,
        ("2025", "60", cell("exports")),
        ("2025", "7", cell("exports", value_kind="pledge")),
    )
    items = (await api.get("/trade", params={"period": "2025"})).json()["items"]
    for item in items:
        page = (await api.get(f"http://test{item['total']['href']}")).json()["items"]
        assert len(page) == item["total"]["values"] + item["total"]["left_out"]
        assert {it["value_kind"] for it in page} == {None}


async def test_no_period_is_counted_twice(api: AsyncClient, measure: str) -> None:
    """Months within a half-year, a range across them, and what does not lie in the period."""
    await enter(
        api,
        measure,
        *((f"2025-0{month}", "10", cell("exports")) for month in (1, 2, 7, 8)),
        ("2025-H1", "65", cell("exports")),
        ("2025-06/2025-07", "21", cell("exports")),
        ("2024/2025", "999", cell("exports")),
        ("2025-06/..", "999", cell("exports")),
    )
    found = await sums(api, group_by="period")
    assert found["trade.customs exports"][0] == "75"  # the half-year and August
    assert len(found["trade.customs exports"][1]) == 6
    (item,) = (await api.get("/trade", params={"period": "2025"})).json()["items"]
    assert (item["total"]["periods"], item["total"]["left_out"]) == (["2025-H1", "2025-08"], 4)
    assert (await sums(api, period="2025-Q3"))["trade.customs exports"][0] == "20"


async def test_one_of_several_sources_is_added_and_named(
    api: AsyncClient, stranger: AsyncClient, measure: str
) -> None:
    """The newest: by vintage, else by the day of the page."""
    pages = [
        (await made(api, "/sources", source(title=title, published_on=day, visibility=seen)))["id"]
        for title, day, seen in (
            ("Báo Sơn La", "2025-07-02", "public"),
            ("Customs", "2025-08-01", "internal"),
        )
    ]
    old, new = ({"sources": [{"source_id": page}]} for page in pages)
    await enter(
        api,
        measure,
        ("2025-H1", "60", cell("exports", **old)),
        ("2025-H1", "61", cell("exports", **new)),
        ("2025-H1", "62", cell("exports", **old, vintage="2025-07-15")),
    )
    for client, amount, named in ((api, "61", ["Customs"]), (stranger, "62", ["Báo Sơn La"])):
        (item,) = (await client.get("/trade", params={"period": "2025"})).json()["items"]
        assert item["total"]["amount"] == amount
        assert [one["title"] for one in item["total"]["sources"]] == named
        assert item["total"]["left_out"] == 2


async def test_what_is_not_added(api: AsyncClient, stranger: AsyncClient, measure: str) -> None:
    """Other coverages and units stand beside; forecasts, stocks and growths are no trade."""
    tonnes = indicator("exports.longan.weight", unit="t", flow="exports", visibility="public")
    weight = (await made(api, "/indicators", tonnes))["id"]
    local = indicator("exports.local", flow="exports")
    hidden = (await made(api, "/indicators", local))["id"]
    visits = indicator("delegations.inbound", unit="count", visibility="public")
    other = (await made(api, "/indicators", visits))["id"]
    await enter(api, weight, ("2025", "7900", {"qualifier": "forecast"}), ("2025-H1", "8", {}))
    await enter(api, hidden, ("2025", "5", {}))
    await enter(api, other, ("2025", "23", {}))
    await enter(
        api,
        measure,
        ("2025", "1", cell("exports", value_kind="stock")),
        ("2025", "2", cell("exports", value_kind="flow")),
    )
    grown = observation(measure, value=None, change_yoy="0.1", **cell("imports"))
    await made(api, "/observations", grown)
    everything = {
        "exports.local exports": ["5", {}],
        "exports.longan.weight exports": ["8", {}],
        "trade.customs exports": ["2", {}],
    }
    assert await sums(api) == everything
    del everything["exports.local exports"]
    assert await sums(stranger) == everything
    chosen = await sums(api, indicator=["exports.local", "trade.customs"], flow=["exports", "both"])
    assert {*chosen} == {"exports.local exports", "trade.customs exports"}
    for query, pointer in (({}, "/period"), ({"period": "2025", "group_by": "flow"}, "/group_by")):
        answer = await api.get("/trade", params=query)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
