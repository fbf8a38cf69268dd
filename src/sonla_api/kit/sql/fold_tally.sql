-- Adds what has come lately to what is kept by month. One does it at a time, and nobody waits: who
-- comes second leaves it. Readers see it before or after, and the same sums either way.
create function public.fold_tally_of_{table}() returns void language plpgsql as $$
begin
    if current_setting('transaction_isolation') <> 'read committed'
        or not pg_try_advisory_xact_lock(hashtext('{table}_lately'))
    then
        return;
    end if;
    with gone as (delete from public.{table}_lately returning *)
    insert into public.{table}_by_month as kept ({names})
    select {groups}, {totals} from gone group by {groups}
    having ({totals}) is distinct from ({zeros})
    on conflict ({groups}) do update set {added};
end $$
