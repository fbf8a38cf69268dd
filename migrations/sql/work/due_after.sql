-- The count-th working day after start, start itself for 0, null for less; and whether the calendar
-- up to it is published. It counts on from the number of start and looks for the day of that number:
-- a weekday behind the last day of the calendar before it, or the day of the calendar that comes next.
-- As one select it becomes a part of the query that asks; each level is found once for those above.
create function public.due_after(start date, count integer)
returns table (due_on date, calendar text) language sql stable parallel safe as $$
select
    due_on,
    case
        when int4range(extract(year from start)::integer, extract(year from due_on)::integer, '[]')
            <@ published then 'published'
        when due_on is not null then 'provisional'
    end
from (
    select
        published,
        case
            when count > 0 then least(
                days[width_bucket(number - 1, numbers) + 1],
                public.weekday_of(number - coalesce(
                    numbers[width_bucket(number - 1, numbers)]
                    - public.weekday_number(days[width_bucket(number - 1, numbers)]), 0
                ))
            )
            when count = 0 then start
        end as due_on
    from (
        select
            days, numbers, published,
            public.weekday_number(start) + count + coalesce(
                numbers[width_bucket(start, days)]
                - public.weekday_number(days[width_bucket(start, days)]), 0
            ) as number
        from public.working_calendar
        offset 0
    ) as counted
    offset 0
) as due
$$;
