"""What a delegation is judged by, as the database tells it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ConfigDict

from sonla_api.compliance_rules.models import DayCount, RuleKind
from sonla_api.compliance_rules.schemas import CountedDelegation
from sonla_api.delegations.consultations import ComplianceRuleSummary
from sonla_api.delegations.lifecycle import DelegationState
from sonla_api.kit.building import BuiltOnce
from sonla_api.kit.citations import DocumentCitedView
from sonla_api.kit.text import LocalizedText, Message

Person = tuple[UUID, str]
"""The agency that chose the key, and the key."""


class Fact(BuiltOnce):
    """Read from JSON of our own."""

    model_config = ConfigDict(frozen=True)


class Member(Fact):
    name: str
    agency_id: UUID | None
    person_key: str | None

    @property
    def person(self) -> Person | None:
        if self.agency_id is None or self.person_key is None:
            return None
        return self.agency_id, self.person_key


class Party(Fact):
    """A delegation as far as it tells who travels when; positions are those to compare."""

    id: UUID
    direction: str | None
    first: date | None
    until: date | None
    is_exact: bool
    head: str | None
    members: list[Member]
    positions: list[str | None]

    def is_under_way(self, day: date) -> bool:
        return bool(self.first and self.until and self.first <= day < self.until)


class OtherTrip(Party):
    """Another delegation that may count."""

    title: LocalizedText
    when: Any
    href: str
    is_seen: bool

    @property
    def shown(self) -> CountedDelegation:
        return CountedDelegation(id=self.id, title=self.title, when=self.when, href=self.href)


class Consultation(Fact):
    received_on: date | None
    due_on: date | None
    answered_on: date | None


class Report(Fact):
    submitted_on: date


class Subject(Party):
    """The delegation that is judged."""

    level: str | None
    headcount: int | None
    countries: list[str]
    consultations: list[Consultation]
    report: Report | None
    state: DelegationState
    submitted_on: date | None


class RuleVersion(Fact):
    """One version of a rule; `until` is the first day on which it holds no more."""

    id: UUID
    code: str
    edition: int
    kind: RuleKind
    title: LocalizedText
    first: date | None
    until: date | None
    directions: list[str]
    levels: list[str]
    limit: int
    counted_in: DayCount | None
    positions: list[str]
    country_count: int | None
    is_example: bool
    legal_basis: list[DocumentCitedView]
    href: str
    is_seen: bool

    @property
    def named(self) -> ComplianceRuleSummary:
        return ComplianceRuleSummary(id=self.id, code=self.code, edition=self.edition)

    def is_valid(self, on: date) -> bool:
        return (self.first is None or self.first <= on) and (self.until is None or on < self.until)

    def is_for(self, direction: str | None) -> bool:
        return not self.directions or direction in self.directions


class Span(NamedTuple):
    """From when, how many working days are given, and which day was reached."""

    start: date
    days: int
    last: date


class Counted(Fact):
    """Of a span: when it was over, how many days were worked, whether on the last day."""

    due_on: date
    worked: int
    is_worked: bool


class Compared(NamedTuple):
    """Two numbers, whether the rule is kept, and which other trips are in the second."""

    limit: int | None
    actual: int | None
    is_kept: bool
    why: Message
    due_on: date | None = None
    done_on: date | None = None
    others: Sequence[OtherTrip] = ()


class Figures(NamedTuple):
    """What the register holds beside the delegation itself."""

    others: Sequence[OtherTrip]
    counted: Mapping[Span, Counted]
    today: date


Found = Compared | Message
"""A comparison, or why there is none."""
