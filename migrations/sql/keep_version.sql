-- A statement that is not the service's own raises the version too, so no stale ETag survives it.
-- Arguments: columns that the database derives, which have no value yet before the update.
create function public.keep_version() returns trigger language plpgsql as $$
declare
    derived constant text[] := coalesce(tg_argv, '{}');
begin
    if new.version = old.version and to_jsonb(new) - derived <> to_jsonb(old) - derived then
        new.version := old.version + 1;
        new.updated_at := now();
        new.updated_by := nullif(current_setting('sonla.actor_id', true), '')::uuid;
    end if;
    return new;
end $$
