-- A task stays in its plan, and so does all that stands above it.
create function public.keep_in_plan() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if new.plan_id <> old.plan_id then
            raise check_violation using
                message = 'a task in another plan',
                hint = '{"en": "a task stays in its plan", "vi": "nhiệm vụ luôn thuộc kế hoạch của nó"}',
                constraint = 'ck_tasks_plan_id',
                table = 'tasks';
        end if;
    end if;
    if exists (
        select from public.tasks
        where id in (new.parent_id, new.occurrence_of_id) and plan_id <> new.plan_id
    ) then
        raise check_violation using
            message = 'a task below one of another plan',
            hint = '{"en": "this task belongs to another plan",'
                   ' "vi": "nhiệm vụ này thuộc kế hoạch khác"}',
            constraint = 'ck_tasks_parent_id',
            table = 'tasks';
    end if;
    return new;
end $$
