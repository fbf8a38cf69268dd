"""What a database needs before it is served from: a fit server, tables, first records."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from sonla_api.dataset import FOLDER
from sonla_api.embedded import OLDEST
from sonla_api.identity.keys import create_key
from sonla_api.migrating import PACKAGE, alembic_config, newest, revisions
from sonla_api.settings import asyncpg_url

PATIENCE = 10.0  # seconds for a server to answer
MIGRATING = 20260101  # any number, but the same for all who migrate one database
LETTERS = "select show_trgm('ຫ') <> '{}'"
HAS_KEYS = "select exists (select from api_keys)"
CALENDAR = PACKAGE / "calendar_days" / "bundled"
EXAMPLE_RULES = PACKAGE / "compliance_rules" / "bundled"
HAS_CALENDAR = """
select exists (select from calendar_days)
    or exists (select from tombstones where resource = 'calendar_days')
"""
HAS_RULES = """
select exists (select from compliance_rules)
    or exists (select from tombstones where resource = 'compliance_rules')
"""
BUNDLED = (
    (HAS_CALENDAR, "the working days", CALENDAR),
    (HAS_RULES, "an example of rules for delegations", EXAMPLE_RULES),
)
"""What comes once into every database that never had any of it."""
FIRST_KEY = "first administrator"

Progress = Callable[[str], None]
Connection: TypeAlias = "asyncpg.Connection[Any]"


class NotReadyError(Exception):
    """Why this database cannot be used, in one line."""


def where(database_url: str) -> str:
    """Which database it is, in words that show no password."""
    url = make_url(database_url)
    return f"database {url.database} at {url.host or 'the local socket'}:{url.port or 5432}"


@asynccontextmanager
async def connected(database_url: str) -> AsyncIterator[Connection]:
    """A connection to a server that is fit for use; NotReadyError says what is wrong with it."""
    try:
        connection = await asyncpg.connect(asyncpg_url(database_url), timeout=PATIENCE)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise NotReadyError(f"no connection to {where(database_url)}: {_why(error)}") from None
    try:
        await _refuse_unfit(connection, where(database_url))
        yield connection
    finally:
        await connection.close()


async def revision_of(connection: Connection) -> str | None:
    """The migration that the tables stand at; None where there are none."""
    if not await connection.fetchval("select to_regclass('alembic_version')"):
        return None
    found: str | None = await connection.fetchval("select version_num from alembic_version")
    return found


async def migrate(database_url: str, progress: Progress) -> None:
    """Bring the tables to the newest state; of several at once, one does it and the others wait."""
    async with connected(database_url) as connection:
        await connection.execute("select pg_advisory_lock($1)", MIGRATING)
        before, wanted = await revision_of(connection), newest()
        if before == wanted:
            progress(f"the tables are up to date ({wanted})")
        else:
            _refuse_newer(before)
            progress(f"migrating from {before or 'an empty database'} to {wanted}")
            await asyncio.to_thread(_upgrade, database_url)
        if not await connection.fetchval(LETTERS):
            progress(
                "warning: this database's LC_CTYPE leaves Lao and Vietnamese letters out of the "
                "search index; make it anew with LC_CTYPE 'C.UTF-8'"
            )


def _upgrade(database_url: str) -> None:
    from alembic import command  # 11 MB that a process which only serves does without
    from alembic.util import CommandError

    try:
        command.upgrade(alembic_config(database_url), "head")
    except (CommandError, SQLAlchemyError) as error:
        why = str(getattr(error, "orig", error)).splitlines()[0]
        raise NotReadyError(f"migrating failed: {why}") from None


@asynccontextmanager
async def migrated(database_url: str) -> AsyncIterator[Connection]:
    """A connection to tables that are those of this version of sonla-api, else NotReadyError."""
    async with connected(database_url) as connection:
        found = await revision_of(connection)
        if found != newest():
            _refuse_newer(found)
            raise NotReadyError("the tables are missing or old: run `sonla migrate` first")
        yield connection


async def check(database_url: str) -> None:
    """NotReadyError where the database cannot be served from."""
    async with migrated(database_url):
        pass


async def is_due(database_url: str) -> bool:
    """Whether there is anything that `prepare` would do."""
    async with connected(database_url) as connection:
        return (
            await revision_of(connection) != newest()
            or await _is_empty(connection)
            or any([not await connection.fetchval(has_any) for has_any, *_ in BUNDLED])
            or not await connection.fetchval(HAS_KEYS)
        )


async def prepare(database_url: str, progress: Progress) -> str | None:
    """Migrate, load the bundled records into an empty database, the calendar and the example of
    rules into one that never had any; the first key, if made now.
    """
    await migrate(database_url, progress)
    async with connected(database_url) as connection:
        # Of several at once, one makes the first records and the key.
        await connection.execute("select pg_advisory_lock($1)", MIGRATING)
        if await _is_empty(connection):
            progress(f"loading the bundled records from {FOLDER}")
            await _load(database_url, FOLDER, progress)
        for has_any, what, folder in BUNDLED:
            if not await connection.fetchval(has_any):
                progress(f"loading {what} from {folder}")
                await _load(database_url, folder, progress)
        if await connection.fetchval(HAS_KEYS):
            return None
        return await create_key(
            connection,
            name=FIRST_KEY,
            role="administrator",
            scopes=None,
            agency=None,
            expires_at=None,
        )


async def _load(database_url: str, folder: Path, progress: Progress) -> None:
    from sonla_api.imports.service import load_folder  # as for alembic above

    for line in (await load_folder(database_url, folder, progress)).lines:
        progress(line)


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {PATIENCE:g} seconds"
    if isinstance(error, OSError) and (error.errno or 0) > 0:
        return os.strerror(error.errno or 0)
    return str(error)


async def _refuse_unfit(connection: Connection, place: str) -> None:
    version = connection.get_server_version().major
    encoding = connection.get_settings().server_encoding
    if version < OLDEST:
        raise NotReadyError(f"{place} is PostgreSQL {version}; {OLDEST} or newer is needed")
    if encoding != "UTF8":
        raise NotReadyError(f"{place} is encoded in {encoding}; UTF8 is needed")


def _refuse_newer(revision: str | None) -> None:
    if revision not in {None, *revisions()}:
        raise NotReadyError(f"the tables ({revision}) are of a newer sonla-api: install that one")


async def _is_empty(connection: Connection) -> bool:
    """Whether nobody has written a record yet; one that was deleted counts as written."""
    return not await connection.fetchval("select exists (select from changes)")
