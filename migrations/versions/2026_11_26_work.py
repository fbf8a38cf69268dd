"""The work: calendar, projects with their money, plans with tasks, assignments and evidence."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from sonla_api.migrating import CITED, trigger, triggers

revision = "work"
down_revision = "documents"
branch_labels = None
depends_on = None

# Each table with what the database computes in it, and which JSON fields hold references.
RESOURCES: dict[str, tuple[list[str], list[str]]] = {
    "calendar_days": ([], [*CITED, "announcement:document_id"]),
    "projects": (
        ["period_days", "sector_codes", "words"],
        [*CITED, "participants:partner_id", "participants:agency_id", "legal_basis:document_id"],
    ),
    "transactions": (
        ["amount", "currency", "on_days", "on_from"],
        [
            *CITED,
            "provider:partner_id",
            "provider:agency_id",
            "receiver:partner_id",
            "receiver:agency_id",
        ],
    ),
    "plans": (["period_days", "words"], [*CITED]),
    "tasks": (
        [
            "lead_agency_id",
            "assigned_on",
            "done_on",
            "withdrawn_on",
            "extended_to",
            "percent",
            "subtasks",
            "open_until",
            "due_on",
            "code_order",
            "period_days",
            "words",
        ],
        [*CITED, "basis:document_id", "result_documents:document_id"],
    ),
    "assignments": (["due_on", "open_until", "percent"], [*CITED]),
    "progress_reports": (
        ["period_days"],
        [*CITED, "evidence:delegation_id", "evidence:project_id", "evidence:document_id"],
    ),
    "evidence": ([], [*CITED]),
}
WITH_PARENTS = ["projects", "tasks"]
SAME = ["code", "title", "deliverable", "basis", "markets", "priority", "weight", "visibility"]
JSON = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
SQL = Path(__file__).parents[1] / "sql"
REPLACED = ["keep_mentions", "keep_version", "record_change"]
CALENDAR = [
    "weekday_number",
    "weekday_of",
    "keep_calendar",
    "due_after",
    "is_working_day",
    "calendar_status",
]
FUNCTIONS = [
    "keep_agencies",
    "keep_plan",
    "keep_in_plan",
    "keep_task",
    "keep_assignment",
    "assign_occurrences",
    "drop_occurrences",
    "keep_due",
    "follow_task",
    "count_subtasks",
    "keep_report",
    "keep_percent",
    "refuse_change",
]
OF_THE_KIT = ["due_day", "in_order", "uuid7"]


def upgrade() -> None:
    # Waiting for a lock makes everybody behind wait too: rather fail and try again.
    op.execute("set local lock_timeout = '2s'")
    op.execute("set local statement_timeout = '60s'")
    for name in OF_THE_KIT:
        op.execute(files("sonla_api.kit").joinpath(f"sql/{name}.sql").read_text())
    op.execute((SQL / "work/sector_codes.sql").read_text())
    make_calendar_days()
    make_projects()
    make_transactions()
    make_plans()
    make_tasks()
    make_assignments()
    make_progress_reports()
    make_evidence()
    refer("delegation_id", "delegations")
    refer("project_id", "projects")
    for name in [*REPLACED, *CALENDAR, "working_days_after", *FUNCTIONS]:
        op.execute((SQL / "work" / f"{name}.sql").read_text())
    make_triggers()


def make_triggers() -> None:
    for table, (derived, cited) in RESOURCES.items():
        for statement in triggers(table, derived, cited):
            op.execute(statement)
    op.execute(
        "create trigger keep_calendar after insert or update or delete on calendar_days"
        " for each statement execute function public.keep_calendar()"
    )
    for table in WITH_PARENTS:
        moment = "after insert or update of parent_id"
        op.execute(trigger(table, "refuse_cycle", moment, when="new.parent_id is not null"))
    op.execute(
        trigger(
            "tasks",
            "count_subtasks",
            "after insert or delete or update of parent_id, occurrence_of_id",
        )
    )
    op.execute(
        trigger("tasks", "keep_due", "after update of due", when="old.due is distinct from new.due")
    )
    for table, fields in (
        ("projects", ["participants"]),
        ("transactions", ["provider", "receiver"]),
    ):
        op.execute(trigger(table, "keep_agencies", "before insert or update", *fields))
    op.execute(trigger("plans", "keep_plan", "before insert or update of document_id"))
    op.execute(trigger("documents", "keep_plan", "before update of type"))
    moment = "before insert or update of plan_id, parent_id, occurrence_of_id"
    op.execute(trigger("tasks", "keep_in_plan", moment))
    moment = f"after update of {', '.join(SAME)}"
    differs = " or ".join(f"old.{name} is distinct from new.{name}" for name in SAME)
    op.execute(trigger("tasks", "follow_task", moment, when=f"old.subtasks > 0 and ({differs})"))
    op.execute(trigger("assignments", "keep_assignment", "before insert or update"))
    for moment in ("insert", "update", "delete"):
        op.execute(for_all("assignments", "keep_task", moment))
    for table in ("tasks", "assignments"):
        op.execute(for_all(table, "assign_occurrences", "insert"))
    op.execute(trigger("progress_reports", "keep_report", "before insert"))
    op.execute(trigger("progress_reports", "keep_percent", "after insert"))
    op.execute(trigger("progress_reports", "refuse_change", "before update or delete"))
    op.execute(trigger("evidence", "keep_report", "before insert or update"))


def for_all(table: str, function: str, moment: str) -> str:
    """The statement that makes a trigger for all rows that a statement changed together."""
    before = "old table as before " if moment != "insert" else ""
    after = "new table as after " if moment != "delete" else ""
    return (
        f"create trigger {function}_{moment} after {moment} on {table} "
        f"referencing {before}{after}for each statement execute function public.{function}()"
    )


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


def make_calendar_days() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", one_of("daykind", "holiday", "day_off", "working_day"), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column(
            "announcement",
            JSON,
            nullable=True,
        ),
        sa.UniqueConstraint("day", name=op.f("uq_calendar_days_day")),
        *of_every_resource("calendar_days"),
    )
    op.create_index(op.f("ix_calendar_days_created_at_id"), "calendar_days", ["created_at", "id"])
    op.create_table(
        "working_calendar",
        sa.Column("is_current", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("days", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("numbers", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("published", postgresql.INT4MULTIRANGE(), nullable=False),
        sa.PrimaryKeyConstraint("is_current", name=op.f("pk_working_calendar")),
    )
    op.execute("insert into working_calendar (days, numbers, published) values ('{}', '{}', '{}')")


def make_projects() -> None:
    op.create_table(
        "projects",
        sa.Column(
            "kind",
            one_of(
                "projectkind",
                "fdi",
                "oda_loan",
                "oda_grant",
                "oda_technical",
                "ngo_aid",
                "outgoing_aid",
                "infrastructure",
                "domestic_investment",
            ),
            nullable=False,
        ),
        sa.Column("title", JSON, nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column(
            "sectors",
            JSON,
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "participants",
            JSON,
            server_default="[]",
            nullable=False,
        ),
        sa.Column("countries", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "locations",
            JSON,
            server_default="[]",
            nullable=False,
        ),
        sa.Column("period", JSON, nullable=True),
        sa.Column(
            "legal_basis",
            JSON,
            server_default="[]",
            nullable=False,
        ),
        sa.Column("certificate", JSON, nullable=True),
        sa.Column("components", sa.Integer(), nullable=True),
        sa.Column(
            "milestones",
            JSON,
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "progress",
            JSON,
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "related",
            JSON,
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "state",
            one_of(
                "projectstate",
                "pipeline",
                "preparation",
                "approved",
                "implementing",
                "completed",
                "closed",
                "suspended",
                "cancelled",
                "terminated",
            ),
            nullable=False,
        ),
        sa.Column(
            "period_days",
            postgresql.DATERANGE(),
            sa.Computed("period_days(period)", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "sector_codes",
            postgresql.ARRAY(sa.Text()),
            sa.Computed("sector_codes(sectors)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "words",
            sa.Text(),
            sa.Computed(
                "fold(texts(title) || ' ' || coalesce(description, '') || ' ' || texts(locations))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["projects.id"], name=op.f("fk_projects_parent_id")),
        *of_every_resource("projects"),
    )
    op.create_index(op.f("ix_projects_created_at_id"), "projects", ["created_at", "id"])
    op.create_index(
        op.f("ix_projects_countries"), "projects", ["countries"], postgresql_using="gin"
    )
    op.create_index(
        op.f("ix_projects_kind_created_at_id"), "projects", ["kind", "created_at", "id"]
    )
    op.create_index(op.f("ix_projects_parent_id"), "projects", ["parent_id"])
    op.create_index(
        op.f("ix_projects_period_days"), "projects", ["period_days"], postgresql_using="gist"
    )
    op.create_index(
        op.f("ix_projects_sector_codes"), "projects", ["sector_codes"], postgresql_using="gin"
    )
    op.create_index(
        op.f("ix_projects_state_created_at_id"), "projects", ["state", "created_at", "id"]
    )
    op.create_index(
        op.f("ix_projects_words"),
        "projects",
        ["words"],
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )


def make_transactions() -> None:
    op.create_table(
        "transactions",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column(
            "type",
            one_of(
                "transactiontype",
                "stated",
                "incoming_funds",
                "outgoing_commitment",
                "disbursement",
                "expenditure",
                "interest_payment",
                "loan_repayment",
                "reimbursement",
                "purchase_of_equity",
                "sale_of_equity",
                "credit_guarantee",
                "incoming_commitment",
                "outgoing_pledge",
                "incoming_pledge",
                "registered",
                "increase",
                "decrease",
                "realised",
            ),
            nullable=False,
        ),
        sa.Column("on", JSON, nullable=True),
        sa.Column("value", JSON, nullable=False),
        sa.Column(
            "qualifier",
            one_of("qualifier", "about", "more_than", "estimate", "preliminary", "final"),
            nullable=True,
        ),
        sa.Column(
            "equivalents",
            JSON,
            server_default="[]",
            nullable=False,
        ),
        sa.Column("provider", JSON, nullable=True),
        sa.Column("receiver", JSON, nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "amount",
            sa.Numeric(),
            sa.Computed("(value ->> 'amount')::numeric", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "currency",
            sa.Text(),
            sa.Computed("value ->> 'currency'", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "on_days",
            postgresql.DATERANGE(),
            sa.Computed('period_days("on")', persisted=True),
            nullable=True,
        ),
        sa.Column(
            "on_from",
            sa.Date(),
            sa.Computed('lower(period_days("on"))', persisted=True),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_transactions_project_id")
        ),
        *of_every_resource("transactions"),
    )
    op.create_index(op.f("ix_transactions_created_at_id"), "transactions", ["created_at", "id"])
    op.create_index(
        op.f("ix_transactions_on_days"), "transactions", ["on_days"], postgresql_using="gist"
    )
    op.create_index(op.f("ix_transactions_on_from_id"), "transactions", ["on_from", "id"])
    op.create_index(op.f("ix_transactions_project_id_type"), "transactions", ["project_id", "type"])


def make_plans() -> None:
    op.create_table(
        "plans",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("period", JSON, nullable=True),
        sa.Column(
            "objectives",
            JSON,
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "period_days",
            postgresql.DATERANGE(),
            sa.Computed("period_days(period)", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "words",
            sa.Text(),
            sa.Computed("fold(texts(objectives) || ' ' || coalesce(note, ''))", persisted=True),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_plans_document_id")
        ),
        sa.UniqueConstraint("document_id", name=op.f("uq_plans_document_id")),
        *of_every_resource("plans"),
    )
    op.create_index(op.f("ix_plans_created_at_id"), "plans", ["created_at", "id"])
    op.create_index(op.f("ix_plans_period_days"), "plans", ["period_days"], postgresql_using="gist")
    op.create_index(
        op.f("ix_plans_words"),
        "plans",
        ["words"],
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )


def make_tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("occurrence_of_id", sa.Uuid(), nullable=True),
        sa.Column("occurs_on", sa.Date(), nullable=True),
        sa.Column("basis", JSON, nullable=True),
        sa.Column("due", JSON, nullable=True),
        sa.Column("deliverable", sa.Text(), nullable=True),
        sa.Column(
            "result_documents",
            JSON,
            server_default="[]",
            nullable=False,
        ),
        sa.Column("period", JSON, nullable=True),
        sa.Column("markets", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("priority", one_of("priority", "high", "normal", "low"), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("lead_agency_id", sa.Uuid(), nullable=True),
        sa.Column("assigned_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("extended_to", sa.Date(), nullable=True),
        sa.Column("percent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("subtasks", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "open_until",
            sa.Date(),
            sa.Computed("coalesce(least(done_on, withdrawn_on), 'infinity')", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "due_on",
            sa.Date(),
            sa.Computed("coalesce(extended_to, due_day(due))", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "code_order",
            sa.Text(),
            sa.Computed("in_order(code)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "period_days",
            postgresql.DATERANGE(),
            sa.Computed("period_days(period)", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "words",
            sa.Text(),
            sa.Computed(
                "fold(texts(title) || ' ' || code || ' ' || coalesce(deliverable, ''))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(occurrence_of_id is null) = (occurs_on is null)", name=op.f("ck_tasks_occurs_on")
        ),
        sa.CheckConstraint("weight between 1 and 1000000", name=op.f("ck_tasks_weight")),
        sa.ForeignKeyConstraint(
            ["occurrence_of_id"], ["tasks.id"], name=op.f("fk_tasks_occurrence_of_id")
        ),
        sa.ForeignKeyConstraint(
            ["lead_agency_id"], ["agencies.id"], name=op.f("fk_tasks_lead_agency_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["tasks.id"], name=op.f("fk_tasks_parent_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_tasks_plan_id")),
        sa.UniqueConstraint(
            "occurrence_of_id", "occurs_on", name=op.f("uq_tasks_occurrence_of_id_occurs_on")
        ),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_tasks_code")),
        *of_every_resource("tasks"),
    )
    op.create_index(op.f("ix_tasks_created_at_id"), "tasks", ["created_at", "id"])
    op.create_index(op.f("ix_tasks_due_on_id_open_until"), "tasks", ["due_on", "id", "open_until"])
    op.create_index(op.f("ix_tasks_lead_agency_id"), "tasks", ["lead_agency_id"])
    op.create_index(op.f("ix_tasks_open_until_due_on"), "tasks", ["open_until", "due_on"])
    op.create_index(op.f("ix_tasks_parent_id"), "tasks", ["parent_id"])
    op.create_index(
        op.f("ix_tasks_plan_id_code_order_id"), "tasks", ["plan_id", "code_order", "id"]
    )
    op.create_index(op.f("ix_tasks_period_days"), "tasks", ["period_days"], postgresql_using="gist")
    op.create_index(op.f("ix_tasks_plan_id_due_on_id"), "tasks", ["plan_id", "due_on", "id"])
    op.create_index(op.f("ix_tasks_taking_part"), "tasks", ["taking_part"], postgresql_using="gin")
    op.create_index(
        op.f("ix_tasks_words"),
        "tasks",
        ["words"],
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )


def make_assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("role", one_of("assignmentrole", "lead", "coordinating"), nullable=False),
        sa.Column(
            "state",
            one_of(
                "assignmentstate",
                "assigned",
                "accepted",
                "in_progress",
                "submitted",
                "returned",
                "extension_requested",
                "extended",
                "done",
                "cancelled",
            ),
            nullable=False,
        ),
        sa.Column("assigned_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("wanted_until", sa.Date(), nullable=True),
        sa.Column("extended_to", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "open_until",
            sa.Date(),
            sa.Computed("coalesce(done_on, cancelled_on, 'infinity')", persisted=True),
            nullable=False,
        ),
        sa.Column("percent", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_on is not null)",
            name=op.f("ck_assignments_cancelled_on"),
        ),
        sa.CheckConstraint(
            "(state = 'done') = (done_on is not null)", name=op.f("ck_assignments_done_on")
        ),
        sa.CheckConstraint(
            "coalesce(done_on, cancelled_on) >= assigned_on",
            name=op.f("ck_assignments_assigned_on"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_assignments_agency_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_assignments_task_id")),
        *of_every_resource("assignments"),
    )
    op.create_index(op.f("ix_assignments_created_at_id"), "assignments", ["created_at", "id"])
    op.create_index(
        op.f("ix_assignments_agency_id_due_on_id_open_until"),
        "assignments",
        ["agency_id", "due_on", "id", "open_until"],
    )
    op.create_index(
        op.f("ix_assignments_due_on_id_open_until"), "assignments", ["due_on", "id", "open_until"]
    )
    op.create_index(op.f("ix_assignments_task_id"), "assignments", ["task_id"])
    op.create_index(
        "ix_assignments_to_decide",
        "assignments",
        ["owner_agency_id"],
        postgresql_where="state in ('submitted', 'extension_requested')",
    )
    op.create_index(
        "uq_assignments_agency_id",
        "assignments",
        ["task_id", "agency_id"],
        unique=True,
        postgresql_where="state <> 'cancelled'",
    )
    op.create_index(
        "uq_assignments_role",
        "assignments",
        ["task_id"],
        unique=True,
        postgresql_where="role = 'lead' and state <> 'cancelled'",
    )


def make_progress_reports() -> None:
    op.create_table(
        "progress_reports",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("period", JSON, nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("difficulties", sa.Text(), nullable=True),
        sa.Column("proposals", sa.Text(), nullable=True),
        sa.Column(
            "evidence",
            JSON,
            server_default="[]",
            nullable=False,
        ),
        sa.Column(
            "period_days",
            postgresql.DATERANGE(),
            sa.Computed("period_days(period)", persisted=True),
            nullable=True,
        ),
        sa.CheckConstraint("percent between 0 and 100", name=op.f("ck_progress_reports_percent")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_progress_reports_assignment_id")
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["progress_reports.id"], name=op.f("fk_progress_reports_corrects_id")
        ),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_progress_reports_corrects_id")),
        *of_every_resource("progress_reports"),
    )
    op.create_index(
        op.f("ix_progress_reports_created_at_id"), "progress_reports", ["created_at", "id"]
    )
    op.create_index(
        op.f("ix_progress_reports_assignment_id_created_at_id"),
        "progress_reports",
        ["assignment_id", "created_at", "id"],
    )
    op.create_index(
        op.f("ix_progress_reports_period_days"),
        "progress_reports",
        ["period_days"],
        postgresql_using="gist",
    )


def make_evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("delegation_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(delegation_id, project_id, document_id) = 1",
            name=op.f("ck_evidence_of_one_record"),
        ),
        sa.ForeignKeyConstraint(
            ["delegation_id"], ["delegations.id"], name=op.f("fk_evidence_delegation_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_evidence_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_evidence_project_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_evidence_task_id")),
        sa.UniqueConstraint(
            "task_id",
            "delegation_id",
            "project_id",
            "document_id",
            name=op.f("uq_evidence_task_id"),
            postgresql_nulls_not_distinct=True,
        ),
        *of_every_resource("evidence"),
    )
    op.create_index(op.f("ix_evidence_created_at_id"), "evidence", ["created_at", "id"])
    op.create_index(op.f("ix_evidence_delegation_id"), "evidence", ["delegation_id"])
    op.create_index(op.f("ix_evidence_document_id"), "evidence", ["document_id"])
    op.create_index(op.f("ix_evidence_project_id"), "evidence", ["project_id"])


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
    for name in REPLACED:
        before = (SQL / f"{name}.sql").read_text()
        op.execute(before.replace("create function", "create or replace function"))
    weekends_alone = files("sonla_api.kit").joinpath("sql/working_days_after.sql")
    op.execute(weekends_alone.read_text())
    for column in ("delegation_id", "project_id"):
        op.drop_column("mentions", column)
    op.execute(f"drop table {', '.join(RESOURCES)}, working_calendar cascade")
    for name in [*CALENDAR, *FUNCTIONS, *OF_THE_KIT, "sector_codes"]:
        op.execute(f"drop function {name} cascade")
