"""One behaviour and two speeds: a read by id and a create answer the same by either way."""

from collections.abc import AsyncIterator, Callable
from inspect import Parameter, Signature
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import Cookie, Depends, FastAPI, Header, Request
from httpx import AsyncClient, Response
from pydantic import BaseModel

from sonla_api.kit.shortcut import Shortcuts
from tests.conftest import Cast, Connection
from tests.factories import agency, delegation, made, one_of_each, partner, relation, source

NOBODY = "00000000-0000-7000-8000-00000000000a"
OWN = {"x-request-id", "date", "ratelimit"}


async def _both(client: AsyncClient, path: str, id_: str, **headers: str) -> Response:
    """The answer of either way, which must be one. The short way knows small letters only."""
    short = await client.get(f"{path}/{id_}", headers=headers)
    long = await client.get(f"{path}/{id_.upper()}", headers=headers)
    assert short.status_code == long.status_code
    ours, theirs = ({k: v for k, v in a.headers.items() if k not in OWN} for a in (short, long))
    if short.headers.get("content-type") == "application/problem+json":
        told, said = ({**a.json(), "request_id": "", "instance": ""} for a in (short, long))
        assert told == said
        ours.pop("content-length"), theirs.pop("content-length")
    else:
        assert short.content == long.content
    assert ours == theirs
    return short


@pytest.fixture
async def ids(cast: Cast, api: AsyncClient) -> dict[str, str]:
    return {f"/{path}": id_ for path, id_ in (await cast(one_of_each, api)).items()}


AS_FILES = {"/api/v1/reports/"}
"""Records that are files too, as their parameter `format` says."""


async def test_every_record_is_reached_so(app: FastAPI, ids: dict[str, str]) -> None:
    found = Shortcuts(app)
    others = set(found._reads) ^ {f"/api/v1{path}/" for path in ids} - AS_FILES
    assert not others, f"factories.one_of_each makes none of {others}, or they are read otherwise"
    own = {"/api/v1/me/calendar-keys", "/api/v1/observations/batch"}
    assert set(found._creates) == {f"/api/v1{path}" for path in ids} | own


async def door(request: Request) -> str:
    return request.url.path


async def reading_a_cookie(request: Request, name: Annotated[str, Cookie()]) -> str:
    return name


async def asking_nothing() -> str:
    return "whoever you are"


def blocking(request: Request) -> str:
    return request.url.path


def behind(*doors: Any) -> Callable[..., Any]:
    """An endpoint that takes an id and what these doors give."""

    async def endpoint(**_: Any) -> None:
        return

    given = {"id": UUID} | {f"door{n}": Annotated[str, Depends(d)] for n, d in enumerate(doors)}
    kind = Parameter.KEYWORD_ONLY
    endpoint.__signature__ = Signature(  # type: ignore[attr-defined]  # as inspect reads it
        [Parameter(name, kind, annotation=annotation) for name, annotation in given.items()]
    )
    return endpoint


async def filtered(id: UUID, entered: Annotated[str, Depends(door)], as_of: str) -> str:
    return entered + as_of


def test_who_asks_for_more_goes_the_long_way() -> None:
    app = FastAPI()
    app.get("/plain/{id}")(behind(door))
    for n, endpoint in enumerate(
        [
            behind(),
            behind(door, door),
            behind(reading_a_cookie),
            behind(asking_nothing),
            behind(blocking),
            filtered,
        ]
    ):
        app.get(f"/{n}/{{id}}")(endpoint)
    app.get("/plain/{id}/parts")(behind(door))
    app.delete("/removed/{id}")(behind(door))
    assert set(Shortcuts(app)._reads) == {"/plain/"}


class Body(BaseModel):
    name: str


Key = Annotated[str | None, Header(alias="idempotency-key")]


async def writing(request: Request, idempotency_key: Key = None) -> AsyncIterator[str]:
    yield request.url.path


async def writing_by_name(request: Request, name: Annotated[str, Header()]) -> AsyncIterator[str]:
    yield name


async def plain(entered: Annotated[str, Depends(writing)], body: Body) -> None: ...


async def bodiless(entered: Annotated[str, Depends(writing)]) -> None: ...


async def asking(entered: Annotated[str, Depends(writing)], body: Body, q: str) -> None: ...


async def of_one(id: UUID, entered: Annotated[str, Depends(writing)], body: Body) -> None: ...


async def otherwise(entered: Annotated[str, Depends(writing_by_name)], body: Body) -> None: ...


async def unguarded(body: Body) -> None: ...


def test_a_create_that_asks_for_more_goes_the_long_way() -> None:
    app = FastAPI()
    app.post("/plain")(plain)
    others: list[Any] = [bodiless, asking, otherwise, unguarded]
    for n, endpoint in enumerate(others):
        app.post(f"/{n}")(endpoint)
    app.post("/of/{id}")(of_one)
    app.put("/plain")(plain)
    assert set(Shortcuts(app)._creates) == {"/plain"}


async def _nowhere(*_: Any) -> None: ...


SAID = {
    *OWN,
    "id",
    "created_at",
    "updated_at",
    "request_id",
    "location",
    "etag",
}


async def test_both_ways_create_the_same(
    api: AsyncClient,
    stranger: AsyncClient,
    as_actor: Callable[..., Any],
    database: "Connection[Any]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also what is refused, and what is repeated with its Idempotency-Key."""
    nobody, host = await as_actor("changes:read"), await made(api, "/partners", partner("Host"))
    bodies: dict[str, dict[str, Any]] = {
        "/partners": partner("Hủa Phăn"),
        "/sources": source(),
        "/agencies": agency(),
        "/delegations": delegation(),
        "/partner-relations": relation(host["id"]),
    }
    key = {"idempotency-key": "one"}
    for path, body in bodies.items():
        asked: list[tuple[AsyncClient, dict[str, Any]]] = [
            (api, {"json": body}),
            (api, {"json": body, "headers": key}),
            (api, {"json": body, "headers": key}),
            (api, {"json": body | {"note": "x"}, "headers": key}),
            (api, {"json": body, "headers": {"idempotency-key": "x" * 256}}),
            (api, {"json": body, "headers": {"idempotency-key": ""}}),
            (api, {"json": body | {"colour": "red"}}),
            (api, {"json": body | {"sources": [{"source_id": NOBODY}]}}),
            (api, {"json": body | {"owner_agency_id": NOBODY}}),
            (api, {"json": []}),
            (api, {"content": b"{", "headers": {"content-type": "application/json"}}),
            (api, {}),
            (nobody, {"json": body}),
            (stranger, {"json": body}),
        ]
        told = []
        for is_short in (True, False):
            if not is_short:
                await database.execute("delete from idempotency_keys")
                monkeypatch.setattr(Shortcuts, "answer", _nowhere)
            answers = [await client.post(path, **what) for client, what in asked]
            told.append([_plain(answer) for answer in answers])
            assert answers[1].content == answers[2].content
            assert answers[1].headers["location"] == answers[2].headers["location"]
            monkeypatch.undo()
        assert told[0] == told[1], path


def _plain(answer: Response) -> Any:
    """Without what differs from one answer to the next, such as ids and times."""
    body = {name: value for name, value in answer.json().items() if name not in SAID}
    headers = {name: value for name, value in answer.headers.items() if name not in SAID}
    if "flags" in body:  # the second of its name resembles the first
        body["flags"] = headers["content-length"] = ""
    return answer.status_code, body, headers


async def test_both_ways_answer_the_same(
    api: AsyncClient, stranger: AsyncClient, ids: dict[str, str]
) -> None:
    for path, id_ in ids.items():
        shown = await _both(api, path, id_)
        assert shown.status_code == 200
        again = await _both(api, path, id_, **{"if-none-match": shown.headers["etag"]})
        assert again.status_code == 304
        assert (await _both(stranger, path, id_)).status_code == 404
        assert (await _both(api, path, NOBODY)).status_code == 404
        assert (await _both(api, path, id_, accept="text/html")).status_code == 406
        if path in {"/partners", "/tasks"}:  # no more, as wrong keys are counted
            assert (await _both(api, path, id_, authorization="Bearer x")).status_code == 401


async def test_both_ways_ask_for_the_permission(
    as_actor: Callable[..., Any], ids: dict[str, str]
) -> None:
    nobody = await as_actor("changes:read")
    for path, id_ in ids.items():
        assert (await _both(nobody, path, id_)).status_code == 403


async def test_both_ways_know_what_is_gone_and_where_it_went(
    api: AsyncClient, ids: dict[str, str]
) -> None:
    other = (await made(api, "/partners", partner("Another")))["id"]
    body = {"into_id": ids["/partners"]}
    merged = await api.post(f"/partners/{other}/merge", json=body, headers={"if-match": "*"})
    assert merged.status_code == 201
    assert (await _both(api, "/partners", other)).status_code == 308
    removed = await api.delete(f"/sources/{ids['/sources']}", headers={"if-match": "*"})
    assert removed.status_code == 204
    assert (await _both(api, "/sources", ids["/sources"])).status_code == 410
