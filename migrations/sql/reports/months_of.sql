-- The whole months that a record's days lie in: what is kept is kept by month.
create function public.months_of(days daterange) returns daterange
language sql immutable strict parallel safe
return daterange(
    lower(days) - (extract(day from lower(days))::integer - 1),
    ((upper(days) - 1) - (extract(day from upper(days) - 1)::integer - 1) + interval '1 month')::date
);
