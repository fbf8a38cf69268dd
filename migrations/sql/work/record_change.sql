-- The change log: one row for every version of a record, written in the transaction of the change.
-- Arguments: columns that the database derives, which are no change of their own.
create or replace function public.record_change() returns trigger language plpgsql as $$
declare
    apart constant text[] := array['id', 'version', 'created_at', 'created_by', 'updated_at',
                                   'updated_by', 'taking_part'] || tg_argv;
    old_fields jsonb;
    new_fields jsonb;
    before jsonb := '{}';
    after jsonb := '{}';
    kept record;
begin
    if tg_op <> 'INSERT' then
        kept := old;
        old_fields := to_jsonb(old) - apart;
    end if;
    if tg_op <> 'DELETE' then
        kept := new;
        new_fields := to_jsonb(new) - apart;
    end if;
    -- Who comes to take part may see the record from now on, so the feed has to tell of it.
    if tg_op = 'UPDATE' and old_fields = new_fields and old.taking_part = new.taking_part then
        return null;
    end if;
    -- Asked only where there is something to find: a query costs more here than all else.
    if tg_op <> 'INSERT' then
        select coalesce(jsonb_object_agg(name, value), '{}') into before
        from jsonb_each(old_fields) as fields (name, value)
        where value is distinct from new_fields -> name and (tg_op = 'UPDATE' or value <> 'null');
    end if;
    if tg_op <> 'DELETE' then
        select coalesce(jsonb_object_agg(name, value), '{}') into after
        from jsonb_each(new_fields) as fields (name, value)
        where value is distinct from old_fields -> name and (tg_op = 'UPDATE' or value <> 'null');
    end if;
    insert into public.changes (
        epoch, actor_id, request_id, resource, record_id, version, action, before, after,
        visibility, owner_agency_id, taking_part,
        was_visibility, was_owner_agency_id, was_taking_part
    )
    values (
        (select max(epoch) from public.feed_epochs),
        nullif(current_setting('sonla.actor_id', true), '')::uuid,
        nullif(current_setting('sonla.request_id', true), ''),
        tg_table_name,
        kept.id,
        kept.version,
        case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'updated' else 'deleted' end,
        before,
        after,
        kept.visibility,
        kept.owner_agency_id,
        kept.taking_part,
        old.visibility,
        old.owner_agency_id,
        coalesce(old.taking_part, '{}')
    );
    if tg_op = 'DELETE' then
        insert into public.tombstones (id, resource, visibility, owner_agency_id, taking_part)
        values (old.id, tg_table_name, old.visibility, old.owner_agency_id, old.taking_part)
        on conflict (id) do update set  -- it was put back by hand in between
            at = excluded.at,
            visibility = excluded.visibility,
            owner_agency_id = excluded.owner_agency_id,
            taking_part = excluded.taking_part,
            successor_id = null;
    end if;
    return null;
end $$
