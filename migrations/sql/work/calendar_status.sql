-- Whether the calendar of every year between two days is published, or one is provisional as yet.
-- What the law fixes for ever is known of any year; which days are swapped, its own announcement
-- alone tells: so one of its days must rest on a document of that year or of the year before.
create function public.calendar_status(first date, last date) returns text
language plpgsql stable strict parallel safe as $$
begin
    for year in extract(year from least(first, last)) .. extract(year from greatest(first, last)) loop
        if not exists (
            select from public.calendar_days
            where day between make_date(year, 1, 1) and make_date(year, 12, 31)
            and announcement is not null
            and coalesce(left(announcement ->> 'issued_on', 4)::integer >= year - 1, true)
        ) then
            return 'provisional';
        end if;
    end loop;
    return 'published';
end
$$;
