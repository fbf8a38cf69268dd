-- When the report on a delegation is due that ended on a day: by the rule in force, else so many
-- working days later; and whether the calendar up to it is published.
create function public.report_due(
    last_day date, of_direction text, of_level text, count integer
)
returns table (due_on date, calendar text) language sql stable parallel safe as $$
select due.due_on, due.calendar
from (
    select ruled.due_on, ruled.calendar, 1 as place
    from public.rule_due('report_due', last_day, of_direction, of_level) as ruled
    union all
    select worked.due_on, worked.calendar, 2
    from public.due_after(last_day, count) as worked
) as due
order by due.place
limit 1
$$;
