-- What tasks show of their assignments: who leads, since when, until when, how far, done or withdrawn;
-- and who takes part in them and in their plans. Once for all that a statement changed.
create function public.keep_task() returns trigger language plpgsql as $$
declare
    ids uuid[];
    plan_ids uuid[];
begin
    if tg_op = 'INSERT' then
        ids := array(select distinct task_id from after order by task_id);
    elsif tg_op = 'DELETE' then
        ids := array(select distinct task_id from before order by task_id);
    else
        ids := array(select task_id from before union select task_id from after order by task_id);
    end if;
    if ids = '{}' then
        return null;
    end if;
    -- Those who change assignments of one task wait for each other, so the last one sees them all.
    perform from public.tasks where id = any (ids) order by id for no key update;
    update public.tasks as kept set
        lead_agency_id = found.lead_agency_id,
        assigned_on = found.assigned_on,
        done_on = found.done_on,
        withdrawn_on = found.withdrawn_on,
        extended_to = found.extended_to,
        percent = found.percent,
        taking_part = found.taking_part
    from (
        select
            named.id,
            (array_agg(agency_id) filter (where is_lead))[1] as lead_agency_id,
            coalesce(min(assigned_on) filter (where is_live), min(assigned_on)) as assigned_on,
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
            )::integer as percent,
            coalesce(
                array_agg(distinct agency_id order by agency_id) filter (where is_live), '{}'
            ) as taking_part
        from unnest(ids) as named (id)
        left join public.assignments a on a.task_id = named.id
        cross join lateral (
            select state <> 'cancelled', role = 'lead' and state <> 'cancelled'
        ) as said (is_live, is_lead)
        group by named.id
    ) as found
    where kept.id = found.id and (
        kept.lead_agency_id, kept.assigned_on, kept.done_on, kept.withdrawn_on, kept.extended_to,
        kept.percent, kept.taking_part
    ) is distinct from (
        found.lead_agency_id, found.assigned_on, found.done_on, found.withdrawn_on,
        found.extended_to, found.percent, found.taking_part
    );
    if tg_op = 'UPDATE' then
        if not exists (
            select from before join after using (id)
            where (before.state = 'cancelled') <> (after.state = 'cancelled')
        ) then
            return null;
        end if;
    end if;
    update public.evidence set taking_part = taking_part where task_id = any (ids);
    plan_ids := array(
        select distinct plan_id from public.tasks where id = any (ids) order by plan_id
    );
    perform from public.plans where id = any (plan_ids) order by id for no key update;
    update public.plans set taking_part = found.taking_part
    from (
        select of_plan.id, array(
            select distinct agency_id
            from public.tasks, unnest(tasks.taking_part) as agency_id
            where plan_id = of_plan.id
            order by agency_id
        ) as taking_part
        from unnest(plan_ids) as of_plan (id)
    ) as found
    where plans.id = found.id and plans.taking_part <> found.taking_part;
    return null;
end $$
