"""A 304 without the record being read again is right whatever happened meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from sonla_api.kit import unchanged
from tests.conftest import Connection
from tests.factories import made, partner


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchanged, "_REST", 0.0)


async def _known(client: AsyncClient, id_: str) -> Callable[[], Any]:
    """Asks for what it has read once, and lets the service remember that it had it."""
    path = f"/partners/{id_}"
    headers = {"if-none-match": (await client.get(path)).headers["etag"]}

    async def ask() -> Any:
        answer = await client.get(path, headers=headers)
        return answer.status_code if answer.status_code != 200 else answer.json()

    assert await ask() == 304
    return ask


async def test_what_nobody_changed_is_not_read_again(
    api: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where PostgreSQL said that nothing was written, and only there."""
    monkeypatch.setattr(unchanged, "_AS_OF", "select 'the same'")
    id_ = (await made(api, "/partners", partner()))["id"]
    ask = await _known(api, id_)
    await api.patch(f"/partners/{id_}", json={"note": "x"}, headers={"if-match": "*"})
    assert await ask() == 304
    assert (await api.get(f"/partners/{id_}", headers={"if-none-match": '"1.0"'})).json()
    monkeypatch.setattr(unchanged, "_MOST", 0)
    assert (await ask())["note"] == "x"


async def test_nothing_is_remembered_on_a_standby(
    api: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unchanged, "_AS_OF", "select null")
    id_ = (await made(api, "/partners", partner()))["id"]
    ask = await _known(api, id_)
    await api.patch(f"/partners/{id_}", json={"note": "x"}, headers={"if-match": "*"})
    assert (await ask())["note"] == "x"


async def test_what_others_wrote_is_seen(api: AsyncClient, database: "Connection[Any]") -> None:
    """Also what stands in the record from another one, and what was begun before the answer."""
    above = (await made(api, "/partners", partner()))["id"]
    ask = await _known(api, (await made(api, "/partners", partner("Ngoi", parent_id=above)))["id"])
    rename = "update partners set name = $2 where id = $1"
    transaction = database.transaction()
    await transaction.start()
    await database.execute(rename, above, '{"en": "Late", "vi": null, "lo": null}')
    assert await ask() == 304
    assert await ask() == 304
    await transaction.commit()
    assert (await ask())["parent"]["name"]["en"] == "Late"


async def test_nobody_is_told_what_another_was(
    api: AsyncClient, stranger: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unchanged, "_AS_OF", "select 'the same'")
    id_ = (await made(api, "/partners", partner()))["id"]
    await _known(api, id_)
    assert (
        await stranger.get(f"/partners/{id_}", headers={"if-none-match": "*"})
    ).status_code == 404
