-- A code as it is put in order: 2 before 10, for each number in it is written with eight digits.
create or replace function public.in_order(code text) returns text
language sql immutable strict parallel safe
return regexp_replace(
    regexp_replace(code, '([0-9]+)', '0000000\1', 'g'), '0*([0-9]{8})', '\1', 'g'
);
