-- The count-th day from Monday to Friday after start; start itself for 0, null for less.
-- A Saturday or Sunday counts on from its Friday; each full five days bring two of weekend.
-- Not strict, as PostgreSQL then puts it into the query instead of calling it; null gives null anyway.
create function public.weekdays_after(start date, count integer) returns date
language sql immutable parallel safe
return case
    when count > 0 then
        start
        - greatest(extract(isodow from start)::integer - 5, 0)
        + count
        + 2 * ((least(extract(isodow from start)::integer, 5) - 1 + count) / 5)
    when count = 0 then start
end;
