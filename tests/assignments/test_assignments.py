"""Who is assigned to what: one lead at most, each agency once, none that has ended."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from tests.assignments.test_lifecycle import put, take, taken
from tests.conftest import Connection
from tests.factories import a_plan, a_task, agency, an_assignment, assignment, made, task

ANY = {"If-Match": "*"}


async def agencies(api: AsyncClient, count: int, **changed: Any) -> list[str]:
    return [(await made(api, "/agencies", agency(**changed)))["id"] for _ in range(count)]


async def test_an_assignment_is_shown_whole(api: AsyncClient, today: Any) -> None:
    today("2026-12-10")
    record = await an_assignment(api, key="a1")
    whole = (await api.get(f"/tasks/{record['task']['id']}")).json()
    assert record["task"] == {name: whole[name] for name in ("id", "code", "title")}
    assert whole["lead_agency"] == record["agency"]
    assert (record["role"], record["state"], record["assigned_on"]) == (
        "lead",
        "assigned",
        "2026-12-10",
    )
    assert (record["due_on"], record["health"], record["percent"]) == (
        "2026-12-15",
        "due_soon",
        0,
    )
    assert record["verbs"] == ["accept", "start", "cancel"]
    assert (whole["agencies"], whole["assigned_on"], whole["version"]) == (1, "2026-12-10", 1)
    address = f"/assignments/{record['id']}"
    assert (await api.get(address)).json() == record
    changed = await api.patch(address, json={"note": "x"}, headers=ANY)
    assert changed.json()["version"] == 2
    history = (await api.get(f"{address}/history")).json()["items"]
    assert [change["action"] for change in history] == ["updated", "created"]
    named = {field["field"] for field in history[1]["fields"]}
    assert {"task_id", "agency_id", "role"} <= named
    assert (await api.delete(address, headers=ANY)).status_code == 204
    bare = (await api.get(f"/tasks/{record['task']['id']}")).json()
    assert (bare["lead_agency"], bare["agencies"], bare["assigned_on"]) == (None, 0, None)


async def test_a_task_has_one_lead(api: AsyncClient) -> None:
    record = await an_assignment(api)
    (other,) = await agencies(api, 1)
    task_id = record["task"]["id"]
    refused = await api.post("/assignments", json=assignment(task_id, other))
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"]) == (409, "/role")
    assert error["message"] == "the task has a lead; withdraw it before another one leads"
    helper = await made(api, "/assignments", assignment(task_id, other, role="coordinating"))
    promoted = await api.patch(f"/assignments/{helper['id']}", json={"role": "lead"}, headers=ANY)
    assert promoted.status_code == 409
    await taken(api, record, "cancel")
    promoted = await api.patch(f"/assignments/{helper['id']}", json={"role": "lead"}, headers=ANY)
    assert promoted.status_code == 200
    whole = (await api.get(f"/tasks/{task_id}")).json()
    assert (whole["lead_agency"]["id"], whole["agencies"]) == (other, 1)


async def test_of_racing_leads_one_leads(api: AsyncClient) -> None:
    whole = await a_task(api)
    racing = [
        api.post("/assignments", json=assignment(whole["id"], id_))
        for id_ in await agencies(api, 6)
    ]
    answers = await asyncio.gather(*racing)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    (lead,) = [answer.json()["agency"] for answer in answers if answer.status_code == 201]
    assert (await api.get(f"/tasks/{whole['id']}")).json()["lead_agency"] == lead


async def test_an_agency_is_assigned_once(api: AsyncClient) -> None:
    record = await an_assignment(api)
    body = assignment(record["task"]["id"], record["agency"]["id"], role="coordinating")
    again = await api.post("/assignments", json=body)
    (error,) = again.json()["errors"]
    assert (again.status_code, error["pointer"], error["message"]) == (
        409,
        "/agency_id",
        "the agency is assigned to the task already",
    )
    await taken(api, record, "cancel")
    await made(api, "/assignments", body)


async def test_an_agency_that_has_ended_takes_no_task(api: AsyncClient, today: Any) -> None:
    today("2026-03-02")
    whole = await a_task(api)
    (ended,) = await agencies(api, 1, valid_to="2025-07-01")
    refused = await api.post("/assignments", json=assignment(whole["id"], ended))
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"], error["code"]) == (
        422,
        "/agency_id",
        "agency_closed",
    )
    then = assignment(whole["id"], ended, assigned_on="2025-06-30")
    record = await made(api, "/assignments", then)
    assert record["assigned_on"] == "2025-06-30"
    later = {"assigned_on": "2025-07-01"}
    moved = await api.patch(f"/assignments/{record['id']}", json=later, headers={"if-match": "*"})
    (error,) = moved.json()["errors"]
    assert (moved.status_code, error["pointer"], error["code"]) == (
        422,
        "/assigned_on",
        "agency_closed",
    )


async def test_an_assignment_stays_with_its_task_and_agency(api: AsyncClient, today: Any) -> None:
    today("2026-03-02")
    record, other = await an_assignment(api), await an_assignment(api)
    address = f"/assignments/{record['id']}"
    for patch, pointer in (
        ({"task_id": other["task"]["id"]}, "/task_id"),
        ({"agency_id": other["agency"]["id"]}, "/agency_id"),
        ({"assigned_on": None}, "/assigned_on"),
        ({"assigned_on": "2026-03-03"}, "/assigned_on"),
    ):
        refused = await api.patch(address, json=patch, headers=ANY)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    same = {"task_id": record["task"]["id"], "agency_id": record["agency"]["id"]}
    changed = await api.patch(address, json={**same, "assigned_on": "2026-02-01"}, headers=ANY)
    assert changed.json()["assigned_on"] == "2026-02-01"
    ahead = assignment(record["task"]["id"], other["agency"]["id"], assigned_on="2026-03-03")
    refused = await api.post("/assignments", json=ahead)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/assigned_on")


async def test_only_those_of_the_task_assign(api: AsyncClient, as_actor: Any) -> None:
    await made(api, "/agencies", agency(key="own"))
    await made(api, "/agencies", agency(key="other"))
    own, other = [await as_actor(agency=key, role="officer") for key in ("own", "other")]
    whole = await made(own, "/tasks", task((await a_plan(own))["id"]))
    (helper,) = await agencies(api, 1)
    for path, body in (
        ("/assignments", assignment(whole["id"], helper)),
        (f"/tasks/{whole['id']}/assignments", {"role": "lead", "agency_ids": [helper]}),
    ):
        refused = await other.post(path, json=body)
        assert (refused.status_code, refused.json()["type"]) == (403, "/docs/problems/not-yours")
    nothing = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
    missing = await own.post("/assignments", json=assignment(nothing, helper))
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (422, "/task_id")
    gone = f"/tasks/{nothing}/assignments"
    assert (await own.post(gone, json={"role": "lead", "agency_ids": [helper]})).status_code == 404


@pytest.mark.parametrize("state", ["assigned", "cancelled", "accepted", "done"])
async def test_what_was_taken_up_is_kept(
    api: AsyncClient, database: "Connection[Any]", state: str
) -> None:
    record = await an_assignment(api)
    await put(database, record, state)
    answer = await api.delete(f"/assignments/{record['id']}", headers=ANY)
    assert answer.status_code == (204 if state in {"assigned", "cancelled"} else 409)


async def test_a_task_without_a_lead_is_done_when_all_are(api: AsyncClient, today: Any) -> None:
    today("2026-03-02")
    whole = await a_task(api)
    one, two = [
        await made(api, "/assignments", assignment(whole["id"], id_, role="coordinating"))
        for id_ in await agencies(api, 2)
    ]
    address = f"/tasks/{whole['id']}"
    await taken(api, one, "start", "submit", "approve")
    half = (await api.get(address)).json()
    assert (half["done_on"], half["percent"], half["lead_agency"]) == (None, 50, None)
    today("2026-03-05")
    await taken(api, two, "start", "submit", "approve")
    assert (await api.get(address)).json()["done_on"] == "2026-03-05"


async def test_a_task_from_which_all_were_withdrawn(api: AsyncClient, today: Any) -> None:
    today("2026-03-02")
    record = await an_assignment(api)
    await taken(api, record, "cancel")
    whole = (await api.get(f"/tasks/{record['task']['id']}")).json()
    assert (whole["withdrawn_on"], whole["agencies"], whole["health"]) == ("2026-03-02", 0, None)


async def test_assignments_are_found(api: AsyncClient) -> None:
    record, other = await an_assignment(api), await an_assignment(api, task={"due": None})
    await take(api, record, "accept")
    plan_id = (await api.get(f"/tasks/{record['task']['id']}")).json()["plan"]["id"]
    for query in (
        {"task_id": record["task"]["id"]},
        {"plan_id": plan_id},
        {"agency_id": record["agency"]["id"]},
        {"state": "accepted"},
        {"due_from": "2026-12-15", "due_to": "2026-12-15"},
    ):
        found = (await api.get("/assignments", params=query)).json()["items"]
        assert [item["id"] for item in found] == [record["id"]], query
    found = (await api.get("/assignments", params={"role": "lead", "sort": "due_on"})).json()
    assert [item["id"] for item in found["items"]] == [record["id"], other["id"]]
    then = (await api.get("/assignments", params={"as_of": "2027-01-01"})).json()["items"]
    assert {item["health"] for item in then} == {"overdue", "on_track"}


async def test_all_communes_and_wards(api: AsyncClient, today: Any) -> None:
    """One assignment each, for those that there are on the day; those assigned before are left."""
    today("2026-03-02")
    whole = await a_task(api)
    localities = await agencies(api, 3, kind="locality")
    await agencies(api, 1, kind="locality", valid_to="2025-07-01")
    await agencies(api, 1, kind="locality", valid_from="2026-07-01")
    await agencies(api, 1)
    body = assignment(whole["id"], localities[0], role="coordinating")
    before = await made(api, "/assignments", body)
    path, all_ = f"/tasks/{whole['id']}/assignments", {"role": "coordinating", "all": "locality"}
    answer = await api.post(path, json=all_, headers={"idempotency-key": "once"})
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/assignments?task_id={whole['id']}"
    items = answer.json()["items"]
    assert {item["agency"]["id"] for item in items} == set(localities[1:])
    assert {item["state"] for item in items} == {"assigned"}
    listed = (await api.get(answer.headers["location"].removeprefix("/api/v1"))).json()["items"]
    assert len(listed) == 3
    assert {item["id"]: item for item in listed} == {item["id"]: item for item in [*items, before]}
    again = await api.post(path, json=all_, headers={"idempotency-key": "once"})
    assert again.content == answer.content
    assert (await api.post(path, json=all_)).json() == {"items": []}
    assert (await api.get(f"/tasks/{whole['id']}")).json()["agencies"] == 3


async def test_several_agencies_by_name(api: AsyncClient) -> None:
    whole = await a_task(api)
    named = await agencies(api, 3)
    (ended,) = await agencies(api, 1, valid_to="2025-07-01")
    path = f"/tasks/{whole['id']}/assignments"
    nothing = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
    for body, pointer in (
        ({"agency_ids": [named[0], nothing]}, "/agency_ids/1"),
        ({"agency_ids": [*named, ended]}, "/agency_ids/3"),
        ({"agency_ids": []}, ""),
        ({"agency_ids": named, "all": "locality"}, ""),
        ({"agency_ids": named, "assigned_on": "9999-01-01"}, "/assigned_on"),
        ({"all": "department"}, "/all"),
    ):
        refused = await api.post(path, json={"role": "coordinating", **body})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    two_leads = await api.post(path, json={"role": "lead", "agency_ids": named[:2]})
    assert (two_leads.status_code, two_leads.json()["errors"][0]["pointer"]) == (409, "/role")
    lead = await api.post(path, json={"role": "lead", "agency_ids": named[:1] * 2})
    assert [item["role"] for item in lead.json()["items"]] == ["lead"]
    rest = await api.post(path, json={"role": "coordinating", "agency_ids": named})
    assert {item["agency"]["id"] for item in rest.json()["items"]} == set(named[1:])


async def test_racing_expansions_assign_each_agency_once(api: AsyncClient) -> None:
    whole = await a_task(api)
    named = await agencies(api, 5)
    path = f"/tasks/{whole['id']}/assignments"
    body = {"role": "coordinating", "agency_ids": named}
    answers = await asyncio.gather(*(api.post(path, json=body) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert sorted(len(answer.json()["items"]) for answer in answers) == [0, 0, 0, 5]
    assert (await api.get(f"/tasks/{whole['id']}")).json()["agencies"] == 5
