-- A plan belongs to a document of the type plan or programme, and that stays one while it has a plan.
create function public.keep_plan() returns trigger language plpgsql as $$
declare
    is_plan boolean;
begin
    if tg_table_name = 'documents' then
        if new.type in ('plan', 'programme') or not exists (
            select from public.plans where document_id = new.id
        ) then
            return new;
        end if;
    else
        -- Nobody gives it another type meanwhile.
        select type in ('plan', 'programme') into is_plan from public.documents
        where id = new.document_id for share;
        if coalesce(is_plan, true) then  -- whether it is there at all is said by the foreign key
            return new;
        end if;
    end if;
    raise check_violation using
        message = 'a plan of a document of another type',
        hint = '{"en": "a plan belongs to a document of the type plan or programme",'
               ' "vi": "kế hoạch phải thuộc văn bản loại kế hoạch hoặc chương trình"}',
        constraint = case tg_table_name when 'plans' then 'ck_plans_document_id'
            else 'ck_documents_type' end,
        table = tg_table_name;
end $$
