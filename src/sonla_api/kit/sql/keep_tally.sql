-- What was counted and is no more, and what is counted now: rows that are only ever added, so that
-- writers wait for nobody. Some of them put together what has come since.
create function public.keep_tally_of_{table}() returns trigger language plpgsql as $$
declare
    added integer;
begin
    if tg_op = 'INSERT' then
        {hold_after}
        insert into public.{table}_lately ({names})
        select {values_after}
        from after as r {joined};
    elsif tg_op = 'DELETE' then
        {hold_before}
        insert into public.{table}_lately ({names})
        select {values_before}
        from before as r {joined};
    else
        {hold_both}
        insert into public.{table}_lately ({names})
        select {groups}, {totals}
        from (
            select {values_before} from before as r {joined}
            union all
            select {values_after} from after as r {joined}
        ) as each ({names})
        group by {groups}
        having ({totals}) is distinct from ({zeros});
    end if;
    get diagnostics added = row_count;
    if random() * 256 < added then
        perform public.fold_tally_of_{table}();
    end if;
    return null;
end $$
