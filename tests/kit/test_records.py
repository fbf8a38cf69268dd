"""A view is one select: its fields, its JSON, how many queries it takes, what it may not name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from sonla_api.agencies.queries import agencies
from sonla_api.agreements.queries import agreements
from sonla_api.assignments.queries import assignments
from sonla_api.calendar_days.queries import calendar_days
from sonla_api.changes.queries import changes
from sonla_api.compliance_rules.queries import compliance_rules
from sonla_api.delegations.queries import delegations
from sonla_api.documents.queries import documents
from sonla_api.events.queries import events
from sonla_api.evidence.queries import evidence
from sonla_api.identity import keyring
from sonla_api.indicators.queries import indicators
from sonla_api.kit.mentions import model_of
from sonla_api.kit.model import Resource
from sonla_api.kit.reads import Reads
from sonla_api.kit.records import Records
from sonla_api.kit.schema import View
from sonla_api.kit.shapes import function_body, shown_in
from sonla_api.kit.steps import steps
from sonla_api.notice_acknowledgements.queries import acknowledgements
from sonla_api.notices.queries import notices
from sonla_api.observations.queries import observations
from sonla_api.partner_relations.queries import relations
from sonla_api.partners.queries import partners
from sonla_api.plans.queries import plans
from sonla_api.progress_reports.queries import progress_reports
from sonla_api.projects.queries import projects
from sonla_api.reports.queries import reports
from sonla_api.sites.queries import sites
from sonla_api.sources.queries import sources
from sonla_api.tasks.queries import tasks
from sonla_api.transactions.queries import transactions
from tests import factories
from tests.conftest import Connection
from tests.routes import LISTS, READS, Operation, described, validator_of

EVERY = [
    sources,
    agencies,
    partners,
    documents,
    relations,
    delegations,
    events,
    changes,
    steps,
    plans,
    tasks,
    assignments,
    progress_reports,
    evidence,
    projects,
    transactions,
    calendar_days,
    agreements,
    sites,
    notices,
    acknowledgements,
    indicators,
    observations,
    reports,
    compliance_rules,
]


def test_every_resource_is_read_by_records() -> None:
    others = set(Resource.__subclasses__()) - {records.model for records in EVERY}
    assert not others, f"name the records of {others} in EVERY"


@pytest.mark.parametrize("records", EVERY, ids=lambda records: records.view.__name__)
def test_the_fields_of_a_view_are_the_columns_of_its_select(records: Records) -> None:
    for is_stranger in (True, False):
        columns = [column.name for column in records.columns(is_stranger=is_stranger)]
        assert columns == list(records.view.model_fields)


@pytest.mark.parametrize("records", EVERY, ids=lambda records: records.view.__name__)
def test_internal_fields_are_fields_of_the_view_and_may_be_null(records: Records) -> None:
    shown = records.model.internal & records.view.model_fields.keys()
    assert shown
    for name in shown:
        assert type(None) in getattr(records.view.model_fields[name].annotation, "__args__", ()), (
            name
        )


async def full_records(api: AsyncClient) -> dict[str, Any]:
    """A record of each kind in which every field has a value, and one in which none has."""
    source = await factories.made(
        api,
        "/sources",
        factories.source(
            publisher="Báo Sơn La",
            url="https://baosonla.org.vn",
            published_on="2025-01-02",
            language="vi",
            visibility="public",
        ),
    )
    common = {
        "note": "Ghi chú",
        "sources": [{"source_id": source["id"], "locator": "tr. 2", "as_printed": "như in"}],
        "flags": [{"code": "year_inferred", "why": {"vi": "Suy ra"}}],
        "printed": {"note": "như in"},
        "visibility": "public",
    }
    agency = await factories.made(
        api,
        "/agencies",
        factories.agency(
            key="sngv", code="H52.1", short_name={"vi": "SNgV"}, valid_from="2010-01-01", **common
        ),
    )
    common["owner_agency_id"] = agency["id"]
    below = {"parent_id": agency["id"], "successors": [{"agency_id": agency["id"]}]}
    await factories.made(
        api, "/agencies", factories.agency(valid_to="2030-01-01", **below, **common)
    )
    parent = await factories.made(api, "/partners", factories.partner())
    partner = await factories.made(
        api,
        "/partners",
        factories.partner(
            "Houaphanh",
            key="la-hp",
            aliases=["Hủa Phăn"],
            subdivision="LA-HO",
            website="https://hp.la",
            parent_id=parent["id"],
            registration_number="12",
            registration_kind="operation",
            registered="2020/2026-12-20",
            **common,
        ),
    )
    paper = await factories.made(
        api,
        "/documents",
        factories.document(
            key="152/KH-UBND",
            issuer_id=agency["id"],
            effective="2025-06-26/..",
            signer_position="Phó Chủ tịch",
            **common,
        ),
    )
    sent = {"file": ("a.pdf", b"%PDF-")}
    kept = await api.post(f"/documents/{paper['id']}/attachments", files=sent)
    assert kept.status_code == 201, kept.text
    document = {"symbol": "152/KH-UBND", "issuer": "UBND tỉnh", "issued_on": "2025-01-02"}
    accord = await full_accord(api, partner["id"], agency["id"], paper["id"], common)
    established = {"established_by": document | {"agreement_id": accord}, **common}
    relation = await factories.made(
        api, "/partner-relations", factories.relation(partner["id"], key="r1", **established)
    )
    visit = await factories.made(
        api,
        "/delegations",
        factories.delegation(
            key="d1",
            channel="party",
            level="department",
            purpose="Trao đổi",
            lead_agency_id=agency["id"],
            host_position="Bí thư",
            headcount=9,
            members=[
                {
                    "name": "Lò Văn A",
                    "position": "PGĐ",
                    "agency_id": agency["id"],
                    "person_key": "1",
                }
            ],
            subdivision="LA-HO",
            place="Sầm Nưa",
            partners=[{"partner_id": partner["id"], "role": "host"}],
            programme=[
                {
                    "on": "2026-12-01",
                    "time": "08:30",
                    "place": "Sầm Nưa",
                    "partner_id": partner["id"],
                    "activity": "Hội đàm",
                }
            ],
            invitation=[document],
            decision=[document],
            consultations=[
                {
                    "agency_id": agency["id"],
                    "asked_on": "2026-10-01",
                    "received_on": "2026-10-02",
                    "due_on": "2026-10-09",
                    "answered_on": "2026-10-05",
                    "opinion": "Đồng ý",
                    "document": document,
                }
            ],
            funding="self",
            cost={"planned": {"amount": "1.50", "currency": "USD"}, "actual": None},
            in_annual_plan=True,
            outcomes=["Ký biên bản"],
            report={"document": document, "submitted_on": "2026-12-20"},
            **common,
        ),
    )
    said = factories.calendar_day(key="c1", announcement=document, **common)
    day = await factories.made(api, "/calendar-days", said)
    await factories.made(api, "/sources", factories.source(key="s2", **common))
    later = {"links": [{"kind": "replaces", "document_id": paper["id"]}]}
    body = factories.document(symbol="9/KH-UBND", issuer_name="UBND", **later)
    await factories.made(api, "/documents", body)
    figures = await full_figures(api, common)
    ruled = {"legal_basis": [document], "directions": ["outbound"], "levels": ["department"]}
    ruled |= {"kind": "leaders_at_once", "positions": ["Chủ tịch UBND tỉnh"], "key": "lr1"}
    body = factories.compliance_rule("leaders-at-once", **ruled, **common)
    rule = await factories.made(api, "/compliance-rules", body)
    outreach = await factories.full_outreach(api, agency["id"], paper["id"], **common)
    held_at = [{"site_id": outreach["sites"]}]
    body = factories.full_event(partner["id"], key="e1", sites=held_at, **common)
    fair = await factories.made(api, "/events", body)
    await factories.made(api, "/events", factories.event(name={"lo": "ງານ"}, when=None))
    work = await full_work(api, paper["id"], visit["id"], agency["id"], accord, common)
    money = await full_money(api, partner["id"], agency["id"], paper["id"], common)
    agreed = {"agreements": [{"agreement_id": accord}], "sites": held_at}
    address = f"/projects/{money['projects']}"
    assert (await api.patch(address, json=agreed, headers={"if-match": "*"})).status_code == 200
    bare = factories.delegation(title={"lo": "ຢ້ຽມຢາມ"}, direction=None, countries=[], when=None)
    await factories.made(api, "/delegations", bare | {"head_position": None})
    await factories.made(api, "/sources", {"title": "x"})
    step = await api.post(
        f"/delegations/{visit['id']}/transitions",
        json={"verb": "submit"},
        headers={"if-match": "*"},
    )
    assert step.status_code == 201, step.text
    established_step = await api.post(
        f"/partner-relations/{relation['id']}/transitions",
        json={"verb": "establish", "on": "2026-01-01", "note": "x"},
        headers={"if-match": "*"},
    )
    assert established_step.status_code == 201, established_step.text
    ids = {
        "sources": source["id"],
        "agencies": agency["id"],
        "partners": partner["id"],
        "documents": paper["id"],
        "agreements": accord,
        "partner-relations": relation["id"],
        "delegations": visit["id"],
        "calendar-days": day["id"],
        "events": fair["id"],
        "compliance-rules": rule["id"],
        **work,
        **money,
        **outreach,
        **figures,
        "reports": await full_report(api, agency["id"], common),
    }
    others = {it.path.split("/")[3] for it in READS if it.path.endswith("/{id}")} - ids.keys()
    assert not others, f"full_records makes none of {others}"
    return ids


async def full_accord(
    api: AsyncClient, partner: str, agency: str, paper: str, common: dict[str, Any]
) -> str:
    """An agreement that renews another one, and is renewed itself."""
    first = await factories.made(api, "/agreements", factories.agreement())
    named = {"key": "g1", "renews_id": first["id"], **common}
    body = factories.full_agreement(partner, agency, paper, **named)
    made = await factories.made(api, "/agreements", body)
    await factories.made(api, "/agreements", factories.agreement(renews_id=made["id"]))
    id_: str = made["id"]
    return id_


async def full_figures(api: AsyncClient, common: dict[str, Any]) -> dict[str, str]:
    """An indicator that is a part of another, and a figure of it with one of the year before."""
    above = factories.indicator("trade.total", flow="both")
    whole = await factories.made(api, "/indicators", above)
    body = factories.indicator(
        key="i1",
        definition={"vi": "Trị giá FOB"},
        dimensions=[
            {"dimension": "flow"},
            {"dimension": "product", "scheme": "own", "codes": [{"code": "longan"}]},
            {"dimension": "partner_country", "codes": [{"code": "CN", "name": {"vi": "TQ"}}]},
        ],
        frequency="yearly",
        flow="both",
        parent_id=whole["id"],
        **common,
    )
    measure = await factories.made(api, "/indicators", body)
    dimensions = {"flow": "exports", "product": "longan", "partner_country": "CN"}
    body = factories.observation(
        measure["id"], dimensions=dimensions, value_kind="flow", as_of="2025-06-30", **common
    )
    before = {"period": "2024-H1", "as_of": "2024-06-30"}
    await factories.made(api, "/observations", body | before)
    said = {"key": "o1", "qualifier": "about", "change_yoy": "0.105", "vintage": "2025-07"}
    figure = await factories.made(api, "/observations", body | said)
    bare = factories.observation(measure["id"], period=None, value=None, change_yoy="-0.1")
    await factories.made(api, "/observations", bare)
    return {"indicators": measure["id"], "observations": figure["id"]}


async def full_work(
    api: AsyncClient, paper: str, visit: str, agency: str, accord: str, common: dict[str, Any]
) -> dict[str, str]:
    """A plan with its tasks, who has them, and what was reported on them."""
    aims = [{"vi": "Mở rộng thị trường"}]
    body = factories.plan(paper, key="p1", objectives=aims, **common)
    plan = await factories.made(api, "/plans", body)
    yearly = {"kind": "recurring", "rule": "FREQ=YEARLY", "text": "hằng năm"}
    body = factories.task(plan["id"], code="2", due=yearly)
    above = await factories.made(api, "/tasks", body)
    body = factories.task(
        plan["id"],
        key="t1",
        parent_id=above["id"],
        basis={"document_id": paper, "clause": "III.2"},
        commitment={"agreement_id": accord, "code": "2"},
        due={"kind": "date", "on": "2026-12-15", "text": "trước 15/12"},
        deliverable="Kế hoạch",
        result_documents=[{"document_id": paper}],
        period="2025/2030",
        markets=["ASEAN"],
        priority="high",
        **common,
    )
    task = await factories.made(api, "/tasks", body)
    body = factories.assignment(task["id"], agency, key="a1", **common)
    given = await factories.made(api, "/assignments", body)
    named = [{"document_id": paper}, {"delegation_id": visit}, {"agreement_id": accord}]
    said = {"difficulties": "Thiếu người", "proposals": "Bổ sung", "evidence": named}
    of_all = {name: value for name, value in common.items() if name != "owner_agency_id"}
    first = factories.progress_report(given["id"], **said, **of_all)
    report = await factories.made(api, "/progress-reports", first)
    later = first | {"corrects_id": report["id"], "key": "r1"}
    await factories.made(api, "/progress-reports", later)
    piece = (await api.get("/evidence")).json()["items"][0]
    return {
        "plans": plan["id"],
        "tasks": task["id"],
        "assignments": given["id"],
        "progress-reports": report["id"],
        "evidence": piece["id"],
    }


async def full_money(
    api: AsyncClient, partner: str, agency: str, paper: str, common: dict[str, Any]
) -> dict[str, str]:
    """A project that is a part of another, and what was paid for it."""
    whole = await factories.made(api, "/projects", factories.project())
    named = {"key": "p1", "parent_id": whole["id"], **common}
    body = factories.full_project(partner, agency, paper, **named)
    project = await factories.made(api, "/projects", body)
    body = factories.transaction(
        project["id"],
        key="t1",
        qualifier="about",
        description="Đợt 1",
        provider={"partner_id": partner},
        receiver={"agency_id": agency},
        **common,
    )
    paid = await factories.made(api, "/transactions", body)
    bare = factories.transaction(project["id"], type="stated", on=None, equivalents=[])
    await factories.made(api, "/transactions", bare)
    return {"projects": project["id"], "transactions": paid["id"]}


async def full_report(api: AsyncClient, agency: str, common: dict[str, Any]) -> str:
    """A published report that restates another one."""
    official = {
        "symbol": "152/BC-UBND",
        "issuer_id": agency,
        "superior_id": agency,
        "place": "Sơn La",
        "issued_on": "2024-07-05",
        "recipients": ["Bộ Ngoại giao"],
        "signer": {"authority": "KT. CHỦ TỊCH", "position": "PHÓ CHỦ TỊCH", "name": "Lò Văn A"},
        "narrative": [{"part": "fdi", "text": {"vi": "Đầu tư", "lo": "ການລົງທຶນ"}}],
        **{name: value for name, value in common.items() if name != "visibility"},
    }
    id_ = None
    for key in ("b1", "b2"):
        body = factories.report(**official | {"key": key, "replaces_id": id_})
        id_ = (await factories.made(api, "/reports", body))["id"]
        for verb in ("submit", "approve", "publish"):
            address = f"/reports/{id_}/transitions"
            taken = await api.post(address, json={"verb": verb}, headers={"if-match": "*"})
            assert taken.status_code == 201, taken.text
    return str(id_)


STEPS = "written by steps that end or move it, whose tests read it"
EMPTY = {
    "agreements": ({"ended_on"}, STEPS),
    "assignments": ({"cancelled_on", "done_on", "extended_to", "wanted_until"}, STEPS),
    "compliance-rules": ({"counted_in", "country_count"}, "of rules of other kinds"),
    "data-quality": ({"acknowledged"}, STEPS),
    "evidence": (
        {"event", "flags", "key", "note", "printed", "project", "sources"},
        "made by its report, which says these; what it shows is of other kinds here",
    ),
    "reports": ({"verbs"}, "published ones have none"),
    "tasks": ({"done_on", "withdrawn_on"}, STEPS),
}
"""What no record of `full_records` has, and why."""


def test_what_a_body_says_is_in_its_view() -> None:
    """As itself, or without `_id` where the view shows the record that it names."""
    schemas = described["components"]["schemas"]
    pairs = {name: name.removesuffix("Create") for name in schemas if name.endswith("Create")}
    lost = {
        f"{stem}.{field}"
        for name, stem in pairs.items()
        if f"{stem}View" in schemas
        for field in schemas[name]["properties"]
        if not {field, field.removesuffix("_id")} & schemas[f"{stem}View"]["properties"].keys()
    }
    assert lost == set()
    assert len({f"{stem}View" for stem in pairs.values()} & schemas.keys()) > 20


async def test_full_records_have_something_in_every_field(api: AsyncClient) -> None:
    """Else the rules over all records look at nothing there."""
    await full_records(api)
    for operation in LISTS:
        if "{id}" in operation.path or operation.needed:
            continue
        answer = await api.get(f"http://test{operation.path}", params={"limit": "200"})
        items = answer.json()["items"]
        assert items, operation
        empty = {name for name in items[0] if not any(_says(item[name]) for item in items)}
        expected, _ = EMPTY.get(operation.path.split("/")[3], (set(), ""))
        assert empty == expected, operation


def _says(value: Any) -> bool:
    return value not in (None, [], {})


def documented(operation: Operation) -> Any:
    """A validator of the answer that the description promises."""
    schema = operation.about["responses"]["200"]["content"]["application/json"]["schema"]
    return validator_of(schema)


async def test_every_answer_is_as_described(api: AsyncClient, stranger: AsyncClient) -> None:
    """Strictly: every field there, none beside, for who has a key and for a stranger."""
    ids = await full_records(api)
    for operation in READS:
        if "application/json" not in operation.about["responses"]["200"]["content"]:
            continue  # a file, or a calendar
        resource = operation.path.split("/")[3]
        address = f"http://test{operation.at(ids.get(resource))}"
        validator = documented(operation)
        for client in (api, stranger):
            answer = await client.get(
                address, params={"limit": "200"} if operation in LISTS else operation.needed
            )
            assert answer.status_code == 200, (operation, answer.text)
            validator.validate(answer.json())
            assert_no_default_is_left_out(operation, answer.json())


def assert_no_default_is_left_out(operation: Operation, body: Any) -> None:
    """The schemas themselves refuse what they do not name, so nothing can drift unseen."""
    schema = operation.about["responses"]["200"]["content"]["application/json"]["schema"]
    name = schema["$ref"].rpartition("/")[2]
    found = described["components"]["schemas"][name]
    assert found["additionalProperties"] is False, name
    assert set(found["required"]) == set(found["properties"]) == set(body), name


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that readers send."""
    sent: list[str] = []
    fetch = Reads.fetch

    async def noted(self: Reads, query: str, *args: Any) -> Any:
        sent.append(query)
        return await fetch(self, query, *args)

    with monkeypatch.context() as patched:
        patched.setattr(Reads, "fetch", noted)
        yield sent


@pytest.fixture
def standing_clock(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So that no key is looked up again in between, however slow the machine is."""
    now = datetime.now(UTC)
    app.state.clock = lambda: now
    monkeypatch.setattr(keyring, "monotonic", lambda: 0.0)
    yield
    app.state.clock = None


async def test_a_list_takes_the_same_queries_however_long(
    standing_clock: None, api: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def queries() -> dict[str, int]:
        numbers = {}
        for operation in LISTS:
            address = operation.at(ids.get(operation.path.split("/")[3]))
            with counted(monkeypatch) as sent:
                answer = await api.get(f"http://test{address}", params={"limit": "200"})
                assert answer.status_code == 200
            numbers[str(operation)] = len(sent)
            lengths.setdefault(str(operation), []).append(len(answer.json()["items"]))
        return numbers

    lengths: dict[str, list[int]] = {}
    ids = await full_records(api)
    await api.get("/partners")
    few = await queries()
    (told,) = (await api.get(f"/notices/{ids['notices']}")).json()["recipients"]
    more = 7
    for n in range(more):
        await factories.made(
            api, "/partners", factories.partner(str(n), parent_id=ids["partners"], aliases=["x"])
        )
        made = {
            "/delegations": factories.delegation(partners=[{"partner_id": ids["partners"]}] * 3),
            "/partner-relations": factories.relation(ids["partners"]),
            "/events": factories.event(enterprises=[{"partner_id": ids["partners"]}] * 3),
            "/agencies": factories.agency(successors=[{"agency_id": ids["agencies"]}]),
            "/documents": factories.document(issuer_id=ids["agencies"]),
            "/sources": factories.source(sources=[{"source_id": ids["sources"]}]),
            "/agreements": factories.full_agreement(
                ids["partners"], ids["agencies"], ids["documents"]
            ),
            "/projects": factories.project(participants=[{"partner_id": ids["partners"]}] * 3),
            "/transactions": factories.transaction(ids["projects"]),
            "/calendar-days": factories.calendar_day(f"2024-01-{n + 1:02}"),
            "/sites": factories.site(parent_id=ids["sites"]),
            "/notices": factories.notice(),
            "/notice-acknowledgements": factories.acknowledgement(
                ids["notices"], told["partner"]["id"]
            ),
            "/indicators": factories.indicator(f"i.n{n}", parent_id=ids["indicators"]),
            "/observations": factories.observation(ids["indicators"], period=f"{1990 + n}"),
            "/compliance-rules": factories.compliance_rule(f"rule-{n}"),
        }
        for path, body in made.items():
            await factories.made(api, path, body)
        given = await factories.an_assignment(api)
        shown = {"evidence": [{"document_id": ids["documents"]}]}
        report = factories.progress_report(given["id"], **shown)
        await factories.made(api, "/progress-reports", report)
        await factories.made(api, "/reports", factories.report())
    assert await queries() == few
    # A history asks for its record first, and afterwards which of those it names may be seen.
    for name, number in few.items():
        assert number <= (3 if name.endswith("/history") else 2), name
    for operation, (before, after) in lengths.items():
        if "{id}" not in operation:
            assert after >= before + more


async def test_one_record_is_one_query(
    standing_clock: None, api: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await full_records(api)
    await api.get("/partners")
    for operation in READS:
        if operation.path.endswith("{id}"):
            with counted(monkeypatch) as sent:
                await api.get(f"http://test{operation.at(ids[operation.path.split('/')[3]])}")
            assert len(sent) == 1, operation


async def test_a_public_record_does_not_name_an_internal_one(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    hidden = {
        "source": await factories.made(api, "/sources", factories.source()),
        "agency": await factories.made(api, "/agencies", factories.agency()),
        "partner": await factories.made(api, "/partners", factories.partner()),
    }
    ids = {name: record["id"] for name, record in hidden.items()}
    public: dict[str, Any] = {
        "visibility": "public",
        "sources": [{"source_id": ids["source"], "locator": "tr. 1"}],
        "owner_agency_id": ids["agency"],
    }
    records = {
        "/partners": factories.partner(parent_id=ids["partner"], **public),
        "/partner-relations": factories.relation(ids["partner"], **public),
        "/agencies": factories.agency(
            parent_id=ids["agency"], successors=[{"agency_id": ids["agency"]}], **public
        ),
        "/delegations": factories.delegation(
            lead_agency_id=ids["agency"],
            partners=[{"partner_id": ids["partner"], "role": "met"}],
            programme=[{"activity": "Hội đàm", "partner_id": ids["partner"]}],
            **public,
        ),
        "/events": factories.event(
            partners=[{"partner_id": ids["partner"]}],
            enterprises=[{"partner_id": ids["partner"]}],
            **public,
        ),
        "/projects": factories.project(
            participants=[{"partner_id": ids["partner"]}, {"agency_id": ids["agency"]}], **public
        ),
        "/agreements": factories.full_agreement(ids["partner"], ids["agency"], None, **public),
    }
    for path, body in records.items():
        made = await factories.made(api, path, body)
        address = f"{path}/{made['id']}"
        for answer in (await stranger.get(address), await stranger.get(path)):
            assert answer.status_code == 200
            for name, id_ in ids.items():
                assert id_ not in answer.text, (path, name)
        known = (await api.get(address)).text
        assert ids["source"] in known
        assert ids["agency"] in known
    seen = (await stranger.get("/delegations")).json()["items"][0]
    assert seen["partners"] == [{"partner": None, "role": "met"}]
    assert seen["sources"] == [{"source": None, "locator": "tr. 1", "as_printed": None}]
    assert seen["lead_agency"] is None
    assert seen["programme"][0]["activity"] == "Hội đàm"


async def test_an_agencys_own_record_is_named_to_its_own(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    agency = await factories.made(api, "/agencies", factories.agency(key="so"))
    owned = {"visibility": "agency", "owner_agency_id": agency["id"]}
    parent = await factories.made(api, "/partners", factories.partner("Hidden", **owned))
    child = await factories.made(api, "/partners", factories.partner(parent_id=parent["id"]))
    insider = await as_actor("partners:read", agency="so")
    outsider = await as_actor("partners:read")
    named = {"id": parent["id"], "name": parent["name"]}
    for client, expected in ((api, named), (insider, named), (outsider, None)):
        found = (await client.get(f"/partners/{child['id']}")).json()["parent"]
        assert found == expected


def test_a_record_that_is_no_resource_has_no_table() -> None:
    with pytest.raises(LookupError, match="nothing"):
        model_of("nothing")


def rare(view: type[View] = View) -> Iterator[type[View]]:
    """The views that a function of the database shows."""
    if view.shown_by:
        yield view
    for below in view.__subclasses__():
        yield from rare(below)


async def test_the_database_shows_what_is_rare_as_its_view_says(database: Connection) -> None:
    found = {
        shown_in(records.view.model_fields[name].annotation): inside
        for records in EVERY
        for name, inside in records.found.items()
    }
    for view in rare():
        asked = "select prosrc from pg_proc where proname = $1"
        body = await database.fetchval(asked, view.shown_by)
        assert body.split() == function_body(view, found.get(view)).split(), view
