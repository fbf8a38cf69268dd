"""Everything that exists because of a document, down to the tasks of its plans."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from httpx import AsyncClient

from tests.conftest import Connection
from tests.documents.test_links import HERE, chain, link, listed, many, paper
from tests.factories import event as an_event
from tests.factories import made
from tests.factories import project as a_project
from tests.workloads import rows


async def effects(api: AsyncClient, id_: Any) -> list[tuple[str, str | None]]:
    answer = await api.get(f"/documents/{id_}/effects")
    assert answer.status_code == 200, answer.text
    return [(item["resource"], item["symbol"]) for item in answer.json()["items"]]


async def test_effects_go_down_to_tasks(api: AsyncClient, database: "Connection[Any]") -> None:
    root, government, party, document = await chain(api)
    plan = await rows.plan(database, document_id=UUID(document["id"]))
    due = {"kind": "date", "on": "2025-12-15"}
    task = await rows.task(database, plan, code="II.3", due=due)
    other = await rows.plan(database)
    basis = {"document_id": party["id"], "clause": "3"}
    resting = await rows.task(database, other, code="7", basis=basis)
    of_plan = {("plans", "152/KH-UBND"), ("tasks", "II.3")}
    documents = {("documents", "152/KH-UBND"), ("documents", "311-KH/TU")}
    assert set(await effects(api, document["id"])) == of_plan
    assert set(await effects(api, government["id"])) == of_plan | {("documents", "152/KH-UBND")}
    below = of_plan | {("tasks", "7")}
    assert set(await effects(api, party["id"])) == below | {("documents", "152/KH-UBND")}
    found = await effects(api, root["id"])
    assert set(found) == below | documents | {("documents", "153/NQ-CP")}
    assert len(found) == len(set(found)) == 6
    answer = (await api.get(f"/documents/{document['id']}/effects?count=exact")).json()
    assert answer["total"] == 2
    items = {item["resource"]: item for item in answer["items"]}
    assert items["plans"] == {
        "resource": "plans",
        "id": str(plan),
        "href": f"/api/v1/plans/{plan}",
        "symbol": "152/KH-UBND",
        "title": document["subject"],
        "on": None,
        "rests_on": [document["id"]],
    }
    below_root = (await api.get(f"/documents/{root['id']}/effects")).json()["items"]
    rests_on = {item["id"]: set(item["rests_on"]) for item in below_root}
    assert rests_on[document["id"]] == {party["id"], government["id"]}
    assert rests_on[party["id"]] == rests_on[government["id"]] == {root["id"]}
    assert rests_on[str(task)] == {str(plan)}
    assert rests_on[str(resting)] == {str(other), party["id"]}
    assert (items["tasks"]["id"], items["tasks"]["on"]) == (str(task), "2025-12-15")
    for item in (*items.values(), {"href": f"/api/v1/tasks/{resting}"}):
        assert (await api.get(item["href"].removeprefix("/api/v1"))).status_code == 200


async def test_what_is_hidden_hides_what_lies_behind_it(
    api: AsyncClient, stranger: AsyncClient, database: "Connection[Any]"
) -> None:
    document = await paper(api, "152/KH-UBND", visibility="public")
    plan = await rows.plan(database, document_id=UUID(document["id"]))
    task = await rows.task(database, plan, code="1")
    assert set(await effects(stranger, document["id"])) == {
        ("plans", "152/KH-UBND"),
        ("tasks", "1"),
    }
    await database.execute("update tasks set visibility = 'internal' where id = $1", task)
    assert await effects(stranger, document["id"]) == [("plans", "152/KH-UBND")]
    await database.execute("update tasks set visibility = 'public' where id = $1", task)
    await database.execute("update plans set visibility = 'internal' where id = $1", plan)
    assert await effects(stranger, document["id"]) == []
    # A task that rests on the document itself is no part of what the plan hides.
    basis = f'{{"document_id": "{document["id"]}"}}'
    await database.execute("update tasks set basis = $1 where id = $2", basis, task)
    assert await effects(stranger, document["id"]) == [("tasks", "1")]
    (shown,) = (await stranger.get(f"/documents/{document['id']}/effects")).json()["items"]
    assert shown["rests_on"] == [document["id"]]
    await api.patch(f"/documents/{document['id']}", json={"visibility": "internal"}, headers=HERE)
    assert (await stranger.get(f"/documents/{document['id']}/effects")).status_code == 404


async def test_effects_tell_of_what_one_may_read(
    api: AsyncClient, as_actor: Callable[..., Any], database: "Connection[Any]"
) -> None:
    root = await paper(api, "59-NQ/TW", type="resolution")
    document = await paper(api, "152/KH-UBND", link(root))
    plan = await rows.plan(database, document_id=UUID(document["id"]))
    await rows.task(database, plan, code="1", basis={"document_id": root["id"]})
    laid, told = ("documents", "152/KH-UBND"), {"plans": "152/KH-UBND", "tasks": "1"}
    for more in ([], ["plans"], ["tasks"], ["plans", "tasks"]):
        reader = await as_actor(" ".join(f"{name}:read" for name in ("documents", *more)))
        expected = {laid} | {(name, told[name]) for name in more}
        assert set(await effects(reader, root["id"])) == expected, more
        answer = await reader.get(f"/documents/{root['id']}/effects?count=exact&limit=1")
        assert answer.json()["total"] == len(expected)


async def test_effects_come_in_pages(api: AsyncClient, database: "Connection[Any]") -> None:
    root = await paper(api, "59-NQ/TW", type="resolution")
    document = await paper(api, "152/KH-UBND", link(root))
    plan = await rows.plan(database, document_id=UUID(document["id"]))
    for _ in range(5):
        await rows.task(database, plan)
    found: list[str] = []
    address = f"/documents/{root['id']}/effects?limit=2&count=exact"
    while address:
        page = await api.get(address)
        assert page.json()["total"] == 7
        found += [item["id"] for item in page.json()["items"]]
        address = page.links["next"]["url"].removeprefix("/api/v1") if page.links else ""
    assert len(found) == len(set(found)) == 7
    assert found == sorted(found, reverse=True)


async def test_thousands_of_documents_lead_to_their_tasks(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    await database.execute(many("chain", 3000))
    (first,) = (await api.get("/documents?number=1")).json()["items"]
    (last,) = (await api.get("/documents?number=3000")).json()["items"]
    plan = await rows.plan(database, document_id=UUID(last["id"]))
    await rows.task(database, plan)
    answer = await api.get(f"/documents/{first['id']}/effects?count=exact&limit=1")
    assert answer.json()["total"] == 2999 + 2
    assert len(await listed(api, last, "effects")) == 2


async def test_tasks_for_which_a_record_is_evidence(
    api: AsyncClient, stranger: AsyncClient, database: "Connection[Any]"
) -> None:
    document = await paper(api, "10/BC-UBND", type="report", visibility="public")
    delegation = await rows.row(database, "delegations", title={"vi": "Đoàn"}, state="recorded")
    project = (await made(api, "/projects", a_project(visibility="public")))["id"]
    event = (await made(api, "/events", an_event(visibility="public")))["id"]
    plan = await rows.plan(database)
    tasks = [await rows.task(database, plan) for _ in range(8)]
    named = {"document_id": document["id"], "delegation_id": delegation, "project_id": project}
    named["event_id"] = event
    for number, (name, id_) in enumerate([*named.items()] * 2):
        values = {name: UUID(str(id_)), "visibility": "public" if number < 4 else "internal"}
        await rows.row(database, "evidence", task_id=tasks[number], **values)
    cursor = ""
    for path, id_, one, two in (
        ("documents", document["id"], tasks[0], tasks[4]),
        ("delegations", delegation, tasks[1], tasks[5]),
        ("projects", project, tasks[2], tasks[6]),
        ("events", event, tasks[3], tasks[7]),
    ):
        address = f"/{path}/{id_}/tasks"
        for caller, expected in ((api, [two, one]), (stranger, [one])):
            answer = (await caller.get(f"{address}?count=exact")).json()
            assert [item["id"] for item in answer["items"]] == [str(task) for task in expected]
            assert answer["total"] == len(expected)
        page = (await api.get(f"{address}?limit=1")).json()
        cursor = page["next_cursor"]
        rest = (await api.get(f"{address}?limit=1&cursor={cursor}")).json()
        assert [item["id"] for item in page["items"] + rest["items"]] == [str(two), str(one)]
        health = (await api.get(f"{address}?health=overdue&as_of=2026-01-01")).json()
        assert health["items"] == []
        assert (await api.get(f"/{path}/{tasks[0]}/tasks")).status_code == 404
    of_another = f"/documents/{document['id']}/tasks?limit=1&cursor={cursor}"
    assert (await api.get(of_another)).status_code == 400
