-- A task comes from a commitment that its agreement has, and an agreement keeps those that tasks come
-- from.
create function public.keep_commitment() returns trigger language plpgsql as $$
declare
    known jsonb;
begin
    if tg_table_name = 'tasks' then
        -- Nobody takes it out of the agreement meanwhile; whether that is there, its key says.
        select commitments into known from public.agreements
        where id = (new.commitment ->> 'agreement_id')::uuid for share;
        if known is null or known @> jsonb_build_array(
            jsonb_build_object('code', new.commitment -> 'code')
        ) then
            return new;
        end if;
        raise check_violation using
            message = 'a task from a commitment that is not there',
            hint = '{"en": "the agreement has no commitment with this code",'
                   ' "vi": "thỏa thuận không có cam kết mang mã này"}',
            constraint = 'ck_tasks_commitment',
            table = 'tasks';
    end if;
    if exists (
        select from public.mentions m
        join public.tasks t on t.id = m.record_id
        where m.agreement_id = new.id and m.field = 'commitment'
        and not new.commitments @> jsonb_build_array(
            jsonb_build_object('code', t.commitment -> 'code')
        )
    ) then
        raise check_violation using
            message = 'a commitment from which tasks come is taken out',
            hint = '{"en": "a commitment stays, with its code, while there are tasks from it",'
                   ' "vi": "cam kết và mã của nó được giữ lại khi còn nhiệm vụ từ cam kết đó"}',
            constraint = 'ck_agreements_commitments',
            table = 'agreements';
    end if;
    return new;
end $$
