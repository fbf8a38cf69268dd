-- The texts of an array, joined by a space; '' for null. array_to_string() itself is only stable,
-- as it takes arrays of any type.
create or replace function public.joined(value text[]) returns text
language sql immutable parallel safe
as $$ select coalesce(pg_catalog.array_to_string(value, ' '), '') $$
