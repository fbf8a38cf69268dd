"""Sites with gates and their levels; notices to businesses and who confirmed them."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from sonla_api.migrating import CITED, trigger, triggers

revision = "sites"
down_revision = "agreements"
branch_labels = None
depends_on = None

# Each table with what the database computes in it, and which JSON fields hold references.
RESOURCES: dict[str, tuple[list[str], list[str]]] = {
    "sites": (["words"], [*CITED, "status:basis.document_id"]),
    "notices": (
        ["valid_days", "words"],
        [*CITED, "recipients:partner_id", "documents:document_id"],
    ),
    "notice_acknowledgements": ([], [*CITED]),
}
OF_PROJECTS = [
    *CITED,
    "participants:partner_id",
    "participants:agency_id",
    "legal_basis:document_id",
    "agreements:agreement_id",
]
JSON = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
SQL = Path(__file__).parents[1] / "sql"
EMPTY_LIST: dict[str, Any] = {"server_default": "[]", "nullable": False}
EMPTY_ARRAY: dict[str, Any] = {"server_default": "{}", "nullable": False}


def upgrade() -> None:
    # Waiting for a lock makes everybody behind wait too: rather fail and try again.
    op.execute("set local lock_timeout = '2s'")
    op.execute("set local statement_timeout = '60s'")
    make_sites()
    make_notices()
    make_notice_acknowledgements()
    refer("site_id", "sites")
    op.add_column("projects", sa.Column("sites", JSON, **EMPTY_LIST))
    op.execute((SQL / "sites/keep_pairs.sql").read_text())
    for table, (derived, cited) in RESOURCES.items():
        for statement in triggers(table, derived, cited):
            op.execute(statement)
    moment = "after insert or update of parent_id"
    op.execute(trigger("sites", "refuse_cycle", moment, when="new.parent_id is not null"))
    op.execute(
        "create constraint trigger keep_pairs after insert or update of pair_id, kind on sites"
        " deferrable initially deferred for each row execute function public.keep_pairs()"
    )
    cite_in_projects(*OF_PROJECTS, "sites:site_id")


def cite_in_projects(*cited: str) -> None:
    op.execute("drop trigger keep_mentions on projects")
    op.execute(trigger("projects", "keep_mentions", "after insert or update", *cited))


def of_every_resource(table: str) -> list[Any]:
    """What every table of a resource has beside its own columns."""
    now: dict[str, Any] = {"server_default": sa.text("now()"), "nullable": False}
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("sources", JSON, **EMPTY_LIST),
        sa.Column("flags", JSON, **EMPTY_LIST),
        sa.Column("printed", JSON, server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), **now),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), **now),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column(
            "visibility", one_of("visibility", "public", "internal", "agency"), nullable=False
        ),
        sa.Column("taking_part", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "visibility <> 'agency' or owner_agency_id is not null",
            name=op.f(f"ck_{table}_owner_agency_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agencies.id"], name=op.f(f"fk_{table}_owner_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{table}_key")),
    ]


def one_of(name: str, *codes: str) -> sa.Enum:
    """A text that is one of these codes, by a check."""
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=40)


def make_sites() -> None:
    op.create_table(
        "sites",
        sa.Column(
            "kind",
            one_of(
                "sitekind",
                "border_gate",
                "border_gate_economic_zone",
                "airport",
                "industrial_park",
                "logistics_centre",
                "tourist_area",
                "historic_site",
                "disaster_work",
                "other",
            ),
            nullable=False,
        ),
        sa.Column("name", JSON, nullable=False),
        sa.Column("aliases", postgresql.ARRAY(sa.Text()), **EMPTY_ARRAY),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.Column("borders", sa.Text(), nullable=True),
        sa.Column("managing_agency_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("pair_id", sa.Uuid(), nullable=True),
        sa.Column("location", JSON, nullable=True),
        sa.Column("established_on", sa.Text(), nullable=True),
        sa.Column("opened_on", sa.Text(), nullable=True),
        sa.Column("status", JSON, **EMPTY_LIST),
        sa.Column(
            "words",
            sa.Text(),
            sa.Computed("fold(texts(name) || ' ' || joined(aliases))", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("pair_id <> id", name=op.f("ck_sites_pair_id")),
        sa.ForeignKeyConstraint(
            ["managing_agency_id"], ["agencies.id"], name=op.f("fk_sites_managing_agency_id")
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["sites.id"], name=op.f("fk_sites_pair_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["sites.id"], name=op.f("fk_sites_parent_id")),
        *of_every_resource("sites"),
    )
    op.create_index(op.f("ix_sites_created_at_id"), "sites", ["created_at", "id"])
    op.create_index(op.f("ix_sites_id"), "sites", ["id"], postgresql_where="flags <> '[]'")
    op.create_index(op.f("ix_sites_kind_created_at_id"), "sites", ["kind", "created_at", "id"])
    op.create_index(op.f("ix_sites_managing_agency_id"), "sites", ["managing_agency_id"])
    op.create_index(op.f("ix_sites_pair_id"), "sites", ["pair_id"], unique=True)
    op.create_index(op.f("ix_sites_parent_id"), "sites", ["parent_id"])
    op.create_index(
        op.f("ix_sites_words"),
        "sites",
        ["words"],
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )


def make_notices() -> None:
    op.create_table(
        "notices",
        sa.Column(
            "topic",
            one_of("noticetopic", "sps", "trade_defence", "fta", "market", "event", "policy"),
            nullable=False,
        ),
        sa.Column("title", JSON, nullable=False),
        sa.Column("body", JSON, nullable=True),
        sa.Column("markets", postgresql.ARRAY(sa.Text()), **EMPTY_ARRAY),
        sa.Column("products", postgresql.ARRAY(sa.Text()), **EMPTY_ARRAY),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), **EMPTY_ARRAY),
        sa.Column("valid", JSON, nullable=True),
        sa.Column("is_to_all", sa.Boolean(), nullable=False),
        sa.Column("recipients", JSON, **EMPTY_LIST),
        sa.Column("documents", JSON, **EMPTY_LIST),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("state", one_of("noticestate", "draft", "sent", "withdrawn"), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "valid_days",
            postgresql.DATERANGE(),
            sa.Computed("period_days(valid)", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "words",
            sa.Text(),
            sa.Computed(
                "fold(texts(title) || ' ' || texts(body) || ' ' || joined(products))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (sent_on is null) and (sent_on is null) = (sent_at is null)",
            name=op.f("ck_notices_sent_on"),
        ),
        sa.CheckConstraint(
            "not is_to_all or recipients = '[]'", name=op.f("ck_notices_recipients")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["notices.id"], name=op.f("fk_notices_replaces_id")
        ),
        *of_every_resource("notices"),
    )
    op.create_index(op.f("ix_notices_created_at_id"), "notices", ["created_at", "id"])
    op.create_index(op.f("ix_notices_id"), "notices", ["id"], postgresql_where="flags <> '[]'")
    op.create_index(op.f("ix_notices_markets"), "notices", ["markets"], postgresql_using="gin")
    op.create_index(op.f("ix_notices_products"), "notices", ["products"], postgresql_using="gin")
    op.create_index(op.f("ix_notices_replaces_id"), "notices", ["replaces_id"])
    op.create_index(op.f("ix_notices_sent_on_id"), "notices", ["sent_on", "id"])
    op.create_index(
        op.f("ix_notices_state_created_at_id"), "notices", ["state", "created_at", "id"]
    )
    op.create_index(
        op.f("ix_notices_topic_created_at_id"), "notices", ["topic", "created_at", "id"]
    )
    op.create_index(
        op.f("ix_notices_valid_days"), "notices", ["valid_days"], postgresql_using="gist"
    )
    op.create_index(
        op.f("ix_notices_words"),
        "notices",
        ["words"],
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )


def make_notice_acknowledgements() -> None:
    op.create_table(
        "notice_acknowledgements",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("acknowledged_on", sa.Date(), nullable=False),
        sa.Column(
            "means",
            one_of(
                "acknowledgementmeans",
                "letter",
                "email",
                "telephone",
                "message",
                "meeting",
                "online",
                "other",
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_notice_acknowledgements_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_notice_acknowledgements_partner_id")
        ),
        *of_every_resource("notice_acknowledgements"),
    )
    op.create_index(
        op.f("ix_notice_acknowledgements_acknowledged_on_id"),
        "notice_acknowledgements",
        ["acknowledged_on", "id"],
    )
    op.create_index(
        op.f("ix_notice_acknowledgements_created_at_id"),
        "notice_acknowledgements",
        ["created_at", "id"],
    )
    op.create_index(
        op.f("ix_notice_acknowledgements_id"),
        "notice_acknowledgements",
        ["id"],
        postgresql_where="flags <> '[]'",
    )
    op.create_index(
        op.f("ix_notice_acknowledgements_notice_id_partner_id"),
        "notice_acknowledgements",
        ["notice_id", "partner_id"],
    )
    op.create_index(
        op.f("ix_notice_acknowledgements_partner_id"), "notice_acknowledgements", ["partner_id"]
    )


def refer(column: str, table: str) -> None:
    """Let JSON fields of every resource refer to records of this table."""
    op.execute(f"alter table mentions add column {column} uuid")
    # The column is empty as yet, so nothing is scanned for long.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        f"create index ix_mentions_{column} on mentions ({column}) where {column} is not null"
    )
    op.execute(
        "-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid\n"
        f"alter table mentions add constraint fk_mentions_{column}"
        f" foreign key ({column}) references {table} (id)"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    cite_in_projects(*OF_PROJECTS)
    op.execute("delete from mentions where site_id is not null")
    op.drop_column("projects", "sites")
    op.drop_column("mentions", "site_id")
    op.execute(f"drop table {', '.join(RESOURCES)} cascade")
    op.execute("drop function keep_pairs cascade")
    op.execute(
        "delete from mentions where resource in ('sites', 'notices', 'notice_acknowledgements')"
    )
