-- A gate and the one that it faces name each other and are of one kind. Asked at the end of a
-- transaction, as one of both is written first.
create function public.keep_pairs() returns trigger language plpgsql as $$
begin
    if exists (
        select from public.sites site
        left join public.sites other on other.id = site.pair_id
        where site.pair_id is not null
          and (site.id = new.id or site.pair_id = new.id)
          and (other.pair_id is distinct from site.id or other.kind <> site.kind)
    ) then
        raise check_violation using
            message = 'a pair of two sites that do not fit each other',
            hint = '{"en": "the two sites of a pair name each other and are of one kind",'
                   ' "vi": "hai địa điểm của một cặp phải ghi nhận nhau và cùng loại"}',
            constraint = 'ck_sites_pair_id',
            table = 'sites';
    end if;
    return null;
end $$
