-- What records are a part of is counted with them: when it changes, all of them move.
create function public.follow_tally_of_{table}() returns trigger language plpgsql as $$
begin
    insert into public.{table}_lately ({names})
    select {groups}, {totals}
    from (
        select {values_old} from public.{table} as r where r.{part_of} = old.id
        union all
        select {values_new} from public.{table} as r where r.{part_of} = new.id
    ) as each ({names})
    group by {groups}
    having ({totals}) is distinct from ({zeros});
    return null;
end $$
