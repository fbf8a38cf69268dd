-- A file that is added to a document or removed is told as a change of it, which keeps its version.
create function public.record_attachment() returns trigger language plpgsql as $$
declare
    is_removed constant boolean := tg_op = 'DELETE';
    file constant jsonb := case when is_removed then to_jsonb(old) else to_jsonb(new) end;
    told constant jsonb := jsonb_build_object(
        'attachments', file - array['document_id', 'version', 'created_at', 'created_by']
    );
    paper public.documents%rowtype;
begin
    select * into paper from public.documents where id = (file ->> 'document_id')::uuid;
    if not found then
        return null;  -- it goes with its document
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
        'documents',
        paper.id,
        paper.version,
        'updated',
        case when is_removed then told else '{}' end,
        case when is_removed then '{}' else told end,
        paper.visibility, paper.owner_agency_id, paper.taking_part,
        paper.visibility, paper.owner_agency_id, paper.taking_part
    );
    if is_removed then
        insert into public.tombstones (id, resource, visibility, owner_agency_id, taking_part)
        values (
            old.id, tg_table_name, paper.visibility, paper.owner_agency_id, paper.taking_part
        );
    end if;
    return null;
end $$
