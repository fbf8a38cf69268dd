"""openapi.json is the truth: its shape, its sentences, its examples, its errors."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from tests.factories import (
    a_firm,
    a_plan,
    a_sent_notice,
    a_task,
    agency,
    an_assignment,
    document,
    indicator,
    made,
    partner,
    project,
)
from tests.routes import described, validator_of

OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, item in described["paths"].items()
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
DOWNLOADS = {
    "GET /api/v1/documents/{id}/attachments/{attachment_id}",
    "GET /api/v1/calendar.ics",
}
A_SENTENCE = re.compile(r"[A-Z][^.\n]*[^.\s]\.")


def test_the_committed_description_is_what_the_code_says(app: FastAPI) -> None:
    is_same = app.openapi() == described  # what differs in two megabytes would take minutes to say
    assert is_same, "sonla openapi > openapi.json"


def contents(about: Any) -> Iterator[tuple[str, Any]]:
    """Every body that an operation takes or answers, with its example."""
    for kind, media in about.get("requestBody", {}).get("content", {}).items():
        yield f"request {kind}", media
    for status, answer in about["responses"].items():
        found = answer
        if "$ref" in answer:
            found = described["components"]["responses"][answer["$ref"].rpartition("/")[2]]
        for kind, media in found.get("content", {}).items():
            yield f"{status} {kind}", media


def test_it_is_openapi_3_1() -> None:
    assert described["openapi"].startswith("3.1.")


def test_an_operation_is_explained_in_one_plain_sentence() -> None:
    for name, about in OPERATIONS.items():
        assert A_SENTENCE.fullmatch(about["description"]), (name, about["description"])
        assert about["summary"], name


def test_an_operation_stands_under_one_declared_tag() -> None:
    declared = {tag["name"] for tag in described["tags"]}
    for name, about in OPERATIONS.items():
        assert len(about["tags"]) == 1, name
        assert set(about["tags"]) <= declared, name


def test_operation_ids_are_verb_and_noun_and_unique() -> None:
    ids = [about["operationId"] for about in OPERATIONS.values()]
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", id_) for id_ in ids)
    assert [id_ for id_, times in Counter(ids).items() if times > 1] == []


def test_every_declared_tag_is_used_and_described() -> None:
    used = {tag for about in OPERATIONS.values() for tag in about["tags"]}
    assert used == {tag["name"] for tag in described["tags"]}
    assert all(A_SENTENCE.fullmatch(tag["description"]) for tag in described["tags"])


def test_every_parameter_is_described() -> None:
    for name, about in OPERATIONS.items():
        for parameter in about.get("parameters", []):
            assert parameter.get("description"), (name, parameter["name"])


def test_every_body_has_an_example_that_validates() -> None:
    for name, about in OPERATIONS.items():
        for what, media in contents(about):
            assert "example" in media, (name, what)
            error = next(validator_of(media["schema"]).iter_errors(media["example"]), None)
            assert error is None, (name, what, str(error))


def test_every_json_that_goes_in_or_out_has_a_schema() -> None:
    for name, about in OPERATIONS.items():
        kinds = dict(contents(about))
        for status in ("200", "201"):
            if status in about["responses"] and name not in DOWNLOADS:
                assert f"{status} application/json" in kinds, name
        if "requestBody" in about:
            assert about["requestBody"]["required"] is True, name
            expected = {"request application/json"}
            if name in UPLOADS:
                expected = {"request multipart/form-data"}
            assert {kind for kind in kinds if kind.startswith("request")} == expected, name


def test_examples_say_something_of_the_field() -> None:
    """No text that only fills a place."""
    for name, about in OPERATIONS.items():
        for what, media in contents(about):
            found = [place for place, said in _texts(media["example"]) if said == "Sơn La"]
            assert found == [], f"{name}, {what}: these texts need an example"


def _texts(said: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Each with its place; those of NDJSON and CSV are in one text, whose JSON says the same."""
    if isinstance(said, str):
        yield at, said
    if isinstance(said, list):
        said = dict(enumerate(said))
    for name, inside in said.items() if isinstance(said, dict) else ():
        yield from _texts(inside, f"{at}/{name}")


def test_what_a_create_answers_is_what_its_body_says() -> None:
    """An event is called as events are, not as the example of all texts in three languages."""
    kept = 0
    for name, about in OPERATIONS.items():
        examples = {what: media["example"] for what, media in contents(about)}
        sent, given = (examples.get(f"{it} application/json") for it in ("request", "201"))
        if not name.startswith("POST ") or not isinstance(sent, dict) or not given:
            continue
        for field in {"name", "title", "kind", "type", "valid"} & sent.keys():
            assert given.get(field, sent[field]) == sent[field], (name, field)
            kept += 1
    assert kept > 20, kept


def test_patterns_mean_the_same_to_every_reader() -> None:
    r"""ECMA's \d and \w are ASCII, those of Python and Rust take the digits of every script."""
    patterns = set(re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(described)))
    assert [pattern for pattern in patterns if re.search(r"\\\\[dwDWb]", pattern)] == []
    assert len(patterns) > 10


def test_component_names_are_those_of_the_field() -> None:
    """Not those of modules, which FastAPI falls back to where two classes are called the same."""
    assert [name for name in described["components"]["schemas"] if "__" in name] == []


OF_A_STATE = {"GET /api/v1/reports/{id}/restatement"}
"""Reads that a record gives in some states only."""


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
    if "after" in names:  # a position that a restore has lost
        errors |= {"410"}
    if has_body:
        errors |= {"408", "413", "415"}
    if is_write or name in OF_A_STATE:
        errors |= {"409"}
    if "if-match" in names:
        errors |= {"412", "428"}
    if "after" in names:
        errors |= {"410"}
    return errors


def test_every_error_that_can_come_is_documented() -> None:
    for name, about in API.items():
        documented = {status for status in about["responses"] if status >= "308"}
        assert documented == expected_errors(name, about), name


def test_every_error_is_a_problem_document() -> None:
    for name, about in API.items():
        for status, answer in about["responses"].items():
            if status >= "308":
                kind = answer["$ref"].rpartition("/")[2]
                found = described["components"]["responses"][kind]["content"]
                assert list(found) == ["application/problem+json"], name
                assert found["application/problem+json"]["example"]["status"] == int(status), name


def test_reads_need_no_key_where_the_setting_allows() -> None:
    for name, about in API.items():
        has_key, *without = about["security"]
        assert list(has_key) == ["key"], name
        is_open = name.startswith("GET") and "/me/" not in name and name not in CLOSED
        assert without == ([{}] if is_open else []), name


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


async def test_it_is_served_as_it_is_described(api: AsyncClient) -> None:
    served = await api.get("http://test/openapi.json")
    assert served.json() == described


@pytest.mark.parametrize(
    ("method", "address", "allow"),
    [
        ("PATCH", "/delegations/summary", "GET, HEAD, OPTIONS"),
        ("DELETE", "/partner-relations/summary", "GET, HEAD, OPTIONS"),
        ("PUT", "/partners", "GET, HEAD, OPTIONS, POST"),
        ("OPTIONS", "/delegations/summary", "GET, HEAD, OPTIONS"),
        (
            "OPTIONS",
            "/delegations/019a7c1e-5b60-7cc3-98c4-dc0c0c07398f",
            "DELETE, GET, HEAD, OPTIONS, PATCH",
        ),
    ],
)
async def test_a_fixed_address_takes_its_own_methods_only(
    api: AsyncClient, method: str, address: str, allow: str
) -> None:
    answer = await api.request(method, address, headers={"If-Match": "*"})
    assert answer.status_code == (204 if method == "OPTIONS" else 405)
    assert answer.headers["allow"] == allow
