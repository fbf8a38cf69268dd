"""An index on the records with flags, of every resource."""

from alembic import op

revision = "flags"
down_revision = "attachments"
branch_labels = None
depends_on = None

RESOURCES = [
    "sources",
    "agencies",
    "partners",
    "documents",
    "partner_relations",
    "calendar_days",
    "delegations",
    "projects",
    "transactions",
    "plans",
    "tasks",
    "assignments",
    "progress_reports",
    "evidence",
]


def upgrade() -> None:
    # Waiting for a lock makes everybody behind wait too: rather fail and try again.
    op.execute("set local lock_timeout = '2s'")
    op.execute("set local statement_timeout = '60s'")
    for table in RESOURCES:
        # One run through the table, a second for a million rows; few of them have flags.
        op.execute(
            "-- squawk-ignore require-concurrent-index-creation\n"
            f"create index ix_{table}_id on {table} (id) where flags <> '[]'"
        )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in RESOURCES:
        # squawk's concurrent way needs a migration of its own outside a transaction.
        op.execute(f"-- squawk-ignore require-concurrent-index-deletion\ndrop index ix_{table}_id")
