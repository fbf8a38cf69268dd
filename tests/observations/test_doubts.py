"""What a rule doubts: growth and the year before, a total and its parts."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import indicator, made, observation, source

ANY = {"if-match": "*"}
TRADE = [
    {"dimension": "flow"},
    {"dimension": "product", "scheme": "own", "codes": [{"code": "tea"}, {"code": "plum"}]},
    {"dimension": "partner_country"},
]


async def flags(api: AsyncClient, record: Any) -> list[str]:
    found = (await api.get(f"/observations/{record['id']}")).json()["flags"]
    return [flag["code"] for flag in found]


@pytest.fixture
async def measure(api: AsyncClient) -> str:
    body = indicator("trade.value", flow="both", dimensions=TRADE)
    return str((await made(api, "/indicators", body))["id"])


@pytest.mark.parametrize(
    ("before", "now", "is_doubted"),
    [
        ({"value": "100"}, {"value": "110", "change_yoy": "0.1"}, False),
        ({"value": "100"}, {"value": "110", "change_yoy": "0.12"}, True),
        ({"value": "186600000"}, {"value": "203020000", "change_yoy": "0.088"}, False),
        ({"value": "100"}, {"value": "110.7", "change_yoy": "0.1"}, False),  # of its last digit
        ({"value": "100"}, {"value": "110.7", "change_yoy": "0.10"}, True),
        ({"value": "100", "qualifier": "about"}, {"value": "110", "change_yoy": "0.108"}, False),
        ({"value": "100", "qualifier": "about"}, {"value": "110", "change_yoy": "0.112"}, True),
        ({"value": "0"}, {"value": "110", "change_yoy": "0.5"}, False),
        ({"period": "2024"}, {"value": "1", "change_yoy": "0.5"}, False),
        ({"period": "2023-H1"}, {"value": "1", "change_yoy": "0.5"}, False),
        ({"value_kind": "flow"}, {"value": "1", "change_yoy": "0.5"}, False),
        ({"dimensions": {"product": "tea"}}, {"value": "1", "change_yoy": "0.5"}, False),
        ({"as_of": "2024-06-30"}, {"value": "1", "change_yoy": "0.5"}, False),
        (
            {"as_of": "2024-06-30"},
            {"value": "1", "change_yoy": "0.5", "as_of": "2025-06-30"},
            True,
        ),
        (
            {"period": "2019/2023"},
            {"value": "1", "change_yoy": "0.5", "period": "2020/2024"},
            False,
        ),
        ({"period": "../2023"}, {"value": "1", "change_yoy": "0.5", "period": "../2024"}, False),
    ],
)
async def test_printed_growth_is_compared_with_the_same_a_year_before(
    api: AsyncClient, measure: str, before: Any, now: Any, *, is_doubted: bool
) -> None:
    """Whichever of the two is entered last."""
    found = []
    for number in range(2):
        body = indicator(f"trade.value{number}", flow="both", dimensions=TRADE)
        of = (await made(api, "/indicators", body))["id"]
        bodies = [
            observation(of, **now),
            observation(of, **{"period": "2024-H1"} | before),
        ]
        records = [await made(api, "/observations", one) for one in bodies[:: -1 if number else 1]]
        found.append(await flags(api, records[-1 if number else 0]))
    assert found == [["growth_differs"] if is_doubted else []] * 2


async def test_a_doubt_about_growth_comes_and_goes(api: AsyncClient, measure: str) -> None:
    now = observation(measure, value="150", change_yoy="0.4", visibility="public")
    record = await made(api, "/observations", now)
    base = await made(api, "/observations", observation(measure, period="2024-H1", value="100"))
    assert await flags(api, record) == []  # who sees the one does not see the other
    shown = {"visibility": "public"}
    await api.patch(f"/observations/{base['id']}", json=shown, headers=ANY)
    (flag,) = (await api.get(f"/observations/{record['id']}")).json()["flags"]
    assert flag["why"] == {
        "vi": "Mức tăng in là 40 %; tính từ giá trị cùng kỳ năm trước là 50 %.",
        "en": "The printed growth is 40 %; from the value of the year before it is 50 %.",
        "lo": None,
    }
    # Another source gives a year before that fits: nothing to doubt.
    page = (await made(api, "/sources", source()))["id"]
    fits = {"value": "107", "visibility": "public", "sources": [{"source_id": page}]}
    other = await made(api, "/observations", observation(measure, period="2024-H1", **fits))
    assert await flags(api, record) == []
    await api.delete(f"/observations/{other['id']}", headers=ANY)
    assert await flags(api, record) == ["growth_differs"]
    later = {"period": "2023-H1"}
    await api.patch(f"/observations/{base['id']}", json=later, headers=ANY)
    assert await flags(api, record) == []
    leap = [observation(measure, period=day, value="1") for day in ("2024-02-29", "9999-12-01")]
    for body in leap:
        await made(api, "/observations", body)


def of(**dimensions: str) -> Any:
    return {"dimensions": dimensions}


PARTS = [
    ([of(flow="exports") | {"value": "60"}], []),
    ([of(flow="exports") | {"value": "60"}, of(flow="imports") | {"value": "40"}], []),
    ([of(flow="exports") | {"value": "60"}, of(flow="imports") | {"value": "30"}], ["flow: 90"]),
    (
        [
            of(flow="exports") | {"value": "60"},
            of(flow="imports") | {"value": "39.5", "qualifier": "rounded"},
        ],
        [],
    ),
    ([of(flow="exports") | {"value": "101"}], ["flow: 101"]),
    ([of(product="tea") | {"value": "60"}], []),
    ([of(product="tea") | {"value": "60"}, of(product="plum") | {"value": "30"}], ["product: 90"]),
    ([of(partner_country="LA") | {"value": "60"}, of(partner_country="CN") | {"value": "30"}], []),
    (
        [
            of(product="tea", partner_country="LA") | {"value": "60"},
            of(product="tea", partner_country="CN") | {"value": "50"},
        ],
        ["product and partner country: 110"],
    ),
    ([of(product="tea") | {"value": "600", "period": "2024-H1"}], []),
    ([of(product="tea") | {"value": "600", "value_kind": "stock"}], []),
]


@pytest.mark.parametrize(("parts", "differing"), PARTS)
async def test_a_total_is_compared_with_its_parts(
    api: AsyncClient, measure: str, parts: list[Any], differing: list[str]
) -> None:
    """By every way in which it is broken down; less is less only where all parts are there."""
    total = await made(api, "/observations", observation(measure, value="100"))
    rows = [observation(measure, **part) for part in parts]
    answer = await api.post("/observations/batch", json={"rows": rows})
    assert answer.json()["refused"] == 0
    found = (await api.get(f"/observations/{total['id']}")).json()["flags"]
    assert [flag["code"] for flag in found] == (["totals_differ"] if differing else [])
    for flag, said in zip(found, differing, strict=True):
        by, amount = said.split(": ")
        assert flag["why"]["en"] == f"The total is 100: by {by} the parts sum to {amount}."
        assert flag["why"]["vi"].startswith("Tổng là 100: cộng theo ")


async def test_a_total_of_one_source_goes_by_its_own_parts(api: AsyncClient, measure: str) -> None:
    """Where another source has other parts, these are not added to the first ones."""
    pages = [[{"source_id": (await made(api, "/sources", source()))["id"]}] for _ in range(2)]
    totals = []
    for page, exports in zip(pages, ("60", "70"), strict=True):
        common = {"sources": page, "value": "100"}
        totals.append(await made(api, "/observations", observation(measure, **common)))
        for flow, value in (("exports", exports), ("imports", "40")):
            part = common | of(flow=flow) | {"value": value}
            await made(api, "/observations", observation(measure, **part))
    assert [await flags(api, total) for total in totals] == [[], ["totals_differ"]]


async def test_a_part_of_an_indicator_is_compared_with_it(api: AsyncClient) -> None:
    """Trade is exports and imports, also where each is an indicator; a part is not above it."""
    whole = await made(api, "/indicators", indicator("trade.total", flow="both"))
    ids = [
        (await made(api, "/indicators", indicator(code, parent_id=whole["id"], **more)))["id"]
        for code, more in (
            ("trade.exports", {"flow": "exports"}),
            ("trade.imports", {"flow": "imports"}),
            ("trade.border", {}),
            ("trade.tonnes", {"unit": "t"}),
        )
    ]
    total = await made(api, "/observations", observation(whole["id"], value="100"))
    found = []
    for id_, value in zip(ids, ("60", "30", "101", "999"), strict=True):
        await made(api, "/observations", observation(id_, value=value))
        shown = (await api.get(f"/observations/{total['id']}")).json()["flags"]
        found.append([flag["why"]["en"] for flag in shown])
    by_flow = "The total is 100: by flow the parts sum to 90"
    both = [f"{by_flow}, trade.border alone is 101."]
    assert found == [[], [f"{by_flow}."], both, both]


async def test_who_enters_last_sees_what_others_entered(api: AsyncClient, measure: str) -> None:
    bodies = [
        observation(measure, value="100"),
        *(observation(measure, value="30", **of(flow=flow)) for flow in ("exports", "imports")),
    ]
    total, part, _ = await asyncio.gather(*(made(api, "/observations", body) for body in bodies))
    assert await flags(api, total) == ["totals_differ"]
    step = {
        "verb": "acknowledge",
        "resource": "observations",
        "id": total["id"],
        "code": "totals_differ",
        "origin": "rule",
        "reason": "Đã đối chiếu với bản in",
    }
    taken = await api.post("/data-quality/transitions", json=step, headers=ANY)
    assert taken.status_code == 201, taken.text
    more = observation(measure, value="50", vintage="2025-08", **of(flow="imports"))
    await made(api, "/observations", more)  # not that of the total's own vintage
    await api.patch(f"/observations/{part['id']}", json={"value": "31"}, headers=ANY)
    (flag,) = (await api.get(f"/observations/{total['id']}")).json()["flags"]
    assert flag["why"]["en"] == "The total is 100: by flow the parts sum to 61."
    assert flag["acknowledged"]["reason"] == "Đã đối chiếu với bản in"
