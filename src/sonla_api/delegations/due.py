"""By when a delegation is to be reported on, and those asked about it are to answer.

The rules in force say so; each is the version valid on the day from which it counts.
"""

from functools import partial
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

from sonla_api.delegations.consultations import ComplianceRuleSummary, ConsultationView
from sonla_api.delegations.lifecycle import DelegationState
from sonla_api.kit.model import among, constant
from sonla_api.kit.shapes import embedded, summary

OWES_NONE = [
    DelegationState.recorded,
    DelegationState.cancelled,
    DelegationState.rejected,
    DelegationState.refused,
]
_HAS_GONE = [DelegationState.under_way, DelegationState.completed, DelegationState.received]


def _due(of: Any, what: str) -> ColumnElement[Any]:
    """`due_on`: the day by which a report on the delegation is due, none while its end is open;
    `calendar`: whether the calendar up to it is published.
    """
    last_day = func.upper(of.when_days) - literal_column("1")
    count = cast(func.current_setting(constant("sonla.report_due_working_days")), Integer)
    columns = (column("due_on", Date), column("calendar", Text))
    due = func.report_due(last_day, of.direction, of.level, count)
    return select(due.table_valued(*columns, name="due").c[what]).scalar_subquery()


def _given_due(asked: Any) -> ColumnElement[Any]:
    return cast(asked.op("->>")(constant("due_on")), Date)


def answer_due_on(of: Any, asked: Any) -> ColumnElement[Any]:
    """The day by which an agency asked is to answer: as given, else by the rule in force."""
    return func.coalesce(_given_due(asked), _by_rule(of, asked, "due_on"))


def _answer_due_rule(of: Any, asked: Any) -> ColumnElement[Any]:
    rule = summary(ComplianceRuleSummary, _by_rule(of, asked, "rule_id"))
    return case((_given_due(asked).is_(None), rule))


def _by_rule(of: Any, asked: Any, what: str) -> ColumnElement[Any]:
    received_on = cast(asked.op("->>")(constant("received_on")), Date)
    columns = (column("due_on", Date), column("rule_id", Uuid))
    due = func.rule_due(constant("consultation_reply"), received_on, of.direction, of.level)
    return select(due.table_valued(*columns, name="ruled").c[what]).scalar_subquery()


def consultations_shown(of: Any) -> ColumnElement[Any]:
    computed = {
        "due_on": partial(answer_due_on, of),
        "due_rule": partial(_answer_due_rule, of),
    }
    return embedded(of.consultations, list[ConsultationView], computed)


def report_due(of: Any, what: str) -> ColumnElement[Any]:
    """`due_on` or `calendar` of the report on a delegation that owes one."""
    return case((~among(of.state, OWES_NONE), _due(of, what)))


def is_overdue(of: Any) -> ColumnElement[bool]:
    is_past = _due(of, "due_on") < bindparam("today", type_=Date())
    return func.coalesce(and_(among(of.state, _HAS_GONE), of.report.is_(None), is_past), false())
