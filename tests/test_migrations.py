"""The tables are those of the models, and the newest migration can be taken back."""

from alembic import command
from alembic.config import Config

from sonla_api.migrating import alembic_config, revisions
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


def _config(url: str) -> Config:
    return alembic_config(url.replace("postgresql://", "postgresql+asyncpg://"))


def test_nothing_is_left_to_migrate(database_url: str) -> None:
    """Alembic compares columns, types, foreign keys and indexes with the models."""
    with new_database(database_url) as url:
        command.upgrade(_config(url), "head")
        command.check(_config(url))


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
