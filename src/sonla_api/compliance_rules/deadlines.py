"""What is to be done within days of another day, or so many days before it."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sonla_api.compliance_rules.cases import Case
from sonla_api.compliance_rules.facts import Compared, Figures, Found, RuleVersion, Span, Subject
from sonla_api.compliance_rules.models import DayCount, RuleKind
from sonla_api.delegations.due import OWES_NONE
from sonla_api.kit.text import Message

_SUBMITTED = Message(
    "Submitted {actual} days before departure, at least {limit}.",
    "Trình trước ngày đi {actual} ngày, ít nhất {limit}.",
)
_SUBMITTED_NOW = Message(
    "Submitted today it would be {actual} days before departure, at least {limit}.",
    "Nếu trình hôm nay thì trước ngày đi {actual} ngày, ít nhất {limit}.",
)
_DONE = Message("Done on {done_on}, due by {due_on}.", "Thực hiện ngày {done_on}, hạn {due_on}.")
_OPEN = Message("Not done yet, due by {due_on}.", "Chưa thực hiện, hạn {due_on}.")
_OWES_NONE = Message("No report is owed.", "Không phải báo cáo.")
_NOT_OVER = Message("The trip has not ended yet.", "Chuyến đi chưa kết thúc.")
_NO_DEPARTURE = Message("The first day of the trip is not known.", "Chưa rõ ngày đầu chuyến đi.")


def spans(subject: Subject, cases: Iterable[Case], today: date) -> Iterator[Span]:
    """The spans whose working days are to be counted."""
    for case in cases:
        if isinstance(case.held, RuleVersion) and case.held.counted_in is DayCount.working:
            span = _span(case.held, subject, case, today)
            if isinstance(span, Span):
                yield span


def deadline(version: RuleVersion, subject: Subject, case: Case, figures: Figures) -> Found:
    """Days that have gone by against those that the rule gives, or asks for."""
    span = _span(version, subject, case, figures.today)
    if isinstance(span, Message):
        return span
    if version.kind is RuleKind.dossier_lead_time:
        return _lead_time(version, subject, span, figures)
    due_on, done_on = _due_on(version, span, figures), _done_on(version, subject, case)
    given = _given(version, subject, case)
    why = (_DONE if done_on else _OPEN).format(done_on=done_on, due_on=given or due_on)
    return Compared(
        limit=None if given else version.limit,
        actual=_days(version, span, figures),
        is_kept=span.last <= (given or due_on),
        why=why,
        due_on=given or due_on,
        done_on=done_on,
    )


def _lead_time(version: RuleVersion, subject: Subject, span: Span, figures: Figures) -> Compared:
    if version.counted_in is DayCount.working:
        actual = figures.counted[span].worked
    else:
        actual = (span.last - span.start).days
    is_submitted = subject.submitted_on == span.start
    said = _SUBMITTED if is_submitted else _SUBMITTED_NOW
    why = said.format(actual=actual, limit=version.limit)
    done_on = span.start if is_submitted else None
    return Compared(version.limit, actual, actual >= version.limit, why, done_on=done_on)


def _span(version: RuleVersion, subject: Subject, case: Case, today: date) -> Span | Message:
    """From the day by which the version was chosen to the day on which it was done, or today."""
    start = case.on or today
    if version.kind is RuleKind.dossier_lead_time:
        return Span(start, 0, subject.first) if subject.first else _NO_DEPARTURE
    done_on = _done_on(version, subject, case)
    if version.kind is RuleKind.report_due and done_on is None:
        if subject.state in OWES_NONE:
            return _OWES_NONE
        if today <= start:
            return _NOT_OVER
    return Span(start, version.limit, done_on or today)


def _done_on(version: RuleVersion, subject: Subject, case: Case) -> date | None:
    if version.kind is RuleKind.report_due:
        return subject.report.submitted_on if subject.report else None
    return subject.consultations[case.part].answered_on


def _given(version: RuleVersion, subject: Subject, case: Case) -> date | None:
    """A day that was set for a consultation goes before that of the rule."""
    is_asked = version.kind is RuleKind.consultation_reply
    return subject.consultations[case.part].due_on if is_asked else None


def _due_on(version: RuleVersion, span: Span, figures: Figures) -> date:
    if version.counted_in is DayCount.working:
        return figures.counted[span].due_on
    return span.start + timedelta(days=version.limit)


def _days(version: RuleVersion, span: Span, figures: Figures) -> int:
    """A day on which nobody works is as late as the next one that is worked."""
    if version.counted_in is DayCount.calendar or span.last <= span.start:
        return (span.last - span.start).days
    counted = figures.counted[span]
    return counted.worked + (not counted.is_worked)
