-- What a report counts, in one statement over the records themselves: a period and the year before.
with span (which, days) as (
    values ('now', daterange($1::date, $2::date)), ('before', daterange($3::date, $4::date))
),
visits as (
    select which, direction, channel, level, lead_agency_id,
        count(*) filter (where when_days <@ days) as visits,
        sum(headcount) filter (where when_days <@ days) as person_trips,
        count(*) filter (where when_days <@ days and headcount is null) as without_headcount,
        count(*) filter (where when_days is null or not when_days <@ days) as not_placed
    from delegations
    join span on when_days && days or when_days is null
    where state in ('recorded', 'under_way', 'completed', 'received', 'reported', 'closed')
    group by 1, 2, 3, 4, 5
),
works as (
    select which, kind,
        count(*) filter (where period_days <@ days) as projects,
        count(*) filter (where period_days && days) as under_way,
        count(*) filter (where period_days is null or not period_days <@ days) as not_placed
    from projects
    join span on period_days && days or period_days is null
    where state <> 'cancelled'
    group by 1, 2
),
money as (
    select which, p.kind, t.type, t.currency,
        sum(t.amount) filter (where on_days <@ days) as amount,
        count(*) filter (where on_days <@ days) as transactions
    from transactions t
    join projects p on p.id = t.project_id and p.state <> 'cancelled'
    join span on on_days && days or on_days is null
    group by 1, 2, 3, 4
),
tasks_led as (
    select which, a.agency_id,
        count(*) filter (where a.assigned_on < lower(days)) as carried_over,
        count(*) filter (where a.assigned_on >= lower(days)) as new,
        count(*) filter (where a.done_on < upper(days) and not coalesce(a.done_on > a.due_on, false))
            as done_on_time,
        count(*) filter (where a.done_on < upper(days) and a.done_on > a.due_on) as done_late,
        count(*) filter (where a.cancelled_on < upper(days)) as withdrawn,
        count(*) filter (where a.open_until >= upper(days) and a.due_on < upper(days) - 1)
            as overdue
    from assignments a
    join tasks t on t.id = a.task_id and t.subtasks = 0
    join span on a.assigned_on < upper(days) and a.open_until >= lower(days)
    where a.role = 'lead'
    group by 1, 2
)
select
    (select json_agg(visits) from visits), (select json_agg(works) from works),
    (select json_agg(money) from money), (select json_agg(tasks_led) from tasks_led)
