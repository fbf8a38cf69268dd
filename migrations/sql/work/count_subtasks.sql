-- How many tasks stand directly below each: those of its tree, and the occurrences of a recurring one.
create function public.count_subtasks() returns trigger language plpgsql as $$
declare
    before constant uuid := coalesce(old.occurrence_of_id, old.parent_id);
    after constant uuid := coalesce(new.occurrence_of_id, new.parent_id);
begin
    if before is distinct from after then
        update public.tasks
        set subtasks = subtasks + (id is not distinct from after)::integer
                                - (id is not distinct from before)::integer
        where id in (before, after);
    end if;
    return null;
end $$
