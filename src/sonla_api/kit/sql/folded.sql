-- Each text of an array, folded.
create or replace function public.folded(value text[]) returns text[]
language sql immutable parallel safe strict
as $$ select pg_catalog.array_agg(public.fold(part)) from pg_catalog.unnest(value) part $$
