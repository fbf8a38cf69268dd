"""Times of recurring tasks say what these came from; months and parts of trade are found faster."""

from pathlib import Path

from alembic import op

from sonla_api.migrating import trigger

revision = "traces"
down_revision = "event_sites"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
FOLLOWED = ["code", "title", "deliverable", "basis", "markets", "priority", "weight", "visibility"]
PRODUCTS = "ix_observations_indicator_id_product_partner_country"
REPLACED = {"months_of": "reports", "follow_task": "work"}


def upgrade() -> None:
    # Waiting for a lock makes everybody behind wait too: rather fail and try again.
    op.execute("set local lock_timeout = '2s'")
    op.execute("set local statement_timeout = '60s'")
    for name in REPLACED:
        op.execute((SQL / "traces" / f"{name}.sql").read_text())
    follow([*FOLLOWED, "commitment"])
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        f"create index {PRODUCTS} on observations (indicator_id, product, partner_country)"
    )
    op.execute(
        "update tasks as o set commitment = t.commitment from tasks t"
        " where t.id = o.occurrence_of_id and t.commitment is not null and o.commitment is null"
    )


def downgrade() -> None:
    op.execute(f"drop index {PRODUCTS}")
    for name, folder in REPLACED.items():
        before = (SQL / folder / f"{name}.sql").read_text()
        op.execute(before.replace("create function", "create or replace function"))
    follow(FOLLOWED)


def follow(names: list[str]) -> None:
    """Let the times of a recurring task follow what changes in it."""
    op.execute("drop trigger follow_task on tasks")
    differs = " or ".join(f"old.{name} is distinct from new.{name}" for name in names)
    moment = f"after update of {', '.join(names)}"
    op.execute(trigger("tasks", "follow_task", moment, when=f"old.subtasks > 0 and ({differs})"))
