"""Commitments that become tasks: by one request, and each names the other."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.agreements.steps import HERE, patch, read
from tests.factories import a_plan, agreement, made, task

BUS: dict[str, Any] = {
    "code": "2.1",
    "title": {"vi": "Mở tuyến xe", "lo": "ເປີດສາຍລົດ"},
    "due": "2026-Q4",
}
LESSONS: dict[str, Any] = {"code": "3", "title": {"vi": "Dạy tiếng Lào"}}
NOWHERE = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"


@pytest.fixture
async def accord(api: AsyncClient) -> Any:
    return await made(api, "/agreements", agreement(commitments=[BUS, LESSONS]))


async def test_a_commitment_becomes_a_task_and_each_names_the_other(
    api: AsyncClient, accord: Any
) -> None:
    plan = await a_plan(api)
    address = f"/agreements/{accord['id']}/tasks"
    body = {"commitment": "2.1", "plan_id": plan["id"], "code": "II.3"}
    answer = await api.post(address, json=body)
    assert answer.status_code == 201, answer.text
    made_of_it = answer.json()
    assert answer.headers["location"] == f"/api/v1/tasks/{made_of_it['id']}"
    assert made_of_it["title"] == {"en": None, **BUS["title"]}
    assert (made_of_it["due"]["period"], made_of_it["due_on"]) == ("2026-Q4", "2026-12-31")
    named = {"id": accord["id"], "title": accord["title"]}
    assert made_of_it["commitment"] == {"agreement": named, "code": "2.1"}
    often = {"kind": "recurring", "rule": "FREQ=YEARLY;COUNT=2"}
    own = {"commitment": "3", "code": "II.4", "title": {"vi": "Mở lớp"}, "due": often}
    lesson = (await api.post(address, json=body | own)).json()
    assert (lesson["title"]["vi"], lesson["subtasks"]) == ("Mở lớp", 2)
    # What another agreement was turned into stands there alone.
    other = await made(api, "/agreements", agreement(commitments=[BUS]))
    body |= {"code": "II.5"}
    (await api.post(f"/agreements/{other['id']}/tasks", json=body)).raise_for_status()
    shown = await read(api, accord)
    assert [
        [(it["id"], it["code"], it["title"]) for it in commitment["tasks"]]
        for commitment in shown["commitments"]
    ] == [[(it["id"], it["code"], it["title"])] for it in (made_of_it, lesson)]
    assert shown["version"] == accord["version"]
    times = (await api.get(f"/tasks?occurrence_of_id={lesson['id']}")).json()["items"]
    assert [it["commitment"] for it in times] == [lesson["commitment"]] * 2
    ids = {made_of_it["id"], lesson["id"], *(it["id"] for it in times)}
    for path in (f"{address}?", f"/tasks?agreement_id={accord['id']}&"):
        listed = (await api.get(f"{path}sort=created_at")).json()["items"]
        assert {item["id"] for item in listed} == ids, path


async def test_times_of_a_recurring_task_follow_it_to_another_commitment(
    api: AsyncClient, accord: Any
) -> None:
    plan, often = await a_plan(api), {"kind": "recurring", "rule": "FREQ=YEARLY;COUNT=2"}
    known = await made(api, "/tasks", task(plan["id"], due=often))
    named = {"agreement_id": accord["id"], "code": "3"}
    for said in (named, named | {"code": "2.1"}, None):
        body = {"commitment": said}
        changed = await api.patch(f"/tasks/{known['id']}", json=body, headers={"If-Match": "*"})
        assert changed.status_code == 200, changed.text
        times = (await api.get(f"/tasks?occurrence_of_id={known['id']}")).json()["items"]
        assert [it["commitment"] for it in times] == [changed.json()["commitment"]] * 2


async def test_a_commitment_that_is_not_there_is_refused(api: AsyncClient, accord: Any) -> None:
    plan = await a_plan(api)
    body = {"commitment": "9", "plan_id": plan["id"], "code": "1"}
    refused = await api.post(f"/agreements/{accord['id']}/tasks", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/commitment")
    unknown = await api.post(f"/agreements/{NOWHERE}/tasks", json=body)
    assert unknown.status_code == 404
    named = {"agreement_id": accord["id"], "code": "9"}
    refused = await api.post("/tasks", json=task(plan["id"], commitment=named))
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"]) == (422, "/commitment")
    assert error["message"] == "the agreement has no commitment with this code"
    nowhere = await api.post(
        "/tasks", json=task(plan["id"], commitment=named | {"agreement_id": NOWHERE})
    )
    assert nowhere.json()["errors"][0]["pointer"] == "/commitment/agreement_id"


async def test_a_commitment_stays_while_there_are_tasks_from_it(
    api: AsyncClient, accord: Any
) -> None:
    plan = await a_plan(api)
    named = {"agreement_id": accord["id"], "code": "2.1"}
    taken = await made(api, "/tasks", task(plan["id"], commitment=named))
    for left in ([LESSONS], [BUS | {"code": "2.2"}, LESSONS]):
        refused = await patch(api, accord, commitments=left)
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["pointer"]) == (422, "/commitments")
        assert (
            "giữ lại"
            in (
                await api.patch(
                    f"/agreements/{accord['id']}",
                    json={"commitments": left},
                    headers={**HERE, "Accept-Language": "vi"},
                )
            ).json()["errors"][0]["message"]
        )
    assert (await patch(api, accord, commitments=[BUS | {"due": "2027"}])).status_code == 200
    held = await api.delete(f"/agreements/{accord['id']}", headers=HERE)
    assert held.json()["referred_by"] == [{"resource": "tasks", "count": 1}]
    away = await api.patch(f"/tasks/{taken['id']}", json={"commitment": None}, headers=HERE)
    assert (away.status_code, away.json()["commitment"]) == (200, None)
    assert (await patch(api, accord, commitments=[])).status_code == 200


async def test_a_task_that_one_may_not_see_is_not_named(
    api: AsyncClient, accord: Any, as_actor: Callable[..., Any]
) -> None:
    """Nor may one that sees the agreement alone add to a plan of others."""
    await made(api, "/agencies", {"name": {"vi": "Sở"}, "kind": "department", "key": "own"})
    owner, other = await as_actor(agency="own"), await as_actor("agreements:read tasks:read")
    plan = await a_plan(owner, visibility="agency")
    body = {"commitment": "3", "plan_id": plan["id"], "code": "1"}
    hidden = await made(owner, f"/agreements/{accord['id']}/tasks", body)
    assert hidden["visibility"] == "agency"
    shown = await read(owner, accord)
    assert [it["id"] for it in shown["commitments"][1]["tasks"]] == [hidden["id"]]
    assert (await read(other, accord))["commitments"][1]["tasks"] == []
    writer = await as_actor("agreements:read tasks:read tasks:write plans:read", agency="own")
    assert (await writer.post(f"/agreements/{accord['id']}/tasks", json=body)).status_code == 409
    foreign = await a_plan(api)
    refused = await writer.post(
        f"/agreements/{accord['id']}/tasks", json=body | {"plan_id": foreign["id"]}
    )
    assert refused.status_code == 403


async def test_an_agreement_is_evidence_and_lists_the_tasks_that_it_shows(
    api: AsyncClient, accord: Any
) -> None:
    plan = await a_plan(api)
    whole = await made(api, "/tasks", task(plan["id"]))
    await made(api, "/evidence", {"task_id": whole["id"], "agreement_id": accord["id"]})
    listed = await api.get(f"/agreements/{accord['id']}/tasks")
    assert [item["id"] for item in listed.json()["items"]] == [whole["id"]]
