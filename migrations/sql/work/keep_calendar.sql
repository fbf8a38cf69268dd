-- The calendar in one row, from which working days are counted. Its days are those that are worked
-- or not against their weekday, each with the number of the working day that it is, or follows.
-- A year is published when one of its days rests on a document of that year or of the year before:
-- what the law fixes for ever is known of any year, which days are swapped is announced for each.
create function public.keep_calendar() returns trigger language plpgsql as $$
begin
    -- One after the other, so that each counts what those before it have changed.
    perform from public.working_calendar for update;
    update public.working_calendar set
        days = found.days, numbers = found.numbers, published = found.published
    from (
        select
            coalesce(array_agg(day order by day) filter (where shift <> 0), '{}') as days,
            coalesce(
                array_agg(public.weekday_number(day) + shifted order by day)
                filter (where shift <> 0), '{}'
            ) as numbers,
            coalesce(
                range_agg(int4range(year, year, '[]')) filter (
                    where announcement is not null
                    and coalesce(left(announcement ->> 'issued_on', 4)::integer >= year - 1, true)
                ), '{}'
            ) as published
        from (
            select
                day, announcement, extract(year from day)::integer as year, shift,
                sum(shift) over (order by day)::integer as shifted
            from public.calendar_days
            cross join lateral (
                select (kind = 'working_day')::integer - (extract(isodow from day) < 6)::integer
            ) as against_its_weekday (shift)
        ) as in_order
    ) as found;
    return null;
end
$$;
