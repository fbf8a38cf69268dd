-- Counts all assignments anew: those that were there before, and after a restore without triggers.
create function public.recount_work() returns void language plpgsql as $$
begin
    lock table public.tasks, public.assignments in share row exclusive mode;
    delete from public.assignments_lately;
    delete from public.assignments_by_day;
    delete from public.assignments_by_month;
    insert into public.assignments_by_day
    select a.role, a.agency_id, h.day, sum(h.opened), sum(h.done_on_time), sum(h.done_late),
        sum(h.withdrawn), sum(h.fell_overdue), sum(h.no_more_overdue)
    from public.assignments as a
    join public.tasks as t on t.id = a.task_id and t.subtasks = 0
    cross join public.happened(a.assigned_on, a.done_on, a.cancelled_on, a.due_on) as h
    group by a.role, a.agency_id, h.day
    order by h.day;  -- so that those of a period lie together
    insert into public.assignments_by_month
    select role, agency_id, day - (extract(day from day)::integer - 1), sum(opened),
        sum(done_on_time), sum(done_late), sum(withdrawn), sum(fell_overdue), sum(no_more_overdue)
    from public.assignments_by_day
    group by 1, 2, 3;
end $$
