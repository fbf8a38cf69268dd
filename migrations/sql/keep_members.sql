-- The days on which a person is bound: only of a delegation that stands and is dated to the day.
create function public.keep_members() returns trigger language plpgsql as $$
declare
    day constant text := '[0-9]{4}-[0-9]{2}-[0-9]{2}';
    clash record;
begin
    if tg_op = 'UPDATE' then
        delete from public.delegation_members where delegation_id = new.id;
    end if;
    if new.state not in ('approved', 'under_way', 'completed', 'permitted', 'programme_approved',
                         'received', 'reported', 'closed')
        or new."when" is null
        or new."when" #>> '{}' !~ ('^' || day || '(/' || day || ')?$')
    then
        return null;
    end if;
    begin
        -- In one order, so that two approvals at once wait for each other and do not deadlock.
        insert into public.delegation_members (delegation_id, agency_id, person_key, days)
        select distinct new.id, (m ->> 'agency_id')::uuid, m ->> 'person_key', new.when_days
        from jsonb_array_elements(new.members) m
        where m ->> 'person_key' is not null
        order by 2, 3;
    exception when exclusion_violation then
        select m ->> 'name' as name, bound.person_key,
               lower(bound.days * new.when_days) as first_day,
               upper(bound.days * new.when_days) - 1 as last_day
        into clash
        from jsonb_array_elements(new.members) m
        join public.delegation_members bound
            on bound.agency_id = (m ->> 'agency_id')::uuid
            and bound.person_key = m ->> 'person_key'
            and bound.days && new.when_days
        order by bound.days, bound.person_key
        limit 1;
        raise exclusion_violation using
            message = 'a person in two delegations at once',
            constraint = 'ex_delegation_members_members',
            table = 'delegation_members',
            hint = jsonb_build_object(
                'en', format('%s (%s) is in another delegation on %s', clash.name,
                             clash.person_key, concat_ws(' to ', clash.first_day,
                             nullif(clash.last_day, clash.first_day))),
                'vi', format('%s (%s) đã ở trong đoàn khác ngày %s', clash.name,
                             clash.person_key, concat_ws(' đến ', clash.first_day,
                             nullif(clash.last_day, clash.first_day)))
            )::text;
    end;
    return null;
end $$
