"""What an operator has at hand beside `sonla`: psql, and databases to try things on."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import asyncpg

UTF8 = "encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'"


def ask(url: str, statement: str) -> Any:
    """The first value that the statement gives."""

    async def run() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


@contextmanager
def new_database(server: str, made_with: str = UTF8) -> Iterator[str]:
    """The address of an empty database on the server of that address."""
    name = f"sonla_test_{uuid4().hex[:12]}"
    ask(server, f"create database {name} template template0 {made_with}")
    yield server.rpartition("/")[0] + f"/{name}"
    ask(server, f"drop database {name} with (force)")
