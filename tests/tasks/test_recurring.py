"""Recurring tasks: their occurrences made ahead, and what becomes of them."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import (
    a_plan,
    agency,
    assignment,
    document,
    made,
    progress_report,
    task,
)

ANY = {"If-Match": "*"}
YEARLY = {"kind": "recurring", "rule": "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15"}


async def recurring(api: AsyncClient, plan: Any = None, rule: str = "", **changed: Any) -> Any:
    plan = plan or await a_plan(api)
    due = {"kind": "recurring", "rule": rule} if rule else YEARLY
    return await made(api, "/tasks", task(plan["id"], code="3", due=due, **changed))


async def occurrences(api: AsyncClient, whole: Any) -> list[Any]:
    query = {"occurrence_of_id": whole["id"], "sort": "code", "limit": 200}
    items: list[Any] = (await api.get("/tasks", params=query)).json()["items"]
    assert (await api.get(f"/tasks/{whole['id']}")).json()["subtasks"] == len(items)
    return items


async def days(api: AsyncClient, whole: Any) -> list[str]:
    return [item["occurs_on"] for item in await occurrences(api, whole)]


async def test_occurrences_are_made_as_far_as_the_plan_runs(api: AsyncClient) -> None:
    paper = await made(api, "/documents", document(symbol="1/NQ-CP", type="resolution"))
    basis = {"document_id": paper["id"], "clause": "2"}
    whole = await recurring(
        api, weight=2, markets=["JP"], deliverable="A report", basis=basis, visibility="public"
    )
    assert (whole["subtasks"], whole["due_on"], whole["health"]) == (6, None, None)
    every = await occurrences(api, whole)
    assert [(item["code"], item["occurs_on"]) for item in every] == [
        (f"3/{year}-12-15", f"{year}-12-15") for year in range(2025, 2031)
    ]
    first = every[0]
    assert first["occurrence_of"] == {name: whole[name] for name in ("id", "code", "title")}
    assert (first["due"], first["due_on"]) == (
        {"kind": "date", "on": "2025-12-15", "text": None},
        "2025-12-15",
    )
    for name in ("plan", "title", "weight", "markets", "deliverable", "basis", "visibility"):
        assert first[name] == whole[name], name
    assert (first["version"], first["key"], first["subtasks"]) == (1, None, 0)
    assert first["created_by"] == whole["created_by"]
    history = (await api.get(f"/tasks/{first['id']}/history")).json()["items"]
    assert [change["action"] for change in history] == ["created"]


async def test_the_answer_of_a_repeated_request_is_the_same(api: AsyncClient) -> None:
    plan = await a_plan(api)
    body, once = task(plan["id"], due=YEARLY), {"idempotency-key": "once"}
    first = await api.post("/tasks", json=body, headers=once)
    again = await api.post("/tasks", json=body, headers=once)
    assert (first.json()["subtasks"], again.content) == (6, first.content)


@pytest.mark.parametrize(
    ("period", "rule", "pointer", "code"),
    [
        (None, "FREQ=YEARLY", "/due/rule", "rule_start"),
        ("2025/..", "FREQ=YEARLY", "/due/rule", "rule_unbounded"),
        ("2025/2030", "FREQ=DAILY", "/due/rule", "rule_too_many"),
        ("2025/2030", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "/due/rule", "rule_never"),
        ("2025/2030", "DTSTART:20200101\nFREQ=YEARLY", "/due/rule", "rule_outside"),
        ("2025/2030", "FREQ=HOURLY", "/due/rule", "rule_frequency"),
        ("2025/2030", "FREQ=WEEKLY;BYDAY=1MO", "/due/rule", "rule_clash"),
        ("2025/2030", "yearly", "/due/rule", "rule_form"),
    ],
)
async def test_a_rule_that_cannot_be_kept_is_refused(
    api: AsyncClient, period: Any, rule: str, pointer: str, code: str
) -> None:
    plan = await a_plan(api, period=period)
    due = {"kind": "recurring", "rule": rule}
    refused = await api.post(
        "/tasks", json=task(plan["id"], due=due), headers={"accept-language": "vi"}
    )
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"], error["code"]) == (422, pointer, code)
    assert "{" not in error["message"]
    assert (await api.get("/tasks")).json()["items"] == []


async def test_a_changed_rule_changes_what_is_to_come(api: AsyncClient, today: Any) -> None:
    """What is past stays; what has work stays; the rest follows the rule from today on."""
    today("2027-01-10")
    whole = await recurring(api)
    every = {item["occurs_on"]: item for item in await occurrences(api, whole)}
    lead = (await made(api, "/agencies", agency()))["id"]
    for day in ("2027-12-15", "2028-12-15"):
        await made(api, "/assignments", assignment(every[day]["id"], lead))
    started = (await api.get("/assignments", params={"task_id": every["2027-12-15"]["id"]})).json()
    address = f"/assignments/{started['items'][0]['id']}/transitions"
    assert (await api.post(address, json={"verb": "start"}, headers=ANY)).is_success
    paper = await made(api, "/documents", document(symbol=None))
    shown = {"task_id": every["2029-12-15"]["id"], "document_id": paper["id"]}
    await made(api, "/evidence", shown)
    below = task(whole["plan"]["id"], code="3.1", parent_id=every["2030-12-15"]["id"])
    await made(api, "/tasks", below)

    rule = {"kind": "recurring", "rule": "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1"}
    changed = await api.patch(f"/tasks/{whole['id']}", json={"due": rule}, headers=ANY)
    assert changed.status_code == 200, changed.text
    assert await days(api, whole) == [
        "2025-12-15",
        "2026-12-15",
        "2027-06-01",
        "2027-12-15",  # somebody began
        "2028-06-01",
        "2029-06-01",
        "2029-12-15",  # a document shows work
        "2030-06-01",
        "2030-12-15",  # a task stands below
    ]
    assert (await api.get(f"/tasks/{every['2028-12-15']['id']}")).status_code == 410
    # Sent again, nothing differs; without a rule what is to come goes.
    again = await api.patch(f"/tasks/{whole['id']}", json={"due": rule}, headers=ANY)
    assert again.json()["version"] == changed.json()["version"]
    assert len(await days(api, whole)) == 9
    none = await api.patch(f"/tasks/{whole['id']}", json={"due": None}, headers=ANY)
    assert none.status_code == 200
    assert await days(api, whole) == [
        "2025-12-15",
        "2026-12-15",
        "2027-12-15",
        "2029-12-15",
        "2030-12-15",
    ]


async def test_what_was_reported_on_stays(api: AsyncClient, today: Any) -> None:
    today("2027-01-10")
    whole = await recurring(api)
    one = (await occurrences(api, whole))[-1]
    lead = (await made(api, "/agencies", agency()))["id"]
    given = await made(api, "/assignments", assignment(one["id"], lead))
    await made(api, "/progress-reports", progress_report(given["id"], percent=None))
    assert (await api.patch(f"/tasks/{whole['id']}", json={"due": None}, headers=ANY)).is_success
    assert await days(api, whole) == ["2025-12-15", "2026-12-15", "2030-12-15"]


async def test_a_task_comes_to_recur(api: AsyncClient, today: Any) -> None:
    today("2028-01-01")
    plan = await a_plan(api)
    plain = await made(api, "/tasks", task(plan["id"]))
    assert (await api.patch(f"/tasks/{plain['id']}", json={"due": YEARLY}, headers=ANY)).is_success
    assert await days(api, plain) == ["2028-12-15", "2029-12-15", "2030-12-15"]


async def test_the_period_of_a_plan_bounds_its_rules(api: AsyncClient, today: Any) -> None:
    today("2027-01-10")
    plan = await a_plan(api)
    one = await recurring(api, plan)
    other = await made(
        api,
        "/tasks",
        task(plan["id"], code="4", due={"kind": "recurring", "rule": "FREQ=YEARLY;BYMONTH=3"}),
    )
    address = f"/plans/{plan['id']}"
    longer = await api.patch(address, json={"period": "2025/2032"}, headers=ANY)
    assert (longer.status_code, longer.json()["period"]) == (200, "2025/2032")
    assert (await days(api, one))[-2:] == ["2031-12-15", "2032-12-15"]
    assert (await days(api, other))[-1] == "2032-03-01"
    assert (await api.patch(address, json={"period": "2025/2028"}, headers=ANY)).is_success
    assert (await days(api, one))[-1] == "2028-12-15"
    assert (await api.patch(address, json={"note": "x"}, headers=ANY)).is_success
    refused = await api.patch(address, json={"period": "2025/.."}, headers=ANY)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"], error["code"]) == (
        422,
        "/period",
        "rule_unbounded",
    )
    assert error["message"].startswith(("3: ", "4: "))
    assert (await api.get(address)).json()["period"] == "2025/2028"


async def test_who_is_assigned_to_a_recurring_task_has_its_open_occurrences(
    api: AsyncClient, today: Any
) -> None:
    today("2026-01-10")
    plan = await a_plan(api, period="2026/2027")
    whole = await recurring(api, plan)
    lead, other, helper = [(await made(api, "/agencies", agency()))["id"] for _ in range(3)]
    one, two = await occurrences(api, whole)
    # The first is led by another agency already, and done.
    own = await made(api, "/assignments", assignment(one["id"], other))
    for verb in ("start", "submit", "approve"):
        address = f"/assignments/{own['id']}/transitions"
        assert (await api.post(address, json={"verb": verb}, headers=ANY)).is_success
    await made(api, "/assignments", assignment(whole["id"], lead, assigned_on="2026-01-05"))
    path = f"/tasks/{whole['id']}/assignments"
    body = {"role": "coordinating", "agency_ids": [helper]}
    assert len((await api.post(path, json=body)).json()["items"]) == 1
    shown = {item["id"]: item for item in await occurrences(api, whole)}
    assert (shown[one["id"]]["lead_agency"]["id"], shown[one["id"]]["agencies"]) == (other, 1)
    assert (shown[two["id"]]["lead_agency"]["id"], shown[two["id"]]["agencies"]) == (lead, 2)
    assert shown[two["id"]]["assigned_on"] == "2026-01-05"
    # Occurrences that come later have them too, but not those withdrawn by then.
    helping = (await api.get("/assignments", params={"task_id": whole["id"]})).json()["items"]
    (gone,) = [item["id"] for item in helping if item["agency"]["id"] == helper]
    address = f"/assignments/{gone}/transitions"
    assert (await api.post(address, json={"verb": "cancel"}, headers=ANY)).is_success
    longer = await api.patch(f"/plans/{plan['id']}", json={"period": "2026/2028"}, headers=ANY)
    assert longer.is_success
    late = (await occurrences(api, whole))[-1]
    assert (late["occurs_on"], late["lead_agency"]["id"], late["agencies"]) == (
        "2028-12-15",
        lead,
        1,
    )
    (record,) = (await api.get("/assignments", params={"task_id": late["id"]})).json()["items"]
    assert (record["state"], record["assigned_on"], record["due_on"], record["version"]) == (
        "assigned",
        "2026-01-05",
        "2028-12-15",
        1,
    )


async def test_an_agency_has_no_occurrences_after_its_end(api: AsyncClient, today: Any) -> None:
    today("2026-01-10")
    plan = await a_plan(api, period="2026/2027")
    whole = await recurring(api, plan)
    lead = (await made(api, "/agencies", agency(valid_to="2027-07-01")))["id"]
    await made(api, "/assignments", assignment(whole["id"], lead))
    assert [item["agencies"] for item in await occurrences(api, whole)] == [1, 0]
    longer = await api.patch(f"/plans/{plan['id']}", json={"period": "2026/2028"}, headers=ANY)
    assert longer.is_success
    assert [item["agencies"] for item in await occurrences(api, whole)] == [1, 0, 0]


async def test_a_lead_does_not_take_an_occurrence_from_another(api: AsyncClient) -> None:
    plan = await a_plan(api, period="2026/2027")
    whole = await recurring(api, plan)
    first, _ = await occurrences(api, whole)
    lead, other = [(await made(api, "/agencies", agency()))["id"] for _ in range(2)]
    await made(api, "/assignments", assignment(first["id"], other))
    await made(api, "/assignments", assignment(whole["id"], lead))
    shown = await occurrences(api, whole)
    assert [item["lead_agency"]["id"] for item in shown] == [other, lead]
    assert [item["agencies"] for item in shown] == [1, 1]


async def test_what_is_changed_in_a_recurring_task_is_changed_in_its_occurrences(
    api: AsyncClient,
) -> None:
    """As far as they had the same; those that are done stay as they were."""
    whole = await recurring(api)
    first, second, third, *_ = await occurrences(api, whole)
    own = {"title": {"en": "Of its own"}, "weight": 5}
    assert (await api.patch(f"/tasks/{second['id']}", json=own, headers=ANY)).is_success
    lead = (await made(api, "/agencies", agency()))["id"]
    given = await made(api, "/assignments", assignment(first["id"], lead))
    for verb in ("start", "submit", "approve"):
        address = f"/assignments/{given['id']}/transitions"
        assert (await api.post(address, json={"verb": verb}, headers=ANY)).is_success
    changed: Any = {
        "title": {"en": "Put right"},
        "code": "4",
        "priority": "high",
        "markets": ["JP"],
    }
    changed |= {"weight": 2, "deliverable": "A report", "visibility": "public"}
    assert (await api.patch(f"/tasks/{whole['id']}", json=changed, headers=ANY)).is_success
    shown = {item["id"]: item for item in await occurrences(api, whole)}
    assert (shown[first["id"]]["code"], shown[first["id"]]["title"]) == (
        first["code"],
        first["title"],
    )
    said = shown[second["id"]]
    assert (said["code"], said["title"]["en"], said["weight"], said["priority"]) == (
        "4/2026-12-15",
        "Of its own",
        5,
        "high",
    )
    said = shown[third["id"]]
    assert (said["title"]["en"], said["weight"], said["visibility"], said["version"]) == (
        "Put right",
        2,
        "public",
        2,
    )


async def test_one_time_of_a_recurring_task_does_not_recur(api: AsyncClient) -> None:
    whole = await recurring(api)
    one = (await occurrences(api, whole))[0]
    refused = await api.patch(f"/tasks/{one['id']}", json={"due": YEARLY}, headers=ANY)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"]) == (422, "/due/kind")
    moved = {"due": {"kind": "date", "on": "2025-12-20"}}
    assert (await api.patch(f"/tasks/{one['id']}", json=moved, headers=ANY)).json()["due_on"] == (
        "2025-12-20"
    )


async def test_a_recurring_task_is_kept_while_it_has_occurrences(
    api: AsyncClient, today: Any
) -> None:
    today("2025-01-01")
    whole = await recurring(api)
    refused = await api.delete(f"/tasks/{whole['id']}", headers=ANY)
    assert (refused.status_code, refused.json()["referred_by"]) == (
        409,
        [{"resource": "tasks", "count": 6}],
    )
    assert (await api.patch(f"/tasks/{whole['id']}", json={"due": None}, headers=ANY)).is_success
    assert (await api.delete(f"/tasks/{whole['id']}", headers=ANY)).status_code == 204


async def test_racing_changes_of_a_rule_leave_one_set(api: AsyncClient, today: Any) -> None:
    today("2025-01-01")
    plan = await a_plan(api)
    whole = await recurring(api, plan)
    rules = [f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY=1" for month in range(1, 7)]
    await asyncio.gather(
        *(
            api.patch(
                f"/tasks/{whole['id']}",
                json={"due": {"kind": "recurring", "rule": rule}},
                headers=ANY,
            )
            for rule in rules
        ),
        api.patch(f"/plans/{plan['id']}", json={"period": "2025/2028"}, headers=ANY),
    )
    kept = (await api.get(f"/tasks/{whole['id']}")).json()["due"]["rule"]
    month = 1 + rules.index(kept)
    assert await days(api, whole) == [f"{year}-0{month}-01" for year in range(2025, 2029)]


async def test_hundreds_of_occurrences_for_many_agencies(api: AsyncClient) -> None:
    """Written by a few statements, each for all of them."""
    plan = await a_plan(api, period="2026")
    whole = await recurring(api, plan, "FREQ=WEEKLY;BYDAY=MO")
    named = [(await made(api, "/agencies", agency()))["id"] for _ in range(5)]
    body = {"role": "coordinating", "agency_ids": named}
    made_ = await api.post(f"/tasks/{whole['id']}/assignments", json=body)
    assert len(made_.json()["items"]) == 5
    assert {item["agencies"] for item in await occurrences(api, whole)} == {5}
    counted = (await api.get("/assignments", params={"count": "exact", "limit": 1})).json()
    assert counted["total"] == 5 * (52 + 1)
