"""What is counted: its dimensions and their codes, and what stays once there are figures."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import indicator, made, observation

ANY = {"if-match": "*"}
PRODUCTS = {"dimension": "product", "scheme": "hs4"}


def _with(*dimensions: Any, flow: str = "both") -> Any:
    return indicator(flow=flow, dimensions=[*dimensions])


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (_with(PRODUCTS, PRODUCTS), "/dimensions", "dimension_twice"),
        (_with({"dimension": "flow"}, flow="exports"), "/flow", "flow_both"),
        (_with({"dimension": "product"}), "/dimensions/0/scheme", "scheme_of_products"),
        (
            _with({"dimension": "flow", "scheme": "own"}),
            "/dimensions/0/scheme",
            "scheme_of_products",
        ),
        (_with({"dimension": "product", "scheme": "own"}), "/dimensions/0/codes", "codes_needed"),
        (
            _with({"dimension": "partner_country", "codes": [{"code": "LA"}, {"code": "LA"}]}),
            "/dimensions/0/codes/1/code",
            "code_twice",
        ),
        *(
            (_with(it | {"codes": [{"code": code}]}), "/dimensions/0/codes/0/code", "code_unknown")
            for it, code in (
                ({"dimension": "partner_country"}, "XX"),
                ({"dimension": "flow"}, "both"),
                (PRODUCTS, "081"),
            )
        ),
        (indicator("Exports.Total"), "/code", "string_pattern_mismatch"),
        (indicator(coverage=None), "/coverage", "model_attributes_type"),
    ],
)
async def test_what_is_no_indicator(api: AsyncClient, body: Any, pointer: str, code: str) -> None:
    answer = await api.post("/indicators", json=body, headers={"accept-language": "vi"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


async def test_figures_keep_the_meaning_of_their_indicator(api: AsyncClient) -> None:
    codes = [{"code": "longan"}, {"code": "tea"}]
    own = {"dimension": "product", "scheme": "own", "codes": codes}
    record = await made(api, "/indicators", _with(own, {"dimension": "partner_country"}))
    address = f"/indicators/{record['id']}"

    async def change(**changed: Any) -> Any:
        return await api.patch(address, json=changed, headers=ANY)

    assert (await change(unit="VND")).status_code == 200
    await made(api, "/observations", observation(record["id"], dimensions={"product": "tea"}))
    countries = {"dimension": "partner_country"}
    few = {**countries, "codes": [{"code": "LA"}]}
    narrower = [[], [own, few], [{**own, "codes": codes[:1]}, countries], [PRODUCTS, countries]]
    refused: list[Any] = [("unit", "USD"), ("flow", None), *(("dimensions", it) for it in narrower)]
    for name, value in refused:
        answer = await change(**{name: value})
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["pointer"]) == (422, f"/{name}")
        assert error["code"] == "observed"
    wider = [{**own, "codes": [*codes, {"code": "plum"}]}, countries, {"dimension": "flow"}]
    answer = await change(dimensions=wider, coverage={"vi": "Toàn tỉnh"}, name={"lo": "ການສົ່ງອອກ"})
    assert (answer.status_code, answer.json()["unit"]) == (200, "VND")
    assert answer.json()["coverage"] == {"vi": "Toàn tỉnh", "en": "Whole province", "lo": None}
    in_use = await api.delete(address, headers=ANY)
    assert in_use.json()["referred_by"] == [{"resource": "observations", "count": 1}]


async def test_indicators_are_found(api: AsyncClient) -> None:
    whole = await made(api, "/indicators", indicator("trade.total", flow="both"))
    below = indicator(parent_id=whole["id"], dimensions=[PRODUCTS], frequency="yearly")
    part = await made(api, "/indicators", below)
    double = await api.post("/indicators", json=indicator())
    assert (double.status_code, double.json()["errors"][0]["pointer"]) == (409, "/code")
    above = {"parent_id": part["id"]}
    circle = await api.patch(f"/indicators/{whole['id']}", json=above, headers=ANY)
    assert circle.status_code == 422
    for query in (
        {"q": "gia tri xuat khau", "has_parent": True},
        {"dimension": "product"},
        {"dimension": ["product", "flow"]},
        {"code": "exports.total", "unit": "USD"},
        {"parent_id": whole["id"], "frequency": "yearly"},
    ):
        items = (await api.get("/indicators", params=query)).json()["items"]
        assert [item["id"] for item in items] == [part["id"]], query
    found = (await api.get("/search", params={"q": "trade.total"})).json()["items"]
    assert [hit["resource"] for hit in found] == ["indicators"]
    figure = await made(api, "/observations", observation(part["id"], flags=[{"code": "conflict"}]))
    (doubt,) = (await api.get("/data-quality")).json()["items"]
    assert (doubt["id"], doubt["title"]) == (figure["id"], part["name"])
