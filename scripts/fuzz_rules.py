"""What schemathesis is told beside openapi.json: how values of our formats are made, and which
rules no JSON Schema can say. schemathesis.toml loads it.
"""

import json
from datetime import date
from http import HTTPStatus
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis.checks import CheckContext
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case

from sonla_api.kit import codes

_BEYOND = {
    "The register knows it: records that are there, whose they are, what state they are in.": """
        reference fk agency_closed ahead before before_sent below code_unknown dimension_unknown
        direction_fixed fixed itself needed no_end no_enterprise no_flag no_successor not_begun
        not_later not_over not_replaceable not_sent not_told observed occurrence paired
        rule_never rule_outside rule_start rule_too_many rule_unbounded same_state stays
        too_many too_many_records unanswered withdrawn ck:/parent_id ck:/pair_id""",
    "It lies between fields: what one says, another needs, excludes or limits. Some of it JSON "
    "Schema could say by oneOf and not, which what makes clients turns into types of no use.": """
        agency_needed code_twice codes_needed day_of_signing days_uncounted dimension_twice
        direction_unasked
        document_unnamed enterprise_unnamed flow_both foundation_unnamed issuer_twice not_of_kind
        of_pages one_party one_record one_side period_needed period_order positions_needed
        published_by_a_step reason_needed reason_unasked same_currency says_nothing
        scheme_of_products sector_code state_unasked subdivision_elsewhere too_early until_unasked
        whom""",
    "A pattern for it would be longer than what it says: letters, words and rules of RFC 5545.": """
        no_digits too_few_letters too_many_words text_marks rule_form rule_frequency rule_clash""",
    "A day has a year of four digits: `date` has no bounds, and a pattern beside it is no type of "
    "what makes clients.": "day",
    "The second of two numbers is a latitude; what makes clients reads no prefixItems.": "latitude",
    "What only an agency sees needs an agency: two fields again, held by the database.": """
        ck:/owner_agency_id""",
    "It is known by the name and the bytes of a file.": """
        file_type file_empty file_content file_name too_many_files""",
}
BEYOND = frozenset(" ".join(_BEYOND.values()).split())
"""The codes of `errors` that a request may be refused with though the schema allows it."""
_OF_THE_WHOLE = {"missing", "localized_text_empty"}
"""Of a merge patch, what comes of it is judged; of an object that was not there, all is needed."""
_REFUSED = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}


@schemathesis.check
def allowed_data_meets_only_rules_beyond_the_schema(
    _: CheckContext, response: Response, case: Case[Any]
) -> None:
    """What the schema allows is refused for nothing that the schema could have said.

    `positive_data_acceptance` knows statuses only, and so has to take every 422.
    """
    meta = case.meta
    if meta is None or not meta.generation.mode.is_positive or response.status_code not in _REFUSED:
        return
    problem = json.loads(response.content)
    if problem["type"].endswith("/key-reused"):
        return
    errors = problem.get("errors", ())
    unsaid = [e for e in errors if _code(e) not in BEYOND and not _is_merged(case, e)]
    if unsaid or not errors:
        told = "; ".join(f"{e['pointer']} {e['code']}" for e in unsaid)
        raise Unsaid(operation=case.operation.label, message=told or problem["detail"])


def _is_merged(case: Case[Any], error: dict[str, str]) -> bool:
    """Lists are replaced, so that what stands in one is as it was sent."""
    is_inside_a_list = any(part.isdigit() for part in error["pointer"].split("/"))
    return case.method == "PATCH" and error["code"] in _OF_THE_WHOLE and not is_inside_a_list


def _code(error: dict[str, str]) -> str:
    """Of what the database holds, with the field: the same code stands for every such rule."""
    return f"ck:{error['pointer']}" if error["code"] == "ck" else error["code"]


class Unsaid(Failure):
    """A rule that openapi.json does not tell."""

    kind_title = "Refused by a rule that the schema could say"
    checks = (allowed_data_meets_only_rules_beyond_the_schema.__name__,)

    @property
    def _unique_key(self) -> str:
        return self.message


def _codes(known: list[codes.CodeLabel]) -> st.SearchStrategy[str]:
    return st.sampled_from([one.code for one in known])


_DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
_ENDS = st.builds(
    lambda day, form: form(day),
    _DAYS,
    st.sampled_from(
        [
            date.isoformat,
            lambda day: f"{day:%Y-%m}",
            lambda day: f"{day:%Y}-Q{(day.month + 2) // 3}",
            lambda day: f"{day:%Y}-H{(day.month + 5) // 6}",
            lambda day: f"{day:%Y}",
        ]
    ),
)


def _range(ends: tuple[date, date]) -> str:
    first, last = sorted(ends)
    return f"{first}/{last}"


FORMATS: dict[str, st.SearchStrategy[Any]] = {
    "country": _codes(codes.countries()),
    "subdivision": _codes(codes.subdivisions()),
    "currency": _codes(codes.currencies()),
    "language": _codes(codes.languages()),
    "period": st.one_of(
        _ENDS,
        st.tuples(_DAYS, _DAYS).map(_range),
        _ENDS.map(lambda end: f"{end}/.."),
        _ENDS.map(lambda end: f"../{end}"),
    ),
    "partial-date": st.one_of(_DAYS.map(date.isoformat), _DAYS.map(lambda day: f"{day:%Y-%m}")),
    "etag": st.sampled_from(["*", '"1"', '"1", "2.0123abcd"']),
    "cursor": st.nothing(),  # nobody can make one up: it is taken from the page before
}
for name, values in FORMATS.items():
    schemathesis.openapi.format(name, values)
