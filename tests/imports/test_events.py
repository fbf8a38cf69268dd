"""An event's line makes an event, and what people add to it stays."""

from collections.abc import Callable
from typing import Any

from httpx import AsyncClient

from tests.imports.lines import Line

GATE: Line = {"key": "gate", "kind": "border_gate", "name": {"en": "Gate"}, "source": "S1"}
FAIR: Line = {
    "key": "fair",
    "kind": "fair",
    "name": {"en": "Fair"},
    "partners": ["la-ho"],
    "date": "2024",
    "date_precision": "year",
    "result": {"en": "A prize"},
    "sites": ["gate"],
    "source": "S1",
}


async def test_a_line_makes_an_event(load: Callable[..., Any], api: AsyncClient) -> None:
    async def event() -> Any:
        return (await api.get("/events")).json()["items"][0]

    loaded = await load(events=[FAIR], sites=[GATE])
    assert "events: 1 new, 0 changed, 0 unchanged" in loaded.lines
    made = await event()
    assert (made["state"], made["visibility"], made["when"]) == ("recorded", "public", "2024")
    assert made["results"]["text"] == {"en": "A prize", "vi": None, "lo": None}
    assert [named["site"]["name"]["en"] for named in made["sites"]] == ["Gate"]
    assert made["related"] == []
    (host,) = made["partners"]
    assert host["partner"]["name"]["en"] == "Houaphanh"
    patch = {"results": {"visitors": 300}, "role": "exhibitor"}
    await api.patch(f"/events/{made['id']}", json=patch, headers={"if-match": "*"})
    dated = FAIR | {"date": "2024-09-16", "date_precision": "day"}
    assert "events: 0 new, 1 changed, 0 unchanged" in (await load(events=[dated])).lines
    now = await event()
    assert (now["when"], now["role"], now["results"]["visitors"]) == (
        "2024-09-16",
        "exhibitor",
        300,
    )
