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
        -- Whatever columns there are: another resource to refer to needs no other function.
        insert into public.mentions overriding user value
        select (jsonb_populate_record(null::public.mentions, jsonb_build_object(
            'resource', tg_table_name, 'record_id', new.id, 'field', name, member, named.id
        ))).*
        from (
            select distinct element #>> path as id
            from jsonb_array_elements(new_value) element
        ) as named
        where named.id is not null;
    end loop;
    return null;
end $$
