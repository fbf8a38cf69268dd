"""Keys: who holds them, for how long, for what; and what guessing brings."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from sonla_api.identity import keyring as keyrings
from sonla_api.identity.keyring import GUESSES, Keyring
from sonla_api.identity.keys import KeyRefusedError, create_key, list_keys, prefix_of, revoke_key
from sonla_api.kit.limits import InMemory
from sonla_api.kit.problems import TooManyRequests, Unauthenticated
from sonla_api.main import create_app
from sonla_api.settings import Settings
from tests.factories import agency, made, source
from tests.running import caller

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ANY = {"if-match": "*"}


async def _untouched(*_: Any) -> None:
    return


def _keyring(touch: Any = _untouched) -> Keyring:
    return Keyring(public_read=False, touch=touch, limits=InMemory())


async def test_a_key_is_looked_up_once_and_revoked_within_five_seconds(
    app: FastAPI, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = await create_key(database, name="T", role="viewer")
    reads, keyring = app.state.database.reads, _keyring()
    header = f"Bearer {secret}"
    monkeypatch.setattr(keyrings, "monotonic", lambda: 100)
    actor = await keyring.actor(reads, header, "a", NOW)
    assert await revoke_key(database, secret)
    assert not await revoke_key(database, secret)
    monkeypatch.setattr(keyrings, "monotonic", lambda: 104.9)
    assert await keyring.actor(reads, header, "a", NOW) is actor
    monkeypatch.setattr(keyrings, "monotonic", lambda: 105)
    with pytest.raises(Unauthenticated):
        await keyring.actor(reads, header, "a", NOW)


async def test_an_expired_key_is_refused(app: FastAPI, database: Any) -> None:
    secret = await create_key(database, name="T", role="viewer", expires_at=NOW)
    reads, header = app.state.database.reads, f"bearer {secret}"
    await _keyring().actor(reads, header, "a", NOW - timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        await _keyring().actor(reads, header, "a", NOW)


async def test_guessing_is_throttled_by_address_and_harms_nobody_else(
    app: FastAPI, database: Any
) -> None:
    secret = await create_key(database, name="T", role="viewer")
    reads, keyring, now = app.state.database.reads, _keyring(), datetime.now(UTC)
    await keyring.actor(reads, f"Bearer {secret}", "one", now)
    wrong = "Bearer sonla_" + "a" * 40
    for _ in range(GUESSES.most):
        with pytest.raises(Unauthenticated):
            await keyring.actor(reads, wrong, "one", now)
    with pytest.raises(TooManyRequests) as refused:
        await keyring.actor(reads, wrong, "one", now)
    assert 1 <= int(refused.value.sent_headers["Retry-After"]) <= 61
    with pytest.raises(Unauthenticated):
        await keyring.actor(reads, wrong, "another", now)
    later = now + timedelta(seconds=6)
    assert (await keyring.actor(reads, f"Bearer {secret}", "one", later)).may("sources:read")


@pytest.mark.parametrize(
    "header", ["Bearer sonla_x", "Basic abc", "sonla_", "Bearer ", "Bearer \xff"]
)
async def test_what_is_no_key_is_401(stranger: AsyncClient, header: str) -> None:
    headers = {"authorization": header.encode("latin-1")}
    refused = await stranger.get("/sources", headers=headers)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert refused.headers["content-type"] == "application/problem+json"


async def test_guessing_over_http_is_429(app: FastAPI, database: Any) -> None:
    transport = ASGITransport(app=app, client=("203.0.113.7", 1))
    headers = {"authorization": "Bearer sonla_" + "b" * 40}
    async with AsyncClient(transport=transport, base_url="http://t", headers=headers) as client:
        codes = [(await client.get("/api/v1/sources")).status_code for _ in range(22)]
        last = await client.get("/api/v1/sources")
    assert codes == [401] * 20 + [429] * 2
    assert int(last.headers["retry-after"]) >= 1


async def test_the_last_use_is_noted_and_its_failure_is_no_harm(
    app: FastAPI, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = await create_key(database, name="Test", role="administrator")
    async with caller(app, secret) as api:
        assert (await api.get("/sources")).status_code == 200
    await app.state.keyring.settled()
    noted = await database.fetchval("select last_used_at from api_keys")
    assert noted is not None
    used: list[Any] = []

    async def failing(*_: Any) -> None:
        used.append(1)
        raise OSError

    header, keyring = api.headers["authorization"], _keyring(failing)
    reads = app.state.database.reads
    await keyring.actor(reads, header, "a", noted + timedelta(seconds=30))
    await keyring.settled()
    assert used == []  # noted less than a minute ago
    monkeypatch.setattr(keyrings, "monotonic", lambda: float("inf"))
    await keyring.actor(reads, header, "a", noted + timedelta(seconds=90))
    await keyring.settled()
    assert used == [1]


async def test_role_and_scopes_are_two_gates(as_actor: Callable[..., Any]) -> None:
    viewer = await as_actor("sources:read sources:write", role="viewer")
    assert (await viewer.get("/sources")).status_code == 200
    refused = await viewer.post("/sources", json=source())
    assert (refused.status_code, refused.json()["permission"]) == (403, "sources:write")
    officer = await as_actor("sources:read", role="officer")
    assert (await officer.post("/sources", json=source())).status_code == 403
    assert (await officer.get("/partners")).status_code == 403


async def test_a_key_is_made_as_asked_or_refused(api: AsyncClient, database: Any) -> None:
    body = agency(key="dofa", visibility="public")
    own = await made(api, "/agencies", body)
    secret = await create_key(
        database, name="Portal", role="officer", scopes=["sources:read"], agency="dofa"
    )
    assert prefix_of(secret) == secret[6:14]
    line = (await list_keys(database))[-1]
    assert (line.name, line.agency, line.scopes) == ("Portal", "dofa", ["sources:read"])
    await create_key(database, name="By id", role="officer", agency=own["id"])
    for wrong, why in (
        ({"role": "king"}, "there is no role king"),
        ({"role": "viewer", "scopes": ["x:read"]}, "there is no scope x:read"),
        ({"role": "viewer", "agency": "nobody"}, "there is no agency nobody"),
    ):
        with pytest.raises(KeyRefusedError, match=why):
            await create_key(database, name="T", **wrong)


async def test_an_app_needs_an_address() -> None:
    with pytest.raises(ValueError, match="database_url"):
        create_app(Settings.model_construct(database_url=None))
