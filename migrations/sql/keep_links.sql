-- The links between documents as rows, so that they can be walked both ways, and never in a circle.
create function public.keep_links() returns trigger language plpgsql as $$
declare
    is_circle boolean;
begin
    if tg_op = 'UPDATE' then
        if new.links = old.links then
            return null;
        end if;
        -- Writers of links wait for each other, so two of them cannot close a circle together. Who
        -- writes a new document need not: nothing can refer to it before it is there.
        perform pg_advisory_xact_lock(hashtext('document_links'));
        delete from public.document_links where document_id = new.id;
    end if;
    -- The lock lets nobody change who sees a target before this link is there to change with it.
    perform from public.documents
    where id in (select (link ->> 'document_id')::uuid from jsonb_array_elements(new.links) as link)
    for key share;
    insert into public.document_links
        (document_id, document_visibility, kind, target_id, target_visibility)
    select distinct new.id, new.visibility, link ->> 'kind', target.id, target.visibility
    from jsonb_array_elements(new.links) as link
    join public.documents as target on target.id = (link ->> 'document_id')::uuid;
    if tg_op = 'UPDATE' then
        with recursive above (id) as (
            select target_id from public.document_links where document_id = new.id
            union
            select link.target_id
            from public.document_links link
            join above on link.document_id = above.id
        )
        select exists (select from above where id = new.id) into is_circle;
    else
        select exists (
            select from public.document_links where document_id = new.id and target_id = new.id
        ) into is_circle;
    end if;
    if is_circle then
        raise check_violation using
            message = 'documents that lead back to themselves',
            hint = '{"en": "these links lead back to the document itself",'
                   ' "vi": "các liên kết này quay trở lại chính văn bản"}',
            constraint = 'ck_documents_links',
            table = 'documents';
    end if;
    return null;
end $$
