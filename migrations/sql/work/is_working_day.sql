-- Whether a day is worked: what the calendar says of it, else Monday to Friday.
create function public.is_working_day(day date) returns boolean
language plpgsql stable parallel safe as $$
begin
    return coalesce(
        (select kind = 'working_day' from public.calendar_days where calendar_days.day = $1),
        extract(isodow from $1) < 6
    );
end
$$;
