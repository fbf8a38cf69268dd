-- What records are a part of is counted with them: when it changes, all of them move.
create function public.follow_tally_of_{table}() returns trigger language plpgsql as $$
begin
    insert into public.{table}_lately ({names})
    select {groups}, {totals}
    from (
        select {values_before} from before as w join public.{table} as r on r.{part_of} = w.id
        union all
        select {values_after} from after as w join public.{table} as r on r.{part_of} = w.id
    ) as each ({names})
    group by {groups}
    having ({totals}) is distinct from ({zeros});
    return null;
end $$
