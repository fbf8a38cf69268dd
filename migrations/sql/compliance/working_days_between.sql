-- How many days are worked after one day, up to another one and with it.
create function public.working_days_between(first date, last date) returns integer
language plpgsql stable parallel safe as $$
begin
    return (
        select
            public.weekday_number(last) + coalesce(
                numbers[width_bucket(last, days)]
                - public.weekday_number(days[width_bucket(last, days)]), 0
            )
            - public.weekday_number(first) - coalesce(
                numbers[width_bucket(first, days)]
                - public.weekday_number(days[width_bucket(first, days)]), 0
            )
        from public.working_calendar
    );
end
$$;
