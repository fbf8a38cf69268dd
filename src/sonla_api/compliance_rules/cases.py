"""Which rule is held to which part of a delegation, by the version valid on which day."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from sonla_api.compliance_rules.facts import RuleVersion, Subject
from sonla_api.compliance_rules.models import RuleDay, RuleKind
from sonla_api.delegations.lifecycle import DelegationState
from sonla_api.kit.text import Message

_DAY_OF = {
    RuleKind.dossier_lead_time: RuleDay.submission,
    RuleKind.consultation_reply: RuleDay.receipt,
    RuleKind.report_due: RuleDay.end,
}
"""By which day a version is chosen; for all other kinds it is the departure."""
_POINTERS = {
    RuleKind.trips_per_year: "/members",
    RuleKind.headcount: "/headcount",
    RuleKind.countries_per_trip: "/countries",
    RuleKind.leaders_at_once: "/members",
    RuleKind.consultation_reply: "/consultations",
    RuleKind.report_due: "/report",
}
_NOT_SUBMITTED = (DelegationState.draft, DelegationState.returned, DelegationState.postponed)
_UNKNOWN = {
    RuleDay.departure: Message(
        "The first day of the trip is not known.", "Chưa rõ ngày đầu của chuyến đi."
    ),
    RuleDay.end: Message(
        "The last day of the trip is not known.", "Chưa rõ ngày cuối của chuyến đi."
    ),
    RuleDay.submission: Message("It was never submitted.", "Đoàn không qua bước trình."),
    RuleDay.receipt: Message(
        "When the consultation was received is not known.",
        "Chưa rõ ngày nhận văn bản lấy ý kiến.",
    ),
}
_NONE_VALID = Message(
    "No version of the rule was valid on {on}.",
    "Không có phiên bản nào của quy tắc có hiệu lực ngày {on}.",
)
_NOT_FOR_IT = Message(
    "The rule is for delegations of another direction or level.",
    "Quy tắc dành cho đoàn khác hướng hoặc khác cấp.",
)
_NOBODY_ASKED = Message("Nobody was asked for an opinion.", "Không có cơ quan nào được lấy ý kiến.")
_NO_MEMBER = Message(
    "No member is known by a person_key whom the rule is about.",
    "Không có thành viên nào có person_key thuộc đối tượng của quy tắc.",
)
_WITHOUT_KEY = Message(
    "{number} members have no person_key, so their trips cannot be counted.",
    "{number} thành viên không có person_key nên không đếm được số chuyến đi.",
)


class Case(NamedTuple):
    """A rule and a part of the delegation, held to the version valid on the day, if it applies."""

    latest: RuleVersion
    version: RuleVersion | None
    on: date | None
    pointer: str
    held: RuleVersion | Message
    """That version, or why the rule does not apply."""
    part: int = 0
    """The place of the member or the consultation."""

    @property
    def kind(self) -> RuleKind:
        return self.latest.kind

    @property
    def day(self) -> RuleDay:
        return _day_of(self.kind)


def cases(subject: Subject, rules: Iterable[RuleVersion], today: date) -> Iterator[Case]:
    """All rules, by kind and code, each held to every part that it is about."""
    place = {kind: number for number, kind in enumerate(RuleKind)}
    ordered = sorted(rules, key=lambda rule: (place[rule.kind], rule.code, rule.edition))
    for _, versions in groupby(ordered, lambda rule: rule.code):
        rule = [*versions]
        if rule[0].kind is RuleKind.consultation_reply:
            yield from _of_consultations(subject, rule)
            continue
        case = _case(subject, rule, _day(subject, rule[0].kind, today))
        if case.kind is RuleKind.trips_per_year and isinstance(case.held, RuleVersion):
            yield from _of_persons(subject, case, case.held.positions)
        else:
            yield case


def _day(subject: Subject, kind: RuleKind, today: date) -> date | None:
    """Whoever has not submitted yet is told how it would be today."""
    match _day_of(kind):
        case RuleDay.submission:
            return today if subject.state in _NOT_SUBMITTED else subject.submitted_on
        case RuleDay.end:
            return subject.until and subject.until - timedelta(days=1)
    return subject.first


def _case(
    subject: Subject, rule: list[RuleVersion], on: date | None, pointer: str = "", part: int = 0
) -> Case:
    latest = rule[-1]
    version = next((it for it in rule if on and it.is_valid(on)), None)
    held = _held(subject, latest.kind, version, on)
    return Case(latest, version, on, pointer or _POINTERS.get(latest.kind, "/when"), held, part)


def _held(
    subject: Subject, kind: RuleKind, version: RuleVersion | None, on: date | None
) -> RuleVersion | Message:
    if on is None:
        return _UNKNOWN[_day_of(kind)]
    if version is None:
        return _NONE_VALID.format(on=on)
    is_level = not version.levels or subject.level in version.levels
    return version if is_level and version.is_for(subject.direction) else _NOT_FOR_IT


def _day_of(kind: RuleKind) -> RuleDay:
    return _DAY_OF.get(kind, RuleDay.departure)


def _of_consultations(subject: Subject, rule: list[RuleVersion]) -> Iterator[Case]:
    for place, asked in enumerate(subject.consultations):
        yield _case(subject, rule, asked.received_on, f"/consultations/{place}", place)
    if not subject.consultations:
        yield Case(rule[-1], None, None, "/consultations", _NOBODY_ASKED)


def _of_persons(subject: Subject, case: Case, wanted: Collection[str]) -> Iterator[Case]:
    """Each person once, and in one line those who cannot be followed."""
    places: dict[object, int] = {}
    strangers = 0
    for place, member in enumerate(subject.members):
        if wanted and subject.positions[place] not in wanted:
            continue
        if member.person:
            places.setdefault(member.person, place)
        else:
            strangers += 1
    for place in places.values():
        yield case._replace(pointer=f"/members/{place}", part=place)
    if strangers:
        yield case._replace(held=_WITHOUT_KEY.format(number=strangers))
    elif not places:
        yield case._replace(held=_NO_MEMBER)
