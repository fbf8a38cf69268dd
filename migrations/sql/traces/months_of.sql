-- The whole months that a record's days lie in: what is kept is kept by month. Not strict, so that
-- PostgreSQL writes it into the statements that call it, which takes a ninth of the time of a call.
create or replace function public.months_of(days daterange) returns daterange
language sql immutable parallel safe
return case when days is not null then daterange(
    date_trunc('month', lower(days)::timestamp)::date,
    (date_trunc('month', (upper(days) - 1)::timestamp) + interval '1 month')::date
) end;
