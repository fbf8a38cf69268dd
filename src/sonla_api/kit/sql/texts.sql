-- All strings in a JSON value, without its keys, joined by a space; '' for null.
create or replace function public.texts(value jsonb) returns text
language sql immutable parallel safe
return (
    select coalesce(string_agg(leaf #>> '{}', ' ' order by place), '')
    from jsonb_path_query(value, 'strict $.** ? (@.type() == "string")')
        with ordinality as leaves (leaf, place)
);
