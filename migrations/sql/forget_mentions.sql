-- A record's own references go before it does, so that one to itself does not hold it back.
create function public.forget_mentions() returns trigger language plpgsql as $$
begin
    delete from public.mentions where record_id = old.id;
    return old;
end $$
