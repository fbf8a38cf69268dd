-- What a statement changed of what happened with assignments: rows that are only ever added. Those to
-- a heading count nowhere; whoever changes that has the task meanwhile, as this has.
create function public.keep_work() returns trigger language plpgsql as $$
declare
    ids uuid[];
    added integer;
begin
    if tg_op = 'INSERT' then
        ids := array(select distinct task_id from after order by task_id);
    elsif tg_op = 'DELETE' then
        ids := array(select distinct task_id from before order by task_id);
    else
        ids := array(select task_id from before union select task_id from after order by task_id);
    end if;
    perform from public.tasks where id = any (ids) order by id for no key update;
    if tg_op <> 'DELETE' then
        insert into public.assignments_lately
        select a.role, a.agency_id, h.day, h.opened, h.done_on_time, h.done_late, h.withdrawn,
            h.fell_overdue, h.no_more_overdue
        from after as a
        join public.tasks as t on t.id = a.task_id and t.subtasks = 0
        cross join public.happened(a.assigned_on, a.done_on, a.cancelled_on, a.due_on) as h;
    end if;
    if tg_op <> 'INSERT' then
        insert into public.assignments_lately
        select a.role, a.agency_id, h.day, -h.opened, -h.done_on_time, -h.done_late, -h.withdrawn,
            -h.fell_overdue, -h.no_more_overdue
        from before as a
        join public.tasks as t on t.id = a.task_id and t.subtasks = 0
        cross join public.happened(a.assigned_on, a.done_on, a.cancelled_on, a.due_on) as h;
    end if;
    get diagnostics added = row_count;
    if random() * 256 < added then
        perform public.fold_work();
    end if;
    return null;
end $$
