"""Functions that show what few records hold: they are opened only where they are called."""

from pathlib import Path

from alembic import op

revision = "shown"
down_revision = "flags"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql/shown"
GIVEN = "jsonb, text[], uuid[]"
FUNCTIONS = {
    "shown_documents": GIVEN,
    "shown_consultations": GIVEN,
    "shown_delegation_report": GIVEN,
    "report_due": "date, integer",
}


def upgrade() -> None:
    for name in FUNCTIONS:
        op.execute((SQL / f"{name}.sql").read_text())


def downgrade() -> None:
    for name, given in FUNCTIONS.items():
        op.execute(f"drop function public.{name}({given})")
