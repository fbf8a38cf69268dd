"""Reports, and what their figures count, kept by month."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from sonla_api.migrating import for_all, tally, trigger, triggers

revision = "reports"
down_revision = "indicators"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql/reports"
SIGNED = "case r.type when 'decrease' then -r.amount else r.amount end"
JSON = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
PUBLISHING = ["publish_report", "refuse_republishing"]
WORK = ["happened", "fold_work", "keep_work", "follow_work", "recount_work"]
EVENTS = [
    "opened",
    "done_on_time",
    "done_late",
    "withdrawn",
    "fell_overdue",
    "no_more_overdue",
]
TALLIES = ["delegations", "projects", "transactions"]


def upgrade() -> None:
    # Waiting for a lock makes everybody behind wait too: rather fail and try again.
    op.execute("set local lock_timeout = '2s'")
    op.execute("set local statement_timeout = '60s'")
    for name in ("months_of", "is_cut"):
        op.execute((SQL / f"{name}.sql").read_text())
    make_tally(
        "delegations",
        ["state", "direction", "channel", "level"],
        sums={"person_trips": sa.BigInteger(), "without_headcount": sa.BigInteger()},
        ids=["lead_agency_id"],
    )
    make_tally("projects", ["kind", "state"])
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "create index ix_projects_to_the_day on projects using gist (period_days)"
        " where period_days <> months_of(period_days)"
    )
    make_tally(
        "transactions",
        ["project_kind", "project_state", "type", "currency"],
        sums={"amount": sa.Numeric()},
    )
    by = ("state", "direction", "channel", "level", "lead_agency_id")
    counted = {"person_trips": "r.headcount", "without_headcount": "(r.headcount is null)::integer"}
    keep(tally("delegations", "when_days", {name: f"r.{name}" for name in by}, counted))
    keep(tally("projects", "period_days", {"kind": "r.kind", "state": "r.state"}))
    by_kind = {
        "project_kind": "w.kind",
        "project_state": "w.state",
        "type": "r.type",
        "currency": "r.currency",
    }
    keep(
        tally(
            "transactions",
            "on_days",
            by_kind,
            {"amount": SIGNED},
            part_of=("projects", "project_id"),
        )
    )
    make_work()
    make_reports()


def make_work() -> None:
    """What happened with assignments, by day and by month."""
    for name in ("assignments_by_day", "assignments_by_month", "assignments_lately"):
        op.create_table(
            name,
            sa.Column("role", sa.Text(), nullable=False),
            sa.Column("agency_id", sa.Uuid(), nullable=False),
            sa.Column("day", sa.Date(), nullable=False),
            *(sa.Column(event, sa.BigInteger(), nullable=False) for event in EVENTS),
        )
    for name in ("assignments_by_day", "assignments_by_month"):
        op.create_index(f"uq_{name}", name, ["role", "agency_id", "day"], unique=True)
    op.create_index("ix_assignments_by_day_day", "assignments_by_day", ["day"])
    for name in WORK:
        op.execute((SQL / f"{name}.sql").read_text())
    for moment in ("insert", "update", "delete"):
        op.execute(for_all("assignments", "keep_work", moment))
    turns = "(old.subtasks = 0) <> (new.subtasks = 0)"
    op.execute(trigger("tasks", "follow_work", "after update", when=turns))
    op.execute("select recount_work()")


def make_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("title", JSON, nullable=False),
        sa.Column("period", JSON, nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=True),
        sa.Column("issuer_id", sa.Uuid(), nullable=True),
        sa.Column("superior_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("recipients", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("signer", JSON, nullable=True),
        sa.Column("narrative", JSON, server_default="[]", nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            one_of("reportstate", "draft", "submitted", "approved", "published", "restated"),
            nullable=False,
        ),
        sa.Column("cut_off", sa.Date(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sections", JSON, nullable=False),
        sa.Column(
            "period_days",
            postgresql.DATERANGE(),
            sa.Computed("period_days(period)", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "words",
            sa.Text(),
            sa.Computed("fold(texts(title) || ' ' || coalesce(symbol, ''))", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "visibility <> 'public' or state = 'published'", name=op.f("ck_reports_is_published")
        ),
        sa.ForeignKeyConstraint(["issuer_id"], ["agencies.id"], name=op.f("fk_reports_issuer_id")),
        sa.ForeignKeyConstraint(
            ["superior_id"], ["agencies.id"], name=op.f("fk_reports_superior_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["reports.id"], name=op.f("fk_reports_replaces_id")
        ),
        *of_every_resource("reports"),
    )
    op.create_index(op.f("ix_reports_created_at_id"), "reports", ["created_at", "id"])
    op.create_index(op.f("ix_reports_id"), "reports", ["id"], postgresql_where="flags <> '[]'")
    op.create_index(op.f("ix_reports_issuer_id"), "reports", ["issuer_id"])
    op.create_index(
        "uq_reports_replaces_id",
        "reports",
        ["replaces_id"],
        unique=True,
        postgresql_where="state = 'published'",
    )
    for name, how in (("period_days", "gist"), ("words", "gin")):
        op.create_index(
            op.f(f"ix_reports_{name}"),
            "reports",
            [name],
            postgresql_using=how,
            postgresql_ops={"words": "gin_trgm_ops"},
        )
    for statement in triggers("reports", ["sections", "period_days", "words"]):
        op.execute(statement)
    make_published()


def make_published() -> None:
    """Where published reports are copied to, which nobody may change: not its owner either."""
    op.create_table(
        "published_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record", JSON, nullable=False),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_reports")),
    )
    for name in PUBLISHING:
        op.execute((SQL / f"{name}.sql").read_text())
    turns = "old.state <> 'published' and new.state = 'published'"
    op.execute(trigger("reports", "publish_report", "after update", when=turns))
    is_it = "old.state = 'published'"
    op.execute(trigger("reports", "refuse_republishing", "before update or delete", when=is_it))
    op.execute(trigger("published_reports", "refuse_republishing", "before update or delete"))
    op.execute(
        "create trigger refuse_emptying before truncate on published_reports"
        " for each statement execute function public.refuse_republishing()"
    )
    op.execute("revoke all on published_reports from public")
    op.execute("revoke update, delete, truncate on published_reports from current_user")


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


def keep(statements: list[str]) -> None:
    for statement in statements:
        op.execute(statement)


def make_tally(
    table: str,
    codes: list[str],
    sums: dict[str, Any] | None = None,
    ids: list[str] | None = None,
) -> None:
    """What is kept of a table by month, and what has come since."""
    for name in (f"{table}_by_month", f"{table}_lately"):
        op.create_table(
            name,
            *(sa.Column(code, sa.Text()) for code in codes),
            *(sa.Column(id_, sa.Uuid()) for id_ in ids or []),
            sa.Column("days", postgresql.DATERANGE()),
            sa.Column("is_whole", sa.Boolean(), nullable=False),
            sa.Column("records", sa.BigInteger(), nullable=False),
            *(sa.Column(told, kind, nullable=True) for told, kind in (sums or {}).items()),
        )
    kept = f"{table}_by_month"
    groups = [*codes, *(ids or []), "days", "is_whole"]
    op.create_index(f"uq_{kept}", kept, groups, unique=True, postgresql_nulls_not_distinct=True)
    op.create_index(f"ix_{kept}_days", kept, ["days"], postgresql_using="gist")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("drop table reports, published_reports")
    for name in PUBLISHING:
        op.execute(f"drop function {name}")
    for table in TALLIES:
        for function in ("keep", "fold", "recount"):
            op.execute(f"drop function {function}_tally_of_{table} cascade")
        op.execute(f"drop table {table}_by_month, {table}_lately")
    op.execute("drop function follow_tally_of_transactions cascade")
    for name in reversed(WORK):
        op.execute(f"drop function {name} cascade")
    op.execute("drop table assignments_by_day, assignments_by_month, assignments_lately")
    op.execute(
        "-- squawk-ignore require-concurrent-index-deletion\ndrop index ix_projects_to_the_day"
    )
    op.execute("drop function is_cut, months_of")
