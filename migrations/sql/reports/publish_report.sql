-- What is published is copied to where nobody changes it, with the names of its time of the bodies
-- that its heading names: everybody reads them there, whoever may see the agencies.
create function public.publish_report() returns trigger language plpgsql as $$
begin
    insert into public.published_reports (id, record)
    select new.id, to_jsonb(new) || jsonb_build_object(
        'issuer', (
            select jsonb_build_object('id', a.id, 'name', a.name)
            from public.agencies a where a.id = new.issuer_id
        ),
        'superior', (
            select jsonb_build_object('id', a.id, 'name', a.name)
            from public.agencies a where a.id = new.superior_id
        )
    );
    return null;
end $$
