"""What is kept for reports is what the records say, whoever writes them at once."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg

from tests.conftest import Connection
from tests.reports.register import Chance, fill, money, visit
from tests.running import connected
from tests.workloads import rows

WRITERS, STEPS = 6, 12
TALLIES = {
    "delegations": "fold_tally_of_delegations",
    "projects": "fold_tally_of_projects",
    "transactions": "fold_tally_of_transactions",
}
RECOUNTED = {
    **{name: f"recount_tally_of_{name}" for name in TALLIES},
    "assignments": "recount_work",
}


async def kept(database: "Connection[Any]") -> dict[str, set[str]]:
    """All that is kept, each group once: what has come lately is added to what was there."""
    tables = [(f"{name}_by_month", f"{name}_lately") for name in TALLIES]
    tables.append(("assignments_by_day", "assignments_lately"))
    found = {}
    for table, lately in tables:
        columns = await database.fetch(
            "select attname::text as name, atttypid::regtype::text in ('bigint', 'numeric')"
            f" as is_sum from pg_attribute where attrelid = '{table}'::regclass and attnum > 0"
        )
        groups = ", ".join(it["name"] for it in columns if not it["is_sum"])
        sums = [f"trim_scale(coalesce(sum({it['name']}), 0))" for it in columns if it["is_sum"]]
        query = (
            f"select {groups}, array[{', '.join(sums)}] as sums from (select * from {table}"
            f" union all select * from {lately}) as each group by {groups}"
            f" having array[{', '.join(sums)}] <> array_fill(0::numeric, array[{len(sums)}])"
        )
        found[table] = {str(dict(row)) for row in await database.fetch(query)}
    by_month = "select role, agency_id, date_trunc('month', day)::date, sum(opened), sum(withdrawn)"
    ends = " group by 1, 2, 3 having sum(opened) + sum(withdrawn) > 0"
    of_days, of_months = [
        {tuple(row) for row in await database.fetch(f"{by_month} from {table}{ends}")}
        for table in ("assignments_by_day", "assignments_by_month")
    ]
    assert of_days == of_months
    return found


async def write(url: str, seed: int, agencies: list[UUID]) -> None:
    """One of several writers at once: what it does, it does in transactions of a few statements."""
    chance = Chance(seed)
    async with connected(url) as database:
        for _ in range(STEPS):
            done = database.transaction()
            await done.start()
            for _ in range(chance.randrange(1, 4)):
                try:
                    async with database.transaction():
                        await act(database, chance, agencies)
                except (asyncpg.DeadlockDetectedError, asyncpg.IntegrityConstraintViolationError):
                    continue
            await (done.commit() if chance.random() < 0.8 else done.rollback())


async def act(database: Any, chance: Chance, agencies: list[UUID]) -> None:
    """Something that moves figures, of records that others move as well."""
    one = "(select id from {} order by md5(id::text || $1) limit 1)"
    salt = str(chance.random())
    match chance.randrange(8):
        case 0:
            await visit(database, chance, agencies)
        case 1:
            moved = "update delegations set \"when\" = $2, channel = 'state' where id = "
            await database.execute(moved + one.format("delegations"), salt, chance.period())
        case 2:
            await database.execute(
                "delete from delegations where id = " + one.format("delegations"), salt
            )
        case 3:
            state = chance.choice(["implementing", "cancelled", "closed"])
            moved = "update projects set state = $2 where id = "
            await database.execute(moved + one.format("projects"), salt, state)
        case 4:
            ids = await database.fetch("select id from projects")
            await money(database, chance, chance.choice(ids)["id"])
        case 5:
            plan = await database.fetchval("select id from plans limit 1")
            parent = await database.fetchval(
                f"select id from tasks where id = {one.format('tasks')}", salt
            )
            await rows.task(database, plan, parent_id=parent)
        case 6:
            task = await database.fetchval(
                f"select id from tasks where id = {one.format('tasks')}", salt
            )
            await rows.assignment(database, task, chance.choice(agencies), role="coordinating")
        case _:
            functions = [*TALLIES.values(), "fold_work"]
            await database.execute(f"select {chance.choice(functions)}()")


async def test_writers_at_once_leave_what_a_recount_finds(
    database: "Connection[Any]", database_url: str
) -> None:
    """Never older than the last commit, and nobody waits for those who put it together."""
    await fill(database, Chance(1), 40)
    agencies = [await rows.agency(database) for _ in range(3)]
    await asyncio.gather(*(write(database_url, seed, agencies) for seed in range(WRITERS)))
    before = await kept(database)
    for function in RECOUNTED.values():
        await database.execute(f"select {function}()")
    assert before == await kept(database)
    assert all(before.values())


async def test_what_has_come_is_put_together_once(
    database: "Connection[Any]", database_url: str
) -> None:
    """Readers find the same before and after; who comes second leaves it to the first."""
    async with database.transaction(isolation="repeatable_read"):  # where nobody happens to do it
        await fill(database, Chance(2), 40)
    before = await kept(database)
    async with connected(database_url) as other:
        await other.execute("begin; select fold_tally_of_delegations(), fold_work()")
        await database.execute(
            "set lock_timeout = '100ms'; select fold_tally_of_delegations(), fold_work()"
        )
        assert await database.fetchval("select count(*) from delegations_lately") > 0
        assert await kept(database) == before
        await other.execute("commit")
    assert await database.fetchval("select count(*) from delegations_lately") == 0
    assert await kept(database) == before
    await database.execute("begin isolation level repeatable read; select fold_tally_of_projects()")
    assert await database.fetchval("select count(*) from projects_lately") > 0
    await database.execute("commit")
