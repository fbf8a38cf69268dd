"""The benchmark's own PostgreSQL and the records in it, made once and kept."""

import asyncio
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg
from alembic import command
from sqlalchemy.engine import make_url

from sonla_api.embedded import server
from sonla_api.identity.keys import create_key, prefix_of
from sonla_api.migrating import alembic_config
from sonla_api.settings import asyncpg_url

HERE = Path(__file__).parent
KEPT = Path(os.environ.get("BENCH_FOLDER", HERE.parent / ".bench"))
FULL, SMALL, LARGE = 200_000, 10_000, 1_000_000
PARTNERS = 20_000
WORK = {"links": 10_000, "documents": 24_001, "tasks": 400_000, "projects": 100_000}
"""What the database of FULL delegations holds beside them: see fill_work.sql."""
EMPTY = "bench_empty"
OFFICE = "bench-1"
"""The agency whose officer sends the requests: a department with one sub-department."""

# Triggers for audit and for the row filter, which the peers do without; what the third keeps they
# write themselves.
NOT_OF_PEERS = (
    "record_change",
    "keep_version",
    "keep_mentions",
    "keep_taking_part",
    "keep_members",
)


@contextmanager
def running() -> Iterator[str]:
    """The address of the server: BENCH_DATABASE_URL, else an embedded one over a kept folder."""
    given = os.environ.get("BENCH_DATABASE_URL")
    if given:
        yield asyncpg_url(given)
        return
    with server(KEPT) as address:
        yield asyncpg_url(address)


def kept(address: str, delegations: int) -> str:
    """The name of the database with so many delegations; the first call makes it."""
    prefix = f"bench_{delegations}_"
    name = prefix + _digest()
    there = [row[0] for row in fetch(address, "select datname from pg_database")]
    if name not in there:
        execute(address, *(_drop(old) for old in there if old.startswith(prefix)))
        _make(address, name, delegations)
    return name


@contextmanager
def copy(address: str, template: str, name: str, *changes: str) -> Iterator[str]:
    """The address of a fresh copy, so that every run begins with the same records."""
    made = f"create database {name} template {template} strategy file_copy"
    execute(address, _drop(name), made)
    try:
        execute(at(address, name), *changes, "checkpoint")
        yield at(address, name)
    finally:
        execute(address, _drop(name))


def without_audit() -> list[str]:
    """What makes a copy the peers' own: the same tables and indexes, fewer triggers."""
    return [f"drop function {name} cascade" for name in NOT_OF_PEERS]


@contextmanager
def key(address: str, role: str = "officer", agency: str | None = OFFICE) -> Iterator[str]:
    """The secret of an officer, whose reads go through the row filter, or of whom is named."""

    async def make() -> str:
        connection = await asyncpg.connect(address)
        secret = await create_key(connection, name="bench", role=role, agency=agency)
        await connection.close()
        return secret

    secret = asyncio.run(make())
    yield secret
    # That one alone: others may be in use beside it.
    execute(address, f"delete from api_keys where prefix = '{prefix_of(secret)}'")  # noqa: S608  made here


def fetch(address: str, query: str, *values: Any) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(address)
        rows = await connection.fetch(query, *values)
        await connection.close()
        return rows

    return asyncio.run(run())


def execute(address: str, *statements: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(address)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    asyncio.run(run())


def at(address: str, name: str) -> str:
    """The address of another database of the same server."""
    return make_url(address).set(database=name).render_as_string(hide_password=False)


def _drop(name: str) -> str:
    return f"drop database if exists {name} with (force)"


def _digest() -> str:
    """Of all that the records and their tables come from."""
    made_of = [*HERE.glob("*.sql"), *(HERE.parent / "migrations").rglob("*.py")]
    made_of += [*(HERE.parent / "migrations").rglob("*.sql")]
    made_of += [Path(str(path)) for path in (files("sonla_api.kit") / "sql").iterdir()]
    text = b"".join(path.read_bytes() for path in sorted(made_of))
    return hashlib.sha256(text).hexdigest()[:8]


def empty(address: str) -> str:
    """The address of a database that holds the tables and no record."""
    execute(address, _drop(EMPTY), f"create database {EMPTY} {_locale(address)}")
    target = at(address, EMPTY)
    _migrate(target)
    return target


def _make(address: str, name: str, delegations: int) -> None:
    print(f"making the database of {delegations:,} delegations, once", flush=True)
    making = f"{name}_making"
    execute(address, _drop(making), f"create database {making} {_locale(address)}")
    target = at(address, making)
    _migrate(target)
    _fill(target, delegations)
    execute(address, f"alter database {making} rename to {name}")


def _locale(address: str) -> str:
    locale = "template template0 encoding 'UTF8'"
    if int(fetch(address, "show server_version_num")[0][0]) < 180000:  # noqa: PLR2004  PostgreSQL 18
        locale += " lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'"
    return locale


def _migrate(target: str) -> None:
    migrated = target.replace("postgresql://", "postgresql+asyncpg://")
    command.upgrade(alembic_config(migrated), "head")


def _fill(target: str, delegations: int) -> None:
    """Indexes last: building them anew takes a fraction of the time."""
    sizes = {"partners": PARTNERS, "delegations": delegations}
    if delegations == FULL:
        sizes |= WORK
    indexes = fetch(
        target,
        "select indexname, indexdef from pg_indexes where schemaname = 'public'"
        " and indexname like 'ix%'",
    )
    execute(
        target,
        *(f"drop index {index['indexname']}" for index in indexes),
        *filling(sizes),
    )
    # Triggers were off, so what they keep for reports is counted once.
    counted = fetch(target, "select proname from pg_proc where proname like 'recount%'")
    settled = (
        *(index["indexdef"] for index in indexes),
        *(f"select {row['proname']}()" for row in counted),
        "vacuum (freeze, analyze)",
    )
    execute(target, "set maintenance_work_mem = '512MB'", *settled)


def filling(sizes: Mapping[str, int]) -> list[str]:
    """The statements that write the records, without comments."""
    names = ["fill.sql", *(["fill_work.sql"] if "tasks" in sizes else [])]
    texts = [re.sub(r"--.*", "", (HERE / name).read_text()) for name in names]
    return [text.format(**sizes) for text in texts]
