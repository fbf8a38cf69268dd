-- When the report on a delegation is due that ended on a day: by the rule in force, else so many
-- working days later; and whether the calendar up to it is published. It is opened where it is
-- called, and only where there is a start.
create function public.report_due(
    start date, of_direction text, of_level text, count integer,
    out due_on date, out calendar text
)
language plpgsql stable strict parallel safe as $$
declare
    ruled record;
begin
    ruled := public.rule_due('report_due', start, of_direction, of_level);
    due_on := ruled.due_on;
    calendar := ruled.calendar;
    if due_on is null then
        select worked.due_on, worked.calendar into due_on, calendar
        from public.due_after(start, count) as worked;
    end if;
end
$$;
