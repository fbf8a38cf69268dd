-- The days of a stored period, half-open, exactly as kit/period.py reads it; null for a floating
-- length. Text that is no period is refused, so that no statement by hand can store it either.
create or replace function public.period_days(value jsonb) returns daterange
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
    part constant text :=
        '[1-9][0-9]{3}(-(H[12]|Q[1-4]|(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?))?';
    whole text := value #>> '{}';
    head text;
    tail text;
    first_day date;
    day_after date;
begin
    if jsonb_typeof(value) <> 'string' then
        return null;
    end if;
    if whole !~ ('^(' || part || '(/(' || part || '|[.][.]))?|[.][.]/' || part || ')$') then
        raise exception 'not a period: %', whole using errcode = 'invalid_datetime_format';
    end if;
    head := split_part(whole, '/', 1);
    tail := coalesce(nullif(split_part(whole, '/', 2), ''), head);
    if head <> '..' then
        first_day := make_date(
            left(head, 4)::integer,
            case substr(head, 6, 1)
                when '' then 1
                when 'H' then 6 * substr(head, 7)::integer - 5
                when 'Q' then 3 * substr(head, 7)::integer - 2
                else substr(head, 6, 2)::integer
            end,
            coalesce(nullif(substr(head, 9), ''), '1')::integer
        );
    end if;
    if length(tail) = 10 then
        day_after := make_date(
            left(tail, 4)::integer, substr(tail, 6, 2)::integer, substr(tail, 9)::integer
        ) + 1;
    elsif tail <> '..' then
        day_after := make_date(
            left(tail, 4)::integer,
            case substr(tail, 6, 1)
                when '' then 12
                when 'H' then 6 * substr(tail, 7)::integer
                when 'Q' then 3 * substr(tail, 7)::integer
                else substr(tail, 6, 2)::integer
            end,
            1
        ) + make_interval(months => 1);
    end if;
    if first_day >= day_after then
        raise exception 'a period that ends before it begins: %', whole
            using errcode = 'invalid_datetime_format';
    end if;
    -- Callers' languages have no date after the year 9999.
    if day_after > date '9999-12-31' then
        day_after := null;
    end if;
    return daterange(first_day, day_after);
end
$$;
