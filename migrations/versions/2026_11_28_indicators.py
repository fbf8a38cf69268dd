"""Indicators, and observations of them by source and vintage."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from sonla_api.migrating import trigger, triggers

revision = "indicators"
down_revision = "events"
branch_labels = None
depends_on = None

# Each table with what the database computes in it.
RESOURCES = {
    "indicators": ["words"],
    "observations": [
        "amount",
        "flow",
        "product",
        "partner_country",
        "cell",
        "period_days",
        "period_from",
        "source_id",
    ],
}
FUNCTIONS = ["observation_cell", "year_before", "growth", "is_rough", "growth_fits"]
JSON = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
SQL = Path(__file__).parents[1] / "sql" / "indicators"


def upgrade() -> None:
    # Waiting for a lock makes everybody behind wait too: rather fail and try again.
    op.execute("set local lock_timeout = '2s'")
    op.execute("set local statement_timeout = '60s'")
    for name in FUNCTIONS:
        op.execute((SQL / f"{name}.sql").read_text())
    make_indicators()
    make_observations()
    for table, derived in RESOURCES.items():
        for statement in triggers(table, derived):
            op.execute(statement)
    moment = "after insert or update of parent_id"
    op.execute(trigger("indicators", "refuse_cycle", moment, when="new.parent_id is not null"))


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


def make_indexes(table: str) -> None:
    """Those that every table of a resource has."""
    op.create_index(op.f(f"ix_{table}_created_at_id"), table, ["created_at", "id"])
    op.create_index(op.f(f"ix_{table}_id"), table, ["id"], postgresql_where="flags <> '[]'")


def one_of(name: str, *codes: str) -> sa.Enum:
    """A text that is one of these codes, by a check."""
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=40)


def computed(name: str, kind: Any, sql: str, *, nullable: bool = True) -> Any:
    return sa.Column(name, kind, sa.Computed(sql, persisted=True), nullable=nullable)


def make_indicators() -> None:
    op.create_table(
        "indicators",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("definition", JSON, nullable=True),
        sa.Column("coverage", JSON, nullable=False),
        sa.Column("dimensions", JSON, server_default="[]", nullable=False),
        sa.Column(
            "frequency",
            one_of("frequency", "monthly", "quarterly", "half_yearly", "yearly", "irregular"),
            nullable=True,
        ),
        sa.Column("flow", one_of("flow", "exports", "imports", "both"), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        computed(
            "words",
            sa.Text(),
            "fold(code || ' ' || texts(name) || ' ' || texts(coverage))",
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["indicators.id"], name=op.f("fk_indicators_parent_id")
        ),
        sa.UniqueConstraint("code", name=op.f("uq_indicators_code")),
        *of_every_resource("indicators"),
    )
    make_indexes("indicators")
    op.create_index(op.f("ix_indicators_parent_id"), "indicators", ["parent_id"])
    op.create_index(
        op.f("ix_indicators_words"),
        "indicators",
        ["words"],
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )


def make_observations() -> None:
    kinds = one_of("valuekind", "pledge", "commitment", "disbursement", "stock", "flow")
    qualifiers = ["about", "more_than", "nearly", "rounded", "estimate", "forecast"]
    qualifiers += ["forecast_more_than", "preliminary", "final"]
    op.create_table(
        "observations",
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("period", JSON, nullable=True),
        sa.Column("dimensions", JSON, server_default="{}", nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("value_kind", kinds, nullable=True),
        sa.Column("qualifier", one_of("observationqualifier", *qualifiers), nullable=True),
        sa.Column("change_yoy", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("vintage", sa.Text(), nullable=True),
        computed("amount", sa.Numeric(), "value::numeric"),
        computed("flow", one_of("flow", "exports", "imports", "both"), "dimensions ->> 'flow'"),
        computed("product", sa.Text(), "dimensions ->> 'product'"),
        computed("partner_country", sa.Text(), "dimensions ->> 'partner_country'"),
        computed("cell", sa.Text(), "observation_cell(dimensions, value_kind)", nullable=False),
        computed("period_days", postgresql.DATERANGE(), "period_days(period)"),
        computed("period_from", sa.Date(), "lower(period_days(period))"),
        computed("source_id", sa.Uuid(), "((sources -> 0) ->> 'source_id')::uuid"),
        sa.CheckConstraint(
            "value is not null or change_yoy is not null", name=op.f("ck_observations_value")
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicators.id"], name=op.f("fk_observations_indicator_id")
        ),
        sa.UniqueConstraint(
            *("indicator_id", "cell", "period_days", "as_of", "source_id", "vintage"),
            name="uq_observations_period",
            postgresql_nulls_not_distinct=True,
        ),
        *of_every_resource("observations"),
    )
    make_indexes("observations")
    of_period = ["indicator_id", "period_from", "id"]
    op.create_index(op.f("ix_observations_indicator_id_period_from_id"), "observations", of_period)
    op.create_index(
        op.f("ix_observations_indicator_id_cell_period_from"),
        "observations",
        ["indicator_id", "cell", "period_from"],
    )
    op.create_index(op.f("ix_observations_period_from_id"), "observations", ["period_from", "id"])
    op.create_index(
        op.f("ix_observations_period_days"),
        "observations",
        ["period_days"],
        postgresql_using="gist",
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("drop table observations, indicators cascade")
    for name in reversed(FUNCTIONS):
        op.execute(f"drop function {name}")
