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
UNWATCHED = "set session_replication_role = replica"
WATCHED = "set session_replication_role = origin"


class Moulds:
    """What functions made in the database of a worker, the rows of each in a schema of its own.

    They are put back as they were, without triggers: with their ids, versions and history. A mould
    wants a database that is empty but for keys; `used` asks which tables hold anything.
    """

    def __init__(self, used: str) -> None:
        self._used = used
        self._known: dict[Callable[..., Any], tuple[str, Any]] = {}

    async def cast(
        self,
        connection: "Connection[Any]",
        make: Callable[..., Awaitable[Any]],
        *given: Any,
    ) -> Any:
        """What `make(*given)` gives, with its rows in the database."""
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
        return "; ".join([UNWATCHED, *inserts, WATCHED])
