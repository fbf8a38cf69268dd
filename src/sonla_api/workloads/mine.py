"""What waits for the caller's agency: to do, to answer, to decide."""

from functools import cache
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Text,
    any_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array
from sqlalchemy.dialects.postgresql import UUID as Uuid

from sonla_api.assignments.lifecycle import AssignmentState
from sonla_api.assignments.models import Assignment
from sonla_api.delegations.due import HAS_GONE, answer_due_on
from sonla_api.delegations.lifecycle import DelegationState
from sonla_api.delegations.models import Delegation
from sonla_api.delegations.queries import delegations
from sonla_api.kit.context import Context
from sonla_api.kit.cursors import Rows, page_of, unseal
from sonla_api.kit.listing import Paging
from sonla_api.kit.mentions import Mention
from sonla_api.kit.model import AGENCIES, among, constant
from sonla_api.kit.problems import NoAgency, Unauthenticated
from sonla_api.kit.schema import AgencySummary
from sonla_api.kit.shapes import as_item, elements, summary, to_json
from sonla_api.kit.statement import Statement
from sonla_api.tasks.health import SOON_UNTIL, TODAY, Health, assignment_health
from sonla_api.tasks.models import Task
from sonla_api.workloads.schemas import WorkItemView, WorkReason

A, D, T = Assignment, Delegation, Task
_AWAITED = (
    DelegationState.draft,
    DelegationState.submitted,
    DelegationState.returned,
    DelegationState.postponed,
)
"""The states in which an opinion on a delegation is waited for."""
_NEW = (AssignmentState.assigned, AssignmentState.returned)
_AT_OWNER = (AssignmentState.submitted, AssignmentState.extension_requested)
_NEVER: ColumnElement[Any] = literal_column("'infinity'::date")


class WorkQuery(Paging):
    reason: Annotated[
        list[WorkReason],
        Field(max_length=100, description="Only what waits for one of these reasons."),
    ] = []


async def my_work(ctx: Context, query: WorkQuery) -> Rows:
    """What waits for the caller's agency and those below it, the first due first."""
    if ctx.actor.is_anonymous:
        raise Unauthenticated
    if ctx.actor.agency_id is None:
        raise NoAgency
    reasons = query.reason or list(WorkReason)
    due_on, id_ = unseal(query.cursor, reasons) if query.cursor is not None else (None, None)
    rows = await _page(is_counted=query.count is not None).fetch(
        ctx.reader,
        reasons=reasons,
        due_after=due_on,
        id_after=id_,
        limit=query.limit + 1,
        may_decide=ctx.actor.may("assignments:approve"),
        may_read_delegations=ctx.actor.may("delegations:read"),
        may_approve=ctx.actor.may("delegations:approve"),
        **ctx.parameters,
    )
    total = (rows[0]["total"] if rows else 0) if query.count else None
    return page_of(rows, query.limit, total, reasons)


def _of_assigned() -> Any:
    """Own assignments; a result that was submitted waits for somebody else."""
    stands = assignment_health(A, T)
    found: list[Any] = [
        case((among(stands, [Health.overdue, Health.due_soon]), stands)),
        case((A.state == constant(AssignmentState.assigned), constant(WorkReason.to_accept))),
        case((A.state == constant(AssignmentState.returned), constant(WorkReason.returned))),
    ]
    reason = column("reason", Text)
    each = func.unnest(array(found, type_=Text)).table_valued(reason, name="each")
    return (
        _row(A, A.due_on, reason)
        .join(T, T.id == A.task_id)
        .join(each.render_derived(), true())
        .where(
            A.agency_id == any_(AGENCIES),
            A.open_until > TODAY,
            or_(A.due_on <= SOON_UNTIL, among(A.state, _NEW)),
            ~among(A.state, _AT_OWNER),
            reason.is_not(None),
            A.is_seen(),
            T.is_seen(),
        )
    )


def _of_owned() -> Any:
    """What others were assigned by this agency and put before it."""
    reason = case(
        (A.state == constant(AssignmentState.submitted), constant(WorkReason.result_to_decide)),
        else_=constant(WorkReason.extension_to_decide),
    )
    return (
        _row(A, A.due_on, reason)
        .join(T, T.id == A.task_id)
        .where(
            _may("may_decide"),
            A.owner_agency_id == any_(AGENCIES),
            among(A.state, _AT_OWNER),
            A.is_seen(),
            T.is_seen(),
        )
    )


def _of_consulted() -> Any:
    """Delegations on which the agency was asked for its opinion and has not given it."""
    asked = column("asked", JSONB)
    agency_id = cast(asked.op("->>")(constant("agency_id")), Uuid)
    return (
        _row(D, answer_due_on(D, asked), constant(WorkReason.to_answer))
        .join(elements(D.consultations, "asked"), true())
        .where(
            _may("may_read_delegations"),
            D.id.in_(
                select(Mention.record_id).where(
                    Mention.agency_id == any_(AGENCIES),
                    Mention.field == constant("consultations"),
                )
            ),
            among(D.state, _AWAITED),
            agency_id == any_(AGENCIES),
            asked.op("->>")(constant("answered_on")).is_(None),
            D.is_seen(),
        )
    )


def _of_travelled() -> Any:
    shown = {column.name: column for column in delegations.columns(is_stranger=False)}
    rows = _row(D, shown["report_due_on"], constant(WorkReason.report_overdue))
    return rows.select_from(delegations.rows()).where(
        _may("may_read_delegations"),
        D.lead_agency_id == any_(AGENCIES),
        among(D.state, HAS_GONE),  # so that the day is found for few
        D.report.is_(None),
        shown["is_report_overdue"],
        D.is_seen(),
    )


def _of_proposed() -> Any:
    """Delegations to approve; they are due by the day on which they begin."""
    return _row(D, D.when_from, constant(WorkReason.delegation_to_decide)).where(
        _may("may_approve"),
        D.state == constant(DelegationState.submitted),
        D.owner_agency_id == any_(AGENCIES),
        D.is_seen(),
    )


def _row(model: Any, due_on: Any, reason: Any) -> Any:
    return select(
        constant(model.__tablename__).label("resource"),
        model.id.label("id"),
        due_on.label("due_on"),
        cast(reason, Text).label("reason"),
    ).select_from(model)


def _may(name: str) -> ColumnElement[bool]:
    return bindparam(name, type_=Boolean())


@cache
def _page(*, is_counted: bool) -> Statement:
    """One page of what waits, each record once with all its reasons."""
    parts = (_of_assigned(), _of_owned(), _of_consulted(), _of_travelled(), _of_proposed())
    each = union_all(*parts).subquery("each")
    due = func.coalesce(func.min(each.c.due_on), _NEVER)
    every = (
        select(
            each.c.resource,
            each.c.id,
            func.min(each.c.due_on).label("due_on"),
            due.label("due"),
            func.array_agg(each.c.reason.distinct()).label("reasons"),
            (func.count().over() if is_counted else null()).label("total"),
        )
        .where(each.c.reason == any_(bindparam("reasons", type_=ARRAY(Text))))
        .group_by(each.c.resource, each.c.id)
        .subquery("every")
    )
    id_after = bindparam("id_after", type_=Text())
    due_after = func.coalesce(cast(bindparam("due_after", type_=Text()), Date), _NEVER)
    after = tuple_(every.c.due, every.c.id) > tuple_(due_after, cast(id_after, Uuid))
    page = (
        select(every)
        .where(or_(id_after.is_(None), after))
        .order_by(every.c.due, every.c.id)
        .limit(bindparam("limit", type_=Integer()))
        .cte("page")
    )
    row = _shown(page).subquery("row")
    item = as_item(row, WorkItemView)
    return Statement(
        select(to_json(item), cast(row.c.due_on, Text), row.c.id, row.c.total)
        .select_from(row.join(item, true()))
        .order_by(row.c.due, row.c.id)
    )


def _shown(page: Any) -> Any:
    href = func.concat(constant("/api/v1/"), page.c.resource, constant("/"), page.c.id)
    agency_id = func.coalesce(A.agency_id, D.lead_agency_id)
    return (
        select(
            *page.c,
            href.label("href"),
            func.coalesce(T.title, D.title).label("title"),
            summary(AgencySummary, agency_id).label("agency"),
        )
        .select_from(page)
        .outerjoin(A, A.id == page.c.id)
        .outerjoin(T, T.id == A.task_id)
        .outerjoin(D, D.id == page.c.id)
    )
