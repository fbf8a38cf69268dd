-- A published report never changes: not its row, and not the copy that readers are shown. Whoever may
-- alter the tables themselves could undo this; a service that is to have no such power has a role of
-- its own (docs/operations.md).
create function public.refuse_republishing() returns trigger language plpgsql as $$
begin
    raise check_violation using
        message = 'a published report is never changed',
        hint = '{"en": "a published report is never changed; restate it by a new one",'
               ' "vi": "báo cáo đã ban hành không sửa được; hãy lập báo cáo thay thế"}',
        constraint = 'ck_' || tg_table_name || '_published',
        table = tg_table_name;
end $$
