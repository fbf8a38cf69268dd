-- No record is above itself. Writers of parents wait for each other, so two of them cannot close
-- a circle together.
create function public.refuse_cycle() returns trigger language plpgsql as $$
declare
    is_circle boolean;
begin
    perform pg_advisory_xact_lock(hashtext(tg_table_name));
    execute format(
        'with recursive above (id) as ('
        ' select $1 union select t.parent_id from %1$I t join above on t.id = above.id'
        ' where t.parent_id is not null)'
        ' select exists (select from above where id = $2)', tg_table_name
    ) into is_circle using new.parent_id, new.id;
    if is_circle then
        raise check_violation using
            message = 'a record above itself',
            hint = '{"en": "a record cannot stand above itself",'
                   ' "vi": "bản ghi không thể là cấp trên của chính nó"}',
            constraint = 'ck_' || tg_table_name || '_parent_id',
            table = tg_table_name;
    end if;
    return null;
end $$
