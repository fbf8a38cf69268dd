-- Removes those occurrences of recurring tasks, from a day on, that their rules no longer give: what
-- is wanted comes as pairs of a task and a day. Those with work stay.
create function public.drop_occurrences(
    tasks uuid[], wanted_tasks uuid[], wanted_days date[], since date
) returns void language plpgsql as $$
declare
    gone uuid[];
begin
    -- Nobody begins to work on one of them meanwhile; the next statement sees who has.
    perform from public.tasks
    where occurrence_of_id = any (drop_occurrences.tasks) and occurs_on >= since
    order by id for update;
    gone := array(
        select o.id from public.tasks o
        where o.occurrence_of_id = any (drop_occurrences.tasks) and o.occurs_on >= since
        and o.subtasks = 0
        and (o.occurrence_of_id, o.occurs_on) not in (
            select * from unnest(wanted_tasks, wanted_days)
        )
        and not exists (select from public.evidence where task_id = o.id)
        and not exists (
            select from public.assignments a where a.task_id = o.id and (
                a.state not in ('assigned', 'cancelled')
                or exists (select from public.progress_reports where assignment_id = a.id)
            )
        )
    );
    delete from public.assignments where task_id = any (gone);
    delete from public.tasks where id = any (gone);
end $$
