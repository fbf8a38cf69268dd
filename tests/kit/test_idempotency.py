"""A POST sent twice with one Idempotency-Key acts once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from sonla_api.kit import database as roads
from sonla_api.kit.idempotency import Held
from sonla_api.settings import Settings
from tests import factories
from tests.conftest import Connection
from tests.routes import BODIES
from tests.running import caller, connected, held_up, running

KEY = {"idempotency-key": "3f0c9a4e-partner-42"}


async def count(database: "Connection[Any]", table: str) -> int:
    found: int = await database.fetchval(f"select count(*) from {table}")
    return found


async def test_of_concurrent_posts_with_one_key_one_acts(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    body = factories.partner(aliases=["LP"])
    answers = await asyncio.gather(
        *[api.post("/partners", json=body, headers=KEY) for _ in range(8)]
    )
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["etag"] for answer in answers}) == 1
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len({answer.headers["x-request-id"] for answer in answers}) == 8
    for table in ("partners", "changes", "idempotency_keys"):
        assert await count(database, table) == 1


async def test_a_replay_answers_as_before(api: AsyncClient) -> None:
    first = await api.post("/partners", json=factories.partner(), headers=KEY)
    address = f"/partners/{first.json()['id']}"
    await api.patch(address, json={"note": "x"}, headers={"if-match": "*"})
    again = await api.post("/partners", json=factories.partner(), headers=KEY)
    assert (again.status_code, again.content) == (201, first.content)
    for name in ("content-type", "etag", "location", "vary", "content-length"):
        assert again.headers[name] == first.headers[name]


async def test_a_replay_answers_as_before_whatever_would_be_refused_now(
    app: FastAPI, api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    """The agency has ended since; without the key its officer is told so."""
    office = await factories.made(api, "/agencies", factories.agency(key="office"))
    officer = await as_actor("sources:write", "office")
    first = await officer.post("/sources", json=factories.source(), headers=KEY)
    ended = {"valid_to": "2020-01-01"}
    await api.patch(f"/agencies/{office['id']}", json=ended, headers={"if-match": "*"})
    app.state.keyring._known.clear()
    assert (await officer.post("/sources", json=factories.source())).status_code == 422
    again = await officer.post("/sources", json=factories.source(), headers=KEY)
    assert (again.status_code, again.content) == (201, first.content)
    other = await officer.post("/sources", json=factories.source(title="Other"), headers=KEY)
    assert other.json()["type"] == "/docs/problems/key-reused"


async def test_a_key_is_bound_to_the_body(api: AsyncClient) -> None:
    await api.post("/partners", json=factories.partner(), headers=KEY)
    answer = await api.post("/partners", json=factories.partner("Other"), headers=KEY)
    assert (answer.status_code, answer.json()["type"]) == (422, "/docs/problems/key-reused")


@pytest.mark.parametrize("path", ["/partners", "/tasks"])
async def test_a_key_that_was_used_is_told_of_before_what_a_body_lacks(
    api: AsyncClient, path: str
) -> None:
    """Whether a record is made in one statement or in several."""
    bodies = {"/partners": factories.partner()}
    if path == "/tasks":
        document = await factories.made(api, "/documents", factories.document())
        plan = await factories.made(api, "/plans", factories.plan(document["id"]))
        bodies[path] = factories.task(plan["id"])
    refused = await api.post(path, json={}, headers=KEY)
    assert (refused.status_code, refused.json()["type"]) == (422, "/docs/problems/invalid")
    assert (await api.post(path, json=bodies[path], headers=KEY)).status_code == 201
    answer = await api.post(path, json={}, headers=KEY)
    assert (answer.status_code, answer.json()["type"]) == (422, "/docs/problems/key-reused")


async def test_a_key_is_bound_to_the_caller_and_the_route(
    api: AsyncClient, as_actor: Callable[..., Any], database: "Connection[Any]"
) -> None:
    other = await as_actor()
    same: dict[str, Any] = {"json": factories.agency(), "headers": KEY}
    first = (await api.post("/agencies", **same)).json()["id"]
    second = (await other.post("/agencies", **same)).json()["id"]
    assert first != second
    source = await api.post("/sources", json=factories.source(), headers=KEY)
    assert source.status_code == 201
    assert await count(database, "idempotency_keys") == 3


async def test_a_key_is_bound_to_the_record_in_the_address(api: AsyncClient) -> None:
    steps = []
    for name in ("One", "Two"):
        partner = await factories.made(api, "/partners", factories.partner(name))
        relation = await factories.made(
            api, "/partner-relations", factories.relation(partner["id"])
        )
        steps.append(f"/partner-relations/{relation['id']}/transitions")
    headers = KEY | {"if-match": '"1"'}
    answers = [await api.post(s, json={"verb": "establish"}, headers=headers) for s in steps * 2]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert [answer.content for answer in answers[:2]] == [a.content for a in answers[2:]]


async def test_what_failed_does_not_burn_the_key(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    taken = await factories.made(api, "/partners", factories.partner("Taken", key="la-lp"))
    for body, status in (
        (factories.partner(kind="friend"), 422),
        (factories.partner(colour="red"), 422),
        (factories.partner(parent_id="0" * 32), 422),
        (factories.partner(key=taken["key"]), 409),
    ):
        assert (await api.post("/partners", json=body, headers=KEY)).status_code == status
    assert (
        await api.post("/partners", content="{", headers=KEY | {"content-type": "application/json"})
    ).status_code == 400
    assert await count(database, "idempotency_keys") == 0
    assert (await api.post("/partners", json=factories.partner(), headers=KEY)).status_code == 201


async def test_what_is_forbidden_does_not_burn_the_key(
    as_actor: Callable[..., Any], database: "Connection[Any]"
) -> None:
    reader = await as_actor("partners:read")
    assert (
        await reader.post("/partners", json=factories.partner(), headers=KEY)
    ).status_code == 403
    assert await count(database, "idempotency_keys") == 0


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_has_a_length(api: AsyncClient, key: str) -> None:
    answer = await api.post("/partners", json=factories.partner(), headers={"idempotency-key": key})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/idempotency-key"


async def test_a_key_may_be_any_text(api: AsyncClient) -> None:
    for key in ("x" * 255, "' or 1=1 --", "khóa".encode(), b"\xff\xfe", " a b "):
        headers = {"idempotency-key": key}
        answers = [
            await api.post("/sources", json=factories.source(), headers=headers) for _ in "ab"
        ]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].content == answers[1].content


@asynccontextmanager
async def unfinished(database_url: str, actor_id: UUID, key: str) -> AsyncIterator[None]:
    """A first request that has taken the key and is still at work."""
    async with connected(database_url) as connection, connection.transaction():
        await connection.execute(Held.of(actor_id, "/api/v1/partners", key, b"").claim)
        yield


async def test_who_waits_too_long_is_told_to_come_back(
    settings: Settings,
    api: AsyncClient,
    database: "Connection[Any]",
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert roads._SETTINGS["lock_timeout"] == "4s"
    monkeypatch.setitem(roads._SETTINGS, "lock_timeout", "100ms")
    actor_id = await database.fetchval("select id from api_keys")
    secret = api.headers["authorization"].removeprefix("Bearer ")
    async with running(settings) as app, caller(app, secret) as client:
        async with unfinished(database_url, actor_id, KEY["idempotency-key"]):
            answer = await client.post("/partners", json=factories.partner(), headers=KEY)
        assert (answer.status_code, answer.headers["retry-after"]) == (409, "1")
        assert answer.json()["type"] == "/docs/problems/busy"


async def test_who_waits_gets_the_answer_of_the_first(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    """The first is held up by a lock, the second by the key of the first."""
    async with database.transaction():
        await database.execute("lock table partners in share mode")
        first = asyncio.create_task(api.post("/partners", json=factories.partner(), headers=KEY))
        await held_up(database, 1)
        second = asyncio.create_task(api.post("/partners", json=factories.partner(), headers=KEY))
        await held_up(database, 2)
    answers = [await first, await second]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert await count(database, "partners") == 1


async def test_when_the_first_fails_the_second_acts(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    await factories.made(api, "/partners", factories.partner("Taken", key="la-lp"))
    async with database.transaction():
        await database.execute("lock table partners in share mode")
        body = factories.partner(key="la-lp")
        posts = [asyncio.create_task(api.post("/partners", json=body, headers=KEY)) for _ in "ab"]
        await held_up(database, 2)
    assert [(await post).status_code for post in posts] == [409, 409]
    assert await count(database, "idempotency_keys") == 0


async def aged(database: "Connection[Any]", age: timedelta) -> None:
    await database.execute("update idempotency_keys set at = now() - $1::interval", age)


async def test_a_key_is_kept_for_a_day(api: AsyncClient, database: "Connection[Any]") -> None:
    first = await api.post("/partners", json=factories.partner(), headers=KEY)
    await aged(database, timedelta(hours=23, minutes=59))
    again = await api.post("/partners", json=factories.partner(), headers=KEY)
    assert again.content == first.content
    await aged(database, timedelta(hours=24, minutes=1))
    other = factories.partner("Other")
    anew = await api.post("/partners", json=other, headers=KEY)
    assert (anew.status_code, anew.json()["name"]["en"]) == (201, "Other")
    assert (await api.post("/partners", json=other, headers=KEY)).content == anew.content
    assert await count(database, "idempotency_keys") == 1


async def test_an_expired_key_used_anew_by_many_acts_once(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    await api.post("/partners", json=factories.partner(), headers=KEY)
    await aged(database, timedelta(days=2))
    body = factories.partner("Other")
    answers = await asyncio.gather(
        *[api.post("/partners", json=body, headers=KEY) for _ in range(6)]
    )
    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({answer.content for answer in answers}) == 1
    assert await count(database, "partners") == 2


async def test_expired_keys_are_deleted_now_and_then(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    """A thousand at a time, by one of 64 keys."""
    await database.execute(
        "insert into idempotency_keys (place, fingerprint, version, location, body, at)"
        " select sha256(n::text::bytea), '', 1, '/x', '',"
        " now() - interval '2 days' - n * interval '1s' from generate_series(1, 2500) n"
    )
    actor_id = await database.fetchval("select id from api_keys")
    sweeping, others = [], []
    for n in range(2000):  # one of 64 is a sweeper
        is_sweeper = Held.of(actor_id, "/api/v1/sources", str(n), b"").place[0] < 4
        (sweeping if is_sweeper else others).append(str(n))
    left = []
    for key in (others[0], *sweeping[:3]):
        await api.post("/sources", json=factories.source(), headers={"idempotency-key": key})
        left.append(await count(database, "idempotency_keys"))
    assert left == [2501, 1502, 503, 4]
    oldest = await database.fetchval(
        "select min(at) > now() - interval '1 hour' from idempotency_keys"
    )
    assert oldest


def test_every_post_takes_a_key() -> None:
    for operation in BODIES:
        names = {parameter["name"].lower() for parameter in operation.about.get("parameters", [])}
        assert ("idempotency-key" in names) == (operation.method == "POST"), operation
