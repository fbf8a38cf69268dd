import json
from functools import cache
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Text,
    any_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by
from sqlalchemy.dialects.postgresql import UUID as Uuid

from sonla_api.compliance_rules.facts import Counted, OtherTrip, RuleVersion, Subject
from sonla_api.compliance_rules.models import ComplianceRule, RuleKind
from sonla_api.compliance_rules.schemas import ComplianceRuleView
from sonla_api.delegations.lifecycle import BINDING, DelegationState, DelegationVerb
from sonla_api.delegations.models import Delegation
from sonla_api.kit.citations import DocumentCitedView
from sonla_api.kit.context import Context
from sonla_api.kit.filters import matches, one_of, overlaps, period_range, refers
from sonla_api.kit.listing import Listing, Q
from sonla_api.kit.model import among, constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.shapes import elements, embedded, json_object
from sonla_api.kit.statement import Statement
from sonla_api.kit.steps import Step
from sonla_api.kit.text import Line
from sonla_api.kit.titles import href
from sonla_api.kit.tombstones import missing

R, D = ComplianceRule, Delegation
compliance_rules = Records(R, ComplianceRuleView)


class ComplianceRuleListing(Listing):
    orders: ClassVar = {"created_at": R.created_at, "code": R.code}

    q: Annotated[Q, matches(R.words)] = None
    key: Annotated[list[Line], one_of(R.key)] = []
    code: Annotated[list[Line], one_of(R.code), Field(description="Versions of these rules.")] = []
    kind: Annotated[list[RuleKind], one_of(R.kind)] = []
    is_example: Annotated[
        bool | None,
        one_of(R.is_example),
        Field(description="Whether it is made up, or in force while it is valid."),
    ] = None
    document_id: Annotated[
        list[UUID], refers(R, "legal_basis"), Field(description="Rules that rest on this document.")
    ] = []
    period: Annotated[
        PeriodFilter | None,
        overlaps(R.valid_days),
        Field(description="Versions valid on a day of this period, such as 2026-03-01."),
    ] = None


COUNTED = (*BINDING, DelegationState.recorded)
"""The states in which another delegation counts: decided on, or told of by a source."""
_TO_THE_DAY = constant("^[0-9]{4}-[0-9]{2}-[0-9]{2}(/[0-9]{4}-[0-9]{2}-[0-9]{2})?$")
_texts, _dates, _numbers = ARRAY(Text), ARRAY(Date), ARRAY(Integer)


def _to_the_day(of: Any) -> ColumnElement[bool]:
    """Whether both ends are known to the day."""
    found: ColumnElement[bool] = of.when.op("#>>")(literal_column("'{}'")).op("~")(_TO_THE_DAY)
    return found


def _positions(of: Any) -> ColumnElement[Any]:
    """The positions of the members as they are compared, in their order."""
    each = elements(of.members, "member")
    said = func.fold(each.c.member.op("->>")(constant("position")))
    return func.array(select(said).select_from(each).order_by(each.c.ordinal).scalar_subquery())


def _travelling(of: Any) -> dict[str, Any]:
    """Who is in a delegation, in the form in which persons and positions are compared."""
    return {
        "head": func.fold(of.head_position),
        "members": of.members,
        "positions": func.to_json(_positions(of)),
    }


@cache
def _facts() -> Statement:
    """The delegation with all versions of all rules, in one row."""
    submitted = select(func.max(Step.on)).where(
        Step.record_id == D.id, Step.verb == constant(DelegationVerb.submit)
    )
    here = json_object(
        id=D.id,
        direction=D.direction,
        level=D.level,
        first=func.lower(D.when_days),
        until=func.upper(D.when_days),
        is_exact=func.coalesce(_to_the_day(D), literal_column("false")),
        headcount=D.headcount,
        countries=D.countries,
        consultations=D.consultations,
        report=D.report,
        state=D.state,
        submitted_on=submitted.scalar_subquery(),
        **_travelling(D),
    )
    names = ("id", "code", "edition", "kind", "title", "directions", "levels", "limit")
    more = ("counted_in", "country_count", "is_example")
    folded = select(func.fold(column("it"))).select_from(func.unnest(R.positions).alias("it"))
    version = json_object(
        **{name: getattr(R, name) for name in (*names, *more)},
        first=func.lower(R.valid_days),
        until=func.upper(R.valid_days),
        positions=func.to_json(func.array(folded.correlate(R).scalar_subquery())),
        legal_basis=embedded(R.legal_basis, list[DocumentCitedView]),
        href=href(R),
        is_seen=R.is_seen(),
    )
    ordered = aggregate_order_by(version, R.code, R.edition)
    rules = select(func.json_agg(ordered)).select_from(R).scalar_subquery()
    wanted = D.id == bindparam("id", type_=Uuid())
    return Statement(select(here, rules).where(wanted, D.is_seen()))


async def facts(ctx: Context, id_: UUID) -> tuple[Subject, list[RuleVersion]]:
    """What of a delegation rules are about, and every version of every rule."""
    for here, rules in await _facts().fetch(ctx.reader, id=id_, **ctx.parameters):
        versions = [RuleVersion.model_validate(it) for it in json.loads(rules or "[]")]
        return Subject.model_validate_json(here), versions
    return await missing(ctx, D.__tablename__, id_)


@cache
def _figures() -> Statement:
    """The other delegations that may count, and working days, each as one JSON list."""
    return Statement(select(_others().scalar_subquery(), _spanned().scalar_subquery()))


def _counting() -> Any:
    """The ids of others with these persons in the year, or with leaders on the days."""
    persons = cast(bindparam("persons", type_=_texts), ARRAY(JSONB))
    leaders = bindparam("leaders", type_=_texts)
    counts = [D.id != bindparam("id", type_=Uuid()), among(D.state, COUNTED)]
    # As the index has it: of most delegations no member is named.
    named = D.members != literal_column("'[]'::jsonb")
    of_persons = select(D.id).where(
        *counts,
        named,
        D.members.bool_op("@>")(any_(persons)),
        period_range("year").bool_op("@>")(D.when_from),
    )
    each = elements(D.members, "member")
    position = func.fold(each.c.member.op("->>")(constant("position")))
    is_leader = or_(
        func.fold(D.head_position) == any_(leaders),
        exists(select(each.c.ordinal).select_from(each).where(position == any_(leaders))),
    )
    at_once = select(D.id).where(
        *counts,
        func.cardinality(leaders) > literal_column("0"),
        D.when_days.bool_op("&&")(period_range("trip")),
        _to_the_day(D),
        is_leader,
    )
    return union(of_persons, at_once).subquery("ids")


def _others() -> Any:
    ids = _counting()
    other = json_object(
        id=D.id,
        title=D.title,
        when=D.when,
        href=href(D),
        first=func.lower(D.when_days),
        until=func.upper(D.when_days),
        is_exact=_to_the_day(D),
        direction=D.direction,
        is_seen=D.is_seen(),
        **_travelling(D),
    )
    ordered = aggregate_order_by(other, D.when_from, D.id)
    return select(func.json_agg(ordered)).where(D.id.in_(select(ids.c.id)))


def _spanned() -> Any:
    """What days lie in each span, and when it ends by working days."""
    spans = (
        func.unnest(
            bindparam("starts", type_=_dates),
            bindparam("days", type_=_numbers),
            bindparam("lasts", type_=_dates),
        )
        .table_valued(
            column("start", Date),
            column("days", Integer),
            column("last", Date),
            with_ordinality="place",
            name="spans",
        )
        .render_derived()
    )
    span = json_object(
        due_on=func.working_days_after(spans.c.start, spans.c.days),
        worked=func.working_days_between(spans.c.start, spans.c.last),
        is_worked=func.is_working_day(spans.c.last),
    )
    return select(func.json_agg(aggregate_order_by(span, spans.c.place))).select_from(spans)


async def figures(ctx: Context, **asked: Any) -> tuple[list[OtherTrip], list[Counted]]:
    """Others with these persons in the year, or with leaders on the days; and working days."""
    ((others, spans),) = await _figures().fetch(ctx.reader, **asked, **ctx.parameters)
    return (
        [OtherTrip.model_validate(it) for it in json.loads(others or "[]")],
        [Counted.model_validate(it) for it in json.loads(spans or "[]")],
    )
