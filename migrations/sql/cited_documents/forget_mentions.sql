-- A record's own references go before it does, so that one to itself does not hold it back; those of
-- its steps too, which nobody can read any more.
create or replace function public.forget_mentions() returns trigger language plpgsql as $$
begin
    delete from public.mentions where record_id = old.id;
    update public.transitions set document_id = null
    where record_id = old.id and document_id is not null;
    return old;
end $$
