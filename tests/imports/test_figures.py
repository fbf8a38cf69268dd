"""Figures of the real input: two export series stay two, and nothing is lost of what is printed."""

from decimal import Decimal
from typing import Any

from httpx import AsyncClient


async def _points(api: AsyncClient, code: str) -> dict[str | None, list[Any]]:
    items = (await api.get(f"/indicators/{code}/series")).json()["items"]
    return {point["period"]: point["values"] for point in items}


async def test_the_figures_of_the_bundled_folder(loaded: None, stranger: AsyncClient) -> None:
    """The two export series, six-fold apart, and what else a series must not hide."""
    trade, exports = [await _points(stranger, code) for code in ("trade.exports", "exports.total")]
    (((printed,),), (of_2023,)) = trade.values(), exports["2023"]
    # 12.86 million in five months beside 186.6 million in a year: no growth is computed across.
    assert [printed["value"], of_2023["value"]] == ["12860000", "186600000"]
    assert (printed["change_yoy"], printed["qualifier"]) == ("0.6222", "estimate")
    values = [value for points in (trade, exports) for found in points.values() for value in found]
    assert {*trade} == {"2024-01/2024-05"}
    assert {*exports} == {"2023", "2025-H1"}
    assert [value["computed"] for value in values] == [[]] * 3
    # Only the growth is printed; and two sources stand side by side.
    (grown,) = (await _points(stranger, "exports.agricultural"))["2025-H1"]
    assert (grown["value"], grown["change_yoy"], grown["computed"]) == (None, "0.105", [])
    (both,) = (await _points(stranger, "ngo_aid.total_value")).values()
    assert sorted(value["value"] for value in both) == ["19393768", "19400000"]
    # Of year on year there is one pair: nine Lao provinces in 2024 and 2025.
    (first, second) = (await _points(stranger, "partners.lao_provinces"))["2025"]
    assert {Decimal(g["growth"]) for v in (first, second) for g in v["computed"]} == {Decimal(0)}
    ruled = (await stranger.get("/data-quality", params={"resource": "observations"})).json()
    assert {flag["origin"] for flag in ruled["items"]} == {"source"}


async def test_trade_of_the_bundled_folder(loaded: None, stranger: AsyncClient) -> None:
    answer = await stranger.get("/trade", params={"period": "2020/2025", "group_by": "period"})
    found = {
        (item["indicator"]["code"], item["indicator"]["unit"], item["flow"]): (
            item["total"]["amount"],
            [group["group"] for group in item["groups"]],
        )
        for item in answer.json()["items"]
    }
    assert found == {
        ("exports.agricultural", "USD", "exports"): ("177600000", ["2023"]),
        ("exports.total", "USD", "exports"): ("298600000", ["2023", "2025-H1"]),
        ("trade.exports", "USD", "exports"): ("12860000", ["2024-01/2024-05"]),
        ("trade.total", "USD", "both"): ("20130000", ["2024-01/2024-05"]),
    }  # no forecast, no target, no count of markets
    (part,) = (await stranger.get("/indicators", params={"code": "exports.agricultural"})).json()[
        "items"
    ]
    assert (part["parent"]["code"], part["coverage"]["en"]) == (
        "exports.total",
        "Part of exports.total",
    )


async def test_a_changed_line_changes_its_figure(load: Any, api: AsyncClient) -> None:
    measure = {"code": "i.one", "unit": "USD", "name": {"en": "One"}, "scope": "All"}
    figure = {"indicator": "i.one", "period": "2025", "value": "5", "source": "S1"}
    first = await load(indicators=[measure], observations=[figure])
    assert "observations: 1 new, 0 changed, 0 unchanged" in first.lines
    changed = {
        "observations": [figure | {"value": "6"}],
        "indicators": [measure | {"scope": "Part"}],
    }
    again = await load(**changed)
    assert "indicators: 0 new, 1 changed, 0 unchanged" in again.lines
    assert "observations: 0 new, 1 changed, 0 unchanged" in again.lines
    (shown,) = (await api.get("/observations")).json()["items"]
    assert shown["value"] == "6"
