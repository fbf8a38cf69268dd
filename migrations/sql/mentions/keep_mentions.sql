-- References inside JSON as rows with foreign keys. Arguments: field:path, such as
-- partners:partner_id or report:document.document_id; the last name is also that of the column.
create or replace function public.keep_mentions() returns trigger language plpgsql as $$
declare
    old_row constant jsonb := to_jsonb(old);
    new_row constant jsonb := to_jsonb(new);
    changed text[] := '{}';
    argument text;
    name text;
begin
    foreach argument in array tg_argv loop
        name := split_part(argument, ':', 1);
        continue when coalesce(old_row -> name, '[]') = coalesce(new_row -> name, '[]');
        if tg_op <> 'INSERT' then
            delete from public.mentions as gone
            where gone.record_id = old.id and gone.field = name
            and to_jsonb(gone) ->> substring(argument from '[^:.]+$') is not null;
        end if;
        changed := changed || argument;
    end loop;
    if changed = '{}' then
        return null;
    end if;
    -- Whatever columns there are: another resource to refer to needs no other function. All at once:
    -- to make a row of JSON, PostgreSQL looks up what rows of the table are made of.
    insert into public.mentions overriding user value
    select made.* from jsonb_populate_recordset(null::public.mentions, (
        select coalesce(jsonb_agg(jsonb_build_object(
            'resource', tg_table_name, 'record_id', new.id, 'field', named.field,
            named.member, named.id
        )), '[]')
        from (
            select distinct part.field, part.path[cardinality(part.path)] as member,
                element #>> part.path as id
            from unnest(changed) as one (said)
            cross join lateral (
                select split_part(one.said, ':', 1) as field,
                    string_to_array(split_part(one.said, ':', 2), '.') as path
            ) as part
            cross join lateral (select new_row -> part.field as value) as given
            cross join lateral jsonb_array_elements(
                case jsonb_typeof(given.value)
                    when 'array' then given.value else jsonb_build_array(given.value)
                end
            ) as element
        ) as named
        where named.id is not null
    )) as made;
    return null;
end $$
