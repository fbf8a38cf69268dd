-- The same days of the year before; null where a period has an open end or is longer than a year,
-- as the year before would overlap it.
create or replace function public.year_before(days daterange) returns daterange
language sql immutable strict parallel safe
return case
    when upper(days) <= lower(days) + interval '1 year' then daterange(
        (lower(days) - interval '1 year')::date, (upper(days) - interval '1 year')::date
    )
end;
