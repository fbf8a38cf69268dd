"""Events name sites of the register, as projects do; keys that name one become references."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from sonla_api.migrating import CITED, trigger

revision = "event_sites"
down_revision = "compliance"
branch_labels = None
depends_on = None

OF_EVENTS = [*CITED, "partners:partner_id", "enterprises:partner_id"]
JSON = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
NAMED = "jsonb_array_elements(related) with ordinality as named (it, place)"
FIND = """
update events set
    sites = (
        select jsonb_agg(jsonb_build_object('site_id', sites.id) order by place)
        from {named} join sites on sites.key = it ->> 'key'
    ),
    related = (
        select coalesce(jsonb_agg(it order by place), '[]')
        from {named} where not exists (select from sites where sites.key = it ->> 'key')
    )
where exists (select from {named} join sites on sites.key = it ->> 'key')
"""
PUT_BACK = """
update events set related = related || (
    select jsonb_agg(jsonb_build_object('resource', 'sites', 'key', sites.key) order by place)
    from jsonb_array_elements(events.sites) with ordinality as named (it, place)
    join sites on sites.id = cast(it ->> 'site_id' as uuid)
    where sites.key is not null
)
where exists (
    select from jsonb_array_elements(events.sites) as it
    join sites on sites.id = cast(it ->> 'site_id' as uuid) where sites.key is not null
)
"""


def upgrade() -> None:
    # Waiting for a lock makes everybody behind wait too: rather fail and try again.
    op.execute("set local lock_timeout = '2s'")
    op.execute("set local statement_timeout = '60s'")
    empty_list: dict[str, Any] = {"server_default": "[]", "nullable": False}
    op.add_column("events", sa.Column("sites", JSON, **empty_list))
    cite(*OF_EVENTS, "sites:site_id")
    op.execute(FIND.format(named=NAMED))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute(PUT_BACK)
    cite(*OF_EVENTS)
    op.execute("delete from mentions where resource = 'events' and field = 'sites'")
    op.drop_column("events", "sites")


def cite(*cited: str) -> None:
    op.execute("drop trigger keep_mentions on events")
    op.execute(trigger("events", "keep_mentions", "after insert or update", *cited))
