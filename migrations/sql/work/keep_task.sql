-- What a task shows of its assignments: since when, until when, how far, done or withdrawn; and who
-- takes part in it and in its plan. One task is looked at, however many agencies are assigned to it.
create function public.keep_task() returns trigger language plpgsql as $$
declare
    task constant uuid := coalesce(new.task_id, old.task_id);
    plan uuid;
begin
    -- Those who change assignments of one task wait for each other, so the last one sees them all.
    perform from public.tasks where id = task for no key update;
    update public.tasks as kept set
        assigned_on = found.assigned_on,
        done_on = found.done_on,
        withdrawn_on = found.withdrawn_on,
        extended_to = found.extended_to,
        percent = found.percent,
        taking_part = found.taking_part
    from (
        select
            min(assigned_on) filter (where is_live) as assigned_on,
            case
                when bool_or(is_lead) then max(a.done_on) filter (where is_lead)
                when bool_and(state = 'done') filter (where is_live) then max(a.done_on)
            end as done_on,
            case when not bool_or(is_live) then max(cancelled_on) end as withdrawn_on,
            case when bool_or(is_lead) then max(a.extended_to) filter (where is_lead)
                else max(a.extended_to) filter (where is_live) end as extended_to,
            coalesce(
                max(a.percent) filter (where is_lead),
                round(avg(a.percent) filter (where is_live)),
                0
            ) as percent,
            coalesce(
                array_agg(distinct agency_id order by agency_id) filter (where is_live), '{}'
            ) as taking_part
        from public.assignments a
        cross join lateral (
            select state <> 'cancelled', role = 'lead' and state <> 'cancelled'
        ) as said (is_live, is_lead)
        where a.task_id = task
    ) as found
    where kept.id = task and (
        kept.assigned_on, kept.done_on, kept.withdrawn_on, kept.extended_to, kept.percent,
        kept.taking_part
    ) is distinct from (
        found.assigned_on, found.done_on, found.withdrawn_on, found.extended_to, found.percent,
        found.taking_part
    );
    if tg_op = 'INSERT' or tg_op = 'DELETE' or (new.state = 'cancelled') <> (old.state = 'cancelled') then
        select plan_id into plan from public.tasks where id = task;
        perform from public.plans where id = plan for no key update;
        update public.plans set taking_part = found.taking_part
        from (
            select coalesce(array_agg(distinct agency_id order by agency_id), '{}') as taking_part
            from public.assignments a
            join public.tasks t on t.id = a.task_id
            where t.plan_id = plan and a.state <> 'cancelled'
        ) as found
        where plans.id = plan and plans.taking_part <> found.taking_part;
    end if;
    return null;
end $$
