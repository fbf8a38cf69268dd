-- Waits until nobody else holds this Idempotency-Key, holds it until the end of the transaction, and
-- finds a row if it was used. The second statement sees what was committed during the wait, because
-- a volatile function has a snapshot for each.
create function public.claim_key(claimed bytea) returns setof boolean
language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock(('x' || encode(substr(claimed, 1, 8), 'hex'))::bit(64)::bigint);
    return query
        select true from public.idempotency_keys kept
        where kept.place = claimed and kept.at >= now() - interval '24 hours';
end $$
