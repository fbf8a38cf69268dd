-- The growth from one value to another as a share; null where the first is none to grow from.
create or replace function public.growth(value numeric, before numeric) returns numeric
language sql immutable strict parallel safe
return case when before > 0 then round(value / before - 1, 6) end;
