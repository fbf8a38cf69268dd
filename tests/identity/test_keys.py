"""Making, listing and revoking keys."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from sonla_api.identity.keys import (
    KeyRefusedError,
    create_key,
    is_key,
    list_keys,
    prefix_of,
    revoke_key,
)
from sonla_api.identity.permissions import APPROVE, EVERY, READ, WRITE, Role, held
from tests import factories
from tests.conftest import Connection


async def test_a_key_is_shown_once_and_stored_nowhere(database: "Connection[Any]") -> None:
    secret = await create_key(database, name="Báo Sơn La", role="viewer")
    assert re.fullmatch("sonla_[a-z2-7]{40}", secret)
    row = await database.fetchrow("select * from api_keys")
    assert row["prefix"] == secret[6:14]
    assert secret[14:] not in repr(dict(row))
    assert is_key(secret, row["digest"])
    assert not is_key(secret[:-1] + "?", row["digest"])


async def test_no_two_keys_are_alike(database: "Connection[Any]") -> None:
    made = [await create_key(database, name="x", role="viewer") for _ in range(20)]
    assert len({secret[14:] for secret in made}) == len({secret[:14] for secret in made}) == 20


async def test_keys_are_listed_oldest_first(api: AsyncClient, database: "Connection[Any]") -> None:
    named = await factories.made(api, "/agencies", factories.agency(key="sngv"))
    bare = await factories.made(api, "/agencies", factories.agency())
    await database.execute("delete from api_keys")
    until = datetime(2030, 1, 1, tzinfo=UTC)
    scopes = ["partners:read"]
    made = [
        await create_key(database, name="one", role="officer", agency="sngv", scopes=scopes),
        await create_key(database, name="two", role="viewer", agency=bare["id"], expires_at=until),
        await create_key(database, name="three", role="administrator", agency=named["id"]),
    ]
    one, two, three = lines = await list_keys(database)
    assert [line.prefix for line in lines] == [secret[6:14] for secret in made]
    assert (one.name, one.role, one.scopes, one.agency) == ("one", "officer", scopes, "sngv")
    assert (two.scopes, two.agency, two.expires_at) == (None, bare["id"], until)
    assert (three.agency, three.last_used_at, three.revoked_at) == ("sngv", None, None)
    assert datetime.now(UTC) - three.created_at < timedelta(minutes=1)


async def test_a_key_is_revoked_once(database: "Connection[Any]") -> None:
    secret = await create_key(database, name="x", role="viewer")
    other = await create_key(database, name="y", role="viewer")
    assert not await revoke_key(database, "nothing")
    assert await revoke_key(database, secret[:14])
    assert not await revoke_key(database, secret)
    assert await revoke_key(database, other)
    assert all(line.revoked_at for line in await list_keys(database))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"role": "king"}, "no role king; there are viewer, officer, approver, administrator"),
        ({"scopes": ["partners:read", "cats:read"]}, "no scope cats:read"),
        ({"agency": "nobody"}, "no agency nobody"),
    ],
)
async def test_a_key_that_cannot_be_made(
    database: "Connection[Any]", given: dict[str, Any], said: str
) -> None:
    with pytest.raises(KeyRefusedError, match=said):
        await create_key(database, **{"name": "x", "role": "viewer", **given})
    assert await list_keys(database) == []


def test_what_is_no_key_has_no_prefix() -> None:
    assert prefix_of("sonla_" + "abcdefgh" + "a" * 32) == "abcdefgh"
    for secret in ("", "sonla_", "sonla_" + "a" * 39, "sonla_" + "A" * 40, "x" * 46):
        assert prefix_of(secret) is None


def test_roles_hold_more_and_more() -> None:
    assert held(Role.viewer, None) == READ
    assert held(Role.officer, None) == READ | WRITE
    assert held(Role.approver, None) == READ | WRITE | APPROVE
    assert held(Role.administrator, None) == EVERY


def test_scopes_and_role_are_two_gates() -> None:
    scopes = ["partners:read", "partners:write", "delegations:approve"]
    assert held(Role.viewer, scopes) == {"partners:read"}
    assert held(Role.officer, scopes) == {"partners:read", "partners:write"}
    assert held(Role.administrator, scopes) == set(scopes)
    assert held(Role.administrator, []) == frozenset()
