"""What writes references inside JSON is planned once, not at each record."""

from pathlib import Path

from alembic import op

revision = "planned"
down_revision = "mentions_at_once"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute((SQL / "planned/keep_mentions.sql").read_text())


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute((SQL / "mentions/keep_mentions.sql").read_text())
