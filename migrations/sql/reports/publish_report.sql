-- What is published is copied to where nobody changes it.
create function public.publish_report() returns trigger language plpgsql as $$
begin
    insert into public.published_reports (id, record) values (new.id, to_jsonb(new));
    return null;
end $$
