"""The change log as history and feed: nothing skipped, nothing shown to who may not see it."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
from httpx import AsyncClient

from tests.factories import delegation, made, partner, relation, source

INSERT = """insert into sources (id, title, version, visibility)
values (gen_random_uuid(), $1, 1, 'internal')"""
ANY = {"if-match": "*"}


async def _follow(
    api: AsyncClient, after: str = "0-0-0", limit: int = 200
) -> tuple[list[Any], str]:
    page = (await api.get("/changes", params={"after": after, "limit": limit})).json()
    return page["items"], page["next_cursor"]


async def _settled(api: AsyncClient, count: int) -> list[Any]:
    """The feed waits for older transactions, also of other databases in the cluster."""
    events: list[Any] = []
    for _ in range(400):
        events, _ = await _follow(api)
        if len(events) >= count:
            return events
        await asyncio.sleep(0.02)
    raise AssertionError(events)


async def test_history_tells_who_changed_what(api: AsyncClient, database: Any) -> None:
    one = await made(api, "/partners", partner())
    path = f"/partners/{one['id']}"
    changed = await api.patch(path, json={"note": "x", "name": {"vi": "Tỉnh"}}, headers=ANY)
    assert (await api.delete(path, headers=ANY)).status_code == 204
    history = (await api.get(f"{path}/history")).json()["items"]
    assert [change["action"] for change in history] == ["deleted", "updated", "created"]
    _, update, _ = history
    english = {"en": "Luang Prabang Province", "lo": None, "vi": None}
    assert {field["field"]: (field["before"], field["after"]) for field in update["fields"]} == {
        "note": (None, "x"),
        "name": (english, english | {"vi": "Tỉnh"}),
    }
    key = await database.fetchrow("select id::text, name from api_keys")
    assert update["actor"] == dict(key)
    assert (update["request_id"], update["version"]) == (changed.headers["x-request-id"], 2)
    assert (await api.get(path)).status_code == 410


async def test_statements_by_hand_are_recorded_and_raise_the_version(
    api: AsyncClient, database: Any
) -> None:
    await database.execute(INSERT, "By hand")
    await database.execute("update sources set title = title")
    await database.execute("update sources set title = 'Again'")
    (one,) = (await api.get("/sources")).json()["items"]
    assert one["version"] == 2
    history = (await api.get(f"/sources/{one['id']}/history")).json()["items"]
    assert [(c["action"], c["actor"], c["version"]) for c in history] == [
        ("updated", None, 2),
        ("created", None, 1),
    ]


async def test_strangers_see_neither_actors_nor_internal_fields(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    one = await made(api, "/delegations", delegation(visibility="public", funding="host"))
    path = f"/delegations/{one['id']}"
    await api.patch(path, json={"members": [{"name": "A"}], "place": "Hà Nội"}, headers=ANY)
    history = (await stranger.get(f"{path}/history")).json()["items"]
    assert [change["actor"] for change in history] == [None, None]
    assert [field["field"] for field in history[0]["fields"]] == ["place"]
    assert "funding" not in {field["field"] for field in history[1]["fields"]}
    seen = (await _settled(stranger, 2))[1]
    assert seen["data"]["changed"] == ["place"]
    mine = (await _settled(api, 2))[1]
    assert set(mine["data"]["changed"]) == {"place", "members"}
    assert mine["type"] == "vn.gov.sonla.delegation.updated.v1"
    assert mine["data"]["href"] == f"/api/v1{path}"


async def test_a_name_of_two_words_is_one_word_of_the_type(api: AsyncClient) -> None:
    host = await made(api, "/partners", partner())
    await made(api, "/partner-relations", relation(host["id"]))
    events = await _settled(api, 2)
    assert events[1]["type"] == "vn.gov.sonla.partner_relation.created.v1"
    assert events[1]["subject"].startswith("partner-relations/")


async def test_what_turns_internal_is_a_deletion_for_strangers(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    one = await made(api, "/sources", source(visibility="public"))
    path = f"/sources/{one['id']}"
    await api.patch(path, json={"visibility": "internal", "title": "Hidden"}, headers=ANY)
    await api.patch(path, json={"title": "Hidden again"}, headers=ANY)
    await api.patch(path, json={"visibility": "public"}, headers=ANY)
    kinds = [event["type"].split(".")[-2] for event in await _settled(stranger, 3)]
    assert kinds == ["created", "deleted", "created"]
    assert (await _settled(stranger, 3))[1]["data"]["changed"] == []
    history = (await stranger.get(f"{path}/history")).json()["items"]
    fields = [{f["field"]: f["before"] for f in change["fields"]} for change in history]
    assert len(history) == 2  # not the two versions that strangers could not see
    assert fields[0] == {"visibility": None}
    assert "Hidden" not in str(history)


async def test_a_deletion_reaches_who_could_see_it_and_nobody_else(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    for visibility in ("public", "internal"):
        one = await made(api, "/sources", source(visibility=visibility))
        path = f"/sources/{one['id']}"
        assert (await api.delete(path, headers=ANY)).status_code == 204
        expected = 410 if visibility == "public" else 404
        assert (await stranger.get(path)).status_code == expected
        assert (await stranger.get(f"{path}/history")).status_code == (
            200 if visibility == "public" else 404
        )
    assert [e["type"].split(".")[-2] for e in await _settled(api, 4)] == ["created", "deleted"] * 2
    assert len(await _settled(stranger, 2)) == 2


async def test_a_follower_misses_nothing_beside_long_transactions(
    api: AsyncClient, database_url: str, database: Any
) -> None:
    """One took its transaction id early and writes late: by row number it would be lost."""
    seen: list[str] = []
    position = "0-0-0"

    async def follow() -> None:
        nonlocal position
        events, position = await _follow(api, position, 2)
        seen.extend(event["data"]["id"] for event in events)

    early = await asyncpg.connect(database_url)
    late = await asyncpg.connect(database_url)
    try:
        transaction = early.transaction()
        await transaction.start()
        await early.fetchval("select pg_current_xact_id()")
        other = late.transaction()
        await other.start()
        await late.execute(INSERT, "other, first")
        for number in range(3):
            await made(api, "/sources", source(title=f"short {number}"))
            await follow()
        assert seen == []
        await late.execute(INSERT, "other, second")
        await early.execute(INSERT, "early, written late")
        await other.commit()
        await follow()
        assert seen == []
        await transaction.commit()
        for _ in range(400):
            await follow()
            if len(seen) >= 6:
                break
            await asyncio.sleep(0.02)
    finally:
        await early.close()
        await late.close()
    everything = {str(id_) for (id_,) in await database.fetch("select id from sources")}
    assert (len(seen), set(seen)) == (6, everything)


async def test_a_follower_beside_many_writers_sees_each_change_once(api: AsyncClient) -> None:
    seen: list[str] = []
    position, is_writing = "0-0-0", True

    async def write(writer: int) -> None:
        for number in range(5):
            await made(api, "/sources", source(title=f"{writer}.{number}"))

    async def follow() -> None:
        nonlocal position
        for _ in range(2000):
            events, position = await _follow(api, position, 7)
            seen.extend(event["data"]["id"] for event in events)
            if not is_writing and len(seen) >= 30:
                return
            await asyncio.sleep(0.01)

    following = asyncio.create_task(follow())
    await asyncio.gather(*map(write, range(6)))
    is_writing = False
    await following
    assert (len(seen), len(set(seen))) == (30, 30)


async def test_an_old_epoch_is_settled(api: AsyncClient, database: Any) -> None:
    """After a restore transaction numbers begin anew: those of the backup no longer matter."""
    await database.execute(INSERT, "before")
    await database.execute("update changes set xid = '9000000000000000'")
    await database.execute("insert into feed_epochs (epoch) values (2)")
    try:
        await made(api, "/sources", source())
        first, second = await _settled(api, 2)
        assert (first["id"].split("-")[0], second["id"].split("-")[0]) == ("1", "2")
    finally:
        await database.execute("delete from feed_epochs where epoch = 2")


async def test_a_position_is_checked(api: AsyncClient) -> None:
    for after, status in (("x", 422), ("1-2", 422), ("999999999-1-1", 200), ("0-0-0", 200)):
        answer = await api.get("/changes", params={"after": after})
        assert answer.status_code == status, answer.text
    far = await api.get("/changes", params={"after": f"999999999-{'9' * 18}-{'9' * 18}"})
    assert (far.status_code, far.json()["items"]) == (200, [])
    empty = await api.get("/changes")
    assert empty.json() == {"items": [], "next_cursor": "0-0-0", "total": None}


async def test_the_feed_needs_its_permission(as_actor: Callable[..., Any]) -> None:
    assert (await (await as_actor("sources:read")).get("/changes")).status_code == 403
