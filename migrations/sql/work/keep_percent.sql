-- How far an assignment is: what was reported last of the latest period, and not corrected since.
create function public.keep_percent() returns trigger language plpgsql as $$
begin
    perform from public.assignments where id = new.assignment_id for no key update;
    update public.assignments as kept set percent = found.percent
    from (
        select coalesce((
            select percent from public.progress_reports r
            where r.assignment_id = new.assignment_id and percent is not null
            and not exists (
                select from public.progress_reports later where later.corrects_id = r.id
            )
            order by period_days is null, upper(period_days) desc nulls first, created_at desc, id desc
            limit 1
        ), 0)
    ) as found (percent)
    where kept.id = new.assignment_id and kept.state <> 'done' and kept.percent <> found.percent;
    return null;
end $$
