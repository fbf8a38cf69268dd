-- Of records that are never changed: what is wrong in one is said in another.
create function public.refuse_change() returns trigger language plpgsql as $$
begin
    raise check_violation using
        message = 'a record that is never changed',
        hint = '{"en": "this is never changed; send a correction instead",'
               ' "vi": "bản ghi này không sửa được; hãy gửi bản đính chính"}',
        constraint = 'ck_' || tg_table_name || '_unchanged',
        table = tg_table_name;
end $$
