"""Reports, and what their figures count, kept by month."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from sonla_api.migrating import for_all, tally, trigger

revision = "reports"
down_revision = "flags"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql/reports"
SIGNED = "case r.type when 'decrease' then -r.amount else r.amount end"
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
    for table in TALLIES:
        for function in ("keep", "fold", "recount"):
            op.execute(f"drop function {function}_tally_of_{table} cascade")
        op.execute(f"drop table {table}_by_month, {table}_lately")
    op.execute("drop function follow_tally_of_transactions cascade")
    for name in reversed(WORK):
        op.execute(f"drop function {name} cascade")
    op.execute("drop table assignments_by_day, assignments_by_month, assignments_lately")
    op.execute("drop function is_cut, months_of")
