-- What happened with an assignment, and on which days: so the numbers of any day are sums.
create function public.happened(assigned_on date, done_on date, cancelled_on date, due_on date)
returns table (
    day date, opened integer, done_on_time integer, done_late integer, withdrawn integer,
    fell_overdue integer, no_more_overdue integer
)
language sql immutable parallel safe
begin atomic
    select assigned_on, 1, 0, 0, 0, 0, 0
    union all
    select
        coalesce(done_on, cancelled_on), 0,
        (done_on is not null and coalesce(done_on <= due_on, true))::integer,
        coalesce(done_on > due_on, false)::integer,
        (done_on is null)::integer,
        0,
        coalesce(greatest(assigned_on, due_on + 1) < coalesce(done_on, cancelled_on)
                 and due_on is not null, false)::integer
    where coalesce(done_on, cancelled_on) is not null
    union all
    select greatest(assigned_on, due_on + 1), 0, 0, 0, 0, 1, 0
    where due_on is not null
        and greatest(assigned_on, due_on + 1) < coalesce(done_on, cancelled_on, 'infinity');
end;
