-- Who takes part in a record: the agencies that its JSON fields name. Arguments: those fields.
create function public.keep_agencies() returns trigger language plpgsql as $$
declare
    new_row constant jsonb := to_jsonb(new);
begin
    new.taking_part := array(
        select distinct (path #>> '{}')::uuid
        from unnest(tg_argv) name
        cross join jsonb_path_query(new_row -> name, 'lax $.agency_id ? (@ != null)') path
        order by 1
    );
    return new;
end $$
