"""One behaviour and two speeds: a read by id answers the same by the short way and by FastAPI's."""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import Cookie, Depends, FastAPI, Request
from httpx import AsyncClient, Response

from sonla_api.kit.shortcut import Shortcuts
from tests.factories import agency, delegation, made, partner, relation, source

NOBODY = "00000000-0000-7000-8000-00000000000a"
OWN = {"x-request-id", "date"}


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
async def ids(api: AsyncClient) -> dict[str, str]:
    """One record of each resource, the id with letters in it."""
    host = await made(api, "/partners", partner())
    return {
        "/partners": host["id"],
        "/sources": (await made(api, "/sources", source()))["id"],
        "/agencies": (await made(api, "/agencies", agency()))["id"],
        "/delegations": (await made(api, "/delegations", delegation()))["id"],
        "/partner-relations": (await made(api, "/partner-relations", relation(host["id"])))["id"],
    }


def test_every_record_is_reached_so(app: FastAPI, ids: dict[str, str]) -> None:
    reached = set(Shortcuts(app)._ways)
    assert reached == {f"/api/v1{path}/" for path in ids}


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
    endpoint.__signature__ = Signature(  # type: ignore[attr-defined]
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
    assert set(Shortcuts(app)._ways) == {"/plain/"}


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
