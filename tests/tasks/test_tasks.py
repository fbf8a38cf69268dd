"""Tasks: a tree in one plan, and when they are due as plans say it."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import Connection
from tests.factories import a_plan, a_task, agency, assignment, document, made, task

ANY = {"if-match": "*"}


async def codes(api: AsyncClient, **query: Any) -> list[str]:
    page = await api.get("/tasks", params={"sort": "code", "limit": 200, **query})
    assert page.status_code == 200, page.text
    return [item["code"] for item in page.json()["items"]]


async def test_a_task_is_shown_whole(api: AsyncClient) -> None:
    plan = await a_plan(api)
    paper = await made(api, "/documents", document(symbol="153/NQ-CP", type="resolution"))
    named = {
        "id": paper["id"],
        "symbol": "153/NQ-CP",
        "subject": {"en": "International integration in the new situation", "vi": None, "lo": None},
    }
    above = await made(api, "/tasks", task(plan["id"], code="II", due=None))
    body = task(
        plan["id"],
        code="II.3",
        parent_id=above["id"],
        basis={"document_id": paper["id"], "clause": "section III.2"},
        deliverable="A plan for each market",
        result_documents=[{"document_id": paper["id"]}],
        period="2025/2030",
        markets=["ASEAN", "Middle East"],
        priority="high",
        weight=3,
    )
    shown = await made(api, "/tasks", body)
    assert shown["plan"] == {"id": plan["id"], "document": plan["document"]}
    assert shown["parent"] == {name: above[name] for name in ("id", "code", "title")}
    assert shown["basis"] == {"document": named, "clause": "section III.2"}
    assert shown["result_documents"] == [{"document": named}]
    assert (shown["markets"], shown["priority"], shown["weight"]) == (
        ["ASEAN", "Middle East"],
        "high",
        3,
    )
    assert (shown["occurrence_of"], shown["occurs_on"], shown["subtasks"]) == (None, None, 0)
    assert (shown["lead_agency"], shown["agencies"], shown["health"]) == (None, 0, "unassigned")
    address = f"/tasks/{shown['id']}"
    assert (await api.get(address)).json() == shown
    # What stands above others is a heading.
    heading = (await api.get(f"/tasks/{above['id']}")).json()
    assert (heading["subtasks"], heading["health"], heading["version"]) == (1, None, 1)
    changed = await api.patch(address, json={"basis": None, "parent_id": None}, headers=ANY)
    assert (changed.json()["basis"], changed.json()["parent"]) == (None, None)
    assert (await api.get(f"/tasks/{above['id']}")).json()["subtasks"] == 0
    history = (await api.get(f"{address}/history")).json()["items"]
    assert [change["action"] for change in history] == ["updated", "created"]
    assert (await api.delete(address, headers=ANY)).status_code == 204


@pytest.mark.parametrize(
    ("due", "on"),
    [
        (None, None),
        ({"kind": "date", "on": "2026-12-15"}, "2026-12-15"),
        ({"kind": "date", "on": "2026-12-15", "text": "trước ngày 15/12"}, "2026-12-15"),
        ({"kind": "period", "period": "2025-Q4"}, "2025-12-31"),
        ({"kind": "period", "period": "2025-06/2026-02"}, "2026-02-28"),
        ({"kind": "period", "period": {"duration": "P4Y", "from": "signing"}}, None),
        ({"kind": "continuous", "text": "thường xuyên"}, None),
    ],
)
async def test_when_a_task_is_due(api: AsyncClient, due: Any, on: str | None) -> None:
    shown = await a_task(api, due=due)
    assert shown["due"] == (due and {"text": None, **due})
    assert shown["due_on"] == on
    again = await api.patch(f"/tasks/{shown['id']}", json={"due": due}, headers=ANY)
    assert (again.json()["due"], again.json()["version"]) == (shown["due"], 1)


@pytest.mark.parametrize(
    ("due", "pointer"),
    [
        ("2026-12-15", "/due"),
        ([], "/due"),
        ({}, "/due/kind"),
        ({"kind": "someday"}, "/due/kind"),
        ({"kind": ["date"]}, "/due/kind"),
        ({"on": "2026-12-15"}, "/due/kind"),
        ({"kind": "date"}, "/due/on"),
        ({"kind": "date", "on": "15/12/2026"}, "/due/on"),
        ({"kind": "date", "on": "2026-12-15", "period": "2026"}, "/due/period"),
        ({"kind": "period", "period": "2026-Q5"}, "/due/period"),
        ({"kind": "continuous", "on": "2026-12-15"}, "/due/on"),
        ({"kind": "recurring"}, "/due/rule"),
        ({"kind": "recurring", "rule": "FREQ=SECONDLY"}, "/due/rule"),
        ({"kind": "recurring", "rule": "x" * 501}, "/due/rule"),
        ({"kind": "continuous", "text": ""}, "/due/text"),
    ],
)
async def test_what_is_no_due_day(api: AsyncClient, due: Any, pointer: str) -> None:
    plan = await a_plan(api)
    refused = await api.post("/tasks", json=task(plan["id"], due=due))
    assert (refused.status_code, [e["pointer"] for e in refused.json()["errors"]]) == (
        422,
        [pointer],
    )
    kept = await made(api, "/tasks", task(plan["id"]))
    refused = await api.patch(f"/tasks/{kept['id']}", json={"due": due}, headers=ANY)
    if due != {"kind": "date"}:  # as a patch it changes nothing
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_due_day_of_another_kind_takes_the_place_of_the_old(api: AsyncClient) -> None:
    shown = await a_task(api, due={"kind": "date", "on": "2026-12-15", "text": "as printed"})
    for patch, due in (
        (
            {"kind": "date", "on": "2026-11-30"},
            {"kind": "date", "on": "2026-11-30", "text": "as printed"},
        ),
        ({"kind": "continuous"}, {"kind": "continuous", "text": None}),
        (
            {"kind": "period", "period": "2026"},
            {"kind": "period", "period": "2026", "text": None},
        ),
    ):
        changed = await api.patch(f"/tasks/{shown['id']}", json={"due": patch}, headers=ANY)
        assert changed.json()["due"] == due


async def test_a_code_is_unique_in_its_plan(api: AsyncClient) -> None:
    one, other = await a_task(api), await a_plan(api)
    again = await api.post("/tasks", json=task(one["plan"]["id"]))
    (error,) = again.json()["errors"]
    assert (again.status_code, error["pointer"], error["message"]) == (
        409,
        "/code",
        "another task of the plan has this code",
    )
    await made(api, "/tasks", task(other["id"]))


async def test_codes_are_in_the_order_of_their_numbers(api: AsyncClient) -> None:
    plan = await a_plan(api)
    shuffled = ("10", "II.10", "2", "1.10", "II.2", "1.2", "1", "00000000012", "II")
    for code in shuffled:
        await made(api, "/tasks", task(plan["id"], code=code))
    ordered = ["1", "1.2", "1.10", "2", "10", "00000000012", "II", "II.2", "II.10"]
    assert await codes(api, plan_id=plan["id"]) == ordered
    assert await codes(api, plan_id=plan["id"], sort="-code") == ordered[::-1]
    page = (await api.get("/tasks", params={"sort": "code", "limit": 4})).json()
    rest = await codes(api, cursor=page["next_cursor"], limit=4)
    assert [item["code"] for item in page["items"]] + rest == ordered[:8]


async def test_a_task_stays_in_its_plan_and_so_does_what_is_above_it(api: AsyncClient) -> None:
    one, other = await a_task(api), await a_task(api)
    below = await api.post("/tasks", json=task(other["plan"]["id"], code="2", parent_id=one["id"]))
    (error,) = below.json()["errors"]
    assert (below.status_code, error["pointer"]) == (422, "/parent_id")
    assert error["message"] == "this task belongs to another plan"
    for patch, pointer in (
        ({"parent_id": one["id"]}, "/parent_id"),
        ({"plan_id": one["plan"]["id"]}, "/plan_id"),
        ({"parent_id": other["id"]}, "/parent_id"),
    ):
        refused = await api.patch(f"/tasks/{other['id']}", json=patch, headers=ANY)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_racing_writers_close_no_circle(api: AsyncClient) -> None:
    plan = await a_plan(api)
    one, two = [await made(api, "/tasks", task(plan["id"], code=code)) for code in "12"]
    answers = await asyncio.gather(
        api.patch(f"/tasks/{one['id']}", json={"parent_id": two["id"]}, headers=ANY),
        api.patch(f"/tasks/{two['id']}", json={"parent_id": one["id"]}, headers=ANY),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422]


async def test_of_racing_changes_one_is_taken(api: AsyncClient) -> None:
    kept = await a_task(api)
    racing = [
        api.patch(
            f"/tasks/{kept['id']}", json={"note": str(n), "due": None}, headers={"if-match": '"1"'}
        )
        for n in range(8)
    ]
    answers = await asyncio.gather(*racing)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    (taken,) = [answer for answer in answers if answer.status_code == 200]
    assert (await api.get(f"/tasks/{kept['id']}")).json() == taken.json()


async def test_what_a_task_is_part_of_cannot_be_removed(api: AsyncClient) -> None:
    above = await a_task(api)
    below = task(above["plan"]["id"], code="1.1", parent_id=above["id"])
    await made(api, "/tasks", below)
    refused = await api.delete(f"/tasks/{above['id']}", headers=ANY)
    assert (refused.status_code, refused.json()["referred_by"]) == (
        409,
        [{"resource": "tasks", "count": 1}],
    )


@pytest.mark.parametrize("weight", [None, 0, -1, 1.5, "2", True, 1_000_001])
async def test_a_weight_is_a_whole_number(api: AsyncClient, weight: Any) -> None:
    plan = await a_plan(api)
    refused = await api.post("/tasks", json=task(plan["id"], weight=weight))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/weight")
    assert (await made(api, "/tasks", task(plan["id"])))["weight"] == 1


async def test_a_plan_that_is_not_there_takes_no_tasks(api: AsyncClient) -> None:
    gone = await a_plan(api)
    assert (await api.delete(f"/plans/{gone['id']}", headers=ANY)).status_code == 204
    for plan_id in (gone["id"], "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"):
        refused = await api.post("/tasks", json=task(plan_id))
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["pointer"], error["code"]) == (
            422,
            "/plan_id",
            "reference",
        )


async def test_tasks_are_found(api: AsyncClient, today: Any) -> None:
    today("2026-03-02")
    paper = await made(api, "/documents", document(symbol="153/NQ-CP", type="resolution"))
    lead, other = [await made(api, "/agencies", agency()) for _ in range(2)]
    plan = await a_plan(api)
    bodies: dict[str, Any] = {
        "1": {"due": {"kind": "date", "on": "2026-02-27"}, "priority": "high"},
        "2": {"due": {"kind": "date", "on": "2026-03-05"}, "period": "2026-H1"},
        "3": {"due": {"kind": "continuous"}, "basis": {"document_id": paper["id"]}},
        "4": {"due": None, "title": {"vi": "Đào tạo cán bộ"}, "key": "152/KH-UBND#4"},
        "5": {"due": {"kind": "date", "on": "2026-12-15"}},
    }
    ids = {}
    for code, body in bodies.items():
        ids[code] = (await made(api, "/tasks", task(plan["id"], code=code, **body)))["id"]
    for code in "1235":
        await made(api, "/assignments", assignment(ids[code], lead["id"]))
    await made(api, "/assignments", assignment(ids["1"], other["id"], role="coordinating"))
    await made(api, "/assignments", assignment(ids["4"], other["id"], role="coordinating"))
    for query, found in (
        ({"health": "overdue"}, "1"),
        ({"health": "overdue,due_soon"}, "12"),
        ({"health": ["overdue", "due_soon,continuous"]}, "123"),
        ({"health": "on_track"}, "45"),
        ({"health": "overdue", "as_of": "2026-03-09"}, "12"),
        ({"agency": other["id"]}, "14"),
        ({"agency": [other["id"], lead["id"]]}, "12345"),
        ({"lead": lead["id"]}, "1235"),
        ({"lead": other["id"]}, ""),
        ({"document_id": paper["id"]}, "3"),
        ({"due_from": "2026-03-01", "due_to": "2026-03-31"}, "2"),
        ({"period": "2026-Q2"}, "2"),
        ({"priority": "high"}, "1"),
        ({"q": "dao tao"}, "4"),
        ({"key": "152/KH-UBND#4"}, "4"),
        ({"code": ["1", "5"]}, "15"),
        ({"plan_id": plan["id"], "sort": "due_on"}, "12534"),
    ):
        assert "".join(await codes(api, **query)) == found, query
    then = (await api.get("/tasks", params={"code": "2", "as_of": "2026-03-09"})).json()["items"]
    assert [task["health"] for task in then] == ["overdue"]
    wrong = await api.get("/tasks", params={"health": "overdue,late"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/health/1")


async def test_a_task_is_not_seen_wider_than_its_plan_unless_said(
    api: AsyncClient, as_actor: Any, stranger: AsyncClient, database: "Connection[Any]"
) -> None:
    own = await made(api, "/agencies", agency(key="own"))
    writer = await as_actor(agency="own", role="officer")
    for of_plan, of_task in (("public", "internal"), ("internal", "internal"), ("agency",) * 2):
        plan = await a_plan(writer, visibility=of_plan)
        assert (await made(writer, "/tasks", task(plan["id"])))["visibility"] == of_task
        said = task(plan["id"], code="2", visibility="public")
        assert (await made(writer, "/tasks", said))["visibility"] == "public"
        assert plan["owner_agency"]["id"] == own["id"]


async def test_only_those_of_the_plan_add_tasks(api: AsyncClient, as_actor: Any) -> None:
    await made(api, "/agencies", agency(key="own"))
    await made(api, "/agencies", agency(key="other"))
    plan = await a_plan(await as_actor(agency="own", role="officer"))
    refused = await (await as_actor(agency="other", role="officer")).post(
        "/tasks", json=task(plan["id"])
    )
    assert (refused.status_code, refused.json()["type"]) == (403, "/docs/problems/not-yours")
