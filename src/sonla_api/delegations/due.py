"""By when a delegation is to be reported on, and those asked about it are to answer.

The rules in force say so; each is the version valid on the day from which it counts.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    false,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import UUID as Uuid

from sonla_api.delegations.consultations import ComplianceRuleSummary
from sonla_api.delegations.lifecycle import DelegationState
from sonla_api.kit.model import among, constant
from sonla_api.kit.shapes import Found, summary

OWES_NONE = [
    DelegationState.recorded,
    DelegationState.cancelled,
    DelegationState.rejected,
    DelegationState.refused,
]
HAS_GONE = [DelegationState.under_way, DelegationState.completed, DelegationState.received]
"""States in which a report is still owed."""


def due(of: Any) -> Any:
    """`due_on`: the day by which a report on the delegation is due, none while its end is open or
    nothing is owed; `calendar`: whether the calendar up to it is published.
    """
    owes = ~among(of.state, OWES_NONE)
    last_day = func.upper(of.when_days) - literal_column("1")
    count = cast(func.current_setting(constant("sonla.report_due_working_days")), Integer)
    columns = (column("due_on", Date), column("calendar", Text))
    return func.report_due(
        case((owes, last_day)), *consulted.texts(of), case((owes, count))
    ).table_valued(*columns, name="due")


due_on: ColumnElement[Any] = literal_column("due.due_on", Date())
due_calendar: ColumnElement[Any] = literal_column("due.calendar", Text())


def is_overdue(of: Any) -> ColumnElement[bool]:
    is_past = due_on < bindparam("today", type_=Date())
    return func.coalesce(and_(among(of.state, HAS_GONE), of.report.is_(None), is_past), false())


def _given_due(asked: Any) -> ColumnElement[Any]:
    return cast(asked.op("->>")(constant("due_on")), Date)


def _answer_due_on(asked: Any, *ruled: Any) -> ColumnElement[Any]:
    return func.coalesce(_given_due(asked), _by_rule(asked, "due_on", *ruled))


def _answer_due_rule(asked: Any, *ruled: Any) -> ColumnElement[Any]:
    rule = summary(ComplianceRuleSummary, _by_rule(asked, "rule_id", *ruled))
    return case((_given_due(asked).is_(None), rule))


def _by_rule(asked: Any, what: str, *ruled: Any) -> ColumnElement[Any]:
    received_on = cast(asked.op("->>")(constant("received_on")), Date)
    columns = (column("due_on", Date), column("rule_id", Uuid))
    found = func.rule_due(constant("consultation_reply"), received_on, *ruled)
    return select(found.table_valued(*columns, name="ruled").c[what]).scalar_subquery()


consulted = Found(("direction", "level"), {"due_on": _answer_due_on, "due_rule": _answer_due_rule})
"""What is found of an agency asked: by when it is to answer, and the rule that says so."""


def answer_due_on(of: Any, asked: Any) -> ColumnElement[Any]:
    """The day by which an agency asked is to answer: as given, else by the rule in force."""
    return _answer_due_on(asked, *consulted.texts(of))
