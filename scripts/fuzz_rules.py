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

BEYOND = {
    "reference": "an id names a record that is there and that the caller may see",
    "fk": "the same, said by the database",
    "of_pages": "a file is the whole list, so `format` and `limit` exclude each other",
    "too_early": "no body ends before it begins",
    "too_few_letters": "two letters or digits, of any script",
    "too_many_words": "at most 20, however they are set apart",
}
"""The codes of `errors` that a request may be refused with though the schema allows it."""
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
    unsaid = {error["code"] for error in problem.get("errors", ())} - BEYOND.keys()
    if unsaid or not problem.get("errors"):
        told = "; ".join(f"{e['pointer']} {e['code']}" for e in problem.get("errors", ()))
        raise Unsaid(operation=case.operation.label, message=told or problem["detail"])


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
    "cursor": st.nothing(),  # nobody can make one up: it is taken from the page before
}
for name, values in FORMATS.items():
    schemathesis.openapi.format(name, values)
