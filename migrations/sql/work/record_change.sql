-- The change log: one row for every version of a record, written in the transaction of the change.
-- Arguments: columns that the database derives, which are no change of their own.
create or replace function public.record_change() returns trigger language plpgsql as $$
declare
    apart constant text[] := array['id', 'version', 'created_at', 'created_by', 'updated_at',
                                   'updated_by', 'taking_part'] || tg_argv;
    old_row jsonb := coalesce(to_jsonb(old), '{}');
    new_row jsonb := coalesce(to_jsonb(new), '{}');
    old_fields jsonb := old_row - apart;
    new_fields jsonb := new_row - apart;
    before jsonb;
    after jsonb;
    kept jsonb := case tg_op when 'DELETE' then old_row else new_row end;
begin
    -- Who comes to take part may see the record from now on, so the feed has to tell of it.
    if tg_op = 'UPDATE' and old_fields = new_fields
        and old_row -> 'taking_part' = new_row -> 'taking_part'
    then
        return null;
    end if;
    select coalesce(jsonb_object_agg(name, value), '{}') into before
    from jsonb_each(old_fields) as fields (name, value)
    where value is distinct from new_fields -> name and (tg_op = 'UPDATE' or value <> 'null');
    select coalesce(jsonb_object_agg(name, value), '{}') into after
    from jsonb_each(new_fields) as fields (name, value)
    where value is distinct from old_fields -> name and (tg_op = 'UPDATE' or value <> 'null');
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
        (kept ->> 'id')::uuid,
        (kept ->> 'version')::integer,
        case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'updated' else 'deleted' end,
        before,
        after,
        kept ->> 'visibility',
        (kept ->> 'owner_agency_id')::uuid,
        array(select jsonb_array_elements_text(kept -> 'taking_part'))::uuid[],
        old_row ->> 'visibility',
        (old_row ->> 'owner_agency_id')::uuid,
        array(select jsonb_array_elements_text(coalesce(old_row -> 'taking_part', '[]')))::uuid[]
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
