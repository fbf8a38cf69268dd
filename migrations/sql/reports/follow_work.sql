-- A task that comes to have others below it takes its assignments out of the count, and back.
create function public.follow_work() returns trigger language plpgsql as $$
declare
    factor constant integer := case when new.subtasks = 0 then 1 else -1 end;
begin
    insert into public.assignments_lately
    select a.role, a.agency_id, h.day, factor * h.opened, factor * h.done_on_time,
        factor * h.done_late, factor * h.withdrawn, factor * h.fell_overdue,
        factor * h.no_more_overdue
    from public.assignments as a
    cross join public.happened(a.assigned_on, a.done_on, a.cancelled_on, a.due_on) as h
    where a.task_id = new.id;
    return null;
end $$
