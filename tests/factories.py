"""One factory a record: a valid body, changed where a test cares."""

from typing import Any

from httpx import AsyncClient

Body = dict[str, Any]


def source(**changed: Any) -> Body:
    return {"title": "Son La promotes diplomatic activities", "covers": "2024-H1"} | changed


def agency(**changed: Any) -> Body:
    return {"name": {"vi": "Sở Ngoại vụ tỉnh Sơn La"}, "kind": "department"} | changed


def partner(name: str = "Luang Prabang Province", **changed: Any) -> Body:
    return {"name": {"en": name}, "kind": "local_government", "country": "LA"} | changed


def relation(partner_id: Any, **changed: Any) -> Body:
    return {"partner_id": partner_id, "kind": "cooperation", "valid": "2020/.."} | changed


def delegation(**changed: Any) -> Body:
    return {
        "title": {"en": "Working visit on border trade"},
        "direction": "outbound",
        "countries": ["LA"],
        "when": "2026-12-01/2026-12-03",
        "head_position": "Vice Chairman",
    } | changed


def document(**changed: Any) -> Body:
    return {
        "symbol": "152/KH-UBND",
        "type": "plan",
        "issued_on": "2025-06-26",
        "subject": {"en": "International integration in the new situation"},
    } | changed


def plan(document_id: Any, **changed: Any) -> Body:
    return {"document_id": document_id, "period": "2025/2030"} | changed


def task(plan_id: Any, **changed: Any) -> Body:
    return {
        "plan_id": plan_id,
        "code": "1",
        "title": {"en": "Open new markets"},
        "due": {"kind": "date", "on": "2026-12-15"},
    } | changed


def assignment(task_id: Any, agency_id: Any, **changed: Any) -> Body:
    return {"task_id": task_id, "agency_id": agency_id, "role": "lead"} | changed


def progress_report(assignment_id: Any, **changed: Any) -> Body:
    return {
        "assignment_id": assignment_id,
        "period": "2026-Q1",
        "percent": 40,
        "text": "Two fairs attended.",
    } | changed


async def made(api: AsyncClient, path: str, body: Body) -> Any:
    answer = await api.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def a_plan(api: AsyncClient, **changed: Any) -> Any:
    """A plan with the document that lays it down, seen by the same people."""
    seen = {name: changed[name] for name in ("visibility",) if name in changed}
    paper = await made(api, "/documents", document(**seen))
    return await made(api, "/plans", plan(paper["id"], **changed))


async def a_task(api: AsyncClient, **changed: Any) -> Any:
    """A task with a plan of its own."""
    seen = {name: changed[name] for name in ("visibility",) if name in changed}
    return await made(api, "/tasks", task((await a_plan(api, **seen))["id"], **changed))


async def an_assignment(api: AsyncClient, task: Body | None = None, **changed: Any) -> Any:
    """An agency of its own leads a task of its own."""
    whole = await a_task(api, **task or {})
    lead = await made(api, "/agencies", agency(visibility="public"))
    return await made(api, "/assignments", assignment(whole["id"], lead["id"], **changed))
