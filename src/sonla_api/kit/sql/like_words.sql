-- The words of a search as patterns for LIKE, the longest first, as it narrows an index scan most.
create or replace function public.like_words(value text) returns text[]
language sql immutable parallel safe strict
as $$
    select pg_catalog.array_agg(
        '%' || pg_catalog.regexp_replace(word, '([\\%_])', '\\\1', 'g') || '%'
        order by pg_catalog.length(word) desc
    )
    from pg_catalog.regexp_split_to_table(public.fold(value), '\s+') word
    where word <> ''
$$
