-- Whether the calendar of every year between two days is published, or one is provisional as yet.
create function public.calendar_status(first date, last date) returns text
language plpgsql stable strict parallel safe as $$
begin
    return case
        when int4range(
            extract(year from least(first, last))::integer,
            extract(year from greatest(first, last))::integer,
            '[]'
        ) <@ (select published from public.working_calendar) then 'published'
        else 'provisional'
    end;
end
$$;
