-- Documents cited, or one, as DocumentCitedView shows them: see kit/shapes.py, from which
-- the body is derived, as a test compares.
create function public.shown_documents(given jsonb, actor_sight text[], actor_agencies uuid[])
returns json language plpgsql stable strict parallel safe as $$
begin
    if jsonb_typeof(given) = 'array' then
        return (SELECT json_agg(json_build_object('document', (SELECT json_build_object('id',
            documents_1.id, 'symbol', documents_1.symbol, 'subject', documents_1.subject) AS
            json_build_object_1
FROM documents AS documents_1
WHERE documents_1.id = CAST(element ->> 'document_id' AS UUID) AND (documents_1.visibility = ANY
    (actor_sight::TEXT[]) OR documents_1.visibility = 'agency' AND (documents_1.owner_agency_id =
    ANY (actor_agencies::UUID[]) OR (documents_1.taking_part && actor_agencies::UUID[])))),
    'symbol', element -> 'symbol', 'issuer', element -> 'issuer', 'issued_on', element ->
    'issued_on')) AS json_agg_1
FROM jsonb_array_elements(given) AS anon_1(element));
    end if;
    return json_build_object('document', (SELECT json_build_object('id', documents_1.id, 'symbol',
        documents_1.symbol, 'subject', documents_1.subject) AS json_build_object_1
FROM documents AS documents_1
WHERE documents_1.id = CAST(given ->> 'document_id' AS UUID) AND (documents_1.visibility = ANY
    (actor_sight::TEXT[]) OR documents_1.visibility = 'agency' AND (documents_1.owner_agency_id =
    ANY (actor_agencies::UUID[]) OR (documents_1.taking_part && actor_agencies::UUID[])))),
    'symbol', given -> 'symbol', 'issuer', given -> 'issuer', 'issued_on', given -> 'issued_on');
end
$$;
