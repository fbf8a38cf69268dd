-- Agencies asked for their opinion on a delegation, as DelegationConsultationView shows them: see
-- kit/shapes.py, from which the body is derived, as a test compares.
create function public.shown_delegation_consultations(
    given jsonb, of_direction text, of_level text, actor_sight text[], actor_agencies uuid[]
)
returns json language plpgsql stable strict parallel safe as $$
begin
    if jsonb_typeof(given) = 'array' then
        return (SELECT json_agg(json_build_object('agency', (SELECT json_build_object('id',
            agencies_1.id, 'name', agencies_1.name) AS json_build_object_1
FROM agencies AS agencies_1
WHERE agencies_1.id = CAST(element ->> 'agency_id' AS UUID) AND (agencies_1.visibility = ANY
    (actor_sight::TEXT[]) OR agencies_1.visibility = 'agency' AND (agencies_1.owner_agency_id = ANY
    (actor_agencies::UUID[]) OR (agencies_1.taking_part && actor_agencies::UUID[])))), 'asked_on',
    element -> 'asked_on', 'received_on', element -> 'received_on', 'due_on', coalesce(CAST(element
    ->> 'due_on' AS DATE), (SELECT ruled.due_on
FROM rule_due('consultation_reply', CAST(element ->> 'received_on' AS DATE), of_direction, of_level)
    AS ruled)), 'answered_on', element -> 'answered_on', 'opinion', element -> 'opinion',
    'document', CASE WHEN (jsonb_typeof(element -> 'document') = 'object') THEN
    json_build_object('document', (SELECT json_build_object('id', documents_1.id, 'symbol',
    documents_1.symbol, 'subject', documents_1.subject) AS json_build_object_2
FROM documents AS documents_1
WHERE documents_1.id = CAST((element -> 'document') ->> 'document_id' AS UUID) AND
    (documents_1.visibility = ANY (actor_sight::TEXT[]) OR documents_1.visibility = 'agency' AND
    (documents_1.owner_agency_id = ANY (actor_agencies::UUID[]) OR (documents_1.taking_part &&
    actor_agencies::UUID[])))), 'symbol', (element -> 'document') -> 'symbol', 'issuer', (element ->
    'document') -> 'issuer', 'issued_on', (element -> 'document') -> 'issued_on') ELSE NULL END,
    'due_rule', CASE WHEN (CAST(element ->> 'due_on' AS DATE) IS NULL) THEN (SELECT
    json_build_object('id', compliance_rules_1.id, 'code', compliance_rules_1.code, 'edition',
    compliance_rules_1.edition) AS json_build_object_3
FROM compliance_rules AS compliance_rules_1
WHERE compliance_rules_1.id = (SELECT ruled.rule_id
FROM rule_due('consultation_reply', CAST(element ->> 'received_on' AS DATE), of_direction, of_level)
    AS ruled) AND (compliance_rules_1.visibility = ANY (actor_sight::TEXT[]) OR
    compliance_rules_1.visibility = 'agency' AND (compliance_rules_1.owner_agency_id = ANY
    (actor_agencies::UUID[]) OR (compliance_rules_1.taking_part && actor_agencies::UUID[])))) END))
    AS json_agg_1
FROM jsonb_array_elements(given) AS anon_1(element));
    end if;
    return json_build_object('agency', (SELECT json_build_object('id', agencies_1.id, 'name',
        agencies_1.name) AS json_build_object_1
FROM agencies AS agencies_1
WHERE agencies_1.id = CAST(given ->> 'agency_id' AS UUID) AND (agencies_1.visibility = ANY
    (actor_sight::TEXT[]) OR agencies_1.visibility = 'agency' AND (agencies_1.owner_agency_id = ANY
    (actor_agencies::UUID[]) OR (agencies_1.taking_part && actor_agencies::UUID[])))), 'asked_on',
    given -> 'asked_on', 'received_on', given -> 'received_on', 'due_on', coalesce(CAST(given ->>
    'due_on' AS DATE), (SELECT ruled.due_on
FROM rule_due('consultation_reply', CAST(given ->> 'received_on' AS DATE), of_direction, of_level)
    AS ruled)), 'answered_on', given -> 'answered_on', 'opinion', given -> 'opinion', 'document',
    CASE WHEN (jsonb_typeof(given -> 'document') = 'object') THEN json_build_object('document',
    (SELECT json_build_object('id', documents_1.id, 'symbol', documents_1.symbol, 'subject',
    documents_1.subject) AS json_build_object_2
FROM documents AS documents_1
WHERE documents_1.id = CAST((given -> 'document') ->> 'document_id' AS UUID) AND
    (documents_1.visibility = ANY (actor_sight::TEXT[]) OR documents_1.visibility = 'agency' AND
    (documents_1.owner_agency_id = ANY (actor_agencies::UUID[]) OR (documents_1.taking_part &&
    actor_agencies::UUID[])))), 'symbol', (given -> 'document') -> 'symbol', 'issuer', (given ->
    'document') -> 'issuer', 'issued_on', (given -> 'document') -> 'issued_on') ELSE NULL END,
    'due_rule', CASE WHEN (CAST(given ->> 'due_on' AS DATE) IS NULL) THEN (SELECT
    json_build_object('id', compliance_rules_1.id, 'code', compliance_rules_1.code, 'edition',
    compliance_rules_1.edition) AS json_build_object_3
FROM compliance_rules AS compliance_rules_1
WHERE compliance_rules_1.id = (SELECT ruled.rule_id
FROM rule_due('consultation_reply', CAST(given ->> 'received_on' AS DATE), of_direction, of_level)
    AS ruled) AND (compliance_rules_1.visibility = ANY (actor_sight::TEXT[]) OR
    compliance_rules_1.visibility = 'agency' AND (compliance_rules_1.owner_agency_id = ANY
    (actor_agencies::UUID[]) OR (compliance_rules_1.taking_part && actor_agencies::UUID[])))) END);
end
$$;
