"""A project's line makes the project, and a transaction of each original amount."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from sonla_api.imports.errors import LoadError
from tests.imports.lines import DAM, PROGRAMME

Load = Callable[..., Any]
ANY = {"if-match": "*"}
BOTH = [DAM, PROGRAMME]  # the part before the whole


async def _all(api: AsyncClient, path: str) -> Any:
    return {one["key"]: one for one in (await api.get(path)).json()["items"]}


async def test_a_line_makes_a_project_and_its_transactions(
    load: Load, api: AsyncClient, changes: Any
) -> None:
    report = await load(projects=BOTH)
    assert {
        "projects: 2 new, 0 changed, 0 unchanged",
        "transactions: 2 new, 0 changed, 0 unchanged",
    } <= {*report.lines}
    dam = (await _all(api, "/projects"))["dam"]
    assert (dam["state"], dam["printed"], dam["visibility"]) == (
        "preparation",
        {"state": "planning"},
        "public",
    )
    assert dam["parent"]["title"]["en"] == "Programme"
    donor, ours = dam["participants"]
    assert (donor["partner"]["name"]["en"], donor["role"]) == ("Houaphanh", "funding")
    assert (ours["agency"]["name"]["vi"], ours["role"]) == ("UBND", "funding")
    first, second = (await _all(api, "/transactions"))["dam#1"], await _second(api)
    assert (first["type"], first["qualifier"], first["on"]) == ("stated", "more_than", None)
    assert first["value"] == {"amount": "8200000000", "currency": "VND"}
    assert first["equivalents"] == [
        {"amount": "328000", "currency": "USD", "qualifier": "conversion"}
    ]
    assert (second["value"]["currency"], second["equivalents"]) == ("LAK", [])
    assert first["project"]["id"] == second["project"]["id"] == dam["id"]
    assert first["sources"] == dam["sources"]
    written = await changes()
    again = await load(projects=BOTH)
    assert {
        "projects: 0 new, 0 changed, 2 unchanged",
        "transactions: 0 new, 0 changed, 2 unchanged",
    } <= {*again.lines}
    assert await changes() == written


async def _second(api: AsyncClient) -> Any:
    return (await _all(api, "/transactions"))["dam#2"]


async def test_another_stage_is_a_step_and_another_amount_a_change(
    load: Load, api: AsyncClient
) -> None:
    await load(projects=BOTH)
    first, conversion, _ = DAM["amounts"]
    changed = DAM | {
        "stage": "completed",
        "location": "Nam Pam",
        "amounts": [first | {"value": "8300000000"}, conversion],
    }
    again = await load(projects=[changed, PROGRAMME])
    assert {
        "projects: 0 new, 1 changed, 1 unchanged",
        "transactions: 0 new, 1 changed, 0 unchanged",
    } <= {*again.lines}
    dam = (await _all(api, "/projects"))["dam"]
    assert (dam["state"], dam["printed"]) == ("completed", {"state": "completed"})
    assert dam["locations"][0]["name"]["en"] == "Nam Pam"
    steps = (await api.get(f"/projects/{dam['id']}/transitions")).json()["items"]
    assert [(s["verb"], s["from_state"], s["to_state"]) for s in steps] == [
        ("record", "preparation", "completed")
    ]
    amounts = {key: t["value"]["amount"] for key, t in (await _all(api, "/transactions")).items()}
    assert amounts == {"dam#1": "8300000000", "dam#2": "5"}


async def test_a_project_that_people_led_on_stays_where_it_is(load: Load, api: AsyncClient) -> None:
    await load(projects=BOTH)
    dam = (await _all(api, "/projects"))["dam"]
    address = f"/projects/{dam['id']}"
    told = {"verb": "record", "state": "closed"}
    answer = await api.post(f"{address}/transitions", json=told, headers=ANY)
    assert answer.status_code == 201, answer.text
    assert (await api.patch(address, json={"note": "Seen."}, headers=ANY)).status_code == 200
    again = await load(projects=[DAM | {"location": "Nam Pam"}, PROGRAMME])
    assert "projects: 0 new, 1 changed, 1 unchanged" in again.lines
    now = (await api.get(address)).json()
    assert (now["state"], now["note"], len(now["locations"])) == ("closed", "Seen.", 1)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"stage": "begun"}, "stage: one of"),
        ({"days_ahead_of_plan": "73"}, "days_ahead_of_plan: a whole number"),
        ({"period": "2024", "duration": "P4Y"}, "duration: the line names a period beside it"),
        ({"duration": "P4Y"}, "duration: this field is required"),
        ({"construction_started": "2025-05", "date_precision": "day"}, "date_precision: the date"),
        ({"donors": ["nobody"]}, "donors: there is no nobody among the partners or agencies"),
        ({"documents": ["1/QĐ"]}, "documents: there is no 1/QĐ among the documents"),
        ({"part_of": "dam"}, "part_of: the records named from here on come back"),
        (
            {"amounts": [{"value": "1", "currency": "USD", "qualifier": "conversion"}]},
            "amounts/0/qualifier: one of",
        ),
        (
            {"amounts": [{"value": 1, "currency": "USD"}]},
            "amounts/0/value/amount: Write the amount",
        ),
        (
            {
                "amounts": [
                    {"value": "1", "currency": "USD"},
                    {"value": "1", "currency": "USD", "qualifier": "equivalent"},
                ]
            },
            "amounts/0/equivalents: an equivalent is the same amount",
        ),
        ({"amounts": [7]}, "amounts/0/value/amount: Write the amount"),
        ({"amounts": 7}, "amounts: a list is expected"),
        ({"amounts": [{"value": "1", "currency": "USD", "on": "2024"}]}, "amounts/0/on: there is"),
        ({"sites": ["a site"]}, "sites/0: "),
        ({"sites": ["na-san"]}, "sites: there is no na-san among the sites"),
        ({"population": 5}, "population: there is no such field"),
    ],
)
async def test_what_is_wrong_is_said_with_its_line(
    load: Load, changes: Any, changed: Any, fault: str
) -> None:
    with pytest.raises(LoadError) as refused:
        await load(projects=[DAM | changed, PROGRAMME])
    assert [error for error in refused.value.errors if f"projects.json:2: {fault}" in error]
    assert await changes() == 0
