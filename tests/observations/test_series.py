"""An indicator over time: values of all sources, growth as printed and as computed."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import indicator, made, observation, source

NOTHING = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"


@pytest.fixture
async def measure(api: AsyncClient) -> str:
    body = indicator(dimensions=[{"dimension": "partner_country"}], visibility="public")
    return str((await made(api, "/indicators", body))["id"])


async def _items(api: AsyncClient, address: str = "exports.total", **query: Any) -> list[Any]:
    answer = await api.get(f"/indicators/{address}/series", params=query)
    assert answer.status_code == 200, answer.text
    items: list[Any] = answer.json()["items"]
    return items


async def test_values_and_both_growths_stand_beside_each_other(
    api: AsyncClient, stranger: AsyncClient, measure: str
) -> None:
    shown = {"visibility": "public"}
    page = await made(api, "/sources", source(published_on="2024-08-01", **shown))
    cited = {"sources": [{"source_id": page["id"]}], **shown}
    before = {"period": "2024-H1", "value": "100"}
    first = await made(api, "/observations", observation(measure, **before, **cited))
    revised = before | {"value": "120", "vintage": "2025-01"}
    await made(api, "/observations", observation(measure, **revised))
    now = {"value": "150", "change_yoy": "0.25", "qualifier": "preliminary", "vintage": "2025-07"}
    await made(api, "/observations", observation(measure, **now, **cited))
    final = {"value": "160", "vintage": "2025-12"}
    await made(api, "/observations", observation(measure, **final, **cited))
    year, half = await _items(api)
    assert (year["period"], half["period"]) == ("2024-H1", "2025-H1")
    assert [value["value"] for value in year["values"]] == ["100", "120"]
    named = {"id": page["id"], "title": page["title"]}
    old, new = half["values"]
    assert (old["source"], old["published_on"], old["vintage"]) == (named, "2024-08-01", "2025-07")
    assert (old["qualifier"], old["change_yoy"], new["change_yoy"]) == ("preliminary", "0.25", None)
    grown = [
        [(g["value"], g["growth"], g["difference"], g["differs"]) for g in value["computed"]]
        for value in (old, new)
    ]
    assert grown == [
        [("100", "0.500000", "-0.250000", True), ("120", "0.250000", "0.000000", False)],
        [("100", "0.600000", None, False), ("120", "0.333333", None, False)],
    ]
    assert old["computed"][0]["observation_id"] == first["id"]
    assert [value["growth_differs"] for value in (old, new)] == [False, False]
    # A stranger sees one value of the year before, which does not fit.
    (_, half) = await _items(stranger)
    assert [g["value"] for g in half["values"][0]["computed"]] == ["100"]
    assert half["values"][0]["growth_differs"]


async def test_no_growth_across_indicators_dimensions_or_kinds(
    api: AsyncClient, measure: str
) -> None:
    other = (await made(api, "/indicators", indicator("trade.exports")))["id"]
    before = observation(measure, period="2024-H1")
    for body in (
        before | {"indicator_id": other},
        before | {"dimensions": {"partner_country": "LA"}},
        before | {"value_kind": "stock"},
        before | {"period": "2024"},
        before | {"period": "2024-01/2024-05"},
        before | {"as_of": "2024-06-30"},
        observation(measure),
    ):
        await made(api, "/observations", body)
    for address in ("exports.total", "trade.exports"):
        for point in await _items(api, address):
            assert [value["computed"] for value in point["values"]] == [[]]


async def test_a_series_is_read_in_pages_and_parts(api: AsyncClient, measure: str) -> None:
    for period in ("2025-02", None, "2025-01", "2024", ".." + "/2020"):
        for country in (None, "CN", "LA"):
            of = {"partner_country": country}
            await made(api, "/observations", observation(measure, period=period, dimensions=of))
    whole = [(p["dimensions"]["partner_country"], p["period"]) for p in await _items(api)]
    periods = ["../2020", "2024", "2025-01", "2025-02", None]
    assert whole == [(country, period) for country in (None, "CN", "LA") for period in periods]
    found: list[Any] = []
    query: dict[str, Any] = {"limit": 2, "count": "exact"}
    while True:
        page = (await api.get(f"/indicators/{measure}/series", params=query)).json()
        assert (page["indicator"]["code"], page["total"]) == ("exports.total", 15)
        found += [(p["dimensions"]["partner_country"], p["period"]) for p in page["items"]]
        if not page["next_cursor"]:
            break
        query["cursor"] = page["next_cursor"]
    assert found == whole
    for asked, count in (
        ({"without": "partner_country"}, 5),
        ({"partner_country": ["CN", "LA"], "period": "2025"}, 4),
        ({"value_kind": "flow"}, 0),
    ):
        assert len(await _items(api, **asked)) == count
    wrong = await api.get("/indicators/exports.total/series", params={**query, "flow": "exports"})
    assert wrong.json()["errors"][0]["code"] == "wrong_cursor"


async def test_a_series_that_is_not_there(
    api: AsyncClient, stranger: AsyncClient, measure: str
) -> None:
    hidden = (await made(api, "/indicators", indicator("i.hidden")))["id"]
    for address in (hidden, "i.hidden", "i.none", NOTHING, "' or 1=1"):
        assert (await stranger.get(f"/indicators/{address}/series")).status_code == 404, address
    await api.delete(f"/indicators/{hidden}", headers={"if-match": "*"})
    assert (await api.get(f"/indicators/{hidden}/series")).status_code == 410
    assert await _items(stranger) == []
