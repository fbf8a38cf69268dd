"""openapi.json is the truth: its shape, its sentences, its examples, its errors."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from jsonschema_rs import Draft202012Validator

from sonla_api.main import create_app
from sonla_api.settings import Settings
from tests import factories
from tests.factories import (
    a_firm,
    a_plan,
    a_sent_notice,
    a_task,
    agency,
    an_assignment,
    calendar_day,
    compliance_rule,
    delegation,
    document,
    full_agreement,
    full_event,
    full_outreach,
    full_project,
    indicator,
    made,
    observation,
    partner,
    progress_report,
    project,
    relation,
    source,
    transaction,
)

DESCRIBED = create_app(Settings(database_url="postgresql://nobody@localhost/none")).openapi()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, item in DESCRIBED["paths"].items()
    for method, operation in item.items()
}
API = {name: about for name, about in OPERATIONS.items() if " /api/v1" in name}
WRITES = {name: about for name, about in API.items() if not name.startswith("GET")}
CREATES = [name for name in WRITES if re.fullmatch(r"POST /api/v1/[a-z-]+", name)]
UPLOADS = {"POST /api/v1/documents/{id}/attachments"}
CLOSED = {
    "GET /api/v1/reports/periodic",
    "GET /api/v1/reports/{id}/restatement",
    "GET /api/v1/delegations/{id}/compliance",
}
OFFICIAL = {
    "symbol": "152/BC-UBND",
    "place": "Sơn La",
    "issued_on": "2024-07-05",
    "signer": {"position": "CHỦ TỊCH"},
}
DOWNLOADS = {
    "GET /api/v1/documents/{id}/attachments/{attachment_id}",
    "GET /api/v1/calendar.ics",
}
A_SENTENCE = re.compile(r"[A-Z][^.\n]*[^.\s]\.")
every_operation = pytest.mark.parametrize("name", OPERATIONS)


def validate(schema: Any, value: Any) -> None:
    _validator(json.dumps(schema)).validate(value)


@cache
def _validator(schema: str) -> Draft202012Validator:
    """Of a schema that may refer to the components."""
    whole = {"allOf": [json.loads(schema)], "components": DESCRIBED["components"]}
    return Draft202012Validator(whole, validate_formats=True)


def contents(about: Any) -> Iterator[tuple[str, Any]]:
    """Every body that an operation takes or answers, with its example."""
    for kind, media in about.get("requestBody", {}).get("content", {}).items():
        yield f"request {kind}", media
    for status, answer in about["responses"].items():
        found = answer
        if "$ref" in answer:
            found = DESCRIBED["components"]["responses"][answer["$ref"].rpartition("/")[2]]
        for kind, media in found.get("content", {}).items():
            yield f"{status} {kind}", media


def test_it_is_openapi_3_1() -> None:
    assert DESCRIBED["openapi"].startswith("3.1.")
    assert json.loads(json.dumps(DESCRIBED)) == DESCRIBED


@every_operation
def test_an_operation_is_explained_in_one_plain_sentence(name: str) -> None:
    about = OPERATIONS[name]
    assert A_SENTENCE.fullmatch(about["description"]), about["description"]
    assert about["summary"]


@every_operation
def test_an_operation_stands_under_one_declared_tag(name: str) -> None:
    declared = {tag["name"] for tag in DESCRIBED["tags"]}
    (tag,) = OPERATIONS[name]["tags"]
    assert tag in declared


def test_operation_ids_are_verb_and_noun_and_unique() -> None:
    ids = [about["operationId"] for about in OPERATIONS.values()]
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", id_) for id_ in ids)
    assert [id_ for id_, times in Counter(ids).items() if times > 1] == []


def test_every_declared_tag_is_used_and_described() -> None:
    used = {tag for about in OPERATIONS.values() for tag in about["tags"]}
    assert used == {tag["name"] for tag in DESCRIBED["tags"]}
    assert all(A_SENTENCE.fullmatch(tag["description"]) for tag in DESCRIBED["tags"])


@every_operation
def test_every_parameter_is_described(name: str) -> None:
    for parameter in OPERATIONS[name].get("parameters", []):
        assert parameter.get("description"), parameter["name"]


@every_operation
def test_every_body_has_an_example_that_validates(name: str) -> None:
    for what, media in contents(OPERATIONS[name]):
        assert "example" in media, what
        validate(media["schema"], media["example"])


@every_operation
def test_every_json_that_goes_in_or_out_has_a_schema(name: str) -> None:
    about = OPERATIONS[name]
    kinds = dict(contents(about))
    for status in ("200", "201"):
        if status in about["responses"] and name not in DOWNLOADS:
            assert f"{status} application/json" in kinds
    if "requestBody" in about:
        assert about["requestBody"]["required"] is True
        expected = {"request application/json"}
        if name in UPLOADS:
            expected = {"request multipart/form-data"}
        assert {kind for kind in kinds if kind.startswith("request")} == expected


def test_examples_say_something_of_the_field() -> None:
    """No text that only fills a place."""
    assert '"Sơn La"' not in json.dumps(DESCRIBED, ensure_ascii=False)


def test_patterns_mean_the_same_to_every_reader() -> None:
    r"""ECMA's \d and \w are ASCII, those of Python and Rust take the digits of every script."""
    patterns = set(re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(DESCRIBED)))
    assert [pattern for pattern in patterns if re.search(r"\\\\[dwDWb]", pattern)] == []
    assert len(patterns) > 10


def test_component_names_are_those_of_the_field() -> None:
    """Not those of modules, which FastAPI falls back to where two classes are called the same."""
    assert [name for name in DESCRIBED["components"]["schemas"] if "__" in name] == []


def expected_errors(name: str, about: Any) -> set[str]:
    """Which errors follow from the form of an operation, by the contract."""
    names = {parameter["name"] for parameter in about.get("parameters", [])}
    errors = {"401", "403", "406", "429", "503"}
    is_write, has_body = not name.startswith("GET"), "requestBody" in about
    if names or has_body:
        errors |= {"400", "422"}
    if "{" in name:
        errors |= {"404"}
    if "{id}" in name:
        errors |= {"410"} if is_write else {"308", "410"}
    if has_body:
        errors |= {"408", "413", "415"}
    if is_write:
        errors |= {"409"}
    if "if-match" in names:
        errors |= {"412", "428"}
    return errors


@pytest.mark.parametrize("name", API)
def test_every_error_that_can_come_is_documented(name: str) -> None:
    documented = {status for status in API[name]["responses"] if status >= "308"}
    assert documented == expected_errors(name, API[name])


@pytest.mark.parametrize("name", API)
def test_every_error_is_a_problem_document(name: str) -> None:
    for status, answer in API[name]["responses"].items():
        if status >= "308":
            kind = answer["$ref"].rpartition("/")[2]
            found = DESCRIBED["components"]["responses"][kind]
            assert list(found["content"]) == ["application/problem+json"]
            assert found["content"]["application/problem+json"]["example"]["status"] == int(status)


@pytest.mark.parametrize("name", API)
def test_reads_need_no_key_where_the_setting_allows(name: str) -> None:
    has_key, *without = API[name]["security"]
    assert list(has_key) == ["key"]
    is_open = name.startswith("GET") and "/me/" not in name and name not in CLOSED
    assert without == ([{}] if is_open else [])


async def named(api: AsyncClient, body: Any) -> Any:
    """Records for the ids in an example of a body."""
    needed = {
        "partner_id": lambda: made(api, "/partners", partner()),
        "project_id": lambda: made(api, "/projects", project()),
        "indicator_id": lambda: made(api, "/indicators", indicator()),
        "agency_id": lambda: made(api, "/agencies", agency()),
        "document_id": lambda: made(api, "/documents", document()),
        "plan_id": lambda: a_plan(api),
        "task_id": lambda: a_task(api),
        "assignment_id": lambda: an_assignment(api),
        "notice_id": lambda: a_sent_notice(api),
    }
    firm = await a_firm(api) if "notice_id" in body else None  # before it is sent to all of them
    ids = {name: (await record())["id"] for name, record in needed.items() if name in body}
    if firm:
        ids["partner_id"] = firm["id"]
    if body.get("basis"):
        ids["basis"] = {"document_id": (await made(api, "/documents", document()))["id"]}
    return ids


@pytest.mark.parametrize("name", CREATES)
async def test_the_example_of_a_body_is_accepted(api: AsyncClient, name: str) -> None:
    """As it stands, but for the ids of other records, which an example cannot know."""
    address = name.removeprefix("POST /api/v1")
    example = WRITES[name]["requestBody"]["content"]["application/json"]["example"]
    body = {**example, **await named(api, example)}
    created = await made(api, address, body)
    patch = WRITES.get(name.replace("POST", "PATCH") + "/{id}")
    if patch is None:  # a report on progress and evidence are not changed
        return
    (media,) = patch["requestBody"]["content"].values()
    for kind in ("application/json", "application/merge-patch+json"):
        changed = await api.patch(
            f"{address}/{created['id']}",
            content=json.dumps(media["example"]),
            headers={"If-Match": "*", "Content-Type": kind},
        )
        assert changed.status_code == 200, changed.text


async def grown_figure(api: AsyncClient, cites: dict[str, Any]) -> dict[str, Any]:
    """An indicator that is a part of another, and a figure with one of the year before."""
    whole = await made(api, "/indicators", indicator("trade.total", flow="both", **cites))
    broken_down = {"dimension": "product", "scheme": "hs4", "codes": [{"code": "0810"}]}
    above = {"parent_id": whole["id"], "dimensions": [broken_down], "flow": "exports"}
    measure = await made(api, "/indicators", indicator(**above, **cites))
    await made(api, "/observations", observation(measure["id"], period="2024-H1", **cites))
    grown = observation(measure["id"], change_yoy="0.105", vintage="2025-07", **cites)
    figure = await made(api, "/observations", grown)
    return {"indicators": measure["id"], "observations": figure["id"]}


async def test_real_answers_fit_their_schemas(  # noqa: PLR0915  one record after another
    api: AsyncClient, stranger: AsyncClient
) -> None:
    """Of every GET, with every field filled or empty, for an administrator and a stranger."""
    lead = await made(api, "/agencies", agency(visibility="public", short_name={"vi": "SNgV"}))
    cited = await made(api, "/sources", source(visibility="public"))
    cites: dict[str, Any] = {"visibility": "public", "sources": [{"source_id": cited["id"]}]}
    other = await made(api, "/partners", partner(registered="2020/2021", **cites))
    await made(api, "/partners", partner(parent_id=other["id"], **cites))
    tie = await made(
        api, "/partner-relations", relation(other["id"], established_by={"symbol": "1"}, **cites)
    )
    visit = await made(
        api,
        "/delegations",
        delegation(
            lead_agency_id=lead["id"],
            members=[{"name": "A", "agency_id": lead["id"], "person_key": "x"}],
            partners=[{"partner_id": other["id"]}],
            programme=[{"activity": "Talks", "partner_id": other["id"]}],
            consultations=[{"agency_id": lead["id"]}],
            cost={"planned": {"amount": "1", "currency": "VND"}},
            in_annual_plan=False,
            report={"submitted_on": "2026-12-20"},
            invitation=[{"symbol": "1"}],
            **cites,
        ),
    )
    for path, record, verb in [
        ("delegations", visit, "submit"),
        ("partner-relations", tie, "establish"),
    ]:
        address = f"/{path}/{record['id']}/transitions"
        taken = await api.post(address, json={"verb": verb}, headers={"If-Match": "*"})
        assert taken.status_code == 201, taken.text
    paper = await made(api, "/documents", document(issuer_id=lead["id"], **cites))
    accord = await made(
        api, "/agreements", full_agreement(other["id"], lead["id"], paper["id"]) | cites
    )
    work = await made(
        api,
        "/projects",
        full_project(other["id"], lead["id"], paper["id"]) | cites,
    )
    fair = await made(api, "/events", full_event(other["id"], **cites))
    parties = {"provider": {"partner_id": other["id"]}, "receiver": {"agency_id": lead["id"]}}
    paid = await made(api, "/transactions", transaction(work["id"], **parties, **cites))
    figures = await grown_figure(api, cites)
    step = {"verb": "prepare"}
    await api.post(f"/projects/{work['id']}/transitions", json=step, headers={"If-Match": "*"})
    sent = {"file": ("a.pdf", b"%PDF-")}
    file = (await api.post(f"/documents/{paper['id']}/attachments", files=sent)).json()
    day = await made(api, "/calendar-days", calendar_day(**cites))
    outreach = await full_outreach(api, lead["id"], paper["id"], **cites)
    rule = await made(api, "/compliance-rules", compliance_rule(**cites))
    given = await an_assignment(api, task={"basis": {"document_id": paper["id"]}, **cites}, **cites)
    shown = {
        "evidence": [
            {"document_id": paper["id"]},
            {"delegation_id": visit["id"]},
            {"event_id": fair["id"]},
        ]
    }
    report = await made(api, "/progress-reports", progress_report(given["id"], **shown, **cites))
    corrected = progress_report(given["id"], corrects_id=report["id"], **cites)
    await made(api, "/progress-reports", corrected)
    task = (await api.get(f"/tasks/{given['task']['id']}")).json()
    piece = (await api.get("/evidence")).json()["items"][0]
    accept = {"verb": "accept"}
    address = f"/assignments/{given['id']}/transitions"
    assert (await api.post(address, json=accept, headers={"If-Match": "*"})).status_code == 201
    official = await made(api, "/reports", factories.report(**OFFICIAL, issuer_id=lead["id"]))
    for verb in ("submit", "approve", "publish"):
        address = f"/reports/{official['id']}/transitions"
        taken = await api.post(address, json={"verb": verb}, headers={"If-Match": "*"})
        assert taken.status_code == 201, taken.text
    ids = {
        "plans": task["plan"]["id"],
        "tasks": task["id"],
        "assignments": given["id"],
        "progress-reports": report["id"],
        "evidence": piece["id"],
        "documents": paper["id"],
        "calendar-days": day["id"],
        "events": fair["id"],
        "compliance-rules": rule["id"],
        "agencies": lead["id"],
        "sources": cited["id"],
        "partners": other["id"],
        "partner-relations": tie["id"],
        "delegations": visit["id"],
        "agreements": accord["id"],
        "projects": work["id"],
        "transactions": paid["id"],
        **outreach,
        **figures,
        "reports": official["id"],
    }
    for name, about in API.items():
        if not name.startswith("GET") or "/me/" in name or name in CLOSED:
            continue  # their own tests try what is an agency's own, or closed to strangers
        address = name.removeprefix("GET ").replace("{name}", "partner-kinds")
        address = address.replace("/resolve", "/resolve?symbol=152/KH-UBND")
        address = address.replace("/search", "/search?q=visit")
        address = address.replace("/trade", "/trade?period=2024/2025")
        address = address.replace("/assignments/summary", "/assignments/summary?period=2025")
        for path, id_ in ids.items():
            address = address.replace(f"/{path}/{{id}}", f"/{path}/{id_}")
        address = address.replace("{attachment_id}", file["id"])
        described = about["responses"]["200"]["content"]
        for caller in (api, stranger):
            answer = await caller.get(f"http://test{address}")
            assert answer.status_code == 200, (name, answer.text)
            media = described[answer.headers["content-type"]]
            validate(media["schema"], answer.text if name in DOWNLOADS else answer.json())


def parameter(operation: str, name: str) -> Any:
    (found,) = (it for it in API[operation]["parameters"] if it["name"] == name)
    return found["schema"]


async def test_names_of_resources_are_told_and_are_those_that_are_taken(api: AsyncClient) -> None:
    told = parameter("GET /api/v1/search", "resource")["items"]["enum"]
    asked = {"q": "visit", "resource": told}
    assert (await api.get("/search", params=asked)).status_code == 200
    refused = await api.get("/search", params={"q": "visit", "resource": "changes"})
    assert (refused.status_code, "changes" in told) == (422, False)


def test_what_no_pattern_can_say_is_a_format() -> None:
    """Whoever makes values up from the schema is told that these cannot be."""
    cursor = parameter("GET /api/v1/partners", "cursor")["anyOf"][0]["format"]
    etag = parameter("PATCH /api/v1/partners/{id}", "if-match")["format"]
    country = parameter("GET /api/v1/partners", "country")["items"]["format"]
    assert (cursor, etag, country) == ("cursor", "etag", "country")


async def test_it_is_served_as_it_is_described(app: FastAPI, api: AsyncClient) -> None:
    served = await api.get("http://test/openapi.json")
    assert served.json() == DESCRIBED == app.openapi()


@pytest.mark.parametrize(
    ("method", "address", "allow"),
    [
        ("PATCH", "/delegations/summary", "GET, HEAD, OPTIONS"),
        ("DELETE", "/partner-relations/summary", "GET, HEAD, OPTIONS"),
        ("PUT", "/partners", "GET, HEAD, OPTIONS, POST"),
        ("OPTIONS", "/delegations/summary", "GET, HEAD, OPTIONS"),
        ("OPTIONS", "/delegations/019a7c1e-5b60-7cc3-98c4-dc0c0c07398f",
         "DELETE, GET, HEAD, OPTIONS, PATCH"),
    ],
)  # fmt: skip
async def test_a_fixed_address_takes_its_own_methods_only(
    api: AsyncClient, method: str, address: str, allow: str
) -> None:
    answer = await api.request(method, address, headers={"If-Match": "*"})
    assert answer.status_code == (204 if method == "OPTIONS" else 405)
    assert answer.headers["allow"] == allow
