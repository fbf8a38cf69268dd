-- The count-th working day after start by the calendar; start itself for 0, null for less.
create or replace function public.working_days_after(start date, count integer) returns date
language plpgsql stable parallel safe as $$
begin
    return (select due_on from public.due_after(start, count));
end
$$;
