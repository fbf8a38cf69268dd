-- Who takes part in a delegation: the agency that leads it, those of its members, those consulted.
create function public.keep_taking_part() returns trigger language plpgsql as $$
begin
    new.taking_part := array(
        select distinct id from (
            select new.lead_agency_id as id
            union all select (m ->> 'agency_id')::uuid from jsonb_array_elements(new.members) m
            union all select (c ->> 'agency_id')::uuid from jsonb_array_elements(new.consultations) c
        ) as agencies
        where id is not null order by id
    );
    return new;
end $$
