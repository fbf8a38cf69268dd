"""Projects and their money in figures; every figure leads to exactly what it counts."""

from decimal import Decimal
from typing import Any

import pytest
from httpx import AsyncClient

from sonla_api.projects.money import SUMS
from tests.conftest import Cast
from tests.factories import made, partner, project, transaction
from tests.listing import listed
from tests.projects.test_lifecycle import put

MINING = {"scheme": "other", "code": "mining"}
URBAN = {"scheme": "oecd_dac", "code": "43030"}


def summed(transactions: list[Any], name: str) -> dict[str, Decimal]:
    """What the answer says, added up again by hand."""
    sums: dict[str, Decimal] = {}
    for one in transactions:
        if one["type"] in SUMS[name]:
            amount = Decimal(one["value"]["amount"]) * (-1 if one["type"] == "decrease" else 1)
            currency = one["value"]["currency"]
            sums[currency] = sums.get(currency, Decimal(0)) + amount
    return sums


async def figures(api: AsyncClient, query: str = "") -> dict[str | None, tuple[Any, ...]]:
    """By group, the total under "total"; each checked against what its addresses list."""
    found = await api.get(f"/projects/summary?{query}")
    assert found.status_code == 200, found.text
    answer, by_group = found.json(), {}
    for name, row in [("total", answer["total"]), *((r["group"], r) for r in answer["items"])]:
        money = await listed(api, row["transactions_href"])
        recomputed = (
            len(await listed(api, row["href"])),
            len(await listed(api, row["not_placed_href"])),
            len(money),
            len(await listed(api, row["transactions_not_placed_href"])),
        )
        said = ("projects", "not_placed", "transactions", "transactions_not_placed")
        assert tuple(row[number] for number in said) == recomputed, row
        for kind in SUMS:
            sums = {s["currency"]: Decimal(s[kind]) for s in row["sums"] if s[kind]}
            assert sums == summed(money, kind), (row, kind)
            assert list(sums) == sorted(sums)
        by_group[name] = recomputed
    return by_group


async def held(
    api: AsyncClient, database: Any, money: list[tuple[str, str, str | None]], **changed: Any
) -> Any:
    """A project; `money`: type, amount with its currency, and when."""
    state = changed.pop("state", "implementing")
    record = await made(api, "/projects", project(**changed))
    for type_, value, on in money:
        amount, currency = value.split()
        body = {"type": type_, "on": on, "value": {"amount": amount, "currency": currency}}
        await made(api, "/transactions", transaction(record["id"], **body, equivalents=[]))
    await put(database, record, state)
    return record


@pytest.fixture
async def register(cast: Cast, api: AsyncClient, database: Any) -> None:
    await cast(several, api, database)


async def several(api: AsyncClient, database: Any) -> None:
    """Projects as a register really holds them."""
    await held(
        api,
        database,
        [
            ("incoming_commitment", "35200000 EUR", "2024-02-01"),
            ("incoming_funds", "1000 EUR", "2024-03"),
            ("incoming_funds", "500.5 EUR", "2024"),
            ("stated", "970000000000 VND", None),
        ],
        period="2024/2027",
        countries=["FR"],
        sectors=[URBAN, MINING],
    )
    await held(
        api,
        database,
        [
            ("registered", "100 USD", "2024-01-15"),
            ("increase", "50 USD", "2024-H1"),
            ("decrease", "20 USD", "2024-12"),
            ("realised", "7 USD", "2024-06-29/2024-07-02"),
        ],
        kind="fdi",
        period="2024-H1",
        countries=["KR", "FR"],
        sectors=[MINING],
    )
    await held(api, database, [], kind="fdi", period=None, state="pipeline")
    await held(api, database, [("stated", "5 LAK", "2024-02")], kind="outgoing_aid", period="2024")
    await held(api, database, [("stated", "1 USD", "2024-02")], kind="fdi", state="cancelled")


TOTALS = {
    "": (4, 0, 9, 0),
    "period=2024-H1": (1, 3, 5, 3),
    "period=2024": (2, 2, 8, 1),
    "period=2025/..": (0, 2, 0, 1),
    "kind=fdi": (2, 0, 4, 0),
    "kind=fdi&period=2024-H1": (1, 1, 2, 1),
    "country=FR": (2, 0, 8, 0),
    "country=FR&country=KR&period=2024-H1": (1, 1, 4, 3),
    "sector=other:mining": (2, 0, 8, 0),
    "state=cancelled": (1, 0, 1, 0),
    "state=cancelled&state=pipeline": (2, 0, 1, 0),
    "without=country": (2, 0, 1, 0),
    "without=country&without=sector&kind=fdi": (1, 0, 0, 0),
}


@pytest.mark.parametrize("group_by", ["kind", "state", "country", "sector"])
@pytest.mark.usefixtures("register")
async def test_every_figure_lists_what_it_counts(api: AsyncClient, group_by: str) -> None:
    for query, total in TOTALS.items():
        counted = await figures(api, f"{query}&group_by={group_by}")
        assert counted.pop("total") == total, query
        if group_by in {"kind", "state"}:
            assert tuple(map(sum, zip((0, 0, 0, 0), *counted.values(), strict=True))) == total


@pytest.mark.parametrize(
    ("group_by", "expected"),
    [
        (
            "kind",
            {"fdi": (1, 1, 2, 1), "oda_loan": (0, 1, 2, 2), "outgoing_aid": (0, 1, 1, 0)},
        ),
        ("state", {"implementing": (1, 2, 5, 3), "pipeline": (0, 1, 0, 0)}),
        ("country", {"FR": (1, 1, 4, 3), "KR": (1, 0, 2, 1), None: (0, 2, 1, 0)}),
        (
            "sector",
            {"oecd_dac:43030": (0, 1, 2, 2), "other:mining": (1, 1, 4, 3), None: (0, 2, 1, 0)},
        ),
    ],
)
@pytest.mark.usefixtures("register")
async def test_the_half_year_by_group(api: AsyncClient, group_by: str, expected: Any) -> None:
    counted = await figures(api, f"period=2024-H1&group_by={group_by}")
    assert counted == {"total": (1, 3, 5, 3)} | expected


@pytest.mark.usefixtures("register")
async def test_money_is_summed_by_currency_and_by_its_own_day(api: AsyncClient) -> None:
    answer = (await api.get("/projects/summary", params={"period": "2024-H1"})).json()
    total = answer["total"]
    nothing = dict.fromkeys(SUMS)
    assert total["sums"] == [
        nothing | {"currency": "EUR", "committed": "35200000", "disbursed": "1000"},
        nothing | {"currency": "LAK", "stated": "5"},
        nothing | {"currency": "USD", "registered": "150"},
    ]
    whole = (await api.get("/projects/summary")).json()
    assert whole["total"]["sums"] == [
        nothing | {"currency": "EUR", "committed": "35200000", "disbursed": "1500.5"},
        nothing | {"currency": "LAK", "stated": "5"},
        nothing | {"currency": "USD", "registered": "130", "realised": "7"},
        nothing | {"currency": "VND", "stated": "970000000000"},
    ]


@pytest.mark.usefixtures("register")
async def test_of_countries_asked_for_only_those_are_groups(api: AsyncClient) -> None:
    assert set(await figures(api, "group_by=country&country=KR")) == {"total", "KR"}
    both = await figures(api, "group_by=sector&sector=other:mining&sector=oecd_dac:43030")
    assert set(both) == {"total", "other:mining", "oecd_dac:43030"}


async def test_partners_bring_their_countries(
    api: AsyncClient, stranger: AsyncClient, database: Any
) -> None:
    french = await made(api, "/partners", partner(country="FR", visibility="public"))
    other = await made(api, "/partners", partner(country="FR", visibility="public"))
    korean = await made(api, "/partners", partner(country="KR"))
    nowhere = await made(api, "/partners", partner(country=None, subdivision=None))
    money = [("realised", "5 USD", "2024-02")]
    for partners in ([french, other, korean], [french], [nowhere], []):
        participants = [{"partner_id": one["id"], "role": "funding"} for one in partners]
        await held(api, database, money, participants=participants, visibility="public")
    group_by = "group_by=partner_country&period=2024"
    expected = {"total": 4, "FR": 2, "KR": 1, None: 2}
    assert {name: n[2] for name, n in (await figures(api, group_by)).items()} == expected
    # A partner that is hidden tells not even where it is from.
    seen = (await stranger.get(f"/projects/summary?{group_by}")).json()["items"]
    assert [item["group"] for item in seen] == ["FR", None]
    assert (await stranger.get("/projects?partner_country=KR")).json()["items"] == []
    asked = await figures(api, f"{group_by}&partner_country=KR&partner_country=VN")
    assert {name: n[2] for name, n in asked.items()} == {"total": 1, "KR": 1}
    assert len((await api.get("/projects?partner_country=KR")).json()["items"]) == 1


async def test_a_sector_named_twice_counts_once(api: AsyncClient, database: Any) -> None:
    await held(
        api, database, [("realised", "5 USD", "2024")], sectors=[MINING, MINING], countries=["LA"]
    )
    counted = await figures(api, "group_by=sector")
    assert counted == {"total": (1, 0, 1, 0), "other:mining": (1, 0, 1, 0)}


async def test_a_stranger_counts_what_is_public(
    api: AsyncClient, stranger: AsyncClient, database: Any
) -> None:
    await held(api, database, [("realised", "5 USD", "2024")], visibility="public")
    await held(api, database, [("realised", "6 USD", "2024")])
    assert (await figures(stranger))["total"] == (1, 0, 0, 0)
    await database.execute("update transactions set visibility = 'public'")
    assert (await figures(stranger))["total"] == (1, 0, 1, 0)
    assert (await figures(api))["total"] == (2, 0, 2, 0)


async def test_figures_are_narrowed_by_who_takes_part(api: AsyncClient, database: Any) -> None:
    donor = await made(api, "/partners", partner())
    part = [{"partner_id": donor["id"]}]
    await held(api, database, [("realised", "5 USD", "2024")], participants=part)
    await held(api, database, [("realised", "6 USD", "2024")])
    assert (await figures(api, f"partner_id={donor['id']}"))["total"] == (1, 0, 1, 0)


async def test_nothing_at_all_is_a_figure_too(api: AsyncClient) -> None:
    answer = (await api.get("/projects/summary?period=2024-H1")).json()
    assert (answer["period"], answer["items"]) == ("2024-H1", [])
    assert await figures(api, "period=2024-H1") == {"total": (0, 0, 0, 0)}
    whole = (await api.get("/projects/summary")).json()["total"]
    assert (whole["not_placed_href"], whole["transactions_not_placed_href"]) == (None, None)


@pytest.mark.parametrize(
    ("query", "status"),
    [("period=2024-H3", 422), ("group_by=title", 422), ("sector=mining", 422), ("q=x", 400)],
)
async def test_what_cannot_be_asked_is_named(api: AsyncClient, query: str, status: int) -> None:
    assert (await api.get(f"/projects/summary?{query}")).status_code == status
