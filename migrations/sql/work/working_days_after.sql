-- The count-th working day after start by the calendar; start itself for 0, null for less.
-- It begins with weekends alone and moves with each day of the calendar up to where it stands: on
-- for a weekday off, back for a weekend worked. In the order of days, so that all behind the one
-- looked at is still weekends alone.
create or replace function public.working_days_after(start date, count integer) returns date
language plpgsql stable parallel safe as $$
declare
    found date := public.weekdays_after(start, count);
    change record;
begin
    if count > 0 then
        for change in
            select day, kind = 'working_day' as is_worked
            from public.calendar_days
            where day > start and (kind = 'working_day') = (extract(isodow from day) > 5)
            order by day
        loop
            exit when change.day > found;
            if change.is_worked then
                found := found - 1;
                found := greatest(
                    found - greatest(extract(isodow from found)::integer - 5, 0), change.day
                );
            else
                found := public.weekdays_after(found, 1);
            end if;
        end loop;
    end if;
    return found;
end
$$;
