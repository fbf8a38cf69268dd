"""What was backed up is there again: every row, every right, and the place of every follower."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from sonla_api import preparing
from sonla_api.backups import restoring
from sonla_api.embedded import temporary_server
from sonla_api.migrating import newest
from sonla_api.settings import Settings, asyncpg_url
from tests import factories
from tests.backups.conftest import Operator, address
from tests.changes.test_feed import Follower
from tests.conftest import Connection
from tests.documents.contents import PDF
from tests.documents.test_attachments import attached
from tests.reports.test_reports import published
from tests.running import caller, connected, running

ANY = {"if-match": "*"}
ONCE = {"idempotency-key": "once"}
EACH_TABLE = """
select coalesce(string_agg(format(
    'select %L as name, count(*), md5(string_agg(t::text, '''' order by t::text)) from %I t',
    tablename, tablename), ' union all '), '')
from pg_tables where schemaname = 'public'
"""
# A key notes when it was last used a little later.
MOVING = {"api_keys", "feed_epochs"}


async def contents(url: str) -> tuple[dict[str, int], dict[str, str]]:
    """Of every table the number of its rows, and a checksum of them."""
    async with connected(url) as connection:
        rows = await connection.fetch(await connection.fetchval(EACH_TABLE))
    return {name: count for name, count, _ in rows}, {name: it for name, _, it in rows}


def secret_of(client: AsyncClient) -> str:
    return client.headers["authorization"].removeprefix("Bearer ")


async def of_every_kind(api: AsyncClient) -> tuple[Any, Any, Any]:
    """A document with a file, a published report, a source sent with an Idempotency-Key; and what
    else a register keeps.
    """
    paper = await factories.made(api, "/documents", factories.document())
    await attached(api, paper)
    report = await published(api)
    await factories.made(api, "/me/calendar-keys", {"name": "Điện thoại"})
    removed = await factories.made(api, "/partners", factories.partner("Hủa Phăn"))
    await api.delete(f"/partners/{removed['id']}", headers=ANY)
    return paper, report, (await api.post("/sources", json=factories.source(), headers=ONCE)).json()


@asynccontextmanager
async def writing(api: AsyncClient) -> AsyncIterator[list[str]]:
    """Sources that are written for as long as the block; the ids of those acknowledged so far."""
    ids: list[str] = []
    has_begun = asyncio.Event()

    async def write() -> None:
        while True:
            ids.append((await factories.made(api, "/sources", factories.source()))["id"])
            has_begun.set()

    task = asyncio.create_task(write())
    await has_begun.wait()
    yield ids
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_everything_is_there_again_on_another_server(
    api: AsyncClient,
    settings: Settings,
    database_url: str,
    database: "Connection[Any]",
    operator: Operator,
    tmp_path: Path,
) -> None:
    paper, report, source = await of_every_kind(api)
    follower = Follower(api)
    await follower.until(await database.fetchval("select count(*) from changes"))
    before = list(follower.events)
    await operator.back_up(database_url, tmp_path / "sonla.dump")
    counts, sums = await contents(database_url)
    with temporary_server() as server:
        other = asyncpg_url(server)
        await operator.restore(tmp_path / "sonla.dump", other)
        found, found_sums = await contents(other)
        assert found == counts | {"feed_epochs": counts["feed_epochs"] + 1}
        assert counts["attachments"] == counts["published_reports"] == counts["calendar_keys"] == 1
        differing = {name for name in sums if sums[name] != found_sums[name]}
        assert differing <= MOVING
        async with (
            running(settings, database_url=server) as app,
            caller(app, secret_of(api)) as again,
        ):
            (file,) = (await again.get(f"/documents/{paper['id']}/attachments")).json()["items"]
            assert (await again.get(f"http://test{file['href']}")).content == PDF
            assert (await again.get(f"/reports/{report['id']}")).json() == report
            once = await again.post("/sources", json=factories.source(), headers=ONCE)
            assert once.json() == source
            await goes_on(again, before)


async def goes_on(again: AsyncClient, before: list[Any]) -> None:
    """Whoever followed the register before its restore is told the rest, and everything anew."""
    follower, newcomer, behind = Follower(again), Follower(again), Follower(again)
    follower.after, behind.after = before[-1]["id"], before[-3]["id"]
    assert await follower.look() == 0
    new = await factories.made(again, "/sources", factories.source(title="after the restore"))
    (event,) = await follower.until(1)
    assert event["data"]["id"] == new["id"]
    assert await behind.until(3) == [*before[-2:], event]
    assert await newcomer.until(len(before) + 1) == [*before, event]


async def test_who_followed_beyond_the_backup_is_told(
    api: AsyncClient,
    settings: Settings,
    database_url: str,
    database: "Connection[Any]",
    empty: str,
    operator: Operator,
    tmp_path: Path,
) -> None:
    await factories.made(api, "/sources", factories.source(title="in the backup"))
    await operator.back_up(database_url, tmp_path / "sonla.dump")
    await factories.made(api, "/sources", factories.source(title="lost"))
    follower = Follower(api)
    await follower.until(2)
    await operator.restore(tmp_path / "sonla.dump", empty)
    async with (
        running(settings, database_url=address(empty)) as app,
        caller(app, secret_of(api)) as again,
    ):
        await factories.made(again, "/sources", factories.source(title="after the restore"))
        newcomer = Follower(again)
        await newcomer.until(2)
        answer = await again.get("/changes", params={"after": follower.after})
        assert answer.status_code == 410
        assert answer.json()["type"].endswith("/docs/problems/position-lost")
        of_no_epoch = await again.get("/changes", params={"after": "0-7-7"})
        assert len(of_no_epoch.json()["items"]) == 2


async def test_one_backup_restored_twice_is_two_epochs(
    database_url: str,
    database: "Connection[Any]",
    empty: str,
    other_empty: str,
    operator: Operator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else who followed what was written after the first would pass over what came after."""
    await operator.back_up(database_url, tmp_path / "sonla.dump")
    later = restoring.END.replace("now()", "now() + interval '1 minute'")
    await operator.restore(tmp_path / "sonla.dump", empty)
    monkeypatch.setattr(restoring, "END", later)
    await operator.restore(tmp_path / "sonla.dump", other_empty)
    epochs = []
    for url in (database_url, empty, other_empty):
        async with connected(url) as connection:
            epochs.append(await connection.fetchval("select max(epoch) from feed_epochs"))
    assert epochs[0] < epochs[1] < epochs[2] < 10**9


async def test_a_backup_holds_one_moment_while_others_write(
    api: AsyncClient,
    database_url: str,
    database: "Connection[Any]",
    empty: str,
    operator: Operator,
    tmp_path: Path,
) -> None:
    async with writing(api) as ids:
        acknowledged = list(ids)
        await operator.back_up(database_url, tmp_path / "sonla.dump")
    await operator.restore(tmp_path / "sonla.dump", empty)
    async with connected(empty) as restored:
        kept = {str(id_) for (id_,) in await restored.fetch("select id from sources")}
        logged = await restored.fetch("select record_id from changes")
    assert set(acknowledged) <= kept <= set(ids)
    assert sorted(str(id_) for (id_,) in logged) == sorted(kept)


async def test_a_backup_of_an_older_version_is_migrated(
    database_url: str,
    database: "Connection[Any]",
    empty: str,
    operator: Operator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That each migration leads to the next is asked elsewhere."""
    await operator.back_up(database_url, tmp_path / "sonla.dump")
    found, upgraded = newest(), []
    monkeypatch.setattr(preparing, "newest", lambda: "of_tomorrow")
    monkeypatch.setattr(preparing, "_upgrade", upgraded.append)
    await operator.restore(tmp_path / "sonla.dump", empty)
    assert upgraded == [address(empty)]
    assert f"migrating from {found} to of_tomorrow" in operator.told
