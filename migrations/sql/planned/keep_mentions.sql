-- References inside JSON as rows with foreign keys. Arguments: field:path, such as
-- partners:partner_id or report:document.document_id; the last name is also that of the column, of
-- which another resource to refer to needs a line below. Planned once: PostgreSQL would rather plan
-- it at each record, as it knows then how many fields are given, and that takes as long as the rest.
create or replace function public.keep_mentions() returns trigger language plpgsql
set plan_cache_mode = force_generic_plan as $$
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
    insert into public.mentions (
        resource, record_id, field, source_id, agency_id, partner_id, document_id, delegation_id,
        project_id, agreement_id, site_id, event_id
    )
    select
        tg_table_name, new.id, named.field,
        case named.member when 'source_id' then named.id end,
        case named.member when 'agency_id' then named.id end,
        case named.member when 'partner_id' then named.id end,
        case named.member when 'document_id' then named.id end,
        case named.member when 'delegation_id' then named.id end,
        case named.member when 'project_id' then named.id end,
        case named.member when 'agreement_id' then named.id end,
        case named.member when 'site_id' then named.id end,
        case named.member when 'event_id' then named.id end
    from (
        select distinct part.field, part.path[cardinality(part.path)] as member,
            (element #>> part.path)::uuid as id
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
    where named.id is not null;
    return null;
end $$
