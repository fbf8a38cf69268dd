-- A statement that is not the service's own raises the version too, so no stale ETag survives it.
-- Arguments: columns that the database derives, which have no value yet before the update. Who takes
-- part is derived everywhere, and on tasks without any change of their own.
create or replace function public.keep_version() returns trigger language plpgsql as $$
declare
    derived constant text[] := array['taking_part'] || coalesce(tg_argv, '{}');
begin
    if new.version = old.version and to_jsonb(new) - derived <> to_jsonb(old) - derived then
        new.version := old.version + 1;
        new.updated_at := now();
        new.updated_by := nullif(current_setting('sonla.actor_id', true), '')::uuid;
    end if;
    return new;
end $$
