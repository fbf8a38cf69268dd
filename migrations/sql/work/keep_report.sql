-- Who sees what an agency reports or puts before a task: those who gave the task, and those who have it.
create function public.keep_report() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'progress_reports' then
        if exists (
            select from public.progress_reports
            where id = new.corrects_id and assignment_id <> new.assignment_id
        ) then
            raise check_violation using
                message = 'a correction of a report on another assignment',
                hint = '{"en": "this report is on another assignment",'
                       ' "vi": "báo cáo này thuộc phân công khác"}',
                constraint = 'ck_progress_reports_corrects_id',
                table = 'progress_reports';
        end if;
        new.taking_part := array(
            select distinct named.id
            from public.assignments a
            join public.tasks t on t.id = a.task_id
            cross join unnest(array[a.agency_id, a.owner_agency_id, t.owner_agency_id]) as named (id)
            where a.id = new.assignment_id and named.id is not null
            order by named.id
        );
    else
        new.taking_part := array(
            select distinct named.id
            from public.tasks t
            cross join unnest(t.taking_part || t.owner_agency_id) as named (id)
            where t.id = new.task_id and named.id is not null
            order by named.id
        );
    end if;
    return new;
end $$
