"""Figures as sources print them: all stand side by side, in the dimensions of their indicator."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import agency, indicator, made, observation, source

ANY = {"if-match": "*"}
BROKEN_DOWN = [
    {"dimension": "product", "scheme": "own", "codes": [{"code": "tea"}]},
    {"dimension": "partner_country"},
]


@pytest.fixture
async def measure(api: AsyncClient) -> str:
    record = await made(api, "/indicators", indicator(dimensions=BROKEN_DOWN))
    return str(record["id"])


async def test_sources_and_vintages_stand_side_by_side(api: AsyncClient, measure: str) -> None:
    pages = [(await made(api, "/sources", source()))["id"] for _ in range(2)]
    first, second = ([{"source_id": page}] for page in pages)
    beside: list[Any] = [
        {},
        {"sources": first},
        {"sources": second, "qualifier": "nearly"},
        {"sources": first, "vintage": "2025-07"},
        {"sources": first, "vintage": "2025-08"},
        {"sources": first, "value_kind": "stock"},
        {"sources": first, "as_of": "2025-06-30"},
        {"sources": first, "dimensions": {"product": "tea"}},
        {"sources": first, "period": None},
    ]
    for body in beside:
        await made(api, "/observations", observation(measure, **body))
    once_more: list[Any] = [
        {},
        {"sources": [*first, *second], "qualifier": "final", "value": "113000000"},
        {"sources": first, "period": "2025-01/2025-06"},  # the same days
        {"sources": first, "period": None, "value": None, "change_yoy": "0.1"},
    ]
    for body in once_more:
        answer = await api.post("/observations", json=observation(measure, **body))
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["pointer"], error["code"]) == (409, "/period", "uq")
        assert error["message"] == "this figure of the same source and vintage stands already"
    for query, count in (
        ({}, 9),
        ({"source_id": pages[0]}, 7),
        ({"without": "product"}, 8),
        ({"period": "2025-03"}, 8),
        ({"not_placed_in": "2025"}, 1),
        ({"exactly": "2025-01/2025-06"}, 8),
        ({"exactly": "2025"}, 0),
        ({"without": "value_kind"}, 8),
        ({"latest": "true"}, 4),  # of each kind, of each product, and of no period
        ({"latest": "false", "exactly": "2025-H1"}, 5),
        ({"indicator_code": "exports.total", "value_kind": "stock"}, 1),
    ):
        page = await api.get("/observations", params={"count": "exact", **query})
        assert page.json()["total"] == count, query


@pytest.mark.parametrize(
    ("dimensions", "pointer", "code"),
    [
        ({"flow": "exports"}, "/dimensions/flow", "dimension_unknown"),
        ({"product": "plum"}, "/dimensions/product", "code_unknown"),
        ({"partner_country": "XX"}, "/dimensions/partner_country", "country_unknown"),
        ({"market": "LA"}, "/dimensions/market", "extra_forbidden"),
    ],
)
async def test_a_figure_has_the_dimensions_of_its_indicator(
    api: AsyncClient, measure: str, dimensions: Any, pointer: str, code: str
) -> None:
    body = observation(measure, dimensions=dimensions)
    answer = await api.post("/observations", json=body)
    refused = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
    assert (answer.status_code, refused) == (422, [(pointer, code)])


async def test_a_figure_is_changed_within_its_dimensions(api: AsyncClient, measure: str) -> None:
    of_tea = {"product": "tea", "partner_country": "LA"}
    record = await made(api, "/observations", observation(measure, dimensions=of_tea))
    address = f"/observations/{record['id']}"
    wrong = await api.patch(address, json={"dimensions": {"product": "plum"}}, headers=ANY)
    assert wrong.status_code == 422
    right = await api.patch(
        address, json={"dimensions": {"product": None}, "value": "1.50"}, headers=ANY
    )
    assert right.json()["dimensions"] == {"flow": None, "product": None, "partner_country": "LA"}
    assert right.json()["value"] == "1.50"
    headings = {"dimension": "product", "scheme": "hs4"}
    other = await made(api, "/indicators", indicator("exports.hs", dimensions=[headings]))
    moved = {"indicator_id": other["id"], "dimensions": {"product": "09", "partner_country": None}}
    wrong = await api.patch(address, json=moved, headers=ANY)
    assert wrong.json()["errors"][0]["pointer"] == "/dimensions/product"
    moved["dimensions"] = {"product": "0902", "partner_country": None}
    assert (await api.patch(address, json=moved, headers=ANY)).json()["indicator"][
        "code"
    ] == "exports.hs"
    nothing = await api.patch(address, json={"value": None}, headers=ANY)
    assert (nothing.status_code, nothing.json()["errors"][0]["pointer"]) == (422, "/value")
    assert len((await api.get(f"{address}/history")).json()["items"]) == 3
    assert (await api.delete(address, headers=ANY)).status_code == 204
    assert (await api.delete(address, headers=ANY)).status_code == 410


async def test_a_figure_outlives_the_sight_of_its_indicator(
    api: AsyncClient, as_actor: Callable[..., Any], measure: str
) -> None:
    """Who owns it changes and removes it; nobody else learns what the indicator is."""
    owner = (await made(api, "/agencies", agency(key="other")))["id"]
    await made(api, "/agencies", agency(key="own"))
    officer = await as_actor("observations:write observations:read", agency="own")
    address = f"/observations/{(await made(officer, '/observations', observation(measure)))['id']}"
    hidden = {"visibility": "agency", "owner_agency_id": owner}
    assert (await api.patch(f"/indicators/{measure}", json=hidden, headers=ANY)).status_code == 200
    changed = await officer.patch(address, json={"period": "2024"}, headers=ANY)
    assert (changed.status_code, changed.json()["indicator"]) == (200, None)
    strange = observation(measure, dimensions={"flow": "exports"})
    refused = await officer.post("/observations", json=strange)
    assert [error["code"] for error in refused.json()["errors"]] == ["reference"]
    assert (await officer.delete(address, headers=ANY)).status_code == 204
