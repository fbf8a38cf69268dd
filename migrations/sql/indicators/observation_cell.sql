-- What a figure is of, in one word: its dimensions, where they are given, and its kind. In an index
-- on the indicator, this and the period, one equality finds what figures are compared with.
create or replace function public.observation_cell(dimensions jsonb, kind text) returns text
language sql immutable parallel safe
return coalesce(dimensions ->> 'flow', '') || ':' || coalesce(dimensions ->> 'product', '')
    || ':' || coalesce(dimensions ->> 'partner_country', '') || ':' || coalesce(kind, '');
