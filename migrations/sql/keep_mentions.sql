-- References inside JSON lists as rows with foreign keys. Arguments: field:member, such as
-- partners:partner_id; the member's name is also that of the column.
create function public.keep_mentions() returns trigger language plpgsql as $$
declare
    old_row constant jsonb := to_jsonb(old);
    new_row constant jsonb := to_jsonb(new);
    argument text;
    name text;
    member text;
    old_value jsonb;
    new_value jsonb;
begin
    foreach argument in array tg_argv loop
        name := split_part(argument, ':', 1);
        member := split_part(argument, ':', 2);
        old_value := coalesce(old_row -> name, '[]');
        new_value := coalesce(new_row -> name, '[]');
        continue when old_value = new_value;
        if tg_op <> 'INSERT' then
            delete from public.mentions as gone where gone.record_id = old.id and gone.field = name;
        end if;
        insert into public.mentions (resource, record_id, field, source_id, agency_id, partner_id)
        select distinct tg_table_name, new.id, name,
            case member when 'source_id' then named.id end,
            case member when 'agency_id' then named.id end,
            case member when 'partner_id' then named.id end
        from (
            select (element ->> member)::uuid as id from jsonb_array_elements(new_value) element
        ) as named
        where named.id is not null;
    end loop;
    return null;
end $$
