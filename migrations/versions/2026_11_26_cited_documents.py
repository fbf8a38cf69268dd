"""Documents of the register that relations, delegations and steps name."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from sonla_api.migrating import CITED, trigger

revision = "cited_documents"
down_revision = "work"
branch_labels = None
depends_on = None

BEFORE = {
    "partner_relations": CITED,
    "delegations": [
        *CITED,
        "partners:partner_id",
        "members:agency_id",
        "programme:partner_id",
        "consultations:agency_id",
    ],
}
MORE = {
    "partner_relations": ["established_by:document_id"],
    "delegations": [
        "consultations:document.document_id",
        "invitation:document_id",
        "decision:document_id",
        "report:document.document_id",
    ],
}
SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    # Waiting for a lock makes everybody behind wait too: rather fail and try again.
    op.execute("set local lock_timeout = '2s'")
    op.execute("set local statement_timeout = '60s'")
    op.add_column("transitions", sa.Column("document_id", sa.Uuid(), nullable=True))
    # The column is empty as yet, so nothing is scanned for long.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "create index ix_transitions_document_id on transitions (document_id)"
        " where document_id is not null"
    )
    op.execute(
        "-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid\n"
        "alter table transitions add constraint fk_transitions_document_id"
        " foreign key (document_id) references documents (id)"
    )
    op.execute((SQL / "cited_documents" / "forget_mentions.sql").read_text())
    refer(more=True)


def refer(*, more: bool) -> None:
    """Keep what these records name in their JSON fields."""
    for table, before in BEFORE.items():
        cited = [*before, *(MORE[table] if more else [])]
        op.execute(f"drop trigger keep_mentions on {table}")
        op.execute(trigger(table, "keep_mentions", "after insert or update", *cited))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    refer(more=False)
    op.execute(
        "delete from mentions where document_id is not null"
        " and resource in ('partner_relations', 'delegations')"
    )
    before = (SQL / "forget_mentions.sql").read_text()
    op.execute(before.replace("create function", "create or replace function"))
    op.drop_column("transitions", "document_id")
