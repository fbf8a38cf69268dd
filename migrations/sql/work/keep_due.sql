-- A task that is due on another day: so are its assignments, but for those with leave to be later.
create function public.keep_due() returns trigger language plpgsql as $$
begin
    update public.assignments set due_on = public.due_day(new.due)
    where task_id = new.id and extended_to is null
    and due_on is distinct from public.due_day(new.due);
    return null;
end $$
