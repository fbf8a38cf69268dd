"""Rules that delegations are held to, and due days that follow the version valid on a day."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from sonla_api.migrating import CITED, triggers

revision = "compliance"
down_revision = "reports"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
SQL = Path(__file__).parents[1] / "sql" / "compliance"
FUNCTIONS = {
    "rule_due": "text, date, text, text",
    "report_due": "date, text, text, integer",  # beside that of servers not yet started anew
    "shown_delegation_consultations": "jsonb, text, text, text[], uuid[]",
    "working_days_between": "date, date",
}
OF_DAYS = "kind in ('dossier_lead_time', 'consultation_reply', 'report_due')"
OF_PERSONS = "kind in ('trips_per_year', 'leaders_at_once')"
CHECKS = {
    "limit": '"limit" >= 0',
    "counted_in_of_kind": f"(counted_in is not null) = ({OF_DAYS})",
    "positions": f"({OF_PERSONS} or positions = '{{}}')"
    " and (kind <> 'leaders_at_once' or positions <> '{}')",
    "country_count": "country_count is null or kind = 'days_per_trip'",
    "owner_agency_id": "visibility <> 'agency' or owner_agency_id is not null",
}


def upgrade() -> None:
    # Waiting for a lock makes everybody behind wait too: rather fail and try again.
    op.execute("set local lock_timeout = '2s'")
    op.execute("set local statement_timeout = '60s'")
    make_compliance_rules()
    for statement in triggers(
        "compliance_rules", ["valid_days", "words"], [*CITED, "legal_basis:document_id"]
    ):
        op.execute(statement)
    for name in FUNCTIONS:
        op.execute((SQL / f"{name}.sql").read_text())
    # One run through the table; of most delegations no member is named.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "create index ix_delegations_members on delegations"
        " using gin (members jsonb_path_ops) where members <> '[]'"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    # squawk's concurrent way needs a migration of its own outside a transaction.
    op.execute(
        "-- squawk-ignore require-concurrent-index-deletion\ndrop index ix_delegations_members"
    )
    for name, arguments in FUNCTIONS.items():
        op.execute(f"drop function public.{name}({arguments})")
    op.execute("-- squawk-ignore ban-drop-table\ndrop table compliance_rules")


def make_compliance_rules() -> None:
    table = "compliance_rules"
    texts: dict[str, Any] = {"server_default": "{}", "nullable": False}
    op.create_table(
        table,
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            one_of(
                "rulekind",
                "trips_per_year",
                "headcount",
                "days_per_trip",
                "countries_per_trip",
                "leaders_at_once",
                "dossier_lead_time",
                "consultation_reply",
                "report_due",
            ),
            nullable=False,
        ),
        sa.Column("title", JSON, nullable=False),
        sa.Column("valid", JSON, nullable=False),
        sa.Column("legal_basis", JSON, server_default="[]", nullable=False),
        sa.Column("directions", postgresql.ARRAY(sa.Text()), **texts),
        sa.Column("levels", postgresql.ARRAY(sa.Text()), **texts),
        sa.Column("limit", sa.Integer(), nullable=False),
        sa.Column("counted_in", one_of("daycount", "calendar", "working"), nullable=True),
        sa.Column("positions", postgresql.ARRAY(sa.Text()), **texts),
        sa.Column("country_count", sa.Integer(), nullable=True),
        sa.Column("is_example", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "valid_days",
            postgresql.DATERANGE(),
            sa.Computed("period_days(valid)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "words",
            sa.Text(),
            sa.Computed("fold(texts(title) || ' ' || code)", persisted=True),
            nullable=False,
        ),
        *(
            sa.CheckConstraint(check, name=op.f(f"ck_{table}_{name}"))
            for name, check in CHECKS.items()
        ),
        sa.UniqueConstraint("code", "edition", name=op.f(f"uq_{table}_edition")),
        postgresql.ExcludeConstraint(
            ("code", "="), ("valid_days", "&&"), name=op.f(f"ex_{table}_valid"), using="gist"
        ),
        postgresql.ExcludeConstraint(
            ("code", "="), ("kind", "<>"), name=op.f(f"ex_{table}_kind"), using="gist"
        ),
        *of_every_resource(table),
    )
    op.create_index(op.f(f"ix_{table}_code_edition_id"), table, ["code", "edition", "id"])
    op.create_index(op.f(f"ix_{table}_created_at_id"), table, ["created_at", "id"])
    op.create_index(op.f(f"ix_{table}_kind_created_at_id"), table, ["kind", "created_at", "id"])
    op.create_index(op.f(f"ix_{table}_valid_days"), table, ["valid_days"], postgresql_using="gist")
    op.create_index(
        op.f(f"ix_{table}_id"), table, ["id"], postgresql_where=sa.text("flags <> '[]'")
    )
    op.create_index(
        op.f(f"ix_{table}_words"),
        table,
        ["words"],
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )


def one_of(name: str, *codes: str) -> sa.Enum:
    """A text that is one of these codes, by a check."""
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=40)


def of_every_resource(table: str) -> list[Any]:
    """What every table of a resource has beside its own columns."""
    empty_list: dict[str, Any] = {"server_default": "[]", "nullable": False}
    now: dict[str, Any] = {"server_default": sa.text("now()"), "nullable": False}
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("sources", JSON, **empty_list),
        sa.Column("flags", JSON, **empty_list),
        sa.Column("printed", JSON, server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), **now),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), **now),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column(
            "visibility", one_of("visibility", "public", "internal", "agency"), nullable=False
        ),
        sa.Column("taking_part", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agencies.id"], name=op.f(f"fk_{table}_owner_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{table}_key")),
    ]
