-- When a rule in force says that something is due which began on a day: the earliest where several
-- say so, no row where none does. An example moves no due day.
create function public.rule_due(of_kind text, start date, of_direction text, of_level text)
returns table (due_on date, calendar text, rule_id uuid) language sql stable parallel safe as $$
select due.due_on, due.calendar, due.id
from (
    select
        rules.id,
        rules.code,
        case rules.counted_in when 'working' then worked.due_on else start + rules."limit" end
            as due_on,
        case rules.counted_in when 'working' then worked.calendar else 'published' end as calendar
    from public.compliance_rules as rules
    cross join lateral public.due_after(
        start, case rules.counted_in when 'working' then rules."limit" else 0 end
    ) as worked
    where rules.kind = of_kind
        and not rules.is_example
        and rules.valid_days @> start
        and (rules.directions = '{}' or of_direction = any(rules.directions))
        and (rules.levels = '{}' or of_level = any(rules.levels))
) as due
order by due.due_on, due.code
limit 1
$$;
