"""The foundation: sources, agencies, partners with relations, delegations, and the change log."""

from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from sonla_api.changes.models import Xid8
from sonla_api.migrating import CITED, trigger, triggers

revision = "foundation"
down_revision = None
branch_labels = None
depends_on = None

# Each table with what the database computes in it, and which JSON fields hold references.
RESOURCES = {
    "sources": (["covers_days", "words"], CITED),
    "agencies": (["words"], [*CITED, "successors:agency_id"]),
    "partners": (["registered_days", "words"], CITED),
    "partner_relations": (["valid_days"], CITED),
    "delegations": (
        ["when_days", "when_from", "words"],
        [
            *CITED,
            "partners:partner_id",
            "members:agency_id",
            "programme:partner_id",
            "consultations:agency_id",
        ],
    ),
}
WITH_PARENTS = ["agencies", "partners"]
VALUES = ["fold", "folded", "joined", "texts", "like_words", "period_days", "working_days_after"]
SQL = Path(__file__).parents[1] / "sql"
FUNCTIONS = [
    "claim_key",
    "keep_version",
    "record_change",
    "keep_mentions",
    "forget_mentions",
    "refuse_cycle",
    "keep_taking_part",
    "keep_members",
]
TABLES = [
    "agencies",
    "api_keys",
    "changes",
    "delegation_counters",
    "delegation_members",
    "delegations",
    "feed_epochs",
    "idempotency_keys",
    "mentions",
    "partner_relations",
    "partners",
    "sources",
    "tombstones",
    "transitions",
]


def make_functions() -> None:
    for extension in ("unaccent", "pg_trgm", "btree_gist"):
        op.execute(f"create extension if not exists {extension} schema public")
    for name in VALUES:
        op.execute(files("sonla_api.kit").joinpath(f"sql/{name}.sql").read_text())
    for name in FUNCTIONS:
        op.execute((SQL / f"{name}.sql").read_text())


def make_triggers() -> None:
    for table, (derived, cited) in RESOURCES.items():
        for statement in triggers(table, derived, cited):
            op.execute(statement)
    for table in WITH_PARENTS:
        moment = "after insert or update of parent_id"
        op.execute(trigger(table, "refuse_cycle", moment, when="new.parent_id is not null"))
    op.execute(trigger("delegations", "keep_taking_part", "before insert or update"))
    op.execute(trigger("delegations", "keep_members", "after insert or update"))


def upgrade() -> None:
    # Waiting for a lock makes everybody behind wait too: rather fail and try again.
    op.execute("set local lock_timeout = '2s'")
    op.execute("set local statement_timeout = '60s'")
    make_functions()
    make_tables()
    for table in ("changes", "idempotency_keys"):
        # Written at every request and hardly read: not compressed as long as a row fits a page.
        op.execute(f"alter table {table} set (toast_tuple_target = 8160)")
    make_triggers()


def make_tables() -> None:
    op.create_table(
        "feed_epochs",
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "began_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_feed_epochs")),
    )
    op.execute("insert into feed_epochs (epoch) values (1)")
    op.execute((SQL / "feed_epoch.sql").read_text())
    op.create_table(
        "agencies",
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column(
            "name", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "short_name", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "peoples_committee",
                "peoples_council",
                "department",
                "sub_department",
                "district",
                "locality",
                "party_committee",
                "party_body",
                "central_party_body",
                "central_government",
                "ministry",
                "central_agency",
                "mass_organisation",
                "project_board",
                "armed_force",
                "police",
                "school",
                "other",
                name="agencykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column(
            "successors",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "words",
            sa.Text(),
            sa.Computed(
                "fold(texts(name) || ' ' || texts(short_name) || ' ' || coalesce(code, ''))",
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
            name=op.f("ck_agencies_owner_agency_id"),
        ),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_agencies_valid_to")),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agencies.id"], name=op.f("fk_agencies_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["agencies.id"], name=op.f("fk_agencies_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
        sa.UniqueConstraint("key", name=op.f("uq_agencies_key")),
    )
    op.create_index(
        op.f("ix_agencies_created_at_id"), "agencies", ["created_at", "id"], unique=False
    )
    op.create_index(op.f("ix_agencies_kind_id"), "agencies", ["kind", "id"], unique=False)
    op.create_index(op.f("ix_agencies_parent_id"), "agencies", ["parent_id"], unique=False)
    op.create_index(
        op.f("ix_agencies_words"),
        "agencies",
        ["words"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )
    op.create_table(
        "changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("epoch", sa.Integer(), server_default=sa.text("feed_epoch()"), nullable=False),
        sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "created",
                "updated",
                "deleted",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "was_visibility",
            sa.Enum(
                "public",
                "internal",
                "agency",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("was_owner_agency_id", sa.Uuid(), nullable=True),
        sa.Column("was_taking_part", postgresql.ARRAY(sa.UUID()), nullable=True),
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
        sa.Column("owner_agency_id", sa.Uuid(), nullable=True),
        sa.Column("taking_part", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index(
        op.f("ix_changes_epoch_xid_id"), "changes", ["epoch", "xid", "id"], unique=False
    )
    op.create_index(
        op.f("ix_changes_record_id_at_id"), "changes", ["record_id", "at", "id"], unique=False
    )
    op.create_table(
        "delegation_counters",
        sa.Column(
            "direction",
            sa.Enum(
                "outbound",
                "inbound",
                "domestic",
                name="direction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("direction", "year", name=op.f("pk_delegation_counters")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_at"), "idempotency_keys", ["at"], unique=False)
    op.create_table(
        "tombstones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
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
        sa.Column("owner_agency_id", sa.Uuid(), nullable=True),
        sa.Column("taking_part", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstones")),
    )
    op.create_table(
        "transitions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transitions")),
    )
    op.create_index(
        op.f("ix_transitions_record_id_at_id"),
        "transitions",
        ["record_id", "at", "id"],
        unique=False,
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "viewer",
                "officer",
                "approver",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_api_keys_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
    )
    op.create_table(
        "delegations",
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column(
            "direction",
            sa.Enum(
                "outbound",
                "inbound",
                "domestic",
                name="direction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "party",
                "state",
                "people_to_people",
                "parliament",
                "defence_security",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "level",
            sa.Enum(
                "central",
                "province_leader",
                "department",
                "district",
                "locality",
                "mass_organisation",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("lead_agency_id", sa.Uuid(), nullable=True),
        sa.Column("head_position", sa.Text(), nullable=True),
        sa.Column("host_position", sa.Text(), nullable=True),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column(
            "members",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("countries", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column(
            "partners",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "when", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "programme",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "invitation",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "decision",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "consultations",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "funding",
            sa.Enum(
                "state_budget",
                "host",
                "sponsor",
                "self",
                name="funding",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "cost", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("in_annual_plan", sa.Boolean(), nullable=True),
        sa.Column("outcomes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "report", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "postponed",
                "approved",
                "rejected",
                "under_way",
                "completed",
                "permitted",
                "refused",
                "programme_approved",
                "received",
                "reported",
                "closed",
                "cancelled",
                "recorded",
                name="delegationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "when_days",
            postgresql.DATERANGE(),
            sa.Computed('period_days("when")', persisted=True),
            nullable=True,
        ),
        sa.Column(
            "when_from",
            sa.Date(),
            sa.Computed('lower(period_days("when"))', persisted=True),
            nullable=True,
        ),
        sa.Column(
            "words",
            sa.Text(),
            sa.Computed(
                "fold(texts(title) || ' ' || coalesce(purpose, '') || ' ' || coalesce(place, '')"
                " || ' ' || coalesce(code, ''))",
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
            "direction is not null or state in ('draft', 'recorded', 'cancelled')",
            name=op.f("ck_delegations_direction_known"),
        ),
        sa.CheckConstraint(
            "visibility <> 'agency' or owner_agency_id is not null",
            name=op.f("ck_delegations_owner_agency_id"),
        ),
        sa.ForeignKeyConstraint(
            ["lead_agency_id"], ["agencies.id"], name=op.f("fk_delegations_lead_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agencies.id"], name=op.f("fk_delegations_owner_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
        sa.UniqueConstraint("key", name=op.f("uq_delegations_key")),
    )
    op.create_index(op.f("ix_delegations_code"), "delegations", ["code"], unique=True)
    op.create_index(
        op.f("ix_delegations_countries"),
        "delegations",
        ["countries"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        op.f("ix_delegations_created_at_id"), "delegations", ["created_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_delegations_direction_when_from_id"),
        "delegations",
        ["direction", "when_from", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_delegations_lead_agency_id"), "delegations", ["lead_agency_id"], unique=False
    )
    op.create_index(
        op.f("ix_delegations_state_when_from_id"),
        "delegations",
        ["state", "when_from", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_delegations_when_days"),
        "delegations",
        ["when_days"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_index(
        op.f("ix_delegations_when_from_id"), "delegations", ["when_from", "id"], unique=False
    )
    op.create_index(
        op.f("ix_delegations_words"),
        "delegations",
        ["words"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )
    op.create_table(
        "partners",
        sa.Column(
            "kind",
            sa.Enum(
                "local_government",
                "diplomatic_mission",
                "international_organization",
                "ingo",
                "enterprise",
                "investor",
                "academic",
                "research_institute",
                "media",
                "association",
                "mass_organisation",
                "parliament",
                "ministry",
                "defence_body",
                "security_body",
                "foreign_affairs_agencies",
                "donor_agency",
                "cultural_centre",
                "contractor",
                "other",
                name="partnerkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "name", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("aliases", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("registration_number", sa.Text(), nullable=True),
        sa.Column(
            "registration_kind",
            sa.Enum(
                "operation",
                "project_office",
                "representative_office",
                name="registrationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "registered", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "registered_days",
            postgresql.DATERANGE(),
            sa.Computed("period_days(registered)", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "words",
            sa.Text(),
            sa.Computed("fold(texts(name) || ' ' || joined(aliases))", persisted=True),
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
            name=op.f("ck_partners_owner_agency_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agencies.id"], name=op.f("fk_partners_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["partners.id"], name=op.f("fk_partners_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sa.UniqueConstraint("key", name=op.f("uq_partners_key")),
    )
    op.create_index(
        op.f("ix_partners_country_created_at_id"),
        "partners",
        ["country", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_partners_created_at_id"), "partners", ["created_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_partners_kind_created_at_id"),
        "partners",
        ["kind", "created_at", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_partners_parent_id"), "partners", ["parent_id"], unique=False)
    op.create_index(
        op.f("ix_partners_words"),
        "partners",
        ["words"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )
    op.create_table(
        "sources",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column(
            "covers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column(
            "covers_days",
            postgresql.DATERANGE(),
            sa.Computed("period_days(covers)", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "words",
            sa.Text(),
            sa.Computed(
                "fold(coalesce(title, '') || ' ' || coalesce(publisher, ''))", persisted=True
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
            name=op.f("ck_sources_owner_agency_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agencies.id"], name=op.f("fk_sources_owner_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("key", name=op.f("uq_sources_key")),
    )
    op.create_index(
        op.f("ix_sources_covers_days"),
        "sources",
        ["covers_days"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_index(op.f("ix_sources_created_at_id"), "sources", ["created_at", "id"], unique=False)
    op.create_index(
        op.f("ix_sources_published_on_id"), "sources", ["published_on", "id"], unique=False
    )
    op.create_index(
        op.f("ix_sources_words"),
        "sources",
        ["words"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )
    op.create_table(
        "delegation_members",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("delegation_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("days", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("agency_id"), "="),
            (sa.column("person_key"), "="),
            (sa.column("days"), "&&"),
            using="gist",
            name="ex_delegation_members_members",
        ),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["delegations.id"],
            name=op.f("fk_delegation_members_delegation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation_members")),
    )
    op.create_index(
        op.f("ix_delegation_members_delegation_id"),
        "delegation_members",
        ["delegation_id"],
        unique=False,
    )
    op.create_table(
        "mentions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_mentions_agency_id")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_mentions_partner_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_mentions_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentions")),
    )
    op.create_index(
        op.f("ix_mentions_agency_id"),
        "mentions",
        ["agency_id"],
        unique=False,
        postgresql_where=sa.text("agency_id is not null"),
    )
    op.create_index(
        op.f("ix_mentions_partner_id"),
        "mentions",
        ["partner_id"],
        unique=False,
        postgresql_where=sa.text("partner_id is not null"),
    )
    op.create_index(op.f("ix_mentions_record_id"), "mentions", ["record_id"], unique=False)
    op.create_index(
        op.f("ix_mentions_source_id"),
        "mentions",
        ["source_id"],
        unique=False,
        postgresql_where=sa.text("source_id is not null"),
    )
    op.create_table(
        "partner_relations",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "friendship",
                "comprehensive_cooperation",
                "cooperation",
                "twinning",
                "funding",
                "investment",
                "contact",
                "domestic",
                name="relationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "valid", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "established_by",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "recorded",
                "exploring",
                "established",
                "dormant",
                "ended",
                "cancelled",
                name="relationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "valid_days",
            postgresql.DATERANGE(),
            sa.Computed("period_days(valid)", persisted=True),
            nullable=True,
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
            name=op.f("ck_partner_relations_owner_agency_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agencies.id"], name=op.f("fk_partner_relations_owner_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_partner_relations_partner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_relations")),
        sa.UniqueConstraint("key", name=op.f("uq_partner_relations_key")),
    )
    op.create_index(
        op.f("ix_partner_relations_created_at_id"),
        "partner_relations",
        ["created_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_partner_relations_kind_created_at_id"),
        "partner_relations",
        ["kind", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_partner_relations_partner_id"), "partner_relations", ["partner_id"], unique=False
    )
    op.create_index(
        op.f("ix_partner_relations_valid_days"),
        "partner_relations",
        ["valid_days"],
        unique=False,
        postgresql_using="gist",
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in TABLES:
        op.execute(f"drop table {table} cascade")
    for name in reversed([*VALUES, "feed_epoch", *FUNCTIONS]):
        op.execute(f"drop function {name} cascade")
