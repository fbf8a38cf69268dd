-- due_after for a view that shows one record: it is opened where it is called, and only where there
-- is a start; as a part of the query its many steps would be made ready for every record.
create function public.report_due(start date, count integer, out due_on date, out calendar text)
language plpgsql stable strict parallel safe as $$
begin
    select found.due_on, found.calendar into due_on, calendar
    from public.due_after(start, count) as found;
end
$$;
