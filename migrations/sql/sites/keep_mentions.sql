-- References inside JSON as rows with foreign keys. Arguments: field:path, such as
-- partners:partner_id or report:document.document_id; the last name is also that of the column.
create or replace function public.keep_mentions() returns trigger language plpgsql as $$
declare
    old_row constant jsonb := to_jsonb(old);
    new_row constant jsonb := to_jsonb(new);
    argument text;
    name text;
    path text[];
    member text;
    old_value jsonb;
    new_value jsonb;
begin
    foreach argument in array tg_argv loop
        name := split_part(argument, ':', 1);
        path := string_to_array(split_part(argument, ':', 2), '.');
        member := path[cardinality(path)];
        old_value := coalesce(old_row -> name, '[]');
        new_value := coalesce(new_row -> name, '[]');
        continue when old_value = new_value;
        if tg_op <> 'INSERT' then
            delete from public.mentions as gone
            where gone.record_id = old.id and gone.field = name
            and to_jsonb(gone) ->> member is not null;
        end if;
        if jsonb_typeof(new_value) <> 'array' then
            new_value := jsonb_build_array(new_value);
        end if;
        insert into public.mentions
            (resource, record_id, field, source_id, agency_id, partner_id, document_id,
             delegation_id, project_id, site_id)
        select tg_table_name, new.id, name,
            case member when 'source_id' then named.id end,
            case member when 'agency_id' then named.id end,
            case member when 'partner_id' then named.id end,
            case member when 'document_id' then named.id end,
            case member when 'delegation_id' then named.id end,
            case member when 'project_id' then named.id end,
            case member when 'site_id' then named.id end
        from (
            select distinct (element #>> path)::uuid as id
            from jsonb_array_elements(new_value) element
        ) as named
        where named.id is not null;
    end loop;
    return null;
end $$
