"""What the documentation pages answer over HTTP."""

import json
import re
from html import escape
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from sonla_api.kit.http import answer
from sonla_api.kit.problems import Problem

PAGES = ["/", "/docs", "/docs/swagger", "/docs/problems", "/docs/problems/not-found"]
SCALAR = "/docs/static/scalar/standalone.js"


def policy(answer: httpx.Response) -> dict[str, list[str]]:
    parts = (part.split() for part in answer.headers["content-security-policy"].split(";"))
    return {name: sources for name, *sources in parts}


def named_files(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/docs/static/[^"]+)"', page)


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("", "en", "en"),
        ("?lang=vi", "en", "vi"),
        ("?lang=fr", "vi", "vi"),
    ],
)
async def test_the_register_is_in_the_language_asked_for(
    reader: httpx.AsyncClient, query: str, accepted: str, language: str
) -> None:
    answer = await reader.get(f"/{query}", headers={"Accept-Language": accepted})
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["vary"] == "Accept-Language"
    assert answer.headers["cache-control"] == "no-cache"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_asks_only_this_server(reader: httpx.AsyncClient, path: str) -> None:
    answer = await reader.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "//" not in answer.text.replace("<!--", "")
    for sources in policy(answer).values():
        assert all(re.fullmatch(r"'.+'|data:|blob:", source) for source in sources)


@pytest.mark.parametrize("path", PAGES)
async def test_no_script_of_a_page_stands_in_it(reader: httpx.AsyncClient, path: str) -> None:
    answer = await reader.get(path)
    allowed = policy(answer)
    assert allowed["default-src"] == ["'none'"]
    assert allowed.get("script-src", ["'self'"]) == ["'self'"]
    assert "'unsafe-inline'" not in allowed["style-src"]
    assert not re.search(
        r"<style|<script(?! (type=\"module\" )?src=)|\sstyle=|\son\w+=", answer.text
    )


@pytest.mark.parametrize("path", PAGES)
async def test_what_a_page_names_may_be_kept_for_ever(reader: httpx.AsyncClient, path: str) -> None:
    names = named_files((await reader.get(path)).text)
    assert names
    for name in names:
        answer = await reader.get(name)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_each_reader_gets_a_nonce_of_its_own(reader: httpx.AsyncClient) -> None:
    nonces = set()
    for _ in range(2):
        answer = await reader.get("/docs")
        assert answer.headers["cache-control"] == "no-store"
        found = re.search(r'property="csp-nonce" content="([\w-]{20,})"', answer.text)
        assert found
        assert f"'nonce-{found[1]}'" in policy(answer)["style-src"]
        nonces.add(found[1])
    assert len(nonces) == 2


async def test_the_reference_asks_for_the_key_at_once(reader: httpx.AsyncClient) -> None:
    described: dict[str, Any] = (await reader.get("/openapi.json")).json()
    (scheme,) = described["components"]["securitySchemes"]
    assert f'data-scheme="{scheme}"' in (await reader.get("/docs")).text


@pytest.mark.parametrize("coding", ["gzip", "identity"])
async def test_the_description_is_sent_once(reader: httpx.AsyncClient, coding: str) -> None:
    asked = {"Accept-Encoding": coding}
    first = await reader.get("/openapi.json", headers=asked)
    assert first.headers["content-type"] == "application/json"
    assert first.headers.get("content-encoding", "identity") == coding
    assert first.json()["openapi"].startswith("3.1")
    asked["If-None-Match"] = first.headers["etag"]
    assert (await reader.get("/openapi.json", headers=asked)).status_code == 304
    asked["Accept-Encoding"] = "identity" if coding == "gzip" else "gzip"
    assert (await reader.get("/openapi.json", headers=asked)).status_code == 200


async def test_below_a_prefix_every_address_carries_it(documented: FastAPI) -> None:
    transport = httpx.ASGITransport(app=documented, root_path="/sonla")
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for path in PAGES:
            page = (await client.get(f"/sonla{path}")).text
            addresses = re.findall(r'(?:href|src|data-openapi)="(/[^"]*)"', page)
            assert addresses
            assert all(address.startswith("/sonla/") for address in addresses)


@pytest.mark.parametrize("base", ["", "/sonla"])
async def test_every_problem_names_its_page(documented: FastAPI, base: str) -> None:
    """Without a key and without the database, also below a prefix."""
    transport = httpx.ASGITransport(app=documented, root_path=base)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for kind in raised():
            one = kind.__new__(kind)
            Problem.__init__(one)  # whatever else it would be made of
            vars(one)["survivor"] = uuid4()
            scope: dict[str, Any] = {"path": f"{base}/api/v1/partners", "root_path": base}
            scope |= {"headers": [], "query_string": b""}
            told = json.loads(bytes(answer(one, scope).body))
            assert told["type"] == f"{base}/docs/problems/{kind.slug()}"
            page = await client.get(told["type"])
            assert page.status_code == 200, kind
            for words in (*kind.title, *kind.remedy):
                shown = re.sub("<[^>]+>", "", page.text)
                assert escape(words.replace("`", "")) in shown, (kind, words)


def raised() -> list[type[Problem]]:
    """Every kind of problem in the code of the service."""
    found, waiting = [], [Problem]
    while waiting:
        found.append(kind := waiting.pop())
        waiting += (it for it in kind.__subclasses__() if it.__module__.startswith("sonla_api."))
    assert len(found) > 20
    return found


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("site.css", "text/css"),
        ("reference.js", "text/javascript"),
        ("favicon.svg", "image/svg+xml"),
        ("scalar/LICENSE", "text/plain"),
        ("swagger-ui/swagger-ui-bundle.js.LICENSE.txt", "text/plain"),
    ],
)
async def test_a_file_says_what_it_is(
    reader: httpx.AsyncClient, name: str, media_type: str
) -> None:
    answer = await reader.get(f"/docs/static/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == media_type
    assert answer.headers["cache-control"] == "no-cache"


async def test_a_file_known_already_is_not_sent_again(reader: httpx.AsyncClient) -> None:
    first = await reader.get(SCALAR)
    again = await reader.get(SCALAR, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = await reader.get(SCALAR, headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("identity", None),
        ("gzip;q=0, identity", None),
        ("gzip; q=0.0", None),
        ("", None),
    ],
)
async def test_a_large_file_is_sent_compressed_to_whoever_takes_it(
    reader: httpx.AsyncClient, accepted: str, coding: str | None
) -> None:
    answer = await reader.get(SCALAR, headers={"Accept-Encoding": accepted})
    plain = await reader.get(SCALAR, headers={"Accept-Encoding": "identity"})
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.content == plain.content
    assert (answer.headers["etag"] == plain.headers["etag"]) == (coding is None)


@pytest.mark.parametrize(
    "path",
    [
        "/docs/problems/nothing-of-the-kind",
        "/docs/static/CHECKSUMS",
        "/docs/static/..%2Fendpoints.py",
        "/docs/static/",
    ],
)
async def test_what_does_not_exist_is_a_problem(reader: httpx.AsyncClient, path: str) -> None:
    answer = await reader.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_problem_leads_to_its_page(reader: httpx.AsyncClient) -> None:
    problem: dict[str, Any] = (await reader.get("/docs/problems/nothing-of-the-kind")).json()
    page = await reader.get(problem["type"])
    assert page.status_code == 200
    assert problem["title"] in page.text


async def test_the_pages_are_no_part_of_the_contract(documented: FastAPI) -> None:
    assert set(documented.openapi()["paths"]) == {"/api/v1/partners"}
