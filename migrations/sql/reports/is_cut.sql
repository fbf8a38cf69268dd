-- Whether days begin or end within a month that the period of a report has only a part of.
create function public.is_cut(days daterange, first_month daterange, last_month daterange)
returns boolean
language sql immutable parallel safe
return coalesce(lower(days) <@ first_month or lower(days) <@ last_month, false)
    or coalesce(upper(days) - 1 <@ first_month or upper(days) - 1 <@ last_month, false);
