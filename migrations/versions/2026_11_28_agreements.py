"""Agreements: parties, commitments that become tasks, and what refers to them."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from sonla_api.migrating import CITED, trigger, triggers

revision = "agreements"
down_revision = "shown"
branch_labels = None
depends_on = None

DERIVED = ["signed_days", "signed_from", "effective_days", "ends_on", "words"]
NAMED = [
    *CITED,
    "parties:partner_id",
    "parties:agency_id",
    "signatories:partner_id",
    "signatories:agency_id",
    "documents:document_id",
    "commitments:partner_id",
    "commitments:agency_id",
    "consultations:agency_id",
    "consultations:document.document_id",
]
# What other tables name in their JSON fields, and where they name agreements now.
BEFORE = {
    "partner_relations": [*CITED, "established_by:document_id"],
    "projects": [
        *CITED,
        "participants:partner_id",
        "participants:agency_id",
        "legal_basis:document_id",
    ],
    "tasks": [*CITED, "basis:document_id", "result_documents:document_id"],
    "progress_reports": [
        *CITED,
        "evidence:delegation_id",
        "evidence:project_id",
        "evidence:document_id",
    ],
}
MORE = {
    "partner_relations": "established_by:agreement_id",
    "projects": "agreements:agreement_id",
    "tasks": "commitment:agreement_id",
    "progress_reports": "evidence:agreement_id",
}
SHOWN = ["delegation_id", "project_id", "document_id"]
OF_ITSELF = (
    '{"en": "an agreement cannot renew itself, nor one that came of it",'
    ' "vi": "thỏa thuận không thể gia hạn chính nó hoặc văn kiện kế tiếp của nó"}'
)
JSON = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
LIST: dict[str, Any] = {"server_default": "[]", "nullable": False}
CODES: dict[str, Any] = {"server_default": "{}", "nullable": False}
SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    # Waiting for a lock makes everybody behind wait too: rather fail and try again.
    op.execute("set local lock_timeout = '2s'")
    op.execute("set local statement_timeout = '60s'")
    make_agreements()
    op.execute("alter table mentions add column agreement_id uuid")
    refer("mentions", "agreement_id is not null")
    op.execute("alter table evidence add column agreement_id uuid")
    refer("evidence")
    show([*SHOWN[:1], "agreement_id", *SHOWN[1:]])
    op.add_column("projects", sa.Column("agreements", JSON, **LIST))
    op.add_column("tasks", sa.Column("commitment", JSON, nullable=True))
    for name in ("keep_mentions", "refuse_cycle", "keep_commitment"):
        op.execute((SQL / "agreements" / f"{name}.sql").read_text())
    make_triggers()
    cite(more=True)
    # Keys of agreements that were not in the register: the next load names the records instead.
    op.execute(
        "update projects set related = jsonb_path_query_array(related,"
        " '$[*] ? (@.resource != \"agreements\")')"
        ' where related @> \'[{"resource": "agreements"}]\''
    )


def refer(table: str, where: str = "true") -> None:
    """Let a column that is empty as yet, so that nothing is scanned for long, name agreements."""
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        f"create index ix_{table}_agreement_id on {table} (agreement_id)"
        + ("" if where == "true" else f" where {where}")
    )
    op.execute(
        "-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid\n"
        f"alter table {table} add constraint fk_{table}_agreement_id"
        " foreign key (agreement_id) references agreements (id)"
    )


def show(names: list[str]) -> None:
    """A piece of evidence names exactly one of these records, and each of them once for a task."""
    listed = ", ".join(names)
    # In this transaction both come again, for more kinds of records.
    for name in ("ck_evidence_of_one_record", "uq_evidence_task_id"):
        op.execute(
            "-- squawk-ignore ban-drop-constraint\n"
            f"alter table evidence drop constraint if exists {name}"
        )
    # One run through the table, which is short beside those that it ties together.
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        "alter table evidence add constraint ck_evidence_of_one_record"
        f" check (num_nonnulls({listed}) = 1)"
    )
    op.execute(
        "-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid\n"
        "alter table evidence add constraint uq_evidence_task_id"
        f" unique nulls not distinct (task_id, {listed})"
    )


def cite(*, more: bool) -> None:
    """Keep what these records name in their JSON fields."""
    for table, before in BEFORE.items():
        cited = [*before, *([MORE[table]] if more else [])]
        op.execute(f"drop trigger keep_mentions on {table}")
        op.execute(trigger(table, "keep_mentions", "after insert or update", *cited))


def make_triggers() -> None:
    for statement in triggers("agreements", DERIVED, NAMED):
        op.execute(statement)
    fields = ["parties", "commitments", "consultations"]
    op.execute(trigger("agreements", "keep_agencies", "before insert or update", *fields))
    moment = "after insert or update of renews_id"
    known = "new.renews_id is not null"
    op.execute(trigger("agreements", "refuse_cycle", moment, "renews_id", OF_ITSELF, when=known))
    moment, changed = "before update of commitments", "old.commitments <> new.commitments"
    op.execute(trigger("agreements", "keep_commitment", moment, when=changed))
    moment, known = "before insert or update of commitment", "new.commitment is not null"
    op.execute(trigger("tasks", "keep_commitment", moment, when=known))


def one_of(name: str, *codes: str) -> sa.Enum:
    """A text that is one of these codes, by a check."""
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=40)


def of_every_resource(table: str) -> list[Any]:
    """What every table of a resource has beside its own columns."""
    now: dict[str, Any] = {"server_default": sa.text("now()"), "nullable": False}
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("sources", JSON, **LIST),
        sa.Column("flags", JSON, **LIST),
        sa.Column("printed", JSON, **CODES),
        sa.Column("created_at", sa.DateTime(timezone=True), **now),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), **now),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column(
            "visibility", one_of("visibility", "public", "internal", "agency"), nullable=False
        ),
        sa.Column("taking_part", postgresql.ARRAY(sa.UUID()), **CODES),
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


def make_agreements() -> None:
    kinds = one_of(
        "agreementkind",
        "mou",
        "agreement",
        "minutes",
        "cooperation_plan",
        "twinning",
        "high_level_agreement",
        "implementation_agreement",
        "loan_and_grant_agreement",
    )
    levels = one_of(
        "agreementlevel",
        "central",
        "province",
        "department",
        "district",
        "commune",
        "village",
        "mass_organisation",
    )
    states = one_of(
        "agreementstate",
        "proposed",
        "consulting",
        "approved_to_sign",
        "signed",
        "in_force",
        "suspended",
        "expired",
        "renewed",
        "terminated",
        "cancelled",
    )
    op.create_table(
        "agreements",
        sa.Column("kind", kinds, nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("on_behalf_of", levels, nullable=True),
        sa.Column("parties", JSON, **LIST),
        sa.Column("signatories", JSON, **LIST),
        sa.Column("countries", postgresql.ARRAY(sa.Text()), **CODES),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.Column("signed_on", JSON, nullable=True),
        sa.Column("effective", JSON, nullable=True),
        sa.Column("auto_renew", sa.Boolean(), nullable=True),
        sa.Column("renews_id", sa.Uuid(), nullable=True),
        sa.Column("fields", JSON, **LIST),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), **CODES),
        sa.Column("documents", JSON, **LIST),
        sa.Column("commitments", JSON, **LIST),
        sa.Column("consultations", JSON, **LIST),
        sa.Column("state", states, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        *(computed(name, type_, said) for name, type_, said in COMPUTED),
        sa.ForeignKeyConstraint(
            ["renews_id"], ["agreements.id"], name=op.f("fk_agreements_renews_id")
        ),
        sa.UniqueConstraint("renews_id", name=op.f("uq_agreements_renews_id")),
        *of_every_resource("agreements"),
    )
    for names in (
        ["created_at", "id"],
        ["kind", "created_at", "id"],
        ["state", "created_at", "id"],
        ["signed_from", "id"],
        ["ends_on", "id"],
    ):
        op.create_index(op.f(f"ix_agreements_{'_'.join(names)}"), "agreements", names)
    for name, method in (("signed_days", "gist"), ("effective_days", "gist"), ("countries", "gin")):
        op.create_index(
            op.f(f"ix_agreements_{name}"), "agreements", [name], postgresql_using=method
        )
    op.execute("create index ix_agreements_id on agreements (id) where flags <> '[]'")
    op.execute("create index ix_agreements_words on agreements using gin (words gin_trgm_ops)")


COMPUTED: list[tuple[str, Any, str]] = [
    ("signed_days", postgresql.DATERANGE(), "period_days(signed_on)"),
    ("signed_from", sa.Date(), "lower(period_days(signed_on))"),
    ("effective_days", postgresql.DATERANGE(), "period_days(effective)"),
    ("ends_on", sa.Date(), "least(ended_on, upper(period_days(effective))) - 1"),
    (
        "words",
        sa.Text(),
        (
            "fold(texts(title) || ' ' || texts(fields) || ' ' ||"
            " texts(jsonb_path_query_array(commitments, '$[*].title')) || ' ' ||"
            " texts(jsonb_path_query_array(documents, '$[*].symbol')))"
        ),
    ),
]


def computed(name: str, type_: Any, said: str) -> sa.Column[Any]:
    is_known = name == "words"
    return sa.Column(name, type_, sa.Computed(said, persisted=True), nullable=not is_known)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    cite(more=False)
    op.execute("drop function keep_commitment cascade")
    for name, folder in (("keep_mentions", "work"), ("refuse_cycle", "")):
        before = (SQL / folder / f"{name}.sql").read_text()
        op.execute(before.replace("create function", "create or replace function"))
    op.drop_column("tasks", "commitment")
    op.drop_column("projects", "agreements")
    op.execute("delete from evidence where agreement_id is not null")
    show(SHOWN)
    for table in ("evidence", "mentions"):
        op.drop_column(table, "agreement_id")
    op.execute("drop table agreements cascade")
