-- Whoever is assigned to a recurring task is assigned to its open occurrences, whichever came first.
create function public.assign_occurrences() returns trigger language plpgsql as $$
begin
    -- A statement fires this also where it wrote nothing, as the ones below may.
    if not exists (select from after) then
        return null;
    end if;
    if tg_table_name = 'tasks' then
        insert into public.assignments
            (id, version, task_id, agency_id, role, state, assigned_on, owner_agency_id,
             visibility, created_by, updated_by)
        select public.uuid7(), 1, made.id, a.agency_id, a.role, 'assigned', a.assigned_on,
               a.owner_agency_id, a.visibility, made.created_by, made.updated_by
        from after as made
        join public.assignments a on a.task_id = made.occurrence_of_id
        where a.state not in ('done', 'cancelled');
    else
        insert into public.assignments
            (id, version, task_id, agency_id, role, state, assigned_on, owner_agency_id,
             visibility, created_by, updated_by)
        select public.uuid7(), 1, o.id, made.agency_id, made.role, 'assigned', made.assigned_on,
               made.owner_agency_id, made.visibility, made.created_by, made.updated_by
        from after as made
        join public.tasks o on o.occurrence_of_id = made.task_id
        where o.done_on is null and not exists (
            select from public.assignments a
            where a.task_id = o.id and a.state <> 'cancelled'
            and (a.agency_id = made.agency_id or (a.role = 'lead' and made.role = 'lead'))
        );
    end if;
    return null;
end $$
