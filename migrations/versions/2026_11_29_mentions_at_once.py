"""References inside JSON are written by one statement for all fields of a record."""

from pathlib import Path

from alembic import op

revision = "mentions_at_once"
down_revision = "traces"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute((SQL / "mentions/keep_mentions.sql").read_text())


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute((SQL / "agreements/keep_mentions.sql").read_text())
