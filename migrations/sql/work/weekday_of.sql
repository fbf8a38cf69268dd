-- The weekday of a number.
create function public.weekday_of(number integer) returns date
language sql immutable parallel safe
return date '0001-01-01' + 7 * ((number - 1) / 5) + (number - 1) % 5;
