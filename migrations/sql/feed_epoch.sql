-- The epoch that changes are written in; it rises at a restore.
create function public.feed_epoch() returns integer
language sql stable parallel safe
as $$ select max(epoch) from public.feed_epochs $$
