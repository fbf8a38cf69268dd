-- The benchmark's records: {partners} partners, {delegations} delegations, a third of them undated.
-- First a calendar, which a trigger counts.
insert into calendar_days (id, version, day, kind, name, announcement, visibility)
select gen_random_uuid(), 1, (year || '-' || day)::date, 'holiday', '{{"vi": "Nghỉ lễ"}}',
    jsonb_build_object('symbol', year || '/TB-BNV', 'issuer', null, 'issued_on', year - 1 || '-12-01'),
    'public'
from generate_series(2019, 2026) year,
    unnest('{{01-01,02-08,02-09,02-10,02-11,02-12,04-18,04-30,05-01,09-01,09-02}}'::text[]) day;

-- Triggers are off while this runs, so the rows that they would keep are written here too.
set session_replication_role = replica;

create function pg_temp.made_id(kind text, n bigint, at timestamptz) returns uuid
language sql immutable
return (
    lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0')
    || '7' || substr(md5(kind || n), 1, 3) || '8' || substr(md5(kind || n), 4, 15)
)::uuid;

create function pg_temp.born(n bigint, count bigint) returns timestamptz
language sql immutable
return timestamptz '2019-01-01 00:00+00' + n * (interval '2500 days' / count);

create function pg_temp.agency(n bigint) returns uuid
language sql immutable
return pg_temp.made_id('agency', n % 60, timestamptz '2018-12-01 00:00+00');

create function pg_temp.partner(n bigint) returns uuid
language sql immutable
return pg_temp.made_id('partner', n % {partners}, pg_temp.born(n % {partners}, {partners}));

create function pg_temp.source(n bigint) returns uuid
language sql immutable
return pg_temp.made_id('source', n % 200, timestamptz '2018-12-01 00:00+00');

create function pg_temp.chosen(options text[], n bigint) returns text
language sql immutable
return options[1 + ('x' || substr(md5(n::text || array_length(options, 1)), 1, 7))::bit(28)::integer
               % array_length(options, 1)];

insert into agencies (
    id, key, version, name, kind, parent_id, owner_agency_id, visibility, created_at, updated_at
)
select pg_temp.agency(n), 'bench-' || n, 1,
    jsonb_build_object(
        'vi', case n when 0 then 'Ủy ban nhân dân tỉnh Sơn La' else 'Sở, ban, ngành số ' || n end,
        'en', case n when 0 then 'People''s Committee of Son La' else 'Department no. ' || n end,
        'lo', null
    ),
    case when n = 0 then 'peoples_committee' when n < 30 then 'department' else 'sub_department' end,
    case when n = 0 then null when n < 30 then pg_temp.agency(0) else pg_temp.agency(n - 29) end,
    pg_temp.agency(0), 'public', pg_temp.born(n, 60), pg_temp.born(n, 60)
from generate_series(0, 59) n;

insert into sources (
    id, key, version, title, publisher, owner_agency_id, visibility, created_at, updated_at
)
select pg_temp.source(n), 'bench-' || n, 1, 'Báo cáo kết quả công tác đối ngoại số ' || n,
    'Sở Ngoại vụ tỉnh Sơn La', pg_temp.agency(0), 'public', pg_temp.born(n, 200),
    pg_temp.born(n, 200)
from generate_series(0, 199) n;

insert into partners (
    id, key, version, kind, name, aliases, country, owner_agency_id, visibility, created_at,
    updated_at
)
select pg_temp.partner(n), 'bench-' || n, 1,
    pg_temp.chosen('{{local_government,ingo,enterprise,investor,academic}}', n),
    jsonb_build_object('vi', 'Đối tác ' || place || ' ' || n, 'en', 'Partner ' || place || ' ' || n,
                       'lo', null),
    array[place || ' province office ' || n], pg_temp.chosen('{{LA,CN,JP,KR,FR,DE}}', n),
    pg_temp.agency(n), 'public', pg_temp.born(n, {partners}), pg_temp.born(n, {partners})
from generate_series(0, {partners} - 1) n,
    lateral (select pg_temp.chosen(
        '{{Hủa Phăn,Luông Pha Băng,Xiêng Khoảng,Bò Kẹo,U Đôm Xay,Phông Sa Lỳ}}', n) as place) p;

with line as (
    select n, pg_temp.made_id('delegation', n, pg_temp.born(n, {delegations})) as id,
        pg_temp.born(n, {delegations}) as born,
        pg_temp.chosen('{{outbound,inbound,domestic}}', n) as direction,
        pg_temp.chosen('{{recorded,recorded,recorded,draft,submitted,closed,reported}}', n) as state,
        -- Multiplied by a prime, so that dates do not follow the order in which rows were made.
        date '2019-01-01' + (n * 7919 % 2500)::integer as begins_on,
        pg_temp.chosen('{{Hủa Phăn,Luông Pha Băng,Xiêng Khoảng,Bò Kẹo,Hà Nội,Vân Nam}}', n) as place,
        pg_temp.chosen('{{thương mại biên giới,giáo dục và đào tạo,nông nghiệp công nghệ cao,'
            'y tế và phòng chống dịch,an ninh trật tự biên giới,xúc tiến đầu tư}}', n) as matter
    from generate_series(0::bigint, {delegations} - 1) n
)
insert into delegations (
    id, key, version, direction, channel, level, title, purpose, lead_agency_id, head_position,
    host_position, headcount, members, countries, place, partners, "when", programme, funding,
    in_annual_plan, outcomes, state, sources, owner_agency_id, visibility, taking_part, created_at,
    updated_at
)
select id, 'bench-' || n, 1, direction,
    pg_temp.chosen('{{party,state,state,people_to_people}}', n),
    pg_temp.chosen('{{province_leader,department,department,locality}}', n),
    jsonb_build_object('vi', 'Đoàn công tác làm việc tại ' || place || ' về ' || matter,
                       'en', 'Working visit no. ' || n, 'lo', null),
    'Trao đổi, thống nhất nội dung hợp tác về ' || matter || ' giai đoạn 2026-2030 với ' || place,
    pg_temp.agency(n), 'Phó Chủ tịch Ủy ban nhân dân tỉnh', 'Phó Tỉnh trưởng tỉnh ' || place,
    3 + (n % 12)::integer,
    (select jsonb_agg(jsonb_build_object(
        'name', pg_temp.chosen('{{Nguyễn Văn Bình,Lò Thị Hương,Cầm Văn Sơn,Hà Thị Mai}}', n + m),
        'position', pg_temp.chosen('{{Giám đốc Sở,Phó Trưởng phòng,Chuyên viên chính}}', n + m),
        'agency_id', pg_temp.agency(n + m), 'person_key', null
    )) from generate_series(1, 1 + (n % 3)::integer) m),
    array[pg_temp.chosen('{{LA,LA,LA,CN,VN}}', n)], place,
    (select jsonb_agg(jsonb_build_object(
        'partner_id', pg_temp.partner(n * 31 + m), 'role', pg_temp.chosen('{{host,guest,met}}', n + m)
    )) from generate_series(1, 1 + (n % 2)::integer) m),
    case when n % 3 = 0 then null
        else to_jsonb(begins_on || '/' || begins_on + 1 + (n % 4)::integer) end,
    case when n % 4 = 0 then jsonb_build_array(jsonb_build_object(
        'on', begins_on, 'time', '08:30', 'place', place, 'partner_id', pg_temp.partner(n * 31 + 1),
        'activity', 'Hội đàm về ' || matter)) else '[]' end,
    pg_temp.chosen('{{state_budget,host,sponsor}}', n), n % 5 > 0,
    case when n % 3 = 1 then array['Hai bên thống nhất ký biên bản hợp tác về ' || matter] else '{{}}' end,
    state,
    jsonb_build_array(jsonb_build_object(
        'source_id', pg_temp.source(n), 'locator', 'Mục ' || 1 + n % 9, 'as_printed', null)),
    pg_temp.agency(n),
    case when state = 'recorded' then pg_temp.chosen('{{public,internal}}', n)
        else pg_temp.chosen('{{public,internal,internal,agency}}', n) end,
    (select array_agg(distinct a) from (
        select pg_temp.agency(n) as a union all
        select pg_temp.agency(n + m) from generate_series(1, 1 + (n % 3)::integer) m) of_it),
    born, born
from line;

insert into mentions (resource, record_id, field, source_id)
select distinct 'delegations', d.id, 'sources', (e ->> 'source_id')::uuid
from delegations d, jsonb_array_elements(d.sources) e;
insert into mentions (resource, record_id, field, partner_id)
select distinct 'delegations', d.id, 'partners', (e ->> 'partner_id')::uuid
from delegations d, jsonb_array_elements(d.partners) e;
insert into mentions (resource, record_id, field, partner_id)
select distinct 'delegations', d.id, 'programme', (e ->> 'partner_id')::uuid
from delegations d, jsonb_array_elements(d.programme) e;
insert into mentions (resource, record_id, field, agency_id)
select distinct 'delegations', d.id, 'members', (e ->> 'agency_id')::uuid
from delegations d, jsonb_array_elements(d.members) e;
