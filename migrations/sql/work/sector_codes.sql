-- The sectors of a project as scheme:code, to filter and to count by.
create function public.sector_codes(value jsonb) returns text[]
language sql immutable parallel safe
return (
    select coalesce(array_agg(distinct (each ->> 'scheme') || ':' || (each ->> 'code')), '{}')
    from jsonb_array_elements(value) each
);
