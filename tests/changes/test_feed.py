"""The feed of all changes: nothing skipped, nothing doubled, whatever commits when."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
from httpx import AsyncClient

from tests import factories
from tests.conftest import Connection
from tests.running import connected

ANY = {"if-match": "*"}
PATIENCE = 15
"""Seconds: the feed waits for transactions in all databases of the server, also of others."""


class Follower:
    """Somebody who comes back again and again with the last id it has."""

    def __init__(self, client: AsyncClient, limit: int = 200) -> None:
        self.client, self.limit = client, limit
        self.after = "0-0-0"
        self.events: list[Any] = []

    async def look(self) -> int:
        """How many events the next page brought."""
        params = {"after": self.after, "limit": self.limit}
        answer = await self.client.get("/changes", params=params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= self.limit
        if page["items"]:
            assert page["next_cursor"] == page["items"][-1]["id"]
        else:
            assert page["next_cursor"] == self.after
        self.after = page["next_cursor"]
        self.events += page["items"]
        return len(page["items"])

    async def until(self, count: int) -> list[Any]:
        """Follow until so many events are there."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while len(self.events) < count:
            if not await self.look():
                assert asyncio.get_running_loop().time() < deadline, len(self.events)
                await asyncio.sleep(0.01)
        return self.events

    @property
    def versions(self) -> list[tuple[str, int]]:
        return [(event["data"]["id"], event["data"]["version"]) for event in self.events]


async def make(connection: "Connection[Any]", note: str = "") -> str:
    id_ = await connection.fetchval(
        "insert into sources (id, version, visibility, title, note)"
        " values (gen_random_uuid(), 1, 'internal', 'x', $1) returning id",
        note,
    )
    return str(id_)


async def test_an_event_is_a_cloud_event(api: AsyncClient) -> None:
    agency = await factories.made(api, "/agencies", factories.agency())
    partner = await factories.made(api, "/partners", factories.partner())
    relation = await factories.made(api, "/partner-relations", factories.relation(partner["id"]))
    patch = {"note": "x", "valid": "2021/.."}
    address = f"/partner-relations/{relation['id']}"
    await api.patch(address, json=patch, headers=ANY)
    await api.delete(address, headers=ANY)
    first, _, made, updated, deleted = await Follower(api).until(5)
    assert first["type"] == "vn.gov.sonla.agency.created.v1"
    assert first["subject"] == f"agencies/{agency['id']}"
    for event, action, version in (
        (made, "created", 1),
        (updated, "updated", 2),
        (deleted, "deleted", 2),
    ):
        assert set(event) == {"specversion", "id", "source", "type", "subject", "time", "data"}
        assert (event["specversion"], event["source"]) == ("1.0", "/api/v1")
        assert event["type"] == f"vn.gov.sonla.partner_relation.{action}.v1"
        assert event["subject"] == f"partner-relations/{relation['id']}"
        assert datetime.fromisoformat(event["time"]).tzinfo is not None
        assert event["data"]["href"] == f"/api/v1{address}"
        assert (event["data"]["id"], event["data"]["version"]) == (relation["id"], version)
    assert sorted(updated["data"]["changed"]) == ["note", "valid"]
    assert {"partner_id", "kind", "state"} <= set(made["data"]["changed"])
    assert {"partner_id", "note", "state"} <= set(deleted["data"]["changed"])


async def test_the_link_leads_on(api: AsyncClient) -> None:
    for n in range(5):
        await factories.made(api, "/sources", factories.source(title=str(n)))
    await Follower(api).until(5)
    answer = await api.get("/changes", params={"limit": 2})
    found = answer.json()["items"]
    while True:
        answer = await api.get(f"http://test{answer.links['next']['url']}")
        if not answer.json()["items"]:
            break
        found += answer.json()["items"]
    assert len({event["id"] for event in found}) == len(found) == 5


async def test_a_position_is_kept_and_can_be_replayed(api: AsyncClient) -> None:
    for n in range(6):
        await factories.made(api, "/sources", factories.source(title=str(n)))
    events = await Follower(api).until(6)
    for n, event in enumerate(events):
        again = await api.get("/changes", params={"after": event["id"]})
        assert again.json()["items"] == events[n + 1 :]
    assert (await api.get("/changes")).json()["items"] == events


@pytest.mark.parametrize(
    "after",
    [
        "",
        "0",
        "0-0",
        "0-0-0-0",
        "a-b-c",
        "-1-0-0",
        "1-2-3 ",
        "1-2-3\n",
        "٠-٠-٠",
        "1-²-3",
        "0-0-x",
        "9" * 10 + "-0-0",
        "0-" + "9" * 19 + "-0",
        "0-0-" + "9" * 19,
        "x" * 61,
        "\x00-0-0",
    ],
)
async def test_a_wrong_position(api: AsyncClient, after: str) -> None:
    answer = await api.get("/changes", params={"after": after})
    assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize(
    "after",
    ["0-0-0", "9-0-0", "999999999-" + "9" * 18 + "-" + "9" * 18, "1-" + "9" * 18 + "-0", "9-09-0"],
)
async def test_any_position_may_be_asked_for(api: AsyncClient, after: str) -> None:
    answer = await api.get("/changes", params={"after": after})
    assert (answer.status_code, answer.json()["items"]) == (200, [])


async def test_limits_of_the_feed(api: AsyncClient) -> None:
    for limit, status in ((200, 200), (201, 422), (0, 422), (1, 200)):
        assert (await api.get("/changes", params={"limit": limit})).status_code == status
    answer = await api.get("/changes", params={"sort": "at"})
    assert answer.status_code == 400
    assert "after, limit" in answer.json()["errors"][0]["message"]


async def test_a_transaction_that_numbers_early_and_writes_late(
    api: AsyncClient, database: "Connection[Any]", database_url: str
) -> None:
    """Its changes stand before those of others that were committed long since."""
    follower = Follower(api)
    before = await make(database)
    await follower.until(1)
    async with connected(database_url) as slow:
        transaction = slow.transaction()
        await transaction.start()
        await slow.fetchval("select pg_current_xact_id()")
        between = [await make(database) for _ in range(3)]
        for _ in range(3):
            await follower.look()
        late = await make(slow, "late")
        await follower.look()
        assert [event["data"]["id"] for event in follower.events] == [before]
        await transaction.commit()
    after = await make(database)
    events = await follower.until(6)
    assert [event["data"]["id"] for event in events] == [before, late, *between, after]


async def test_a_long_reader_holds_nothing_up(
    api: AsyncClient, database: "Connection[Any]", database_url: str
) -> None:
    async with (
        connected(database_url) as reader,
        reader.transaction(isolation="repeatable_read", readonly=True),
    ):
        await reader.fetch("select count(*) from changes")
        made = await make(database)
        events = await Follower(api).until(1)
        assert events[0]["data"]["id"] == made


async def test_what_is_rolled_back_is_no_event(
    api: AsyncClient, database: "Connection[Any]", database_url: str
) -> None:
    follower = Follower(api)
    async with connected(database_url) as doubtful:
        transaction = doubtful.transaction()
        await transaction.start()
        await make(doubtful)
        kept = await make(database)
        await follower.look()
        await transaction.rollback()
    await follower.until(1)
    await follower.look()
    assert [event["data"]["id"] for event in follower.events] == [kept]


async def writing(url: str, seed: int, expected: set[tuple[str, int]]) -> None:
    """Transactions of all lengths: some take their number early, some change what others made."""
    chance = random.Random(seed)  # noqa: S311  no secret, and the same again
    async with connected(url) as connection:
        for _ in range(12):
            done: set[tuple[str, int]] = set()
            transaction = connection.transaction()
            await transaction.start()
            if chance.random() < 0.5:
                await connection.fetchval("select pg_current_xact_id()")
                await asyncio.sleep(chance.random() * 0.03)
            for _ in range(chance.randint(1, 3)):
                id_ = await make(connection)
                done.add((id_, 1))
                await asyncio.sleep(chance.random() * 0.01)
                if chance.random() < 0.3:
                    await connection.execute("update sources set note = 'y' where id = $1", id_)
                    done.add((id_, 2))
            if chance.random() < 0.15:
                await transaction.rollback()
            else:
                await transaction.commit()
                expected |= done


@asynccontextmanager
async def followed(*followers: Follower) -> AsyncIterator[None]:
    """Followers who look all the while."""
    is_over = asyncio.Event()

    async def keep_looking(follower: Follower) -> None:
        while not is_over.is_set():
            await follower.look()
            await asyncio.sleep(0)

    looking = [asyncio.create_task(keep_looking(follower)) for follower in followers]
    yield
    is_over.set()
    await asyncio.gather(*looking)


async def test_followers_miss_nothing_beside_many_writers(
    api: AsyncClient, database_url: str
) -> None:
    followers = [Follower(api, limit) for limit in (1, 7, 200)]
    expected: set[tuple[str, int]] = set()
    async with followed(*followers), connected(database_url) as early:
        # One that takes its number before all others and writes after most of them.
        transaction = early.transaction()
        await transaction.start()
        await early.fetchval("select pg_current_xact_id()")
        await asyncio.gather(*[writing(database_url, seed, expected) for seed in range(6)])
        expected |= {(await make(early, "late"), 1)}
        await transaction.commit()
        await asyncio.gather(*[writing(database_url, seed, expected) for seed in range(6, 9)])
    for follower in followers:
        await follower.until(len(expected))
        assert len(follower.versions) == len(set(follower.versions)) == len(expected)
        assert set(follower.versions) == expected
        positions = [tuple(map(int, event["id"].split("-"))) for event in follower.events]
        assert positions == sorted(positions)


async def test_racing_writers_of_a_record_are_told_in_turn(api: AsyncClient) -> None:
    follower = Follower(api, 3)
    async with followed(follower):
        partner = await factories.made(api, "/partners", factories.partner())
        address = f"/partners/{partner['id']}"
        racing = [api.patch(address, json={"note": str(n)}, headers=ANY) for n in range(8)]
        await asyncio.gather(*racing)
        await asyncio.gather(
            *[api.patch(address, json={"note": "last"}, headers=ANY) for _ in range(4)],
            api.delete(address, headers=ANY),
        )
    events = await follower.until(10)
    while "deleted" not in events[-1]["type"]:
        events = await follower.until(len(events) + 1)
    versions = [version for _, version in follower.versions]
    assert versions == [*range(1, versions[-1] + 1), versions[-1]]
    actions = [event["type"].split(".")[-2] for event in follower.events]
    assert actions == ["created", *["updated"] * (len(events) - 2), "deleted"]


async def test_what_turns_internal_is_deleted_for_strangers(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    partner = await factories.made(api, "/partners", factories.partner(note="inside"))
    address = f"/partners/{partner['id']}"
    for patch in (
        {"note": "still inside"},
        {"visibility": "public"},
        {"note": "for all"},
        {"visibility": "internal", "note": "inside again"},
        {"note": "still"},
        {"visibility": "public"},
    ):
        await api.patch(address, json=patch, headers=ANY)
    await api.delete(address, headers=ANY)
    known = await Follower(api).until(8)
    seen = await Follower(stranger).until(5)
    actions = [event["type"].split(".")[-2] for event in known]
    assert actions == ["created", *["updated"] * 6, "deleted"]
    told = [(event["type"].split(".")[-2], event["data"]["version"]) for event in seen]
    assert told == [("created", 3), ("updated", 4), ("deleted", 5), ("created", 7), ("deleted", 7)]
    assert seen[2]["data"]["changed"] == []
    assert {event["id"] for event in seen} <= {event["id"] for event in known}


async def test_who_no_longer_takes_part_is_told_a_deletion(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    ids = {}
    for key in ("owner", "guest"):
        ids[key] = (await factories.made(api, "/agencies", factories.agency(key=key)))["id"]
    rights = "delegations:read delegations:write changes:read agencies:read"
    owner, guest = [await as_actor(rights, agency=key) for key in ids]
    taking_part = {"consultations": [{"agency_id": ids["guest"]}]}
    visit = await factories.made(
        owner, "/delegations", factories.delegation(visibility="agency", **taking_part)
    )
    address = f"/delegations/{visit['id']}"
    for patch in ({"note": "x"}, {"consultations": []}, {"note": "y"}, taking_part, {"note": "z"}):
        assert (await owner.patch(address, json=patch, headers=ANY)).status_code == 200
    of_visit = [
        (event["type"].split(".")[-2], event["data"]["version"])
        for event in await Follower(guest).until(7)
        if event["subject"].startswith("delegations")
    ]
    assert of_visit == [
        ("created", 1),
        ("updated", 2),
        ("deleted", 3),
        ("created", 5),
        ("updated", 6),
    ]


async def test_internal_fields_are_not_named_to_strangers(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    body = factories.delegation(visibility="public", funding="host", members=[{"name": "Lò Văn A"}])
    visit = await factories.made(api, "/delegations", body)
    patch = {"funding": "self", "members": [], "place": "Sầm Nưa"}
    await api.patch(f"/delegations/{visit['id']}", json=patch, headers=ANY)
    _, known = await Follower(api).until(2)
    first, seen = await Follower(stranger).until(2)
    assert sorted(known["data"]["changed"]) == ["funding", "members", "place"]
    assert seen["data"]["changed"] == ["place"]
    assert not {"funding", "members", "cost", "invitation"} & set(first["data"]["changed"])


async def test_after_a_restore_a_new_epoch_comes_later(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    """There transaction numbers start anew; what was written before is settled all the same."""
    follower = Follower(api)
    old = await make(database)
    await follower.until(1)
    await database.execute("update changes set xid = '999999999999'")
    follower.after = "1-999999999998-0"
    try:
        await database.execute("insert into feed_epochs (epoch) values (2)")
        new = await make(database)
        events = await follower.until(3)
        assert [event["data"]["id"] for event in events] == [old, old, new]
        assert [event["id"].split("-")[0] for event in events] == ["1", "1", "2"]
    finally:
        await database.execute("delete from feed_epochs where epoch = 2")
