-- Counts everything anew: for records that were there before, and after a restore without triggers.
create function public.recount_tally_of_{table}() returns void language plpgsql as $$
begin
    lock table public.{table} in share row exclusive mode;
    delete from public.{table}_lately;
    delete from public.{table}_by_month;
    insert into public.{table}_by_month ({names})
    select {groups}, {totals}
    from (select {values_after} from public.{table} as r {joined}) as each ({names})
    group by {groups}
    order by days;  -- so that those of a period lie together
end $$
