"""The key in the address of a calendar: what it opens, when it ends, and that it is told nobody."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from asyncpg import Connection
from fastapi import FastAPI
from httpx import AsyncClient, Response

from sonla_api.calendar import service
from sonla_api.identity import keyring
from tests.factories import agency, delegation, event, made
from tests.kit.test_records import assert_no_default_is_left_out, documented
from tests.routes import MINE
from tests.running import caller
from tests.test_hostile import QUERIES, is_plain

HERE = {"If-Match": "*"}
PATH = "/me/calendar-keys"
NAME = {"name": "Điện thoại ຂອງຂ້ອຍ"}
START = datetime(2026, 11, 26, 8, tzinfo=UTC)
(LISTED,) = [it for it in MINE if it.path.endswith(PATH) and it.method == "GET"]


@pytest.fixture
def clock(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], None]]:
    def at(seconds: float) -> None:
        app.state.clock = lambda: START + timedelta(seconds=seconds)
        monkeypatch.setattr(keyring, "monotonic", lambda: seconds)

    at(0)
    yield at
    app.state.clock = None


@pytest.fixture
async def visitor(app: FastAPI, database: "Connection[Any]") -> Any:
    """A calendar program: it has no header, and an address that nobody guessed from."""
    async with caller(app, address=f"2001:db8::{uuid4().int >> 64:x}") as client:
        yield client


async def given(client: AsyncClient) -> Any:
    """A new key; `secret` is what stands in its address."""
    key = await made(client, PATH, NAME)
    return key | {"secret": key["address"].partition("?key=")[2]}


async def read(visitor: AsyncClient, key: Any, **query: Any) -> Response:
    address = key["address"].removeprefix("/api/v1") + "".join(
        f"&{name}={value}" for name, value in query.items()
    )
    return await visitor.get(address)


async def test_it_shows_what_its_owner_sees_and_nothing_more(
    api: AsyncClient, as_actor: Callable[..., Any], visitor: AsyncClient
) -> None:
    for key in ("one", "two"):
        await made(api, "/agencies", agency(key=key))
    one, two = [await as_actor(agency=key, role="officer") for key in ("one", "two")]
    away = {"visibility": "agency"}
    await made(one, "/events", event(name={"vi": "Việc riêng"}, **away))
    await made(one, "/delegations", delegation(title={"vi": "Đoàn riêng"}, **away))
    reader = await as_actor("calendar:read events:read", agency="one", role="viewer")
    for owner, seen in (
        (one, {"Việc riêng", "Đoàn riêng"}),
        (two, set()),
        (reader, {"Việc riêng"}),
        (api, {"Việc riêng", "Đoàn riêng"}),
    ):
        answer = await read(visitor, await given(owner))
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.text == (await owner.get("/calendar.ics")).text
        assert {name for name in ("Việc riêng", "Đoàn riêng") if name in answer.text} == seen


async def test_it_opens_one_address_alone(
    api: AsyncClient, as_actor: Callable[..., Any], visitor: AsyncClient
) -> None:
    await made(api, "/events", event())
    key = await given(api)
    own = api.headers["authorization"].removeprefix("Bearer ")
    assert (await read(visitor, key)).text.count("BEGIN:VEVENT") == 1
    assert (await visitor.get("/events", params={"key": key["secret"]})).json()["items"] == []
    for scheme in ("Bearer", "calendar", "Basic"):
        headers = {"authorization": f"{scheme} {key['secret']}"}
        assert (await visitor.get("/partners", headers=headers)).status_code == 401
        assert (await visitor.get("/calendar.ics", headers=headers)).status_code == 401
    for wrong in (own, key["secret"][:-1] + "7", key["prefix"], "", "\x00", "sonla_"):
        answer = await visitor.get("/calendar.ics", params={"key": wrong})
        assert answer.status_code == 401 or wrong == key["secret"], wrong
    twice = await api.get("/calendar.ics", params={"key": key["secret"]})
    assert (twice.status_code, twice.json()["type"]) == (401, "/docs/problems/unauthenticated")
    post = await visitor.post(f"/calendar.ics?key={key['secret']}", json={})
    assert post.status_code == 405


async def test_it_ends_with_its_revocation_and_its_owner(
    api: AsyncClient,
    as_actor: Callable[..., Any],
    visitor: AsyncClient,
    database: "Connection[Any]",
    clock: Callable[[float], None],
) -> None:
    owner, other = await as_actor(role="viewer"), await as_actor(role="viewer")
    keys = [await given(owner) for _ in range(2)]
    for key in keys:
        assert (await read(visitor, key)).status_code == 200
    address = f"{PATH}/{keys[0]['id']}"
    assert (await other.delete(address, headers=HERE)).status_code == 404
    assert (await owner.delete(address)).status_code == 428
    assert (await owner.delete(address, headers={"If-Match": '"2.00000000"'})).status_code == 412
    assert (await owner.delete(address, headers={"If-Match": '"1.00000000"'})).status_code == 204
    assert (await owner.delete(address, headers=HERE)).status_code == 404
    listed = (await owner.get(PATH)).json()["items"]
    assert [item["id"] for item in listed] == [keys[1]["id"]]
    assert (await other.get(PATH)).json()["items"] == []
    clock(5)
    assert [(await read(visitor, key)).status_code for key in keys] == [401, 200]
    await database.execute("update api_keys set scopes = '{events:read}' where role = 'viewer'")
    clock(10)
    assert (await read(visitor, keys[1])).json()["permission"] == "calendar:read"
    ends_at = START + timedelta(seconds=17)
    await database.execute("update api_keys set scopes = null, expires_at = $1", ends_at)
    clock(15)
    assert (await read(visitor, keys[1])).status_code == 200
    clock(17)
    assert (await read(visitor, keys[1])).status_code == 401
    await database.execute("update api_keys set expires_at = null, revoked_at = now()")
    clock(22)
    assert (await read(visitor, keys[1])).status_code == 401


async def test_nobody_else_hears_of_it(
    api: AsyncClient,
    visitor: AsyncClient,
    database: "Connection[Any]",
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    key = await given(api)
    stored = str(await database.fetch("select t::text from calendar_keys t"))
    assert (key["secret"] in stored, key["secret"][4:12] in stored) == (False, True)
    said = [
        await read(visitor, key),
        await read(visitor, key, period="x"),
        await read(visitor, key, colour="red"),
        await visitor.get(f"/calendar.ics?k%65y={key['secret']}&period=y"),
        await visitor.get("/calendar.ics", params={"key": key["secret"] + "x"}),
        await visitor.head(f"/calendar.ics?key={key['secret']}"),
        await visitor.options(f"/calendar.ics?key={key['secret']}"),
        await api.get("http://test/metrics"),
    ]

    async def broken(*_: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("sonla_api.calendar.endpoints.head", broken)
        said.append(await read(visitor, key))
    assert [answer.status_code for answer in said] == [200, 422, 400, 422, 401, 200, 204, 200, 500]
    for answer in said:
        assert key["secret"] not in answer.text + str(answer.headers)
    assert "RuntimeError" in caplog.text
    ours = [record for record in caplog.records if record.name != "httpx"]  # the caller's own log
    assert key["secret"] not in str([(it.getMessage(), it.args, it.exc_text) for it in ours])


async def test_a_secret_is_shown_once(api: AsyncClient, database: "Connection[Any]") -> None:
    headers = {"Idempotency-Key": "my phone"}
    first = await api.post(PATH, json=NAME, headers=headers)
    again = await api.post(PATH, json=NAME, headers=headers)
    assert (first.status_code, first.headers["location"]) == (201, f"/api/v1{PATH}")
    assert (again.status_code, again.json()["type"]) == (409, "/docs/problems/secret-already-shown")
    other = await api.post(PATH, json={"name": "Máy tính"}, headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "/docs/problems/key-reused")
    assert await database.fetchval("select count(*) from calendar_keys") == 1


async def test_a_caller_holds_so_many_at_once(
    api: AsyncClient, as_actor: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST", 2)
    asked = await asyncio.gather(*(api.post(PATH, json=NAME) for _ in range(4)))
    assert sorted(answer.status_code for answer in asked) == [201, 201, 409, 409]
    refused = next(answer.json() for answer in asked if answer.status_code == 409)
    assert refused["type"] == "/docs/problems/conflict"
    assert "You hold 2 keys of calendars" in refused["detail"]
    await made(await as_actor(role="viewer"), PATH, NAME)
    first, _ = (await api.get(PATH)).json()["items"]
    assert (await api.delete(f"{PATH}/{first['id']}", headers=HERE)).status_code == 204
    await made(api, PATH, NAME)


async def test_they_are_listed_as_other_things_are(
    app: FastAPI, api: AsyncClient, stranger: AsyncClient, visitor: AsyncClient
) -> None:
    key = await given(api)
    assert (await read(visitor, key)).status_code == 200
    await app.state.keyring.settled()
    answer = await api.get(PATH, params={"count": "exact"})
    documented(LISTED).validate(answer.json())
    assert_no_default_is_left_out(LISTED, answer.json())
    (item,) = answer.json()["items"]
    assert {name: item[name] for name in ("id", "name", "prefix", "created_at")} == {
        name: key[name] for name in ("id", "name", "prefix", "created_at")
    }
    assert item["last_used_at"] is not None
    for operation in (it for it in MINE if it.path.startswith(f"/api/v1{PATH}")):
        to = f"http://test{operation.at()}"
        refused = await stranger.request(operation.method, to, json=operation.example)
        assert refused.status_code == 401
    for parameter in LISTED.about["parameters"]:
        for value in QUERIES:
            query: dict[str, Any] = {parameter["name"]: value}
            assert is_plain(await api.get(PATH, params=query))
    for body in ({}, {"name": " "}, {"name": 5}, {**NAME, "x": 1}):
        assert (await api.post(PATH, json=body)).status_code == 422
