"""The figures of a report once more, by statements of their own over the records themselves."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.conftest import Connection

Figures = dict[tuple[str, str | None], tuple[Decimal, int]]
"""By code and currency: the value, and how many records cannot be placed beside it."""

VISITS = """
select coalesce(direction, 'direction_unknown') as name,
    count(*) filter (where inside) as visits,
    coalesce(sum(headcount) filter (where inside), 0) as persons,
    count(*) filter (where inside and headcount is null) as untold,
    count(*) filter (where beside) as beside,
    count(*) filter (where beside and headcount is null) as untold_beside
from delegations, lateral (select
    lower(when_days) >= $1 and upper(when_days) <= $2 as inside,
    when_days is null or (coalesce(lower(when_days), '-infinity') < $2
        and coalesce(upper(when_days), 'infinity') > $1
        and not coalesce(lower(when_days) >= $1 and upper(when_days) <= $2, false)) as beside
) as placed
where state in ('recorded', 'under_way', 'completed', 'received', 'reported', 'closed')
group by 1
"""
AGREEMENTS = """
select 'agreements.' || name as code, null as currency,
    count(*) filter (where is_counted)::numeric as value,
    count(*) filter (where is_beside) as beside
from agreements, lateral (select least(ended_on, upper(effective_days)) - 1 as last) as ends,
lateral (select
    lower(signed_days) >= $1 and upper(signed_days) <= $2 as inside,
    signed_days is null or (coalesce(lower(signed_days), '-infinity') < $2
        and coalesce(upper(signed_days), 'infinity') > $1
        and not coalesce(lower(signed_days) >= $1 and upper(signed_days) <= $2, false)) as beside,
    coalesce(lower(effective_days), '-infinity') <= $3
        and (state <> 'signed' or effective_days is not null) and case
        when state in ('signed', 'in_force') then auto_renew is true or coalesce(last >= $3, true)
        when state in ('expired', 'renewed', 'terminated')
            then coalesce(last >= $3, false) end as holds,
    state = 'signed' and effective_days is null as undated
) as stands, lateral (values
    ('signed', inside, beside),
    ('in_force', holds, undated),
    ('expiring', holds and last <= $3::date + 90 and auto_renew is not true, undated)
) as figure (name, is_counted, is_beside)
where state not in ('proposed', 'consulting', 'approved_to_sign', 'cancelled') group by name
"""
PROJECTS = """
select kind, count(*) filter (where inside) as inside, count(*) filter (where beside) as beside,
    count(*) filter (where (inside or beside) and period_days is not null) as lasting,
    count(*) filter (where period_days is null) as undated
from projects, lateral (select
    lower(period_days) >= $1 and upper(period_days) <= $2 as inside,
    period_days is null or (coalesce(lower(period_days), '-infinity') < $2
        and coalesce(upper(period_days), 'infinity') > $1
        and not coalesce(lower(period_days) >= $1 and upper(period_days) <= $2, false)) as beside
) as placed
where state <> 'cancelled' group by 1
"""
MONEY = """
select p.kind, t.type, t.currency,
    sum(t.amount * case t.type when 'decrease' then -1 else 1 end) filter (where inside) as total,
    count(*) filter (where beside) as beside
from transactions t join projects p on p.id = t.project_id, lateral (select
    lower(on_days) >= $1 and upper(on_days) <= $2 as inside,
    on_days is null or (coalesce(lower(on_days), '-infinity') < $2
        and coalesce(upper(on_days), 'infinity') > $1
        and not coalesce(lower(on_days) >= $1 and upper(on_days) <= $2, false)) as beside
) as placed
where p.state <> 'cancelled' and (inside or beside) group by 1, 2, 3
"""
TASKS = """
select
    count(*) filter (where assigned_on < $1 and still_there) as carried_over,
    count(*) filter (where assigned_on between $1 and $2) as new,
    count(*) filter (where done_on between $1 and $2
        and (a.due_on is null or done_on <= a.due_on)) as done_on_time,
    count(*) filter (where done_on between $1 and $2 and done_on > a.due_on) as done_late,
    count(*) filter (where cancelled_on between $1 and $2) as withdrawn,
    count(*) filter (where is_open and a.due_on < $2) as overdue,
    count(*) filter (where is_open and (a.due_on is null or a.due_on >= $2)) as in_progress
from assignments a, lateral (select
    coalesce(a.done_on, a.cancelled_on, 'infinity') >= $1 as still_there,
    a.assigned_on <= $2 and coalesce(a.done_on, a.cancelled_on, 'infinity') > $2 as is_open
) as stands
where role = 'lead' and not exists (
    select from tasks t where t.parent_id = a.task_id or t.occurrence_of_id = a.task_id
)
"""
EVENTS = """
with found as (
    select id, results, enterprise_count, inside,
        when_days is null or (coalesce(lower(when_days), '-infinity') < $2
            and coalesce(upper(when_days), 'infinity') > $1 and inside is not true) as beside
    from events, lateral (select
        lower(when_days) >= $1 and upper(when_days) <= $2 as inside) as lies
    where state in ('held', 'recorded')
), ordered as (
    select inside, beside, currency, sum(amount::numeric) as amount
    from found, jsonb_to_recordset(results -> 'orders') as t (currency text, amount text)
    group by id, inside, beside, currency
)
select code, null as currency, coalesce(sum(number) filter (where inside), 0)::numeric as value,
    count(*) filter (where beside) as beside
from found, lateral (values
    ('events', 1),
    ('events.enterprises', enterprise_count),
    ('events.contracts', (results ->> 'contracts')::int),
    ('events.visitors', (results ->> 'visitors')::int)
) as figure (code, number) group by 1
union all
select 'events.orders', currency, coalesce(sum(amount) filter (where inside), 0),
    count(*) filter (where beside)
from ordered group by currency
"""
TRADE = """
select distinct on (code, cell) concat_ws('.', 'trade', code, o.flow, value_kind) as code,
    case when unit <> 't' then unit end as currency, case when told then amount else 0 end as value,
    0::bigint as beside
from observations o join indicators i on i.id = indicator_id, lateral (select
    lower(period_days) >= $1 and upper(period_days) <= $2 as inside,
    upper(period_days) - lower(period_days) as days,
    amount is not null and coalesce(qualifier, '') not like 'forecast%' as told) as placed
where i.flow is not null and lower(period_days) < $2 and upper(period_days) > $1
    and product is null and partner_country is null and coalesce(value_kind, 'flow') = 'flow'
order by code, cell, told desc, inside desc, case when inside then -days else days end,
    lower(period_days) desc, vintage desc, o.id desc
"""
UNLED = """
select count(*) filter (where lower(p.period_days) < $2 and upper(p.period_days) > $1
        or lower_inf(p.period_days) and upper(p.period_days) > $1
        or upper_inf(p.period_days) and lower(p.period_days) < $2) as lasting,
    count(*) filter (where p.period is null) as undated
from tasks t join plans p on p.id = t.plan_id
where t.lead_agency_id is null and least(t.done_on, t.withdrawn_on) > $3 is not false
    and not exists (select from tasks s where t.id in (s.parent_id, s.occurrence_of_id))
"""
KINDS = {
    "fdi": ["fdi"],
    "oda": ["oda_loan", "oda_grant", "oda_technical"],
    "ngo_aid": ["ngo_aid"],
    "outgoing_aid": ["outgoing_aid"],
}
_STATED = {"stated": ["stated"]}
_CAPITAL = {"registered": ["registered", "increase", "decrease"], "realised": ["realised"]}
_AID = {
    "committed": ["incoming_commitment", "outgoing_commitment"],
    "disbursed": ["incoming_funds", "disbursement"],
}
TYPES = {code: _STATED | (_CAPITAL if code == "fdi" else _AID) for code in KINDS}


async def told_by_code(database: "Connection[Any]", first: date, last: date, end: date) -> Figures:
    """Those of agreements, events and trade."""
    rows = [
        *await database.fetch(AGREEMENTS, first, end, last),
        *await database.fetch(EVENTS, first, end),
        *await database.fetch(TRADE, first, end),
    ]
    return {
        (row["code"], row["currency"]): (row["value"], row["beside"])
        for row in rows
        if row["value"] or row["beside"]
    }


async def counted(database: "Connection[Any]", first: date, last: date, end: date) -> Figures:
    """Every figure of delegations, projects, money and tasks that is not nothing."""
    found: dict[tuple[str, str | None], list[Any]] = {}

    def add(code: str, value: Any, beside: int = 0, currency: str | None = None) -> None:
        told = found.setdefault((code, currency), [Decimal(0), 0])
        told[0] += Decimal(value or 0)
        told[1] += beside

    for row in await database.fetch(VISITS, first, end):
        for code in ("delegations", f"delegations.{row['name']}"):
            add(code, row["visits"], row["beside"])
            add(f"{code}.person_trips", row["persons"], row["beside"])
        add("delegations.without_headcount", row["untold"], row["untold_beside"])
    for row in await database.fetch(PROJECTS, first, end):
        for code in (it for it, kinds in KINDS.items() if row["kind"] in kinds):
            add(f"{code}.projects", row["inside"], row["beside"])
            add(f"{code}.under_way", row["lasting"], row["undated"])
    for row in await database.fetch(MONEY, first, end):
        for code in (it for it, kinds in KINDS.items() if row["kind"] in kinds):
            for name in (it for it, types in TYPES[code].items() if row["type"] in types):
                add(f"{code}.{name}", row["total"], row["beside"], row["currency"])
    (tasks,) = await database.fetch(TASKS, first, last)
    for name, number in tasks.items():
        add(f"tasks.{name}", number)
    (unled,) = await database.fetch(UNLED, first, end, last)
    add("tasks.without_lead", unled["lasting"], unled["undated"])
    others = await told_by_code(database, first, last, end)
    return others | {
        key: (value, beside) for key, (value, beside) in found.items() if value or beside
    }
