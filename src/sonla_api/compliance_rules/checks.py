"""The numbers that a rule compares, and what comes of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sonla_api.compliance_rules.cases import Case
from sonla_api.compliance_rules.deadlines import deadline
from sonla_api.compliance_rules.facts import (
    Compared,
    Figures,
    Found,
    OtherTrip,
    Party,
    Person,
    RuleVersion,
    Subject,
)
from sonla_api.compliance_rules.models import ComplianceResult, RuleKind
from sonla_api.compliance_rules.schemas import ComplianceCheck
from sonla_api.kit.text import LocalizedText, Message

_TRIPS = Message(
    "{name}: {actual} trips in {year}, at most {limit}.",
    "{name}: {actual} chuyến đi trong năm {year}, tối đa {limit}.",
)
_AT_MOST = {
    RuleKind.headcount: Message(
        "{actual} persons, at most {limit}.", "{actual} người, tối đa {limit}."
    ),
    RuleKind.days_per_trip: Message(
        "{actual} days, at most {limit}.", "{actual} ngày, tối đa {limit}."
    ),
    RuleKind.countries_per_trip: Message(
        "{actual} countries, at most {limit}.", "{actual} nước, tối đa {limit}."
    ),
}
_LEADERS = Message(
    "{actual} key leaders are away on {on}, at most {limit}.",
    "{actual} lãnh đạo chủ chốt cùng đi ngày {on}, tối đa {limit}.",
)
_NO_HEADCOUNT = Message("The head-count is not known.", "Chưa rõ số người của đoàn.")
_NO_COUNTRY = Message("No country is named.", "Chưa nêu nước nào.")
_OTHER_COUNTRIES = Message(
    "The rule is for trips to {wanted} countries.", "Quy tắc dành cho chuyến đi {wanted} nước."
)
_NOT_EXACT = Message(
    "The days of the trip are not known to the day.", "Chưa rõ chuyến đi từ ngày nào đến ngày nào."
)
_NO_LEADER = Message(
    "Nobody in it has one of the positions of the rule.",
    "Trong đoàn không có ai giữ chức vụ nêu trong quy tắc.",
)


def _trips(version: RuleVersion, subject: Subject, case: Case, figures: Figures) -> Found:
    member, year = subject.members[case.part], subject.first and subject.first.year
    others = [
        it
        for it in figures.others
        if it.first
        and it.first.year == year
        and version.is_for(it.direction)
        and member.person in {other.person for other in it.members}
    ]
    actual = 1 + len(others)
    why = _TRIPS.format(name=member.name, actual=actual, year=year, limit=version.limit)
    return Compared(version.limit, actual, actual <= version.limit, why, others=others)


def _at_most(version: RuleVersion, actual: int) -> Compared:
    why = _AT_MOST[version.kind].format(actual=actual, limit=version.limit)
    return Compared(version.limit, actual, actual <= version.limit, why)


def _headcount(version: RuleVersion, subject: Subject, *_: Any) -> Found:
    return _NO_HEADCOUNT if subject.headcount is None else _at_most(version, subject.headcount)


def _countries(version: RuleVersion, subject: Subject, *_: Any) -> Found:
    number = len({*subject.countries})
    return _at_most(version, number) if number else _NO_COUNTRY


def _days(version: RuleVersion, subject: Subject, *_: Any) -> Found:
    wanted = version.country_count
    if wanted is not None and wanted != len({*subject.countries}):
        return _OTHER_COUNTRIES.format(wanted=wanted)
    if not (subject.is_exact and subject.first and subject.until):
        return _NOT_EXACT
    return _at_most(version, (subject.until - subject.first).days)


def leaders(parties: Iterable[Party], positions: Sequence[str]) -> int:
    """How many key leaders are in these, at the least.

    One with a key is one person wherever it is named. A head is the member with that position, or
    the person with it in another delegation, where there is one.
    """
    persons: dict[Person | str, str | None] = {}
    heads = set()
    for party in parties:
        for member, position in zip(party.members, party.positions, strict=True):
            if position in positions:
                persons[member.person or member.name] = position
        if party.head in positions:
            heads.add(party.head)
    return len(persons) + len(heads - {*persons.values()})


def _leaders(version: RuleVersion, subject: Subject, case: Case, figures: Figures) -> Found:
    """On the day on which the most are away."""
    own = leaders([subject], version.positions)
    if not own:
        return _NO_LEADER
    if not subject.is_exact:  # who else is away cannot be said
        return _NOT_EXACT if own <= version.limit else _at_once(version, own, case.on, [])
    away = [
        it
        for it in figures.others
        if it.is_exact and version.is_for(it.direction) and leaders([it], version.positions)
    ]
    starts = {it.first for it in (subject, *away) if it.first}
    days = sorted(filter(subject.is_under_way, starts))
    together = {on: [it for it in away if it.is_under_way(on)] for on in days}
    numbers = {on: leaders([subject, *together[on]], version.positions) for on in days}
    most = max(days, key=lambda on: (numbers[on], -days.index(on)))
    return _at_once(version, numbers[most], most, together[most])


def _at_once(
    version: RuleVersion, actual: int, on: date | None, others: Sequence[OtherTrip]
) -> Compared:
    why = _LEADERS.format(actual=actual, on=on, limit=version.limit)
    return Compared(version.limit, actual, actual <= version.limit, why, others=others)


_COMPARED: Mapping[RuleKind, Callable[[RuleVersion, Subject, Case, Figures], Found]] = {
    RuleKind.trips_per_year: _trips,
    RuleKind.headcount: _headcount,
    RuleKind.days_per_trip: _days,
    RuleKind.countries_per_trip: _countries,
    RuleKind.leaders_at_once: _leaders,
    RuleKind.dossier_lead_time: deadline,
    RuleKind.consultation_reply: deadline,
    RuleKind.report_due: deadline,
}


def check(subject: Subject, case: Case, figures: Figures) -> ComplianceCheck:
    """What comes of a rule."""
    if isinstance(case.held, Message):
        found: Found = case.held
    else:
        found = _COMPARED[case.kind](case.held, subject, case, figures)
    if isinstance(found, Message):
        nothing = Compared(None, None, is_kept=False, why=found)
        return _shown(case, ComplianceResult.not_applicable, nothing)
    result = ComplianceResult.pass_ if found.is_kept else ComplianceResult.warning
    return _shown(case, result, found)


def _shown(case: Case, result: ComplianceResult, found: Compared) -> ComplianceCheck:
    version, why = case.version, found.why
    seen = [it.shown for it in found.others if it.is_seen]
    return ComplianceCheck(
        code=case.latest.code,
        kind=case.kind,
        title=(version or case.latest).title,
        rule=version and version.named,
        href=version and version.href,
        is_example=(version or case.latest).is_example,
        legal_basis=version.legal_basis if version else [],
        day=case.day,
        on=case.on,
        pointer=case.pointer,
        result=result,
        limit=found.limit,
        actual=found.actual,
        counted_in=version and version.counted_in,
        due_on=found.due_on,
        done_on=found.done_on,
        counted=seen,
        hidden=len(found.others) - len(seen),
        why=LocalizedText(vi=why.vi, en=why.en),
    )
