-- The records of work beside the delegations, after fill.sql and in its session: {links} documents in
-- a chain and as many below one, {tasks} tasks with who is assigned, {projects} projects with money.
-- A hundred tasks make a plan, and each plan has a document of its own.
create function pg_temp.document(n bigint) returns uuid
language sql immutable
return pg_temp.made_id('document', n, pg_temp.born(n, {documents}));

create function pg_temp.plan(n bigint) returns uuid
language sql immutable
return pg_temp.made_id('plan', n, pg_temp.born(n, {tasks} / 100));

create function pg_temp.task(n bigint) returns uuid
language sql immutable
return pg_temp.made_id('task', n, pg_temp.born(n, {tasks}));

create function pg_temp.project(n bigint) returns uuid
language sql immutable
return pg_temp.made_id('project', n, pg_temp.born(n, {projects}));

-- From 0 the chain, from {links} the fan with its root first, then the documents of the plans.
with line as (
    select n, pg_temp.born(n, {documents}) as born, 100 + n % 900 || '/KH-UBND' as symbol,
        case
            when n between 1 and {links} - 1 then n - 1
            when n between {links} + 1 and 2 * {links} then {links}
        end as basis
    from generate_series(0::bigint, {documents} - 1) n
)
insert into documents (
    id, key, version, symbol, canonical, number, year, type, issuer_id, issued_on, subject, links,
    owner_agency_id, visibility, created_at, updated_at
)
select pg_temp.document(n), 'bench-' || n, 1, symbol, symbol, (100 + n % 900)::text,
    extract(year from born)::integer, 'plan', pg_temp.agency(n), to_jsonb(born::date),
    jsonb_build_object(
        'vi', 'Triển khai nội dung hợp tác về '
            || pg_temp.chosen('{{thương mại biên giới,giáo dục,nông nghiệp,du lịch}}', n),
        'en', 'Carrying out cooperation, no. ' || n, 'lo', null),
    case when basis is null then '[]' else jsonb_build_array(
        jsonb_build_object('kind', 'implements', 'document_id', pg_temp.document(basis))) end,
    pg_temp.agency(n), pg_temp.chosen('{{public,internal}}', n), born, born
from line;

insert into document_links
    (document_id, document_visibility, kind, target_id, target_visibility)
select d.id, d.visibility, link ->> 'kind', target.id, target.visibility
from documents d
cross join jsonb_array_elements(d.links) link
join documents target on target.id = (link ->> 'document_id')::uuid;
insert into mentions (resource, record_id, field, document_id)
select 'documents', document_id, 'links', target_id from document_links;

insert into plans (
    id, key, version, document_id, period, owner_agency_id, visibility, taking_part, created_at,
    updated_at
)
select pg_temp.plan(n), 'bench-' || n, 1, pg_temp.document(2 * {links} + 1 + n), to_jsonb(
        extract(year from pg_temp.born(n, {tasks} / 100))::text),
    pg_temp.agency(n), 'internal',
    array(select pg_temp.agency(a) as id from generate_series(0, 59) a order by id),
    pg_temp.born(n, {tasks} / 100), pg_temp.born(n, {tasks} / 100)
from generate_series(0::bigint, {tasks} / 100 - 1) n;

-- One leads each task; every second task has one more beside it. Most are done, some of them late.
create temporary table agency_of as
select n as place, pg_temp.agency(n) as id from generate_series(0::bigint, 59) n;
create temporary table plan_of as
select n as place, pg_temp.plan(n) as id from generate_series(0::bigint, {tasks} / 100 - 1) n;
create temporary table given as
select n, pg_temp.task(n) as task_id, pg_temp.born(n, {tasks}) as born, plan_of.id as plan_id,
    lead.id as lead_id, case when n % 2 = 0 then other.id end as other_id, owner.id as owner_id,
    due_on, due_on - 60 as assigned_on, due_on < date '2025-10-01' and n % 7 > 0 as is_done,
    due_on - 10 + (n % 13)::integer as done_on,
    pg_temp.chosen('{{public,internal,internal,agency}}', n) as visibility,
    pg_temp.chosen('{{thương mại biên giới,giáo dục,nông nghiệp,du lịch}}', n) as matter
from generate_series(0::bigint, {tasks} - 1) n
cross join lateral (select date '2021-01-01' + (n * 7919 % 2500)::integer as due_on) as due
join plan_of on plan_of.place = n / 100
join agency_of lead on lead.place = n % 60
join agency_of other on other.place = (n + 7) % 60
join agency_of owner on owner.place = n / 100 % 60;

insert into tasks (
    id, key, version, plan_id, code, title, due, deliverable, weight, lead_agency_id, assigned_on,
    done_on, percent, owner_agency_id, visibility, taking_part, created_at, updated_at
)
select task_id, 'bench-' || n, 1, plan_id, (n % 100 + 1)::text,
    jsonb_build_object('vi', 'Tổ chức thực hiện nội dung về ' || matter, 'en', 'Task no. ' || n,
                       'lo', null),
    case when n % 10 = 0 then jsonb_build_object(
            'kind', 'period', 'period', to_char(due_on, 'YYYY-MM'), 'text', null)
        else jsonb_build_object('kind', 'date', 'on', due_on, 'text', null) end,
    'Báo cáo kết quả', 1, lead_id, assigned_on, case when is_done then done_on end,
    case when is_done then 100 else n % 90 end, owner_id, visibility,
    array_remove(array[least(lead_id, other_id), nullif(greatest(lead_id, other_id),
                                                        least(lead_id, other_id))], null),
    born, born
from given;

insert into assignments (
    id, key, version, task_id, agency_id, role, state, assigned_on, done_on, due_on, percent,
    owner_agency_id, visibility, taking_part, created_at, updated_at
)
select pg_temp.made_id(role, g.n, born), role || '-' || g.n, 1, task_id, agency_id, role,
    case when is_done then 'done' else 'in_progress' end, g.assigned_on,
    case when is_done then g.done_on end, t.due_on, t.percent, owner_id, g.visibility,
    array[agency_id], born, born
from given g
join tasks t on t.id = g.task_id
cross join lateral (values ('lead', lead_id), ('coordinating', other_id)) as of_it (role, agency_id)
where agency_id is not null;

with line as (
    select n, pg_temp.born(n, {projects}) as born,
        pg_temp.chosen('{{Hủa Phăn,Luông Pha Băng,Xiêng Khoảng,Bò Kẹo,Mộc Châu,Sông Mã}}', n) as place,
        pg_temp.chosen('{{giao thông nông thôn,cấp nước sinh hoạt,y tế cơ sở,chế biến nông sản}}', n)
            as matter
    from generate_series(0::bigint, {projects} - 1) n
)
insert into projects (
    id, key, version, kind, title, description, sectors, participants, countries, locations, period,
    state, owner_agency_id, visibility, taking_part, created_at, updated_at
)
select pg_temp.project(n), 'bench-' || n, 1,
    pg_temp.chosen('{{fdi,oda_loan,oda_grant,ngo_aid,outgoing_aid,infrastructure}}', n),
    jsonb_build_object('vi', 'Dự án ' || matter || ' tại ' || place, 'en', 'Project no. ' || n,
                       'lo', null),
    'Đầu tư ' || matter || ' cho người dân ' || place,
    jsonb_build_array(jsonb_build_object(
        'scheme', 'oecd_dac', 'code', (11110 + n % 40 * 10)::text, 'name', null,
        'percentage', '100')),
    jsonb_build_array(
        jsonb_build_object('partner_id', pg_temp.partner(n * 31), 'agency_id', null, 'role', 'funding'),
        jsonb_build_object('partner_id', null, 'agency_id', pg_temp.agency(n), 'role', 'accountable')),
    array[pg_temp.chosen('{{LA,JP,KR,FR,DE,VN}}', n)],
    jsonb_build_array(jsonb_build_object(
        'name', jsonb_build_object('vi', place, 'en', null, 'lo', null))),
    to_jsonb(2019 + n % 6 || '/' || 2021 + n % 6),
    pg_temp.chosen('{{pipeline,preparation,approved,implementing,implementing,completed,closed}}', n),
    pg_temp.agency(n), pg_temp.chosen('{{public,internal,internal,agency}}', n),
    array[pg_temp.agency(n)], born, born
from line;

insert into transactions (
    id, key, version, project_id, type, "on", value, owner_agency_id, visibility, created_at,
    updated_at
)
select pg_temp.made_id(type, n, p.created_at), type || '-' || n, 1, p.id, type,
    to_jsonb(p.created_at::date),
    jsonb_build_object('amount', (n % 997 * share)::text, 'currency', 'USD'),
    p.owner_agency_id, p.visibility, p.created_at, p.created_at
from generate_series(0::bigint, {projects} - 1) n
join projects p on p.id = pg_temp.project(n)
cross join (values ('incoming_commitment', 2000), ('disbursement', 1500)) as money (type, share);

insert into mentions (resource, record_id, field, partner_id, agency_id)
select 'projects', p.id, 'participants', (e ->> 'partner_id')::uuid, (e ->> 'agency_id')::uuid
from projects p, jsonb_array_elements(p.participants) e;
