"""How alembic reaches the database and learns what the tables should be."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.ext.asyncio import create_async_engine

from sonla_api import main  # noqa: F401  brings in every table
from sonla_api.changes.models import Xid8
from sonla_api.kit.model import Model, Resource
from sonla_api.migrating import with_triggers
from sonla_api.settings import Settings

ischema_names["xid8"] = Xid8  # SQLAlchemy does not know it when it reads the tables
OPTIONS: dict[str, Any] = {
    "target_metadata": Model.metadata,
    "transaction_per_migration": True,
    "process_revision_directives": with_triggers(Resource.__subclasses__()),
}


def _address() -> str:
    """What the caller set, or SONLA_DATABASE_URL where alembic is run by hand."""
    given = context.config.get_alembic_option("sqlalchemy.url")
    return given or Settings.read().database_url or "postgresql+asyncpg://"


def _run(connection: Connection) -> None:
    context.configure(connection=connection, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


async def _connect() -> None:
    engine = create_async_engine(_address(), poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_run)
    await engine.dispose()


if context.is_offline_mode():
    context.configure(url=_address(), literal_binds=True, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()
else:
    asyncio.run(_connect())
