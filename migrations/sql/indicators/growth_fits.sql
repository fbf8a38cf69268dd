-- Whether a printed growth is the computed one, but for rounding: of its own last digit, of the
-- values (a tenth of a percentage point), or of values that are rough (a whole one).
create or replace function public.growth_fits(printed text, computed numeric, rough boolean)
returns boolean language sql immutable strict parallel safe
return abs(printed::numeric - computed) <= case
    when rough then 0.01
    else greatest(0.001, 0.5 * 10::numeric ^ -scale(printed::numeric))
end;
