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


def event(**changed: Any) -> Body:
    return {
        "kind": "fair",
        "name": {"en": "China-ASEAN Expo", "vi": "Hội chợ Trung Quốc - ASEAN"},
        "when": "2026-09-16/2026-09-19",
    } | changed


def full_event(partner_id: Any, **changed: Any) -> Body:
    """With something in every field."""
    money = {"amount": "153600000.00", "currency": "USD"}
    return (
        event(
            role="exhibitor",
            channel="economic",
            country="CN",
            place="Nam Ninh",
            partners=[{"partner_id": partner_id}],
            enterprises=[
                {"partner_id": partner_id, "name": None},
                {"partner_id": None, "name": "Hợp tác xã ສີບຸນເຮືອງ"},
            ],
            enterprise_count=14,
            products=["Mận hậu", "Cà phê"],
            results={
                "text": {"vi": "Xuất 60 tấn nhãn", "en": None, "lo": None},
                "contracts": 12,
                "orders": [money],
                "visitors": 20000,
            },
            cost={"planned": money, "actual": None},
            related=[{"resource": "sites", "key": "long-sap-gate"}],
        )
        | changed
    )


def document(**changed: Any) -> Body:
    return {
        "symbol": "152/KH-UBND",
        "type": "plan",
        "issued_on": "2025-06-26",
        "subject": {"en": "International integration in the new situation"},
    } | changed


def agreement(**changed: Any) -> Body:
    return {
        "kind": "mou",
        "title": {"vi": "Bản ghi nhớ Sơn La - Luông Pha Băng", "lo": "ບົດບັນທຶກ"},
        "effective": "2024/2026",
    } | changed


def full_agreement(partner_id: Any, agency_id: Any, document_id: Any, **changed: Any) -> Body:
    """With something in every field but what it renews."""
    paper = {"document_id": document_id, "symbol": "1/BGN", "issuer": "Hai bên"}
    return (
        agreement(
            on_behalf_of="province",
            parties=[
                {"partner_id": partner_id, "role": "signatory"},
                {"agency_id": agency_id, "role": "implementing"},
            ],
            signatories=[
                {"position": "Phó Chủ tịch UBND tỉnh", "agency_id": agency_id},
                {"position": "Vice Governor", "partner_id": partner_id},
                {"position": "Witness"},
            ],
            countries=["LA"],
            subdivision="LA-LP",
            signed_on="2023-H2",
            auto_renew=False,
            fields=[{"vi": "Giáo dục", "lo": "ການສຶກສາ"}],
            languages=["vi", "lo"],
            documents=[paper],
            commitments=[
                {"code": "1", "title": {"vi": "Mở tuyến xe"}, "agency_id": agency_id},
                {
                    "code": "2",
                    "title": {"vi": "Dạy tiếng Lào"},
                    "partner_id": partner_id,
                    "clause": "Điều 2",
                    "due": "2026-Q2",
                },
            ],
            consultations=[
                {
                    "agency_id": agency_id,
                    "asked_on": "2023-05-01",
                    "received_on": "2023-05-03",
                    "due_on": "2023-05-10",
                    "answered_on": "2023-05-09",
                    "opinion": "Nhất trí",
                    "document": {"symbol": "9/CV"},
                }
            ],
        )
        | changed
    )


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
            locations=[
                {
                    "name": {"en": "Son La City"},
                    "point": {"type": "Point", "coordinates": [103.9, 21.3]},
                }
            ],
            legal_basis=[{"document_id": document_id, "clause": "Điều 1"}],
            certificate={"number": "5401234567", "issued_on": "2024-05"},
            components=5,
            milestones=[
                {"name": {"vi": "Khởi công"}, "baseline": "2025-08-15", "actual": "2025-06-03"}
            ],
            progress=[{"on": "2025-06", "physical": "62.5", "financial": "48"}],
            related=[{"resource": "sites", "key": "long-sap-gate"}],
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


def indicator(code: str = "exports.total", **changed: Any) -> Body:
    return {
        "code": code,
        "name": {"vi": "Giá trị hàng hóa xuất khẩu"},
        "unit": "USD",
        "coverage": {"en": "Whole province"},
    } | changed


def observation(indicator_id: Any, **changed: Any) -> Body:
    return {"indicator_id": indicator_id, "period": "2025-H1", "value": "112000000"} | changed


def report(**changed: Any) -> Body:
    return {
        "title": {"vi": "Báo cáo công tác đối ngoại 6 tháng đầu năm 2024"},
        "period": "2024-H1",
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


def site(name: str = "Cửa khẩu Lóng Sập", **changed: Any) -> Body:
    return {"name": {"vi": name}, "kind": "border_gate", "country": "VN", "borders": "LA"} | changed


def notice(**changed: Any) -> Body:
    return {
        "topic": "sps",
        "title": {"vi": "Quy định mới về mã số vùng trồng"},
        "body": {"vi": "Từ ngày 01/01/2027 lô hàng phải ghi mã số vùng trồng."},
        "is_to_all": True,
    } | changed


def acknowledgement(notice_id: Any, partner_id: Any, **changed: Any) -> Body:
    return {
        "notice_id": notice_id,
        "partner_id": partner_id,
        "acknowledged_on": "2026-01-20",
        "means": "telephone",
    } | changed


async def a_firm(api: AsyncClient, name: str = "Takii Vietnam", **changed: Any) -> Any:
    return await made(api, "/partners", partner(name, kind="enterprise", **changed))


async def a_sent_notice(api: AsyncClient, on: str = "2026-01-05", **changed: Any) -> Any:
    """A notice that was sent, as it then stands."""
    draft = await made(api, "/notices", notice(**changed))
    step = {"verb": "send", "on": on}
    address = f"/notices/{draft['id']}"
    sent = await api.post(f"{address}/transitions", json=step, headers={"if-match": "*"})
    assert sent.status_code == 201, sent.text
    return (await api.get(address)).json()


async def full_outreach(
    api: AsyncClient, agency_id: Any, document_id: Any, **common: Any
) -> dict[str, str]:
    """A gate, and a notice that a firm has confirmed, with something in every field."""
    cited = {"document_id": document_id, "symbol": "182/NQ-CP", "issuer": "Chính phủ"}
    zone = await made(api, "/sites", site("Khu kinh tế", kind="border_gate_economic_zone"))
    other = await made(api, "/sites", site("ດ່ານປາຮ້າງ", country="LA", subdivision="LA-HO"))
    own: Body = {"subdivision": "VN-05", "managing_agency_id": agency_id, "aliases": ["Loóng Sập"]}
    own |= {"parent_id": zone["id"], "pair_id": other["id"], "established_on": "1990-03"}
    own |= {"location": {"type": "Point", "coordinates": [104.5, 20.75]}, "opened_on": "2024"}
    own |= {"status": [{"level": "main", "valid": "2020/..", "basis": cited}]}
    gate = await made(api, "/sites", site(key="s1", **own, **common))
    firm = await a_firm(api, visibility="public")
    before = await a_sent_notice(api, **common)
    about: Body = {
        "markets": ["CN"],
        "products": ["Xoài"],
        "languages": ["vi", "lo"],
        "valid": "2027",
    }
    about |= {"documents": [cited], "replaces_id": before["id"], "is_to_all": False}
    about |= {"recipients": [{"partner_id": firm["id"]}]}
    told = await a_sent_notice(api, key="n1", **about, **common)
    body = acknowledgement(told["id"], firm["id"], key="a1", **common)
    said = await made(api, "/notice-acknowledgements", body)
    return {"sites": gate["id"], "notices": told["id"], "notice-acknowledgements": said["id"]}


async def one_of_each(api: AsyncClient) -> dict[str, str]:
    """The id of a record of each resource, for what holds for all of them."""
    host = (await made(api, "/partners", partner()))["id"]
    given = await an_assignment(api)
    task = (await api.get(f"/tasks/{given['task']['id']}")).json()
    paper = (await made(api, "/documents", document()))["id"]
    work = (await made(api, "/projects", project()))["id"]
    measure = (await made(api, "/indicators", indicator()))["id"]
    firm = (await a_firm(api))["id"]
    told = (await a_sent_notice(api))["id"]
    bodies = {
        "sources": source(),
        "agencies": agency(),
        "partner-relations": relation(host),
        "agreements": agreement(),
        "delegations": delegation(),
        "calendar-days": calendar_day(),
        "compliance-rules": compliance_rule(),
        "events": event(),
        "transactions": transaction(work),
        "observations": observation(measure),
        "progress-reports": progress_report(given["id"]),
        "evidence": {"task_id": task["id"], "document_id": paper},
        "sites": site(),
        "notice-acknowledgements": acknowledgement(told, firm),
        "reports": report(),
    }
    return {
        "partners": host,
        "documents": paper,
        "projects": work,
        "indicators": measure,
        "notices": told,
        "plans": task["plan"]["id"],
        "tasks": task["id"],
        "assignments": given["id"],
        **{path: (await made(api, f"/{path}", body))["id"] for path, body in bodies.items()},
    }
