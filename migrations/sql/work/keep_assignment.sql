-- What an assignment takes from its task, and from itself: the day it is due, who sees it, and 100
-- percent once it is done.
create function public.keep_assignment() returns trigger language plpgsql as $$
begin
    new.due_on := coalesce(
        new.extended_to, (select public.due_day(due) from public.tasks where id = new.task_id)
    );
    new.taking_part := array[new.agency_id];
    if new.state = 'done' then
        new.percent := 100;
    end if;
    return new;
end $$
