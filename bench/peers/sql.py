"""The SQL of the hand-written server: one statement for each thing that is asked for."""

# ruff: noqa: S608, SIM905  all of it is made of constants of this file

from typing import Any

SUMMARY = """(select json_build_object('id', s.id, '{name}', s.{name})
    from {table} s where s.id = {reference})"""


def embedded(field: str, table: str, name: str, members: str) -> str:
    """A JSON list whose `<name>_id` is shown as a summary of the record that it names."""
    shown = "title" if table == "sources" else "name"
    one = SUMMARY.format(name=shown, table=table, reference=f"(e ->> '{name}_id')::uuid")
    pairs = [
        f"'{member}', " + (one if member == name else f"e -> '{member}'")
        for member in members.split()
    ]
    return f"""case when d.{field} = '[]' then '[]'::json else (
        select json_agg(json_build_object({", ".join(pairs)}))
        from jsonb_array_elements(d.{field}) e) end as {field}"""


OWNER = SUMMARY.format(name="name", table="agencies", reference="d.owner_agency_id")
LEAD = SUMMARY.format(name="name", table="agencies", reference="d.lead_agency_id")
OWES_NONE = "'recorded', 'cancelled', 'rejected', 'refused'"
DUE = "due_after(upper(d.when_days) - 1, 15)"
ASKED = "agency asked_on received_on due_on answered_on opinion document"
COLUMNS = f"""
    d.id::text, d.version, d.key, d.note,
    {embedded("sources", "sources", "source", "source locator as_printed")},
    d.flags, d.printed, {OWNER} as owner_agency, d.owner_agency_id::text, d.visibility,
    d.created_at, d.created_by::text, d.updated_at, d.updated_by::text, d.code, d.direction,
    d.channel, d.level, d.title, d.purpose, {LEAD} as lead_agency, d.head_position,
    d.host_position, d.headcount,
    {embedded("members", "agencies", "agency", "name position agency person_key")},
    d.countries, d.subdivision, d.place,
    {embedded("partners", "partners", "partner", "partner role")}, d."when",
    {embedded("programme", "partners", "partner", "on time place partner activity")},
    d.invitation, d.decision, {embedded("consultations", "agencies", "agency", ASKED)},
    d.funding, d.cost, d.in_annual_plan, d.outcomes, d.report,
    case when d.state not in ({OWES_NONE}) then (select due_on from {DUE}) end as report_due_on,
    case when d.state not in ({OWES_NONE})
        then (select calendar from {DUE}) end as report_due_calendar,
    current_date as today, d.state"""
FROM = "from delegations d where"
LIST = f"""select {COLUMNS}, d.when_from {FROM} d.state = $1 and d.when_from is not null
    order by d.when_from desc, d.id desc limit 51"""
UNDATED = f"""select {COLUMNS}, d.when_from {FROM} d.state = $1 and d.when_from is null
    order by d.id desc limit 51"""
ITEM = f"select {COLUMNS} {FROM} d.id = $1"
VERSION = "select version from delegations where id = $1"

PLAIN = (
    "id key note direction channel level purpose lead_agency_id head_position host_position"
    " headcount countries subdivision place funding in_annual_plan outcomes visibility"
).split()
AS_JSON = (
    "sources flags printed title members partners when programme invitation decision"
    " consultations cost report"
).split()
EMPTY: dict[str, Any] = {
    "visibility": "internal",
    "printed": {},
    **{name: [] for name in ("countries", "outcomes", "sources", "flags", "members", "partners")},
    **{name: [] for name in ("programme", "invitation", "decision", "consultations")},
}
CITED = {
    "partners": "partner_id",
    "programme": "partner_id",
    "members": "agency_id",
    "consultations": "agency_id",
    "sources": "source_id",
}


def mentions(field: str, member: str) -> str:
    """The rows that keep the references of one JSON list."""
    columns = [
        f"(e ->> '{member}')::uuid" if name == member else "null::uuid"
        for name in ("source_id", "agency_id", "partner_id")
    ]
    return f"""select distinct 'delegations', d.id, '{field}', {", ".join(columns)}
        from d, jsonb_array_elements(d.{field}) e where e ->> '{member}' is not null"""


GIVEN = ", ".join(f'"{name}"' for name in (*PLAIN, *AS_JSON))
VALUES = ", ".join(f"${n + 1}" for n in range(1 + len(PLAIN) + len(AS_JSON)))
CREATE = f"""with d as (
        insert into delegations (version, state, owner_agency_id, {GIVEN})
        values (1, 'draft', {VALUES}) returning *
    ), mentioned as (
        insert into mentions (resource, record_id, field, source_id, agency_id, partner_id)
        {" union all ".join(mentions(*cited) for cited in CITED.items())}
    )
    select {COLUMNS} from d"""
