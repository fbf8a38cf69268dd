-- What is changed in a recurring task is changed in its open occurrences, as far as they had the same.
create or replace function public.follow_task() returns trigger language plpgsql as $$
begin
    update public.tasks as o set
        code = case when o.code = old.code || '/' || o.occurs_on
            then new.code || '/' || o.occurs_on else o.code end,
        title = case when o.title = old.title then new.title else o.title end,
        deliverable = case when o.deliverable is not distinct from old.deliverable
            then new.deliverable else o.deliverable end,
        basis = case when o.basis is not distinct from old.basis then new.basis else o.basis end,
        commitment = case when o.commitment is not distinct from old.commitment
            then new.commitment else o.commitment end,
        markets = case when o.markets = old.markets then new.markets else o.markets end,
        priority = case when o.priority is not distinct from old.priority
            then new.priority else o.priority end,
        weight = case when o.weight = old.weight then new.weight else o.weight end,
        visibility = case when o.visibility = old.visibility
            then new.visibility else o.visibility end
    where o.occurrence_of_id = new.id and o.done_on is null;
    return null;
end $$
