"""What many tests begin with is made once: its rows are kept aside and put back for each."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from typing import Any

import asyncpg

Connection = asyncpg.Connection

_COLUMNS = """
    select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
    where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''
"""
CALENDAR = "working_calendar"
NO_CALENDAR = f"update {CALENDAR} set days = '{{}}', numbers = '{{}}', published = '{{}}'"


class Moulds:
    """What functions made in the database of a worker, the rows of each in a schema of its own.

    They are put back as they were: with their ids, versions and history. A mould wants a database
    that is empty but for keys.

    All of it goes by one connection that neither triggers nor foreign keys watch. Were they turned
    off and on again at one that tests use, PostgreSQL would plan anew whatever it knows there.
    """

    def __init__(self, url: str, tables: list[str]) -> None:
        self._url = url
        self._used = " union all ".join(
            f"select '{name}' where exists (select from {name})" for name in tables
        )
        self._known: dict[Callable[..., Any], tuple[str, Any]] = {}
        self._kept: Connection[Any] | None = None

    async def _unwatched(self) -> "Connection[Any]":
        if self._kept is None or self._kept.is_closed():
            # What a test that failed has left locked is said, and not waited for.
            settings = {"session_replication_role": "replica", "lock_timeout": "30s"}
            self._kept = await asyncpg.connect(self._url, server_settings=settings)
        return self._kept

    def close(self) -> None:
        if self._kept is not None:
            self._kept.terminate()

    async def empty(self) -> None:
        """Takes out whatever was written; TRUNCATE would take a hundred times as long."""
        connection = await self._unwatched()
        if written := [name for (name,) in await connection.fetch(self._used)]:
            deletes = "; ".join(f"delete from {name}" for name in written)
            if '"calendar_days"' in written:
                deletes += f"; {NO_CALENDAR}"
            await connection.execute(deletes)

    async def cast(self, make: Callable[..., Awaitable[Any]], *given: Any) -> Any:
        """What `make(*given)` gives, with its rows in the database."""
        connection = await self._unwatched()
        if make in self._known:
            put_back, result = self._known[make]
            await connection.execute(put_back)
        else:
            result = await make(*given)
            put_back = await self._keep(connection)
            self._known[make] = (put_back, deepcopy(result))
        return deepcopy(result)

    async def _keep(self, connection: "Connection[Any]") -> str:
        """Copies the rows of every table; gives the statements that put them back."""
        schema = f"mould_{len(self._known)}"
        await connection.execute(f"create schema {schema}")
        copies, inserts = [], [f"delete from {CALENDAR}"]
        for name in [f'"{CALENDAR}"', *(name for (name,) in await connection.fetch(self._used))]:
            columns = await connection.fetchval(_COLUMNS, f"public.{name}")
            copies.append(f"create unlogged table {schema}.{name} as select {columns} from {name}")
            inserts.append(
                f"insert into {name} ({columns}) overriding system value table {schema}.{name}"
            )
        await connection.execute("; ".join(copies))
        return "; ".join(inserts)
