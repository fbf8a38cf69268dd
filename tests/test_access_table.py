"""Who is answered what: every route, every kind of caller, every kind of record, in one table.

Written by hand from what the register promises, and from nothing that the service declares of
itself. A cell says how the record is found that is public, that is internal and that is for its
own agency alone, or one word where all three are alike:

- a status, of which 412 means that it would have been done, had the version been the right one;
- `shown` or `-`, in a list, for each of the three.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient

from sonla_api.identity.permissions import EVERY
from tests import factories
from tests.conftest import Connection
from tests.routes import API, NO_FILE, Operation
from tests.running import caller

KINDS = ("public", "internal", "agency")


@dataclass(frozen=True)
class Row:
    """Routes that behave alike, and what each kind of caller is answered; a revoked key: 401."""

    routes: str
    stranger: str
    reader: str
    """A viewer's key, of no agency."""
    other: str
    """The key of another agency, which may do whatever an agency may."""
    owner: str
    """The key of the agency whose record it is."""
    administrator: str

    def cell(self, who: str, kind: str) -> str:
        words: list[str] = getattr(self, who).split()
        return words[0] if len(words) == 1 else words[KINDS.index(kind)]

    def kinds(self, who: str) -> tuple[str, ...]:
        """Of which records it is worth asking: the door asks for none."""
        return KINDS[2:] if getattr(self, who) in {"401", "403"} else KINDS


TABLE = {
    "A record, and what hangs on it, is read by whoever sees it": Row(
        "get_agency get_agreement get_assignment get_calendar_day get_compliance_rule"
        " get_delegation get_document get_event get_evidence get_indicator get_notice"
        " get_notice_acknowledgement get_observation get_partner get_partner_relation get_plan"
        " get_progress_report get_project get_report get_site get_source get_task get_transaction"
        " list_agency_history list_agreement_history list_assignment_history"
        " list_calendar_day_history list_compliance_rule_history list_delegation_history"
        " list_document_history list_event_history list_evidence_history list_indicator_history"
        " list_notice_history list_notice_acknowledgement_history list_observation_history"
        " list_partner_history list_partner_relation_history list_plan_history"
        " list_progress_report_history list_project_history list_report_history list_site_history"
        " list_source_history list_task_history list_transaction_history"
        " list_agreement_transitions list_assignment_transitions list_delegation_transitions"
        " list_event_transitions list_notice_transitions list_partner_relation_transitions"
        " list_project_transitions list_report_transitions"
        " list_agreement_tasks list_delegation_tasks list_document_tasks list_event_tasks"
        " list_project_tasks"
        " get_agency_workload get_document_attachment get_plan_board list_document_attachments"
        " list_document_basis list_document_effects list_indicator_series list_notice_recipients"
        " list_partner_duplicates list_partner_timeline summarize_plan",
        stranger="200 404 404",
        reader="200 200 404",
        other="200 200 404",
        owner="200",
        administrator="200",
    ),
    "In lists, searches and the feed stands what the caller sees": Row(
        "list_agencies list_agreements list_assignments list_calendar_days list_compliance_rules"
        " list_delegations list_documents list_events list_evidence list_indicators"
        " list_notice_acknowledgements list_notices list_observations list_partner_relations"
        " list_partners list_plans list_progress_reports list_projects list_reports list_sites"
        " list_sources list_tasks list_transactions"
        " follow_changes list_flags resolve_document search_records",
        stranger="shown - -",
        reader="shown shown -",
        other="shown shown -",
        owner="shown",
        administrator="shown",
    ),
    "Figures, codes and the calendar are for all; what is counted, test_visibility.py asks": Row(
        "get_calendar get_code_list list_code_lists summarize_agreements summarize_assignments"
        " summarize_delegations summarize_events summarize_flags summarize_partner_relations"
        " summarize_partners summarize_projects summarize_trade",
        stranger="200",
        reader="200",
        other="200",
        owner="200",
        administrator="200",
    ),
    "How a delegation keeps the rules is not for strangers": Row(
        "get_delegation_compliance",
        stranger="401",
        reader="200 200 404",
        other="200 200 404",
        owner="200",
        administrator="200",
    ),
    "Nor is what has changed since a report was published; drafts have nothing of the kind": Row(
        "get_report_restatement",
        stranger="401",
        reader="200 409 404",
        other="200 409 404",
        owner="200 409 409",
        administrator="200 409 409",
    ),
    "Nor is the report of a period, before somebody publishes it": Row(
        "get_periodic_report",
        stranger="401",
        reader="200",
        other="200",
        owner="200",
        administrator="200",
    ),
    "Agencies make records of their own": Row(
        "create_agency create_agreement create_assignment create_delegation create_document"
        " create_event create_evidence create_indicator create_notice"
        " create_notice_acknowledgement create_observation create_observations create_partner"
        " create_partner_relation create_plan create_progress_report create_project create_report"
        " create_site create_source create_task create_transaction transition_flag",
        stranger="401",
        reader="403",
        other="422",
        owner="422",
        administrator="422",
    ),
    "What moves the due days of the province is made by administrators": Row(
        "create_calendar_day create_compliance_rule",
        stranger="401",
        reader="403",
        other="403",
        owner="403",
        administrator="422",
    ),
    "and changed by them": Row(
        "delete_calendar_day delete_compliance_rule update_calendar_day update_compliance_rule"
        " merge_partner",
        stranger="401",
        reader="403",
        other="403",
        owner="403",
        administrator="412",
    ),
    "A record is changed by its owner; to others it says no, or is not there": Row(
        "delete_agency delete_agreement delete_assignment delete_delegation delete_document"
        " delete_event delete_evidence delete_indicator delete_notice"
        " delete_notice_acknowledgement delete_observation delete_partner"
        " delete_partner_relation delete_plan delete_project delete_report delete_site"
        " delete_source delete_task delete_transaction"
        " update_agency update_agreement update_assignment update_delegation update_document"
        " update_event update_indicator update_notice update_notice_acknowledgement"
        " update_observation update_partner update_partner_relation update_plan update_project"
        " update_report update_site update_source update_task update_transaction"
        " delete_document_attachment",
        stranger="401",
        reader="403",
        other="403 403 404",
        owner="412",
        administrator="412",
    ),
    "A step is its owner's; readers are let in, as some steps are for those consulted": Row(
        "transition_agreement transition_assignment transition_delegation transition_event"
        " transition_notice transition_partner_relation transition_project",
        stranger="401",
        reader="403 403 404",
        other="403 403 404",
        owner="412",
        administrator="412",
    ),
    "and so of a report, but of one that is published nobody takes the first step again": Row(
        "transition_report",
        stranger="401",
        reader="409 403 404",
        other="403 403 404",
        owner="412",
        administrator="412",
    ),
    "What is added to a record is its owner's to add": Row(
        "create_document_attachment create_task_assignments",
        stranger="401",
        reader="403",
        other="403 403 404",
        owner="422",
        administrator="422",
    ),
    "A commitment that one sees may become a task of one's own plan": Row(
        "create_agreement_task",
        stranger="401",
        reader="403",
        other="422 422 404",
        owner="422",
        administrator="422",
    ),
    "An agency asks for its own work, and whoever has none has none": Row(
        "list_my_work",
        stranger="401",
        reader="403",
        other="200",
        owner="200",
        administrator="403",
    ),
    "Each lists the keys of calendars that it has given out itself": Row(
        "list_calendar_keys",
        stranger="401",
        reader="-",
        other="-",
        owner="shown",
        administrator="-",
    ),
    "gives out more": Row(
        "create_calendar_key",
        stranger="401",
        reader="422",
        other="422",
        owner="422",
        administrator="422",
    ),
    "and ends its own": Row(
        "delete_calendar_key",
        stranger="401",
        reader="404",
        other="404",
        owner="412",
        administrator="404",
    ),
}
ASKED = {
    "follow_changes": "limit=200",
    "get_periodic_report": "period=2024-H1",
    "list_flags": "limit=200",
    "resolve_document": "symbol=152/KH-UBND",
    "search_records": "q=Luang+Prabang&limit=50",
}
"""What is said in the address, where more than the record is asked for."""
FOUND_AS = {"changes": "partners", "data-quality": "partners", "search": "partners"}
"""The record that one looks for, in what is about records of all resources."""
SENT: dict[str, Any] = {
    "create_agreement_task": {"commitment": "1", "plan_id": NO_FILE, "code": "9"},
    "create_observations": {"rows": []},
    "create_task_assignments": {"role": "coordinating", "agency_ids": [NO_FILE]},
    "merge_partner": {"into_id": NO_FILE},
}
"""Bodies that pass the door and then ask for too much; others are empty."""


async def test_no_route_is_missing_and_none_is_there_twice() -> None:
    named = [name for row in TABLE.values() for name in row.routes.split()]
    assert sorted(named) == sorted(it.name for it in API if it.path != "/api/v1")


async def test_everybody_is_answered_as_the_table_says(
    app: FastAPI,
    api: AsyncClient,
    stranger: AsyncClient,
    as_actor: Callable[..., Any],
    database: "Connection[Any]",
) -> None:
    for key in ("one", "two"):
        await factories.made(api, "/agencies", factories.agency(key=key))
    every = " ".join(EVERY)
    owner, other = [await as_actor(every, agency=key) for key in ("one", "two")]
    callers = {
        "stranger": stranger,
        "reader": await as_actor(every, role="viewer"),
        "other": other,
        "owner": owner,
        "administrator": api,
    }
    records = {kind: await made_of(kind, owner, api) for kind in KINDS}
    operations = {operation.name: operation for operation in API}
    wrong = []
    for row in TABLE.values():
        for operation in map(operations.__getitem__, row.routes.split()):
            for who, client in callers.items():
                for kind in row.kinds(who) if is_of_one(operation) else KINDS[:1]:
                    expected = row.cell(who, kind)
                    asked = request(operation, records[kind], expected)
                    found = said(operation, await client.request(**asked), records)
                    if found != whole_of(row, who, operation, expected):
                        wrong.append((operation.name, who, kind, f"{found}, not {expected}"))
    assert wrong == [], "\n".join(map(str, wrong))
    await nobody_with_a_revoked_key(app, owner, database, operations.values())


def is_of_one(operation: Operation) -> bool:
    return "{id}" in operation.path and not operation.path.startswith("/api/v1/me/")


def request(operation: Operation, records: dict[str, str], expected: str) -> dict[str, Any]:
    """What is sent: where nothing shall come of it, what would be done for whoever may."""
    id_ = records.get(operation.path.split("/")[3])
    to = f"http://test{operation.at(id_)}".replace(NO_FILE, records["attachment"])
    if query := ASKED.get(operation.name):
        to = f"{to.partition('?')[0]}?{query}"
    sent: dict[str, Any] = {"headers": {"if-match": '"99"' if expected == "412" else "*"}}
    if operation.name == "create_document_attachment":
        sent["files"] = {"file": ("a.exe" if expected == "422" else "a.txt", b"MZ")}
    elif operation.method not in {"GET", "DELETE"}:
        verb = (operation.example or {}).get("verb")
        is_step = verb and "{id}" in operation.path
        sent["json"] = {"verb": verb} if is_step else SENT.get(operation.name, {})
    return {"method": operation.method, "url": to, **sent}


def said(operation: Operation, answer: Any, records: dict[str, dict[str, str]]) -> str:
    """The status; of a list, which of the records it shows."""
    resource = operation.path.split("/")[3]
    looked_for = FOUND_AS.get(resource, resource)
    is_list = operation.name.partition("_")[0] in {"list", "follow", "search", "resolve"}
    if answer.status_code != 200 or is_of_one(operation) or not is_list:
        return str(answer.status_code)
    if looked_for not in records["public"] or operation.name == "list_my_work":
        return "200"
    shown = [records[kind][looked_for] in answer.text for kind in KINDS]
    return " ".join("shown" if it else "-" for it in shown)


def whole_of(row: Row, who: str, operation: Operation, expected: str) -> str:
    """A list is asked for once, and answers for all three."""
    if expected in {"shown", "-"}:
        return " ".join(row.cell(who, kind) for kind in KINDS)
    return expected


async def nobody_with_a_revoked_key(
    app: FastAPI, owner: AsyncClient, database: "Connection[Any]", operations: Any
) -> None:
    await database.execute("update api_keys set revoked_at = now() where agency_id is not null")
    app.state.keyring._known.clear()
    secret = owner.headers["authorization"].removeprefix("Bearer ")
    for n, operation in enumerate(operations):
        # Wrong keys are throttled by address, and this is about what comes before that.
        async with caller(app, secret, f"10.0.{n // 20}.1") as revoked:
            answer = await revoked.request(operation.method, f"http://test{operation.at()}")
        assert answer.status_code == 401, operation


async def made_of(kind: str, own: AsyncClient, api: AsyncClient) -> dict[str, str]:
    """A record of each resource, all of the same agency; what they refer to is public."""
    seen, shown = {"visibility": kind}, {"visibility": "public"}
    agency = (await api.get("/agencies", params={"key": "one"})).json()["items"][0]["id"]
    ids: dict[str, str] = {}

    async def new(path: str, body: Any, by: AsyncClient = own) -> str:
        return await an_id(by, path, body)

    flag = [{"code": "year_inferred", "origin": "person"}]
    ids["partners"] = await new("partners", factories.partner(flags=flag, **seen))
    paper = await new("documents", factories.document(**shown))
    firm = (await factories.a_firm(own, **shown))["id"]
    commitments = [{"code": "1", "title": {"vi": "Mở tuyến xe"}}]
    for path, body in (
        ("sources", factories.source()),
        ("agencies", factories.agency()),
        ("documents", factories.document()),
        ("agreements", factories.agreement(commitments=commitments)),
        ("partner-relations", factories.relation(firm)),
        ("delegations", factories.delegation()),
        ("events", factories.event()),
        ("projects", factories.project()),
        ("sites", factories.site()),
        ("notices", factories.notice()),
        ("indicators", factories.indicator(f"i.{kind}")),
        ("plans", factories.plan(paper)),
    ):
        ids[path] = await new(path, body | seen)
    of_the_province = {"owner_agency_id": agency, **seen}
    day = factories.calendar_day(f"2025-05-0{KINDS.index(kind) + 5}", **of_the_province)
    ids["calendar-days"] = await new("calendar-days", day, api)
    rule = factories.compliance_rule(f"rule-{kind}", **of_the_province)
    ids["compliance-rules"] = await new("compliance-rules", rule, api)
    ids |= await made_of_work(kind, own, agency, paper)
    project = await new("projects", factories.project(**shown))
    ids["transactions"] = await new("transactions", factories.transaction(project, **seen))
    measure = await new("indicators", factories.indicator(f"o.{kind}", **shown))
    ids["observations"] = await new("observations", factories.observation(measure, **seen))
    told = (await factories.a_sent_notice(own, **shown))["id"]
    said_so = factories.acknowledgement(told, firm, **seen)
    ids["notice-acknowledgements"] = await new("notice-acknowledgements", said_so)
    ids["reports"] = await a_report(kind, own, agency)
    ids["attachment"] = await a_file(own, ids["documents"])
    ids["me"] = await new("me/calendar-keys", {"name": kind})
    return ids


async def made_of_work(kind: str, own: AsyncClient, agency: str, paper: str) -> dict[str, str]:
    seen, shown = {"visibility": kind}, {"visibility": "public"}

    plan = (await factories.a_plan(own, **shown))["id"]
    whole = await an_id(own, "tasks", factories.task(plan, **shown))
    task = await an_id(own, "tasks", factories.task(plan, code="2", **seen))
    assignment = await an_id(own, "assignments", factories.assignment(whole, agency, **seen))
    report = factories.progress_report(assignment, **seen)
    return {
        "tasks": task,
        "assignments": assignment,
        "progress-reports": await an_id(own, "progress-reports", report),
        "evidence": await an_id(own, "evidence", {"task_id": whole, "document_id": paper, **seen}),
    }


async def a_report(kind: str, own: AsyncClient, agency: str) -> str:
    """One becomes public by being published."""
    signed = {"issued_on": "2026-01-02", "signer": {"position": "Giám đốc", "name": "Lò Văn A"}}
    body = factories.report(issuer_id=agency, symbol="1/BC-SNgV", place="Sơn La", **signed)
    if kind != "public":
        return await an_id(own, "reports", {**body, "visibility": kind})
    id_ = await an_id(own, "reports", body)
    for verb in ("submit", "approve", "publish"):
        address = f"/reports/{id_}/transitions"
        step = await own.post(address, json={"verb": verb}, headers={"if-match": "*"})
        assert step.status_code == 201, step.text
    return id_


async def an_id(by: AsyncClient, path: str, body: Any) -> str:
    id_: str = (await factories.made(by, f"/{path}", body))["id"]
    return id_


async def a_file(own: AsyncClient, document: str) -> str:
    files = {"file": ("a.txt", "Kế hoạch".encode())}
    answer = await own.post(f"/documents/{document}/attachments", files=files)
    assert answer.status_code == 201, answer.text
    id_: str = answer.json()["id"]
    return id_
