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


def calendar_day(day: str = "2025-05-02", **changed: Any) -> Body:
    return {"day": day, "kind": "day_off", "name": {"vi": "Nghỉ hoán đổi"}} | changed


def compliance_rule(code: str = "trips-per-year", **changed: Any) -> Body:
    return {
        "code": code,
        "edition": 1,
        "kind": "trips_per_year",
        "title": {"vi": "Số chuyến đi trong năm"},
        "valid": "2020-01-01/..",
        "limit": 2,
    } | changed


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


def project(**changed: Any) -> Body:
    return {
        "kind": "oda_loan",
        "title": {"en": "Urban infrastructure adapted to climate change"},
        "period": "2024/2027",
    } | changed


def full_project(partner_id: Any, agency_id: Any, document_id: Any, **changed: Any) -> Body:
    """With something in every field."""
    return (
        project(
            description="Drainage and lakes",
            sectors=[{"scheme": "oecd_dac", "code": "43030", "percentage": "100"}],
            participants=[
                {"partner_id": partner_id, "role": "funding"},
                {"agency_id": agency_id, "role": "implementing"},
            ],
            countries=["FR"],
            locations=[{"name": {"en": "Son La City"}}],
            legal_basis=[{"document_id": document_id, "clause": "Điều 1"}],
            certificate={"number": "5401234567", "issued_on": "2024-05"},
            components=5,
            milestones=[
                {"name": {"vi": "Khởi công"}, "baseline": "2025-08-15", "actual": "2025-06-03"}
            ],
            progress=[{"on": "2025-06", "physical": "62.5", "financial": "48"}],
            related=[{"resource": "sites", "key": "na-san"}],
        )
        | changed
    )


def transaction(project_id: Any, **changed: Any) -> Body:
    return {
        "project_id": project_id,
        "type": "incoming_commitment",
        "on": "2024-06-26",
        "value": {"amount": "970000000000", "currency": "VND"},
        "equivalents": [{"amount": "35200000", "currency": "EUR", "qualifier": "equivalent"}],
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
