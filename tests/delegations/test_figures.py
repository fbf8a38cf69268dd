"""Delegations and person-trips in figures; every figure leads to exactly what it counts."""

from typing import Any

import pytest
from asyncpg import Connection
from httpx import AsyncClient

from sonla_api.delegations.lifecycle import DelegationState
from tests.conftest import Cast
from tests.delegations.steps import put
from tests.factories import agency, delegation, made, partner
from tests.listing import listed

NUMBERS = ("delegations", "person_trips", "without_headcount", "not_placed")


async def figures(api: AsyncClient, query: str = "") -> dict[str | None, tuple[int, ...]]:
    """By group, the total under "total"; each href recomputed from the records it lists."""
    found = await api.get(f"/delegations/summary?{query}")
    assert found.status_code == 200, found.text
    answer = found.json()
    by_group: dict[str | None, tuple[int, ...]] = {}
    for name, row in [("total", answer["total"]), *((r["group"], r) for r in answer["items"])]:
        records = await listed(api, row["href"])
        outside = await listed(api, row["not_placed_href"])
        known = [r["headcount"] for r in records if r["headcount"] is not None]
        recomputed = (len(records), sum(known), len(records) - len(known), len(outside))
        assert tuple(row[number] for number in NUMBERS) == recomputed, row
        by_group[name] = recomputed
    return by_group


async def recorded(
    api: AsyncClient, database: "Connection[Any]", state: str = "recorded", **changed: Any
) -> Any:
    record = await made(api, "/delegations", delegation(**changed))
    await put(database, record, state)
    return record


@pytest.fixture
async def year(cast: Cast, api: AsyncClient, database: "Connection[Any]") -> None:
    await cast(a_year, api, database)


async def a_year(api: AsyncClient, database: "Connection[Any]") -> None:
    """A year of delegations as a register really holds them."""
    visits: list[dict[str, Any]] = [
        {"when": "2024-02-22", "headcount": 5},
        {"when": "2024-01/2024-05", "headcount": None},
        {"when": "2024-06-29/2024-07-02", "headcount": 7},  # in no half of the year
        {"when": "2024-H1", "headcount": 0, "channel": "party", "direction": "inbound"},
        {"when": "2024", "headcount": 3, "direction": "inbound"},
        {"when": "2024-03-08", "headcount": 10, "countries": ["LA", "TH", "VN"]},
        {"when": "2024-03-09", "headcount": 2, "countries": ["TH"], "level": "department"},
        {"when": "2024-03-10", "headcount": 1, "countries": []},
        {"when": "2024-03-11", "headcount": 4, "direction": None, "channel": "state"},
        {"when": None, "headcount": 6, "direction": "domestic", "countries": ["VN"]},
        {"when": {"duration": "P3D", "from": "the invitation"}, "headcount": 8},
        {"when": "2023-12-31", "headcount": 9},
    ]
    for changed in visits:
        await recorded(api, database, **changed)


TOTALS = {
    "": (12, 55, 1, 0),
    "period=2024-H1": (7, 22, 1, 4),
    "period=2024-H2": (0, 0, 0, 4),
    "period=2024": (9, 32, 1, 2),
    "period=2023-12-15/2024-06-14": (7, 31, 1, 4),
    "period=2024-03-08": (1, 10, 0, 5),
    "period=../2023": (1, 9, 0, 2),
    "period=2024/..": (9, 32, 1, 2),
    "period=2024-H1&direction=inbound": (1, 0, 0, 1),
    "period=2024-H1&country=TH": (2, 12, 0, 0),
    "period=2024-H1&country=TH&country=LA": (6, 21, 1, 3),
    "half_year=2024-H1": (7, 22, 1, 0),
    "half_year=2024-H1&period=2024-03-08": (1, 10, 0, 2),
    "without=half_year": (4, 24, 0, 0),
    "without=direction": (1, 4, 0, 0),
    "without=direction&without=level": (1, 4, 0, 0),
    "without=direction&without=channel": (0, 0, 0, 0),
}


@pytest.mark.parametrize("group_by", ["direction", "channel", "level", "country", "half_year"])
@pytest.mark.usefixtures("year")
async def test_every_figure_lists_what_it_counts(api: AsyncClient, group_by: str) -> None:
    for query, total in TOTALS.items():
        counted = await figures(api, f"{query}&group_by={group_by}")
        assert counted.pop("total") == total, query
        if group_by != "country":
            assert tuple(map(sum, zip((0, 0, 0, 0), *counted.values(), strict=True))) == total


@pytest.mark.parametrize(
    ("group_by", "expected"),
    [
        (
            "direction",
            {
                "domestic": (0, 0, 0, 1),
                "inbound": (1, 0, 0, 1),
                "outbound": (5, 18, 1, 2),
                None: (1, 4, 0, 0),
            },
        ),
        ("channel", {"party": (1, 0, 0, 0), "state": (1, 4, 0, 0), None: (5, 18, 1, 4)}),
        ("level", {"department": (1, 2, 0, 0), None: (6, 20, 1, 4)}),
        (
            "country",
            {
                "LA": (5, 19, 1, 3),
                "TH": (2, 12, 0, 0),
                "VN": (1, 10, 0, 1),
                None: (1, 1, 0, 0),
            },
        ),
        (
            "half_year",
            {"2023-H2": (0, 0, 0, 0), "2024-H1": (7, 22, 1, 0), None: (0, 0, 0, 4)},
        ),
    ],
)
@pytest.mark.usefixtures("year")
async def test_the_half_year_by_group(api: AsyncClient, group_by: str, expected: Any) -> None:
    counted = await figures(api, f"period=2024-H1&group_by={group_by}")
    assert counted == {"total": (7, 22, 1, 4)} | expected


@pytest.mark.usefixtures("year")
async def test_of_countries_asked_for_only_those_are_groups(api: AsyncClient) -> None:
    counted = await figures(api, "group_by=country&country=TH")
    assert counted == {"total": (2, 12, 0, 0), "TH": (2, 12, 0, 0)}
    counted = await figures(api, "group_by=country&country=TH&country=LA&period=2024-H1")
    assert set(counted) == {"total", "LA", "TH"}


async def test_one_to_several_countries_counts_once_in_all(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    await recorded(api, database, countries=["LA", "TH", "LA"], headcount=5)
    assert await figures(api, "group_by=country") == {
        "total": (1, 5, 0, 0),
        "LA": (1, 5, 0, 0),
        "TH": (1, 5, 0, 0),
    }


@pytest.mark.parametrize("state", DelegationState)
async def test_what_took_place_counts(
    api: AsyncClient, database: "Connection[Any]", state: str
) -> None:
    await recorded(api, database, state, headcount=3)
    took_place = {"recorded", "under_way", "completed", "received", "reported", "closed"}
    counts = (1, 3, 0, 0) if state in took_place else (0, 0, 0, 0)
    assert (await figures(api))["total"] == counts


async def test_a_stranger_counts_what_is_public(
    api: AsyncClient, stranger: AsyncClient, database: "Connection[Any]"
) -> None:
    await recorded(api, database, visibility="public", headcount=3)
    await recorded(api, database, visibility="internal", headcount=4)
    assert (await figures(stranger))["total"] == (1, 3, 0, 0)
    assert (await figures(api))["total"] == (2, 7, 0, 0)


async def test_figures_are_narrowed_by_partner_and_lead(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    lead = await made(api, "/agencies", agency())
    host = await made(api, "/partners", partner())
    await recorded(api, database, lead_agency_id=lead["id"], headcount=1)
    await recorded(api, database, partners=[{"partner_id": host["id"]}], headcount=2)
    assert (await figures(api, f"lead_agency_id={lead['id']}"))["total"] == (1, 1, 0, 0)
    assert (await figures(api, f"partner_id={host['id']}"))["total"] == (1, 2, 0, 0)


async def test_nothing_at_all_is_a_figure_too(api: AsyncClient) -> None:
    answer = (await api.get("/delegations/summary?period=2024-H1")).json()
    assert (answer["period"], answer["items"]) == ("2024-H1", [])
    assert await figures(api, "period=2024-H1") == {"total": (0, 0, 0, 0)}
    whole = (await api.get("/delegations/summary")).json()
    assert (whole["period"], whole["total"]["not_placed_href"]) == (None, None)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("period=2024-H3", 422),
        ("half_year=2024", 422),
        ("group_by=state", 422),
        ("state=draft", 400),
        ("as_of=2024", 400),
    ],
)
async def test_what_cannot_be_asked_is_named(api: AsyncClient, query: str, status: int) -> None:
    assert (await api.get(f"/delegations/summary?{query}")).status_code == status
