-- The weekdays, Monday to Friday, counted from the first day of the year 1, a Monday; a Saturday
-- and a Sunday have the number of their Friday.
create function public.weekday_number(day date) returns integer
language sql immutable parallel safe
return 5 * ((day - date '0001-01-01') / 7) + least((day - date '0001-01-01') % 7 + 1, 5);
