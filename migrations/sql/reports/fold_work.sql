-- Adds what has come lately to what is kept by day and by month: see fold_tally.
create function public.fold_work() returns void language plpgsql as $$
begin
    if current_setting('transaction_isolation') <> 'read committed'
        or not pg_try_advisory_xact_lock(hashtext('assignments_lately'))
    then
        return;
    end if;
    with gone as (delete from public.assignments_lately returning *),
    by_day as (
        select role, agency_id, day, sum(opened) as opened, sum(done_on_time) as done_on_time,
            sum(done_late) as done_late, sum(withdrawn) as withdrawn,
            sum(fell_overdue) as fell_overdue, sum(no_more_overdue) as no_more_overdue
        from gone
        group by role, agency_id, day
    ),
    of_days as (
        insert into public.assignments_by_day as kept
        select * from by_day
        on conflict (role, agency_id, day) do update set
            opened = kept.opened + excluded.opened,
            done_on_time = kept.done_on_time + excluded.done_on_time,
            done_late = kept.done_late + excluded.done_late,
            withdrawn = kept.withdrawn + excluded.withdrawn,
            fell_overdue = kept.fell_overdue + excluded.fell_overdue,
            no_more_overdue = kept.no_more_overdue + excluded.no_more_overdue
    )
    insert into public.assignments_by_month as kept
    select role, agency_id, day - (extract(day from day)::integer - 1), sum(opened),
        sum(done_on_time), sum(done_late), sum(withdrawn), sum(fell_overdue), sum(no_more_overdue)
    from by_day
    group by 1, 2, 3
    on conflict (role, agency_id, day) do update set
        opened = kept.opened + excluded.opened,
        done_on_time = kept.done_on_time + excluded.done_on_time,
        done_late = kept.done_late + excluded.done_late,
        withdrawn = kept.withdrawn + excluded.withdrawn,
        fell_overdue = kept.fell_overdue + excluded.fell_overdue,
        no_more_overdue = kept.no_more_overdue + excluded.no_more_overdue;
end $$
