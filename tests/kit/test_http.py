"""A problem document for every error, in the caller's language, without anything internal."""

import logging
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from starlette.exceptions import HTTPException

from sonla_api.kit.http import preferred_language
from sonla_api.kit.records import Records
from sonla_api.settings import Settings
from tests import factories
from tests.routes import validator_of
from tests.running import caller, running

NOBODY = "00000000-0000-7000-8000-000000000000"
problem = validator_of({"$ref": "#/components/schemas/Problem"})


async def every_problem(
    api: AsyncClient, stranger: AsyncClient, key: str = "la-lp"
) -> dict[int, Any]:
    """One answer for each status that a caller can bring about."""
    partner = await factories.made(api, "/partners", factories.partner(key=key))
    gone = await factories.made(api, "/partners", factories.partner("Gone"))
    await api.delete(f"/partners/{gone['id']}", headers={"if-match": "*"})
    address = f"/partners/{partner['id']}"
    return {
        400: await api.get("/partners", params={"colour": "red"}),
        401: await stranger.post("/partners", json={}),
        404: await api.get(f"/partners/{uuid4()}"),
        405: await api.put("/partners"),
        406: await api.get("/partners", headers={"accept": "text/html"}),
        409: await api.post("/partners", json=factories.partner(key=key)),
        410: await api.get(f"/partners/{gone['id']}"),
        412: await api.patch(address, json={}, headers={"if-match": '"9"'}),
        413: await api.post("/partners", json={"note": "x" * 1_000_001}),
        415: await api.post("/partners", content="x"),
        422: await api.post("/partners", json={"kind": "friend", "colour": "red"}),
        428: await api.patch(address, json={}),
    }


async def test_every_error_is_a_problem(api: AsyncClient, stranger: AsyncClient) -> None:
    for status, answer in (await every_problem(api, stranger)).items():
        body = answer.json()
        assert answer.status_code == body["status"] == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-language"] == "en"
        assert body["request_id"] == answer.headers["x-request-id"]
        assert body["instance"] == answer.url.path
        assert body["type"].startswith("/docs/problems/")
        problem.validate(body)


async def test_every_error_is_told_in_vietnamese(api: AsyncClient, stranger: AsyncClient) -> None:
    english = await every_problem(api, stranger)
    for client in (api, stranger):
        client.headers["accept-language"] = "vi-VN,vi;q=0.9,en;q=0.8"
    for status, answer in (await every_problem(api, stranger, key="la-xk")).items():
        told, said = answer.json(), english[status].json()
        assert answer.headers["content-language"] == "vi"
        assert (told["type"], told["status"]) == (said["type"], said["status"])
        assert told["title"] != said["title"]
        assert told["detail"] != said["detail"]
        for error, same in zip(told.get("errors", []), said.get("errors", []), strict=True):
            assert (error["pointer"], error["code"]) == (same["pointer"], same["code"])
            assert error["message"] != same["message"]


async def test_a_type_leads_to_its_page(api: AsyncClient, stranger: AsyncClient) -> None:
    for answer in (await every_problem(api, stranger)).values():
        page = await stranger.get(f"http://test{answer.json()['type']}")
        assert page.status_code == 200, answer.json()["type"]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("vi", "vi"),
        ("VI-vn", "vi"),
        ("en, vi", "en"),
        ("en;q=0.8, vi;q=0.9", "vi"),
        ("vi;q=0.1, lo", "vi"),
        ("vi;q=0", "en"),
        ("vi;q=much, en;q=0.1", "en"),
        ("vi;q=, en;q=0.5", "vi"),
        ("*, de", "en"),
        ("vi;q=nan", "en"),
        ("," * 10_000 + "vi", "en"),
    ],
)
def test_the_language_that_weighs_more(accepted: str, language: str) -> None:
    assert preferred_language(accepted) == language


async def test_unknown_addresses(api: AsyncClient, stranger: AsyncClient) -> None:
    addresses = ["/nowhere", "/partners/", "/api/v1/partners", f"/partners/{NOBODY}/"]
    addresses += ["http://test/api/v2", "http://test/api/", "http://test/metrics/"]
    for client in (api, stranger):
        for address in addresses:
            answer = await client.get(address)
            assert answer.status_code == 404, address
            problem.validate(answer.json())
        for method in ("POST", "PATCH", "DELETE"):
            assert (await client.request(method, "/nowhere")).status_code == 404


async def test_an_id_that_is_none(api: AsyncClient) -> None:
    for id_ in ("x", "1", "0" * 33, f"{NOBODY}%00", "%00", "%F0%9F%98%80", "' or 1=1 --", "%ff"):
        answer = await api.get(f"/partners/{id_}")
        assert answer.status_code == 422, id_
        error = answer.json()["errors"][0]
        assert error["pointer"] == "/id"


class SecretError(Exception):
    pass


@pytest.mark.parametrize(
    "error", [SecretError("the password is rosebud"), HTTPException(418, "rosebud")], ids=repr
)
async def test_what_nobody_expected(
    api: AsyncClient,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    async def page(*_: Any) -> None:
        raise error

    monkeypatch.setattr(Records, "page", page)
    answer = await api.get("/partners")
    assert answer.status_code == 500
    assert "rosebud" not in answer.text
    assert type(error).__name__ not in answer.text
    assert answer.json()["type"] == "/docs/problems/problem"
    assert answer.headers["x-content-type-options"] == "nosniff"
    problem.validate(answer.json())
    (record,) = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert record.getMessage() == type(error).__name__
    assert record.exc_info


@pytest.mark.parametrize(("count", "told"), [(99, 100), (19_999, 100), (3, 4)])
async def test_of_countless_errors_a_hundred_are_told(
    api: AsyncClient, count: int, told: int
) -> None:
    """Else an answer would be ten times as large as what was sent, and take seconds to write."""
    body = {"title": 1, **{f"field{n}": 1 for n in range(count)}}
    answer = await api.post("/sources", json=body)
    errors = answer.json()["errors"]
    assert (answer.status_code, len(errors)) == (422, told)
    assert errors[0]["pointer"] == "/title"


async def test_other_origins_by_setting(settings: Settings, app: FastAPI) -> None:
    asking = {"origin": "https://app.sonla.gov.vn"}
    preflight = asking | {
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "authorization,if-match,content-type,idempotency-key",
    }
    async with caller(app) as client:
        answer = await client.get("/partners", headers=asking)
        assert "access-control-allow-origin" not in answer.headers
    async with (
        running(settings, cors_origins=["https://app.sonla.gov.vn"]) as other,
        caller(other) as client,
    ):
        for address in ("/partners", "/nowhere"):
            answer = await client.get(address, headers=asking)
            assert answer.headers["access-control-allow-origin"] == asking["origin"]
            assert "ETag" in answer.headers["access-control-expose-headers"]
        allowed = await client.options("/partners", headers=preflight)
        assert allowed.status_code == 200
        assert "PATCH" in allowed.headers["access-control-allow-methods"]
        foreign = await client.options("/partners", headers=preflight | {"origin": "https://x.vn"})
        assert "access-control-allow-origin" not in foreign.headers
        plain = await client.options("/partners")
        assert plain.headers["allow"] == "GET, HEAD, OPTIONS, POST"
