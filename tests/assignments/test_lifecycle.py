"""Every verb in every state of an assignment, whose step it is, and what it does to the days."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from httpx import AsyncClient

from sonla_api.assignments.lifecycle import AssignmentState, AssignmentVerb
from sonla_api.identity.permissions import APPROVE, READ, WRITE
from tests.conftest import Cast, Connection
from tests.factories import a_plan, agency, an_assignment, assignment, made, task

ANY = {"If-Match": "*"}
TABLE = {
    ("assigned", "accept"): "accepted",
    ("assigned", "start"): "in_progress",
    ("accepted", "start"): "in_progress",
    ("returned", "start"): "in_progress",
    ("in_progress", "submit"): "submitted",
    ("extended", "submit"): "submitted",
    ("in_progress", "request_extension"): "extension_requested",
    ("extended", "request_extension"): "extension_requested",
    ("returned", "request_extension"): "extension_requested",
    ("submitted", "approve"): "done",
    ("submitted", "return"): "returned",
    ("extension_requested", "grant_extension"): "extended",
    ("extension_requested", "refuse_extension"): "in_progress",
    ("assigned", "cancel"): "cancelled",
    ("accepted", "cancel"): "cancelled",
    ("in_progress", "cancel"): "cancelled",
    ("submitted", "cancel"): "cancelled",
    ("returned", "cancel"): "cancelled",
    ("extension_requested", "cancel"): "cancelled",
    ("extended", "cancel"): "cancelled",
}
ALL = " ".join(sorted(READ | WRITE | APPROVE))
OF_THE_ASSIGNED = {"accept", "start", "submit", "request_extension"}


async def put(database: "Connection[Any]", record: Any, state: str) -> None:
    ended = "case when $1::text = '{0}' then assigned_on end".format
    changed = (
        f"update assignments set state = $1::text, done_on = {ended('done')},"
        f" cancelled_on = {ended('cancelled')} where id = $2"
    )
    await database.execute(changed, state, record["id"])


async def take(api: AsyncClient, record: Any, verb: str, **more: Any) -> Any:
    address = f"/assignments/{record['id']}/transitions"
    return await api.post(address, json={"verb": verb} | more, headers=ANY)


async def taken(api: AsyncClient, record: Any, *verbs: str, **more: Any) -> Any:
    """The assignment after these steps, the last one with more."""
    for verb in verbs:
        answer = await take(api, record, verb, **(more if verb == verbs[-1] else {}))
        assert answer.status_code == 201, answer.text
    return (await api.get(f"/assignments/{record['id']}")).json()


@pytest.mark.parametrize("verb", AssignmentVerb)
@pytest.mark.parametrize("state", AssignmentState)
async def test_a_verb_in_a_state(
    cast: Cast,
    api: AsyncClient,
    database: "Connection[Any]",
    state: AssignmentState,
    verb: AssignmentVerb,
) -> None:
    record = await cast(an_assignment, api)
    await put(database, record, state)
    possible = [v for s, v in TABLE if s == state]
    read = (await api.get(f"/assignments/{record['id']}")).json()
    assert (read["state"], sorted(read["verbs"])) == (state, sorted(possible))
    more = {"until": "2027-01-31"} if verb == "request_extension" else {}
    answer = await take(api, record, verb, **more, note="as agreed")
    after = (await api.get(f"/assignments/{record['id']}")).json()
    if verb in possible:
        assert answer.status_code == 201, answer.text
        step = answer.json()
        target = TABLE[state, verb]
        assert (step["verb"], step["from_state"], step["to_state"]) == (verb, state, target)
        assert (after["state"], after["version"]) == (target, step["version"])
        listed = (await api.get(answer.headers["location"].removeprefix("/api/v1"))).json()
        assert listed["items"] == [step]
    else:
        assert (answer.status_code, answer.json()["state"]) == (409, state)
        assert sorted(answer.json()["possible"]) == sorted(possible)
        assert after == read


class House(NamedTuple):
    """A province that gives a task to one of its departments, which has an office."""

    province: AsyncClient
    department: AsyncClient
    office: AsyncClient
    sibling: AsyncClient
    record: Any
    ids: dict[str, str]


@pytest.fixture
async def house(api: AsyncClient, as_actor: Callable[..., Any]) -> House:
    ids: dict[str, str] = {}
    for key, above in (
        ("province", None),
        ("department", "province"),
        ("office", "department"),
        ("sibling", "province"),
    ):
        body = agency(key=key, parent_id=above and ids[above])
        ids[key] = (await made(api, "/agencies", body))["id"]
    clients = {key: await as_actor(ALL, agency=key) for key in ids}
    plan = await a_plan(clients["province"], visibility="agency")
    given = await made(clients["province"], "/tasks", task(plan["id"]))
    body = assignment(given["id"], ids["department"])
    return House(**clients, record=await made(clients["province"], "/assignments", body), ids=ids)


async def test_whose_step_it_is(house: House, database: "Connection[Any]") -> None:
    """Those assigned report, whoever gave the task decides; those above both may do either."""
    address = f"/assignments/{house.record['id']}"
    for state in AssignmentState:
        await put(database, house.record, state)
        possible = {v for s, v in TABLE if s == state}
        for client, wanted in (
            (house.department, possible & OF_THE_ASSIGNED),
            (house.province, possible),
        ):
            shown = (await client.get(address)).json()
            listed = (await client.get("/assignments")).json()["items"][0]
            assert set(shown["verbs"]) == set(listed["verbs"]) == wanted, state
    for client in (house.office, house.sibling):
        assert (await client.get(address)).status_code == 404
        assert (await take(client, house.record, "accept")).status_code == 404


async def test_an_agency_does_not_approve_its_own_result(house: House) -> None:
    await taken(house.department, house.record, "accept", "start", "submit")
    for verb in ("approve", "return"):
        refused = await take(house.department, house.record, verb)
        assert (refused.status_code, refused.json()["type"]) == (403, "/docs/problems/not-yours")
    impossible = await take(house.department, house.record, "start")
    assert (impossible.status_code, impossible.json()["possible"]) == (409, [])
    assert (await taken(house.province, house.record, "approve"))["state"] == "done"


async def test_an_agency_that_gave_itself_the_task_approves_it(house: House) -> None:
    plan = await a_plan(house.department)
    own = await made(house.department, "/tasks", task(plan["id"]))
    body = assignment(own["id"], house.ids["department"])
    record = await made(house.department, "/assignments", body)
    done = await taken(house.department, record, "start", "submit", "approve")
    assert done["state"] == "done"


async def test_who_is_assigned_changes_nothing_else(house: House) -> None:
    address = f"/assignments/{house.record['id']}"
    changed = await house.department.patch(address, json={"note": "x"}, headers=ANY)
    assert (changed.status_code, changed.json()["type"]) == (403, "/docs/problems/not-yours")
    assert (await house.department.delete(address, headers=ANY)).status_code == 403
    seen = (await house.department.get(f"/tasks/{house.record['task']['id']}")).json()
    assert seen["visibility"] == "agency"
    assert (await house.department.get(f"/plans/{seen['plan']['id']}")).status_code == 200
    assert (await house.sibling.get(f"/plans/{seen['plan']['id']}")).status_code == 404
    await taken(house.province, house.record, "cancel")
    assert (await house.department.get(f"/tasks/{seen['id']}")).status_code == 404
    assert (await house.department.get(f"/plans/{seen['plan']['id']}")).status_code == 404
    # What it was told stays with it.
    assert (await house.department.get(address)).json()["state"] == "cancelled"


async def test_a_step_needs_the_permission_of_its_verb(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    record = await an_assignment(api)
    reader = await as_actor("assignments:read tasks:read")
    writer = await as_actor("assignments:read assignments:write tasks:read")
    refused = await take(reader, record, "accept")
    assert (refused.status_code, refused.json()["permission"]) == (403, "assignments:write")
    assert (await api.get(f"/assignments/{record['id']}")).json()["verbs"] != []
    assert (await reader.get(f"/assignments/{record['id']}")).json()["verbs"] == []
    await taken(writer, record, "start", "submit")
    refused = await take(writer, record, "approve")
    assert (refused.status_code, refused.json()["permission"]) == (403, "assignments:approve")


async def test_what_was_submitted_in_time_is_done_in_time(api: AsyncClient, today: Any) -> None:
    """However long it lay before it was approved; the approver may name another day."""
    today("2026-03-02")
    due = {"due": {"kind": "date", "on": "2026-03-10"}}
    kept, named = [await an_assignment(api, task=due) for _ in range(2)]
    await taken(api, kept, "start", "submit", "return", "start", "submit", on="2026-03-02")
    await taken(api, named, "start", "submit")
    today("2026-03-20")
    done = await taken(api, kept, "approve")
    assert (done["done_on"], done["health"], done["percent"]) == (
        "2026-03-02",
        "done_on_time",
        100,
    )
    late = await taken(api, named, "approve", on="2026-03-12")
    assert (late["done_on"], late["health"]) == ("2026-03-12", "done_late")
    whole = (await api.get(f"/tasks/{kept['task']['id']}")).json()
    assert (whole["done_on"], whole["health"], whole["percent"]) == (
        "2026-03-02",
        "done_on_time",
        100,
    )


async def test_more_time(api: AsyncClient, today: Any) -> None:
    today("2026-03-02")
    due = {"due": {"kind": "date", "on": "2026-03-10"}}
    record = await an_assignment(api, task=due)
    task_address = f"/tasks/{record['task']['id']}"
    await taken(api, record, "start")
    lacking = await take(api, record, "request_extension")
    assert (lacking.status_code, lacking.json()["errors"][0]["pointer"]) == (422, "/until")
    early = await take(api, record, "request_extension", until="2026-03-10")
    assert (early.status_code, early.json()["errors"][0]["code"]) == (422, "not_later")
    asked = await taken(api, record, "request_extension", until="2026-03-31")
    assert (asked["wanted_until"], asked["extended_to"], asked["due_on"]) == (
        "2026-03-31",
        None,
        "2026-03-10",
    )
    refused = await taken(api, record, "refuse_extension")
    assert (refused["state"], refused["wanted_until"]) == ("in_progress", None)
    granted = await taken(api, record, "request_extension", until="2026-03-31") and await taken(
        api, record, "grant_extension"
    )
    assert (granted["extended_to"], granted["due_on"], granted["wanted_until"]) == (
        "2026-03-31",
        "2026-03-31",
        None,
    )
    assert (await api.get(task_address)).json()["due_on"] == "2026-03-31"
    # The owner may name another day than the one asked for; what the task says moves it no more.
    await taken(api, record, "request_extension", until="2026-06-30")
    named = await taken(api, record, "grant_extension", until="2026-05-31")
    assert named["due_on"] == "2026-05-31"
    sooner = {"due": {"kind": "date", "on": "2026-02-01"}}
    assert (await api.patch(task_address, json=sooner, headers=ANY)).json()["due_on"] == (
        "2026-05-31"
    )
    unasked = await take(api, record, "submit", until="2026-05-31")
    assert (unasked.status_code, unasked.json()["errors"][0]["pointer"]) == (422, "/until")
    cancelled = await taken(api, record, "request_extension", until="2026-06-30") and await taken(
        api, record, "cancel"
    )
    assert (cancelled["cancelled_on"], cancelled["wanted_until"]) == ("2026-03-02", None)


async def test_a_task_without_a_due_day_can_be_extended(api: AsyncClient) -> None:
    record = await an_assignment(api, task={"due": None})
    await taken(api, record, "start", "request_extension", until="2027-01-31")
    assert (await taken(api, record, "grant_extension"))["due_on"] == "2027-01-31"


@pytest.mark.parametrize("verb", ["accept", "start", "cancel"])
async def test_the_day_of_a_step(api: AsyncClient, today: Any, verb: str) -> None:
    today("2026-03-02")
    record = await an_assignment(api, assigned_on="2026-02-01")
    for day, code in (("2026-03-03", "ahead"), ("2026-01-31", "before")):
        refused = await take(api, record, verb, on=day)
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["pointer"], error["code"]) == (422, "/on", code)
    assert (await take(api, record, verb, on="2026-02-01")).status_code == 201


async def test_an_assignment_is_not_dated_behind_its_end(api: AsyncClient, today: Any) -> None:
    """Nor is a result approved on a day before it; the field at fault is one that was sent."""
    today("2026-03-20")
    record = await an_assignment(api, assigned_on="2026-03-01")
    address = f"/assignments/{record['id']}"
    await taken(api, record, "start", "submit", on="2026-03-02")
    moved = await api.patch(address, json={"assigned_on": "2026-03-05"}, headers=ANY)
    assert moved.status_code == 200
    refused = await take(api, record, "approve")
    assert refused.json()["errors"][0]["pointer"] == "/on"
    assert "2026-03-05" in refused.json()["errors"][0]["message"]
    await taken(api, record, "approve", on="2026-03-05")
    late = await api.patch(address, json={"assigned_on": "2026-03-06"}, headers=ANY)
    (error,) = late.json()["errors"]
    assert (late.status_code, error["pointer"]) == (422, "/assigned_on")
    assert "done or withdrawn" in error["message"]


async def test_of_racing_steps_one_is_taken(api: AsyncClient) -> None:
    record = await an_assignment(api)
    address = f"/assignments/{record['id']}"
    for verb, match, refused in (("accept", '"1"', 412), ("start", "*", 409)):
        racing = [
            api.post(f"{address}/transitions", json={"verb": verb}, headers={"if-match": match})
            for _ in range(6)
        ]
        statuses = sorted(answer.status_code for answer in await asyncio.gather(*racing))
        assert statuses == [201] + [refused] * 5
    assert (await api.get(address)).json()["version"] == 3


async def test_writers_of_a_task_and_of_its_assignments_do_not_stop_each_other(
    api: AsyncClient,
) -> None:
    """Each waits for the other in one order: nobody is told to try again."""
    record = await an_assignment(api)
    task_address = f"/tasks/{record['task']['id']}"
    plan_id = (await api.get(task_address)).json()["plan"]["id"]
    others = [(await made(api, "/agencies", agency()))["id"] for _ in range(4)]
    due = [{"due": {"kind": "date", "on": f"2026-12-0{n}"}} for n in range(1, 5)]
    helping = {"role": "coordinating"}
    racing = [
        *(api.patch(task_address, json=body, headers=ANY) for body in due),
        take(api, record, "accept"),
        *(
            api.post("/assignments", json=assignment(record["task"]["id"], id_, **helping))
            for id_ in others
        ),
        api.patch(f"/assignments/{record['id']}", json={"note": "x"}, headers=ANY),
        api.patch(f"/plans/{plan_id}", json={"period": "2025/2028"}, headers=ANY),
        api.post(
            "/progress-reports",
            json={
                "assignment_id": record["id"],
                "period": "2026",
                "text": "x",
                "percent": 10,
            },
        ),
    ]
    answers = await asyncio.gather(*racing)
    assert [answer.text for answer in answers if not answer.is_success] == []
    whole = (await api.get(task_address)).json()
    assert (whole["agencies"], whole["percent"]) == (5, 10)
    days = {a["due_on"] for a in (await api.get("/assignments")).json()["items"]}
    assert days == {whole["due_on"]}
