"""Lines of agreements: what they become, and what of them is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from sonla_api.imports.errors import LoadError
from tests.imports.lines import DAM, PROGRAMME, Line

Load = Callable[..., Any]
ACCORD: Line = {
    "key": "la-ho-2022",
    "kind": "memorandum",
    "level": "province",
    "title": {"en": "Memorandum"},
    "partner": "la-ho",
    "partners": ["la-ho"],
    "parties_vn": ["ppc"],
    "country": "LA",
    "period": "2022/2024",
    "signed": "2022-08",
    "date_precision": "month",
    "state": "negotiating",
    "signatory_positions": ["Vice Governor"],
    "source": "S1",
}


async def _only(api: AsyncClient) -> Any:
    (record,) = (await api.get("/agreements")).json()["items"]
    return record


async def test_a_line_makes_an_agreement_that_projects_name(load: Load, api: AsyncClient) -> None:
    dam = DAM | {"agreements": ["la-ho-2022"]}
    report = await load(agreements=[ACCORD], projects=[dam, PROGRAMME])
    assert "agreements: 1 new, 0 changed, 0 unchanged" in report.lines
    record = await _only(api)
    assert (record["kind"], record["state"], record["printed"]) == (
        "mou",
        "proposed",
        {"state": "negotiating"},
    )
    assert [(p["partner"] or p["agency"])["name"] for p in record["parties"]] == [
        {"vi": "UBND", "en": None, "lo": None},
        {"vi": None, "en": "Houaphanh", "lo": None},
    ]
    assert record["signatories"] == [{"position": "Vice Governor", "partner": None, "agency": None}]
    found = (await api.get("/projects", params={"agreement_id": record["id"]})).json()["items"]
    assert [item["key"] for item in found] == ["dam"]
    again = await load(agreements=[ACCORD], projects=[dam, PROGRAMME])
    assert "agreements: 0 new, 0 changed, 1 unchanged" in again.lines


async def test_another_state_is_a_step(load: Load, api: AsyncClient) -> None:
    await load(agreements=[ACCORD])
    again = await load(agreements=[ACCORD | {"state": "assessed", "note": "As told."}])
    assert "agreements: 0 new, 1 changed, 0 unchanged" in again.lines
    record = await _only(api)
    assert (record["state"], record["printed"]["state"], record["note"]) == (
        "in_force",
        "assessed",
        "As told.",
    )
    steps = (await api.get(f"/agreements/{record['id']}/transitions")).json()["items"]
    assert [(step["verb"], step["to_state"]) for step in steps] == [("record", "in_force")]
    noted = await load(agreements=[ACCORD | {"state": "assessed", "note": "Told again."}])
    assert "agreements: 0 new, 1 changed, 0 unchanged" in noted.lines
    assert (await _only(api))["note"] == "Told again."


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"partner": "la-ho-xk"}, "partner: this is the one of `partners`"),
        ({"partners": ["la-ho", "la-ho-xk"]}, "partner: this is the one of `partners`"),
        ({"date_precision": "day"}, "date_precision: the date"),
        ({"state": "ratified"}, "state: one of"),
        ({"parties_vn": ["nobody"]}, "parties_vn: there is no nobody among the agencies"),
    ],
)
async def test_what_is_wrong_is_said_with_its_line(
    load: Load, changes: Any, changed: Any, fault: str
) -> None:
    with pytest.raises(LoadError) as refused:
        await load(agreements=[ACCORD | changed])
    assert [error for error in refused.value.errors if f"agreements.json:2: {fault}" in error]
    assert await changes() == 0
