"""Events, which can be evidence, and keys of calendars that show them."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from sonla_api.migrating import CITED, trigger, triggers

revision = "events"
down_revision = "sites"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
SQL = Path(__file__).parents[1] / "sql"
DERIVED = ["when_days", "when_from", "words"]
EVIDENCE = ["delegation_id", "agreement_id", "project_id", "document_id"]
WITH_EVENTS = ["delegation_id", "agreement_id", "event_id", "project_id", "document_id"]


def upgrade() -> None:
    # Waiting for a lock makes everybody behind wait too: rather fail and try again.
    op.execute("set local lock_timeout = '2s'")
    op.execute("set local statement_timeout = '60s'")
    make_events()
    make_calendar_keys()
    refer()
    tie(WITH_EVENTS)
    cited = [*CITED, "partners:partner_id", "enterprises:partner_id"]
    for statement in triggers("events", DERIVED, cited):
        op.execute(statement)


def one_of(name: str, *codes: str) -> sa.Enum:
    """A text that is one of these codes, by a check."""
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=40)


def make_events() -> None:
    empty_list: dict[str, Any] = {"server_default": "[]", "nullable": False}
    now: dict[str, Any] = {"server_default": sa.text("now()"), "nullable": False}
    op.create_table(
        "events",
        sa.Column(
            "kind",
            one_of(
                "eventkind",
                "fair",
                "exhibition",
                "festival",
                "forum",
                "conference",
                "meeting",
                "ceremony",
                "exchange",
                "trade_mission",
                "training",
                "publication",
                "broadcast",
                "livestream",
                "media",
            ),
            nullable=False,
        ),
        sa.Column("name", JSON, nullable=False),
        sa.Column(
            "role",
            one_of("eventrole", "organiser", "co_organiser", "host", "exhibitor", "participant"),
            nullable=True,
        ),
        sa.Column(
            "channel",
            one_of(
                "eventchannel",
                "party",
                "state",
                "people_to_people",
                "parliament",
                "defence_security",
                "economic",
                "cultural",
            ),
            nullable=True,
        ),
        sa.Column("when", JSON, nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("partners", JSON, **empty_list),
        sa.Column("enterprises", JSON, **empty_list),
        sa.Column("enterprise_count", sa.Integer(), nullable=True),
        sa.Column("products", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("results", JSON, nullable=True),
        sa.Column("cost", JSON, nullable=True),
        sa.Column("related", JSON, **empty_list),
        sa.Column(
            "state",
            one_of("eventstate", "planned", "postponed", "held", "recorded", "cancelled"),
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
                "fold(texts(name) || ' ' || coalesce(place, '') || ' ' || joined(products)"
                " || ' ' || texts(jsonb_path_query_array(enterprises, '$[*].name'))"
                " || ' ' || texts(results -> 'text'))",
                persisted=True,
            ),
            nullable=False,
        ),
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
        sa.CheckConstraint(
            "visibility <> 'agency' or owner_agency_id is not null",
            name=op.f("ck_events_owner_agency_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agencies.id"], name=op.f("fk_events_owner_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("key", name=op.f("uq_events_key")),
    )
    make_indexes()


def make_indexes() -> None:
    op.create_index(op.f("ix_events_created_at_id"), "events", ["created_at", "id"])
    op.create_index(op.f("ix_events_id"), "events", ["id"], postgresql_where="flags <> '[]'")
    op.create_index(op.f("ix_events_when_from_id"), "events", ["when_from", "id"])
    for name in ("kind", "state"):
        columns = [name, "when_from", "id"]
        op.create_index(op.f(f"ix_events_{name}_when_from_id"), "events", columns)
    op.create_index(op.f("ix_events_when_days"), "events", ["when_days"], postgresql_using="gist")
    op.create_index(
        op.f("ix_events_words"),
        "events",
        ["words"],
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )


def make_calendar_keys() -> None:
    op.create_table(
        "calendar_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("api_key_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_keys.id"], name=op.f("fk_calendar_keys_api_key_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_calendar_keys_prefix")),
    )
    op.create_index(
        op.f("ix_calendar_keys_api_key_id_created_at_id"),
        "calendar_keys",
        ["api_key_id", "created_at", "id"],
    )


def refer() -> None:
    """Let JSON fields of every resource, and evidence, refer to events."""
    for table, where in (("mentions", " where event_id is not null"), ("evidence", "")):
        op.execute(f"alter table {table} add column event_id uuid")
        # The column is empty as yet, so nothing is scanned for long.
        op.execute(
            "-- squawk-ignore require-concurrent-index-creation\n"
            f"create index ix_{table}_event_id on {table} (event_id){where}"
        )
        op.execute(
            "-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid\n"
            f"alter table {table} add constraint fk_{table}_event_id"
            " foreign key (event_id) references events (id)"
        )


def tie(names: list[str]) -> None:
    """Let evidence name one of these, once for a task, and reports on progress cite them."""
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "alter table evidence drop constraint ck_evidence_of_one_record,"
        " drop constraint uq_evidence_task_id"
    )
    # Pieces of evidence are few thousands: to read them all takes no time that anybody notices.
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid, disallowed-unique-constraint\n"
        "alter table evidence add constraint ck_evidence_of_one_record"
        f" check (num_nonnulls({', '.join(names)}) = 1), add constraint uq_evidence_task_id"
        f" unique nulls not distinct (task_id, {', '.join(names)})"
    )
    op.execute("drop trigger keep_mentions on progress_reports")
    cited = [*CITED, *(f"evidence:{name}" for name in names)]
    op.execute(trigger("progress_reports", "keep_mentions", "after insert or update", *cited))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("delete from evidence where event_id is not null")
    op.execute("delete from mentions where resource = 'events' or event_id is not null")
    tie(EVIDENCE)
    for table in ("mentions", "evidence"):
        op.drop_column(table, "event_id")
    op.execute("drop table events, calendar_keys")
