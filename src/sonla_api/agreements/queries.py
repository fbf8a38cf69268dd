from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    Date,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    false,
    func,
    null,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.orm import aliased

from sonla_api.agreements.lifecycle import CLOSED, RUNNING, UNSIGNED, AgreementState, lifecycle
from sonla_api.agreements.models import (
    Agreement,
    AgreementKind,
    AgreementLevel,
    AgreementStanding,
)
from sonla_api.agreements.schemas import (
    AgreementSummary,
    AgreementView,
    CommitmentBody,
    CommitmentTask,
)
from sonla_api.kit.asked import Asked
from sonla_api.kit.codes import Country, Language, Subdivision
from sonla_api.kit.context import WriteContext
from sonla_api.kit.filters import (
    Filter,
    at_least,
    at_most,
    contains_one_of,
    lacks,
    lies_within,
    matches,
    not_placed,
    one_of,
    overlaps,
    refers,
    told_on,
)
from sonla_api.kit.listing import Listing, Parameters, Q
from sonla_api.kit.mentions import Mention, model_of
from sonla_api.kit.model import among, constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.schema import AgencySummary, Day
from sonla_api.kit.shapes import elements, json_object, summary
from sonla_api.kit.text import Line
from sonla_api.partners.queries import WARNED_DAYS
from sonla_api.partners.schemas import PartnerSummary

A = Agreement
_TODAY = bindparam("today", type_=Date())
"""The day on which a context stands: see `Context.on`."""


def _goes_on(of: Any) -> ColumnElement[bool]:
    return func.coalesce(of.auto_renew, false())


def standing(of: Any) -> ColumnElement[Any]:
    """How an agreement stands on the day of the context; null where it was cancelled."""
    is_closed, is_past = among(of.state, CLOSED), of.ends_on < _TODAY
    said = AgreementStanding
    return case(
        (of.state == constant(AgreementState.cancelled), null()),
        (among(of.state, UNSIGNED), constant(said.pending)),
        (and_(is_closed, func.coalesce(is_past, true())), constant(said.ended)),
        (and_(is_past, ~_goes_on(of)), constant(said.ended)),
        (of.state == constant(AgreementState.suspended), constant(said.suspended)),
        (func.lower(of.effective_days) > _TODAY, constant(said.upcoming)),
        (
            and_(of.state == constant(AgreementState.signed), of.effective_days.is_(None)),
            constant(said.undated),
        ),
        (and_(of.ends_on <= _TODAY + WARNED_DAYS, ~_goes_on(of)), constant(said.expiring)),
        else_=constant(said.in_force),
    )


def _renewed_by(of: Any) -> Any:
    later = aliased(A)
    # The summary stands in between, and SQLAlchemy looks no further by itself.
    id_ = select(later.id).where(later.renews_id == of.id).correlate(of).scalar_subquery()
    return summary(AgreementSummary, id_)


def _tasks_of(of: Any, code: Any) -> Any:
    """What a commitment was turned into, by tasks, which stand above: asked for by name."""
    task: Any = aliased(model_of("tasks"))
    is_named = and_(Mention.agreement_id == of.id, Mention.field == constant("commitment"))
    named = select(Mention.record_id).where(is_named).correlate(of)
    shown = json_object(**{name: getattr(task, name) for name in CommitmentTask.model_fields})
    is_its_own = task.commitment.op("->>")(constant("code")) == code
    made = select(func.json_agg(aggregate_order_by(shown, task.id))).where(
        task.id.in_(named), is_its_own, task.occurrence_of_id.is_(None), task.is_seen()
    )
    return func.coalesce(made.scalar_subquery(), func.json_build_array())


def _commitments(of: Any) -> Any:
    """As they are kept, and what each was turned into."""
    element: Any = column("element", JSONB)
    each = elements(of.commitments, "element")
    said = {name: element.op("->")(constant(name)) for name in CommitmentBody.model_fields}
    partner, agency = (
        cast(element.op("->>")(constant(name)), Uuid) for name in ("partner_id", "agency_id")
    )
    del said["partner_id"], said["agency_id"]
    shown = json_object(
        partner=summary(PartnerSummary, partner),
        agency=summary(AgencySummary, agency),
        **said,
        tasks=_tasks_of(of, element.op("->>")(constant("code"))),
    )
    made = select(func.json_agg(shown)).select_from(each)
    return func.coalesce(made.scalar_subquery(), func.json_build_array())


agreements = Records(
    A,
    AgreementView,
    lifecycle.parameters,
    renewed_by=_renewed_by,
    commitments=_commitments,
    standing=standing,
    verbs=lifecycle.verbs,
)


def _stands(asked: Asked) -> ColumnElement[bool]:
    found: ColumnElement[bool] = standing(A) == asked.any_of(Text())
    return found


def _ends_before(asked: Asked) -> ColumnElement[bool]:
    """What still holds, but ends before the day; what renews itself does not."""
    day = asked.value(Date())
    return and_(among(A.state, RUNNING), ~_goes_on(A), A.ends_on >= _TODAY, A.ends_on < day)


class AgreementGap(StrEnum):
    """Fields that may be unknown."""

    on_behalf_of = "on_behalf_of"


_IS_UNKNOWN = {AgreementGap.on_behalf_of: A.on_behalf_of.is_(None)}


class AgreementChoice(Parameters):
    """The filters that the list and the count of agreements share."""

    kind: Annotated[list[AgreementKind], one_of(A.kind)] = []
    on_behalf_of: Annotated[list[AgreementLevel], one_of(A.on_behalf_of)] = []
    without: Annotated[
        list[AgreementGap],
        lacks(A.on_behalf_of, _IS_UNKNOWN),
        Field(description="Agreements where this, and all else named so, is unknown."),
    ] = []
    country: Annotated[list[Country], contains_one_of(A.countries)] = []
    partner_id: Annotated[list[UUID], refers(A, "parties", "partner_id")] = []
    agency_id: Annotated[list[UUID], refers(A, "parties", "agency_id")] = []


class AgreementListing(AgreementChoice, Listing):
    orders: ClassVar = {
        "created_at": A.created_at,
        "signed_on": A.signed_from,
        "ends_on": A.ends_on,
    }

    q: Annotated[Q, matches(A.words)] = None
    key: Annotated[list[Line], one_of(A.key)] = []
    state: Annotated[list[AgreementState], one_of(A.state)] = []
    standing: Annotated[
        list[AgreementStanding],
        Filter(_stands, A.state),
        Field(description="Agreements that stand so on the day."),
    ] = []
    as_of: Annotated[
        Day | None,
        told_on(A.ends_on),
        Field(description="As they stand on this day; today where it is left out."),
    ] = None
    expiring_before: Annotated[
        Day | None,
        Filter(_ends_before, A.ends_on),
        Field(
            description="Agreements that hold now and end before this day; none that renews itself."
        ),
    ] = None
    ends_on_from: Annotated[
        Day | None, at_least(A.ends_on), Field(description="Ending on this day or since.")
    ] = None
    ends_on_to: Annotated[
        Day | None, at_most(A.ends_on), Field(description="Ending on this day or before.")
    ] = None
    auto_renew: Annotated[
        bool | None,
        one_of(A.auto_renew),
        Field(
            description="Whether it is said to go on after its end; nothing where it is unknown."
        ),
    ] = None
    subdivision: Annotated[list[Subdivision], one_of(A.subdivision)] = []
    language: Annotated[list[Language], contains_one_of(A.languages)] = []
    document_id: Annotated[list[UUID], refers(A, "documents")] = []
    renews_id: Annotated[
        list[UUID], one_of(A.renews_id), Field(description="The successors of these.")
    ] = []
    period: Annotated[
        PeriodFilter | None,
        overlaps(A.effective_days),
        Field(description="Whose period overlaps this one."),
    ] = None
    signed_within: Annotated[
        PeriodFilter | None,
        lies_within(A.signed_days),
        Field(description="Signed in this period, as reports count."),
    ] = None
    signing_not_placed_in: Annotated[
        PeriodFilter | None,
        not_placed(A.signed_days),
        Field(description="Perhaps signed in this period, or on an unknown day."),
    ] = None


async def successor_state(ctx: WriteContext, id_: UUID) -> AgreementState | None:
    """How far the agreement is that renews this one; None where there is none."""
    wanted = select(A.state).where(A.renews_id == id_, A.is_seen())
    return await ctx.session.scalar(wanted, dict(ctx.actor.parameters))
