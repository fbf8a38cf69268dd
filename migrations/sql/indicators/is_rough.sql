-- Whether a figure is one that its source itself gives as not exact.
create or replace function public.is_rough(qualifier text) returns boolean
language sql immutable parallel safe
return coalesce(qualifier, 'final') not in ('final', 'preliminary');
