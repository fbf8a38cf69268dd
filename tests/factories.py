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


async def made(api: AsyncClient, path: str, body: Body) -> Any:
    answer = await api.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()
