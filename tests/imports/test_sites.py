"""Lines of gates: two that face each other name each other, whichever stands first."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from sonla_api.imports.errors import LoadError
from tests.imports.lines import DAM

Load = Callable[..., Any]
ZONE: dict[str, Any] = {
    "key": "zone",
    "kind": "border_gate_economic_zone",
    "name": {"vi": "Khu kinh tế cửa khẩu"},
    "borders": "LA",
    "source": "S1",
}
OURS: dict[str, Any] = {
    "key": "ours",
    "kind": "border_gate",
    "class": "international",
    "name": {"vi": "Lóng Sập"},
    "counterpart": "theirs",
    "opened": "2024-11-19",
    "established": "1990-03-01",
    "part_of": "zone",
    "source": "S1",
}
THEIRS: dict[str, Any] = {
    "key": "theirs",
    "kind": "border_gate",
    "name": {"lo": "ດ່ານປາຮ້າງ"},
    "country": "LA",
    "counterpart": "ours",
    "source": "S1",
}


async def pairs(api: AsyncClient) -> dict[str, str | None]:
    items = (await api.get("/sites")).json()["items"]
    keys = {site["id"]: site["key"] for site in items}
    return {site["key"]: site["pair"] and keys[site["pair"]["id"]] for site in items}


@pytest.mark.parametrize("lines", [[OURS, THEIRS, ZONE], [THEIRS, ZONE, OURS]])
async def test_gates_that_name_each_other_are_loaded(
    load: Load, api: AsyncClient, changes: Callable[[], Any], lines: list[Any]
) -> None:
    project = DAM | {"sites": ["theirs"], "part_of": None}
    first = await load(sites=lines, projects=[project])
    assert "sites: 3 new, 0 changed, 0 unchanged" in first.lines
    assert await pairs(api) == {"ours": "theirs", "theirs": "ours", "zone": None}
    (site,) = (await api.get("/projects")).json()["items"][0]["sites"]
    at_it = await api.get("/projects", params={"site_id": site["site"]["id"]})
    assert len(at_it.json()["items"]) == 1
    written = await changes()
    again = await load(sites=lines[::-1], projects=[project])
    assert {
        "sites: 0 new, 0 changed, 3 unchanged",
        "projects: 0 new, 0 changed, 1 unchanged",
    } <= {*again.lines}
    assert await changes() == written


async def test_a_pair_that_one_line_names_is_loaded_too(
    load: Load, api: AsyncClient, changes: Callable[[], Any]
) -> None:
    alone = THEIRS | {"counterpart": None}
    await load(sites=[OURS, alone, ZONE])
    assert await pairs(api) == {"ours": "theirs", "theirs": "ours", "zone": None}
    written = await changes()
    await load(sites=[OURS, alone, ZONE])
    assert await changes() == written
    apart = await load(sites=[OURS | {"counterpart": None, "class": None}, alone, ZONE])
    assert "sites: 0 new, 2 changed, 1 unchanged" in apart.lines
    assert set((await pairs(api)).values()) == {None}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"counterpart": "nobody"}, "counterpart: there is no nobody among the sites"),
        ({"class": "small"}, "class: one of"),
        ({"level": "main"}, "level: there is no such field"),
        ({"part_of": "ours"}, "part_of: the records named from here on come back"),
        ({"opened": "19 November 2024"}, "opened: Write a date"),
        ({"subdivision": "LA-HO"}, "subdivision: LA-HO lies in none of the countries"),
        ({"counterpart": "ours"}, "counterpart: the records named from here on come back"),
    ],
)
async def test_what_is_wrong_is_said_with_its_line(load: Load, changed: Any, fault: str) -> None:
    with pytest.raises(LoadError) as refused:
        await load(sites=[OURS | changed, THEIRS, ZONE])
    assert [error for error in refused.value.errors if f"sites.json:2: {fault}" in error]


async def test_a_third_gate_at_a_pair_is_refused(load: Load) -> None:
    third = THEIRS | {"key": "third", "counterpart": "theirs"}
    with pytest.raises(LoadError) as refused:
        await load(sites=[OURS, THEIRS, ZONE, third])
    (error,) = refused.value.errors
    assert error.startswith("sites.json:5: counterpart: that site faces another one already")
