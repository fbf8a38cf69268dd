-- Text as search compares it: small letters without diacritics, đ as d, Lao as it is.
create or replace function public.fold(value text) returns text
language sql immutable strict parallel safe
return lower(public.unaccent('public.unaccent'::regdictionary, normalize(value, NFC)));
