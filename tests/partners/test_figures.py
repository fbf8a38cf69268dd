"""Partners in figures; every figure leads to exactly the partners that it counts."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import made, partner
from tests.listing import listed


async def figures(api: AsyncClient, query: str = "") -> dict[str | None, int]:
    """By group, the total under "total"; each compared with what its address lists."""
    found = await api.get(f"/partners/summary?{query}")
    assert found.status_code == 200, found.text
    answer, by_group = found.json(), {}
    for name, row in [("total", answer["total"]), *((r["group"], r) for r in answer["items"])]:
        assert not row["href"].endswith("?")
        assert row["partners"] == len(await listed(api, row["href"])), row
        by_group[name] = row["partners"]
    return by_group


@pytest.fixture
async def register(api: AsyncClient) -> None:
    """Partners as a register really holds them."""
    province = await made(api, "/partners", partner(country="LA", subdivision="LA-HO"))
    for changed in (
        {"country": "LA", "subdivision": "LA-HO", "parent_id": province["id"]},
        {"country": "LA", "subdivision": None, "kind": "diplomatic_mission"},
        {"country": "FR", "subdivision": None, "kind": "ingo", "visibility": "public"},
        {"country": None, "subdivision": None, "kind": "international_organization"},
    ):
        await made(api, "/partners", partner(**changed))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"total": 5, "FR": 1, "LA": 3, None: 1}),
        ("group_by=subdivision", {"total": 5, "LA-HO": 2, None: 3}),
        ("group_by=subdivision&country=LA", {"total": 3, "LA-HO": 2, None: 1}),
        ("group_by=country&without=subdivision", {"total": 3, "FR": 1, "LA": 1, None: 1}),
        ("group_by=country&has_parent=true", {"total": 1, "LA": 1}),
        ("group_by=country&subdivision=LA-PH", {"total": 0}),
        (
            "group_by=kind&country=LA",
            {"total": 3, "diplomatic_mission": 1, "local_government": 2},
        ),
    ],
)
@pytest.mark.usefixtures("register")
async def test_every_figure_lists_what_it_counts(
    api: AsyncClient, query: str, expected: Any
) -> None:
    assert await figures(api, query) == expected


@pytest.mark.usefixtures("register")
async def test_a_stranger_counts_what_is_public(stranger: AsyncClient) -> None:
    assert await figures(stranger) == {"total": 1, "FR": 1}
