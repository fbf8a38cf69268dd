"""Plans: laid down by a document of the right type, one each."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import Connection
from tests.factories import a_plan, document, made, plan, task

ANY = {"if-match": "*"}


async def test_a_plan_is_shown_with_its_document(api: AsyncClient) -> None:
    paper = await made(api, "/documents", document())
    aims = [{"vi": "Mở rộng thị trường", "en": "Reach more markets", "lo": None}]
    made_plan = await made(api, "/plans", plan(paper["id"], objectives=aims))
    assert made_plan["document"] == {
        "id": paper["id"],
        "symbol": "152/KH-UBND",
        "subject": {"en": "International integration in the new situation", "vi": None, "lo": None},
    }
    assert (made_plan["period"], made_plan["objectives"]) == ("2025/2030", aims)
    address = f"/plans/{made_plan['id']}"
    assert (await api.get(address)).json() == made_plan
    changed = await api.patch(address, json={"objectives": [], "note": "x"}, headers=ANY)
    assert (changed.json()["objectives"], changed.json()["version"]) == ([], 2)
    history = (await api.get(f"{address}/history")).json()["items"]
    assert [change["action"] for change in history] == ["updated", "created"]
    assert (await api.delete(address, headers=ANY)).status_code == 204
    assert (await api.get(address)).status_code == 410


@pytest.mark.parametrize(
    ("type_", "status"), [("plan", 201), ("programme", 201), ("decision", 422)]
)
async def test_the_document_is_a_plan_or_a_programme(
    api: AsyncClient, type_: str, status: int
) -> None:
    paper = await made(api, "/documents", document(type=type_, symbol=None))
    answer = await api.post("/plans", json=plan(paper["id"]))
    assert answer.status_code == status
    if status == 422:
        (error,) = answer.json()["errors"]
        assert error["pointer"] == "/document_id"
        assert "plan or programme" in error["message"]


async def test_a_document_with_a_plan_stays_of_that_type(api: AsyncClient) -> None:
    first, other = await a_plan(api), await made(api, "/documents", document(type="report"))
    paper = f"/documents/{first['document']['id']}"
    refused = await api.patch(paper, json={"type": "report"}, headers=ANY)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/type")
    assert (await api.patch(paper, json={"type": "programme"}, headers=ANY)).status_code == 200
    moved = {"document_id": other["id"]}
    refused = await api.patch(f"/plans/{first['id']}", json=moved, headers=ANY)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/document_id")
    free = f"/documents/{other['id']}"
    assert (await api.patch(free, json={"type": "report"}, headers=ANY)).status_code == 200
    assert (await api.patch(free, json={"type": "decision"}, headers=ANY)).status_code == 200


async def test_a_document_has_one_plan(api: AsyncClient) -> None:
    first = await a_plan(api)
    answer = await api.post("/plans", json=plan(first["document"]["id"]))
    assert answer.status_code == 409
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["message"]) == (
        "/document_id",
        "this document has a plan already",
    )


async def test_a_plan_of_no_document_is_refused(api: AsyncClient) -> None:
    nothing = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
    answer = await api.post("/plans", json=plan(nothing))
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (
        422,
        "/document_id",
        "reference",
    )


async def test_a_plan_with_tasks_is_kept(api: AsyncClient) -> None:
    first = await a_plan(api)
    await made(api, "/tasks", task(first["id"]))
    refused = await api.delete(f"/plans/{first['id']}", headers=ANY)
    assert refused.status_code == 409
    assert refused.json()["referred_by"] == [{"resource": "tasks", "count": 1}]


async def test_plans_are_found(
    api: AsyncClient, stranger: AsyncClient, database: "Connection[Any]"
) -> None:
    """By the words of their document as well, for whoever sees it."""
    subject = {"vi": "Ngoại giao kinh tế"}
    paper = await made(api, "/documents", document(subject=subject, visibility="public"))
    aims = [{"vi": "Thu hút đầu tư"}]
    body = plan(paper["id"], objectives=aims, period="2026", key="p1", visibility="public")
    first = await made(api, "/plans", body)
    for query in (
        {"q": "ngoai giao"},
        {"q": "thu hut"},
        {"key": "p1"},
        {"document_id": paper["id"]},
        {"period": "2026-Q3"},
    ):
        for caller in (api, stranger):
            items = (await caller.get("/plans", params=query)).json()["items"]
            assert [item["id"] for item in items] == [first["id"]], query
    assert (await api.get("/plans", params={"period": "2027"})).json()["items"] == []
    hide = {"visibility": "internal"}
    assert (await api.patch(f"/documents/{paper['id']}", json=hide, headers=ANY)).is_success
    assert (await stranger.get("/plans", params={"q": "ngoai giao"})).json()["items"] == []
    assert (await stranger.get(f"/plans/{first['id']}")).json()["document"] is None
