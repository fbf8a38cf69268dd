-- When a rule in force says that something is due which began on a day: the earliest where several
-- say so, nothing where none does. An example moves no due day. A direction or level that is not
-- known is an empty text, so that nothing is asked where there is no start.
create function public.rule_due(
    of_kind text, start date, of_direction text, of_level text,
    out due_on date, out calendar text, out rule_id uuid
)
language plpgsql stable strict parallel safe as $$
declare
    rule record;
    found record;
begin
    for rule in
        select rules.id, rules."limit", rules.counted_in
        from public.compliance_rules as rules
        where rules.kind = of_kind
            and not rules.is_example
            and rules.valid_days @> start
            and (rules.directions = '{}' or of_direction = any(rules.directions))
            and (rules.levels = '{}' or of_level = any(rules.levels))
        order by rules.code
    loop
        if rule.counted_in = 'working' then
            select after.due_on, after.calendar into found
            from public.due_after(start, rule."limit") as after;
        else
            select start + rule."limit" as due_on, 'published' as calendar into found;
        end if;
        if due_on is null or found.due_on < due_on then
            due_on := found.due_on;
            calendar := found.calendar;
            rule_id := rule.id;
        end if;
    end loop;
end
$$;
