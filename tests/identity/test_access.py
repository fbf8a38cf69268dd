"""The one door: who is let in where, before a body is read and before existence is shown."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI, Request
from httpx import AsyncClient

from sonla_api.identity.access import creating, writing
from sonla_api.identity.permissions import EVERY
from sonla_api.kit.context import Actor
from sonla_api.kit.problems import Unauthenticated
from sonla_api.settings import Settings
from tests import factories
from tests.conftest import Connection
from tests.routes import API, BODIES, READS, WRITES
from tests.running import caller, running

JSON = {"content-type": "application/json"}


async def chunked(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 100_000):
        yield b"x" * 100_000


def bad_bodies() -> dict[str, dict[str, Any]]:
    """What a stranger may send instead of a body; made anew, as a stream is read once."""
    return {
        "none": {},
        "malformed": {"content": b'{"name": ', "headers": JSON},
        "not UTF-8": {"content": b"\xff\xfe", "headers": JSON},
        "wrongly typed": {"content": b"name=x", "headers": {"content-type": "text/plain"}},
        "untyped": {"content": b"{}"},
        "wrong": {"json": {"colour": "red"}},
        "oversized": {"content": b"x" * 10_000_000, "headers": JSON},
        "oversized in chunks": {"content": chunked(10_000_000), "headers": JSON},
        "deep": {"content": b"[" * 100_000, "headers": JSON},
    }


async def test_a_stranger_is_401_with_whatever_body(stranger: AsyncClient) -> None:
    for operation in WRITES:
        for name, sent in bad_bodies().items():
            answer = await stranger.request(
                operation.method, f"http://test{operation.at()}", **sent
            )
            assert answer.status_code == 401, (operation, name)
            assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_strangers_body_is_not_read(app: FastAPI) -> None:
    async def unread() -> Any:
        raise AssertionError("the body was asked for")

    for operation in WRITES:
        sent: list[Any] = []

        async def send(message: Any, sent: list[Any] = sent) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": operation.method,
            "path": operation.at(),
            "query_string": b"",
            "headers": [(b"content-type", b"application/json"), (b"content-length", b"9999999")],
            "client": ("127.0.0.1", 1),
        }
        await app(scope, unread, send)
        assert sent[0]["status"] == 401, operation


@pytest.mark.parametrize("door", [writing, creating])
async def test_the_door_itself_lets_no_stranger_write(app: FastAPI, door: Any) -> None:
    """Who holds the permission to read may take steps, but not without a name for the log."""
    somebody = Actor(None, frozenset({"delegations:read"}))
    state = {"actor": somebody, "now": datetime.now(UTC), "request_id": "x"}
    request = Request({"type": "http", "app": app, "state": state})
    with pytest.raises(Unauthenticated):
        await anext(door("delegations:read").dependency(request))


async def test_a_strangers_write_does_not_show_what_exists(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    partner = await factories.made(api, "/partners", factories.partner(visibility="public"))
    for id_ in (partner["id"], uuid4(), "no-id"):
        for operation in WRITES:
            answer = await stranger.request(operation.method, f"http://test{operation.at(id_)}")
            assert answer.status_code == 401, (operation, id_)


async def test_without_public_read_a_stranger_sees_nothing(
    settings: Settings, api: AsyncClient
) -> None:
    partner = await factories.made(api, "/partners", factories.partner(visibility="public"))
    async with running(settings, public_read=False) as app, caller(app) as stranger:
        for id_ in (partner["id"], uuid4(), "no-id"):
            for operation in API:
                for query in ("", "?colour=red", "?limit=0"):
                    address = f"http://test{operation.at(id_)}{query}"
                    answer = await stranger.request(operation.method, address)
                    assert answer.status_code == 401, (operation, id_, query)
        for open_to_all in ("/health/live", "/health/ready", "/openapi.json", "/api/v1"):
            assert (await stranger.get(f"http://test{open_to_all}")).status_code == 200
        secret = api.headers["authorization"].removeprefix("Bearer ")
        async with caller(app, secret) as known:
            assert (await known.get(f"/partners/{partner['id']}")).status_code == 200


BELOW = {
    "list_indicator_series": "observations",
    "list_notice_recipients": "notice_acknowledgements",
    "create_agreement_task": "tasks",
    "list_agreement_tasks": "tasks",
    "create_calendar_key": "calendar",
    "create_task_assignments": "assignments",
    "delete_calendar_key": "calendar",
    "get_agency_workload": "assignments",
    "get_calendar": "calendar",
    "list_calendar_keys": "calendar",
    "list_delegation_tasks": "tasks",
    "list_document_tasks": "tasks",
    "list_event_tasks": "tasks",
    "list_my_work": "assignments",
    "list_project_tasks": "tasks",
}
"""What stands under the address of another record needs the permission of what it is itself."""


async def test_every_route_needs_its_permission(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    """Also of a record that is not there, and with a body that is wrong."""
    nobody = await as_actor("")
    any_ = {"if-match": "*"}
    for operation in API:
        sent: list[dict[str, Any]] = [{}]
        if operation in BODIES:
            sent = [{"json": operation.example}, {"json": {"colour": "red"}}]
        for body in sent:
            answer = await nobody.request(
                operation.method, f"http://test{operation.at()}", headers=any_, **body
            )
            assert answer.status_code == 403, (operation, body)
            assert answer.json()["type"] == "/docs/problems/forbidden"
            resource = operation.path.split("/")[3].replace("-", "_")
            resources = {resource, "changes", BELOW.get(operation.name, resource)}
            assert answer.json()["permission"].partition(":")[0] in resources, operation


async def test_exactly_the_permission_opens_a_route(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    """The one that a refusal names opens it alone; all the others together do not."""
    nobody = await as_actor("")
    needed: dict[str, list[Any]] = {}
    for operation in API:
        answer = await nobody.request(operation.method, f"http://test{operation.at()}")
        needed.setdefault(answer.json()["permission"], []).append(operation)
    for permission, operations in needed.items():
        of_administrators = {"partners:merge", "calendar_days:write", "compliance_rules:write"}
        role = "administrator" if permission in of_administrators else "approver"
        holder = await as_actor(permission, role=role)
        others = " ".join(sorted(EVERY - {permission}))
        rest = await as_actor(others, role="administrator")
        for operation in operations:
            for client in (holder, rest):
                answer = await client.request(operation.method, f"http://test{operation.at()}")
                is_open = answer.status_code != 403 or "no-agency" in answer.json()["type"]
                assert is_open == (client is holder), (operation, permission, answer.text)


async def test_a_role_does_not_do_what_its_scopes_say_beyond_it(
    as_actor: Callable[..., Any],
) -> None:
    viewer = await as_actor("partners:read partners:write", role="viewer")
    assert (await viewer.get("/partners")).status_code == 200
    assert (await viewer.post("/partners", json=factories.partner())).status_code == 403
    officer = await as_actor("partners:read", role="officer")
    assert (await officer.post("/partners", json=factories.partner())).status_code == 403


async def test_a_known_record_is_403_and_a_hidden_one_404(
    api: AsyncClient, as_actor: Callable[..., Any], stranger: AsyncClient
) -> None:
    for key in ("a", "b"):
        await factories.made(api, "/agencies", factories.agency(key=key))
    mine, other = [await as_actor("partners:read partners:write", agency=key) for key in "ab"]
    shown = await factories.made(mine, "/partners", factories.partner(visibility="internal"))
    hidden = await factories.made(mine, "/partners", factories.partner(visibility="agency"))
    any_ = {"if-match": "*"}
    for record, read, written in ((shown, 200, 403), (hidden, 404, 404)):
        address = f"/partners/{record['id']}"
        assert (await other.get(address)).status_code == read
        for answer in (
            await other.patch(address, json={"note": "x"}, headers=any_),
            await other.patch(address, json={"note": "x"}, headers={"if-match": '"9"'}),
            await other.delete(address, headers=any_),
        ):
            assert answer.status_code == written
        assert (await stranger.get(address)).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "TRACE", "LINK"])
async def test_a_method_that_is_none_is_not_a_door(stranger: AsyncClient, method: str) -> None:
    assert (await stranger.request(method, "/partners")).status_code == 405


async def test_the_actor_is_written_down(
    api: AsyncClient, database: "Connection[Any]", as_actor: Callable[..., Any]
) -> None:
    officer = await as_actor("partners:read partners:write")
    made = await officer.post("/partners", json=factories.partner())
    id_ = await database.fetchval("select id from api_keys where role = 'approver'")
    assert made.json()["created_by"] == str(id_)
    change = await database.fetchrow("select actor_id, request_id from changes")
    assert (change["actor_id"], change["request_id"]) == (id_, made.headers["x-request-id"])


def test_reads_need_a_permission_to_read() -> None:
    assert {operation.method for operation in READS} == {"GET"}
    assert {operation.method for operation in WRITES} == {"POST", "PATCH", "DELETE"}
