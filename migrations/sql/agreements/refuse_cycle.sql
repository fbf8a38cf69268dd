-- No record is above itself. Writers of parents wait for each other, so two of them cannot close
-- a circle together. Arguments: the column that names what stands above, else parent_id, and what
-- a caller is told.
create or replace function public.refuse_cycle() returns trigger language plpgsql as $$
declare
    member constant text := coalesce(tg_argv[0], 'parent_id');
    is_circle boolean;
begin
    perform pg_advisory_xact_lock(hashtext(tg_table_name));
    execute format(
        'with recursive above (id) as ('
        ' select $1 union select t.%2$I from %1$I t join above on t.id = above.id'
        ' where t.%2$I is not null)'
        ' select exists (select from above where id = $2)', tg_table_name, member
    ) into is_circle using (to_jsonb(new) ->> member)::uuid, new.id;
    if is_circle then
        raise check_violation using
            message = 'a record above itself',
            hint = coalesce(
                tg_argv[1],
                '{"en": "a record cannot stand above itself",'
                ' "vi": "bản ghi không thể là cấp trên của chính nó"}'
            ),
            constraint = 'ck_' || tg_table_name || '_' || member,
            table = tg_table_name;
    end if;
    return null;
end $$
