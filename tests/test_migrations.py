"""The tables are those of the models, and the newest migration can be taken back."""

import asyncio
from typing import Any

import asyncpg
from alembic import command
from alembic.autogenerate import render_python_code
from alembic.config import Config
from alembic.operations.ops import CreateTableOp, DowngradeOps, MigrationScript, UpgradeOps
from sqlalchemy import Column
from sqlalchemy.dialects import postgresql

from sonla_api.kit.model import Model
from sonla_api.migrating import alembic_config, needed, revisions, triggers, with_triggers
from sonla_api.partners.models import Partner
from sonla_api.sources.models import Source
from tests.operating import ask, new_database

OURS = """
select string_agg(name, ', ' order by name) from (
    select relname::text as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm', 'S')
    union all
    select proname::text from pg_proc p
    where pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend where objid = p.oid and deptype = 'e')
) as found
"""

COMPUTED = """
select count(distinct pg_get_expr(adbin, adrelid)), count(*)
from pg_attrdef join pg_attribute on (attrelid, attnum) = (adrelid, adnum)
where adrelid = $1::text::regclass and attname in ($2, 'again')
"""


def _config(url: str) -> Config:
    return alembic_config(url.replace("postgresql://", "postgresql+asyncpg://"))


def test_nothing_is_left_to_migrate(database_url: str) -> None:
    """Alembic compares columns, types, foreign keys and indexes with the models."""
    with new_database(database_url) as url:
        command.upgrade(_config(url), "head")
        command.check(_config(url))


def test_generated_columns_are_computed_as_the_models_say(database_url: str) -> None:
    """Which alembic does not compare: each is made again beside the one that migrations made."""
    columns = [
        column
        for table in Model.metadata.tables.values()
        for column in table.columns
        if column.computed is not None
    ]
    with new_database(database_url) as url:
        command.upgrade(_config(url), "head")
        assert asyncio.run(_changed(url, columns)) == set()
    assert len(columns) > 20


async def _changed(url: str, columns: list[Column[Any]]) -> set[str]:
    """Those that the tables compute in another way."""
    found = set()
    connection = await asyncpg.connect(url)
    for column in columns:
        assert column.computed is not None
        kind, by = column.type.compile(postgresql.dialect()), column.computed.sqltext
        made = f"{kind} generated always as ({by}) stored"
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(f"alter table {column.table.name} add column again {made}")
        ways = await connection.fetchrow(COMPUTED, column.table.name, column.name)
        if tuple(ways) != (1, 2):
            found.add(str(column))
        await transaction.rollback()
    await connection.close()
    return found


def test_the_newest_migration_is_taken_back_and_made_again(database_url: str) -> None:
    before = revisions()[1:2] or ("base",)
    with new_database(database_url) as url:
        command.upgrade(_config(url), *before)
        old = ask(url, OURS)
        command.upgrade(_config(url), "head")
        new = ask(url, OURS)
        assert "delegations" in new
        command.downgrade(_config(url), "-1")
        assert ask(url, OURS) == (old or "alembic_version")
        command.upgrade(_config(url), "head")
        assert ask(url, OURS) == new


def test_a_new_table_is_written_with_its_triggers() -> None:
    """For the tables of resources that the migration makes; the landed ones said it by hand."""
    made = UpgradeOps([CreateTableOp.from_table(Partner.__table__)])
    script = MigrationScript("x", made, DowngradeOps([]))
    with_triggers([Source, Partner])(None, None, [script])
    written = render_python_code(script.upgrade_ops)
    assert "for statement in triggers(table='partners', derived=['registered_days'" in written
    assert "is_tree=True" in written
    assert "table='sources'" not in written
    assert any("refuse_cycle" in statement for statement in triggers(**needed(Partner)))
    taken_back = render_python_code(script.downgrade_ops)
    assert "delete from mentions where resource = 'partners'" in taken_back
