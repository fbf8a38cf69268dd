"""Documents, with the references to them."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from sonla_api.migrating import CITED, trigger, triggers

revision = "documents"
down_revision = "foundation"
branch_labels = None
depends_on = None

DERIVED = ["effective_days", "issued_days", "issued_from", "words"]
SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    # Waiting for a lock makes everybody behind wait too: rather fail and try again.
    op.execute("set local lock_timeout = '2s'")
    op.execute("set local statement_timeout = '60s'")
    make_tables()
    refer()
    op.execute((SQL / "keep_links.sql").read_text())
    for statement in triggers("documents", DERIVED, [*CITED, "links:document_id"]):
        op.execute(statement)
    op.execute(trigger("documents", "keep_links", "after insert or update"))


def make_tables() -> None:
    op.create_table(
        "documents",
        sa.Column("symbol", sa.Text(), nullable=True),
        sa.Column("canonical", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column(
            "type",
            sa.Enum(
                "resolution",
                "decision",
                "directive",
                "regulation",
                "rules",
                "communique",
                "notice",
                "guidance",
                "programme",
                "plan",
                "option",
                "scheme",
                "project",
                "report",
                "minutes",
                "submission",
                "contract",
                "official_letter",
                "telegram",
                "memorandum",
                "accord",
                "power_of_attorney",
                "invitation",
                "introduction",
                "leave",
                "sending_note",
                "transfer_note",
                "advice_note",
                "formal_letter",
                "constitution",
                "code",
                "law",
                "ordinance",
                "order",
                "decree",
                "circular",
                "joint_resolution",
                "joint_circular",
                "platform",
                "statutes",
                "strategy",
                "conclusion",
                "party_circular",
                "declaration",
                "appeal",
                "master_plan",
                "certificate",
                "travel_order",
                "other",
                name="documenttype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("issuer_id", sa.Uuid(), nullable=True),
        sa.Column("issuer_name", sa.Text(), nullable=True),
        sa.Column(
            "issued_on", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "effective", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "subject", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("signer_position", sa.Text(), nullable=True),
        sa.Column(
            "links",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "effective_days",
            postgresql.DATERANGE(),
            sa.Computed("period_days(effective)", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "issued_days",
            postgresql.DATERANGE(),
            sa.Computed("period_days(issued_on)", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "issued_from",
            sa.Date(),
            sa.Computed("lower(period_days(issued_on))", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "words",
            sa.Text(),
            sa.Computed(
                "fold(texts(subject) || ' ' || coalesce(symbol, '') || ' '"
                " || coalesce(canonical, '') || ' ' || coalesce(issuer_name, ''))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "sources",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "flags",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "printed",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column(
            "visibility",
            sa.Enum(
                "public",
                "internal",
                "agency",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("taking_part", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "visibility <> 'agency' or owner_agency_id is not null",
            name=op.f("ck_documents_owner_agency_id"),
        ),
        sa.CheckConstraint(
            "issuer_id is null or issuer_name is null", name=op.f("ck_documents_issuer_name")
        ),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["agencies.id"], name=op.f("fk_documents_issuer_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agencies.id"], name=op.f("fk_documents_owner_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("id", "visibility", name=op.f("uq_documents_id_visibility")),
        sa.UniqueConstraint("key", name=op.f("uq_documents_key")),
    )
    op.create_index(op.f("ix_documents_canonical"), "documents", ["canonical"], unique=False)
    op.create_index(
        op.f("ix_documents_created_at_id"), "documents", ["created_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_documents_issued_days"),
        "documents",
        ["issued_days"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_index(
        op.f("ix_documents_issued_from_id"), "documents", ["issued_from", "id"], unique=False
    )
    op.create_index(op.f("ix_documents_issuer_id"), "documents", ["issuer_id"], unique=False)
    op.create_index(op.f("ix_documents_number_year"), "documents", ["number", "year"], unique=False)
    op.create_index(op.f("ix_documents_symbol"), "documents", ["symbol"], unique=False)
    op.create_index(
        op.f("ix_documents_type_created_at_id"),
        "documents",
        ["type", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_documents_words"),
        "documents",
        ["words"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )
    op.create_table(
        "document_links",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "implements",
                "amends",
                "replaces",
                "cites",
                "attached_to",
                name="linkkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column(
            "document_visibility",
            sa.Enum(
                "public",
                "internal",
                "agency",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "target_visibility",
            sa.Enum(
                "public",
                "internal",
                "agency",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["document_id", "document_visibility"],
            ["documents.id", "documents.visibility"],
            name=op.f("fk_document_links_document_id_document_visibility"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["target_id", "target_visibility"],
            ["documents.id", "documents.visibility"],
            name=op.f("fk_document_links_target_id_target_visibility"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", "kind", "target_id", name=op.f("pk_document_links")),
    )
    for here, there in (("document", "target"), ("target", "document")):
        op.create_index(
            op.f(f"ix_document_links_{here}_id_kind"),
            "document_links",
            [f"{here}_id", "kind"],
            unique=False,
            postgresql_include=[f"{there}_id", f"{there}_visibility"],
        )


def refer() -> None:
    """Let JSON fields of every resource refer to documents."""
    op.execute("alter table mentions add column document_id uuid")
    # The column is empty as yet, so nothing is scanned for long.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "create index ix_mentions_document_id on mentions (document_id)"
        " where document_id is not null"
    )
    op.execute(
        "-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid\n"
        "alter table mentions add constraint fk_mentions_document_id"
        " foreign key (document_id) references documents (id)"
    )
    op.execute((SQL / "keep_mentions.sql").read_text())


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("mentions", "document_id")
    op.execute("drop table document_links, documents cascade")
    op.execute("drop function keep_links")
