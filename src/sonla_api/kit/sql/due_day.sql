-- The last day of a due date as plans say it: a day, or a period; null for recurring and continuous.
create or replace function public.due_day(due jsonb) returns date
language sql immutable parallel safe
return upper(public.period_days(
    case due ->> 'kind' when 'date' then due -> 'on' when 'period' then due -> 'period' end
)) - 1;
