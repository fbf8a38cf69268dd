from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    bindparam,
    case,
    cast,
    column,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import aliased
from sqlalchemy.types import Text

from sonla_api.kit.asked import Asked
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.filters import Filter, matches, one_of, overlaps, period_range
from sonla_api.kit.listing import Listing, Q
from sonla_api.kit.model import constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.schema import AgencySummary
from sonla_api.kit.shapes import elements, summary
from sonla_api.kit.statement import Statement
from sonla_api.kit.text import Line
from sonla_api.reports.lifecycle import ReportState, lifecycle
from sonla_api.reports.models import PublishedReport, Report
from sonla_api.reports.schemas import ReportEntry, ReportSummary, ReportView

R = Report
_AS_PUBLISHED = (
    "title",
    "period",
    "symbol",
    "place",
    "issued_on",
    "recipients",
    "signer",
    "narrative",
    "cut_off",
    "frozen_at",
)


def _successor(of: Any) -> Any:
    """The published report that replaces this one."""
    that = aliased(R)
    return (
        select(that.id)
        .where(that.replaces_id == of.id, that.state == constant(ReportState.published))
        .correlate(of)
        .scalar_subquery()
    )


def _state(of: Any) -> ColumnElement[Any]:
    is_restated = _successor(of).is_not(None)
    return case((is_restated, constant(ReportState.restated)), else_=of.state)


def _published(of: Any, name: str) -> Any:
    frozen = select(PublishedReport.record.op("->")(constant(name)))
    return frozen.where(PublishedReport.id == of.id).correlate(of).scalar_subquery()


def _shown(name: str) -> Any:
    """A field as it was published, once it is; before, as it stands."""
    return lambda of: func.coalesce(_published(of, name), func.to_jsonb(getattr(of, name)))


def _body(name: str) -> Any:
    """A body that the heading names, as it was called when that was published."""

    def shown(of: Any) -> ColumnElement[Any]:
        now = summary(AgencySummary, getattr(of, f"{name}_id"))
        return func.coalesce(_published(of, name), cast(now, JSONB))

    return shown


def _sections(of: Any) -> ColumnElement[Any]:
    """As they were frozen, each with the text that is written for it."""
    section, written = column("section", JSONB), column("written", JSONB)
    each = elements(_shown("sections")(of), "section")
    texts = elements(_shown("narrative")(of), "written", "texts")
    text = (
        select(written.op("->")(constant("text")))
        .select_from(texts)
        .where(written.op("->>")(constant("part")) == section.op("->>")(constant("code")))
        .limit(literal_column("1"))
        .scalar_subquery()
    )
    whole = section.op("||")(func.jsonb_build_object(constant("narrative"), text))
    made = select(func.jsonb_agg(aggregate_order_by(whole, each.c.ordinal))).select_from(each)
    return made.correlate(of).scalar_subquery()


_computed: dict[str, Any] = {
    **{name: _shown(name) for name in _AS_PUBLISHED},
    **{name: _body(name) for name in ("issuer", "superior")},
    "replaced_by": lambda of: summary(ReportSummary, _successor(of)),
    "state": _state,
    "verbs": lifecycle.verbs,
}
reports = Records(R, ReportView, lifecycle.parameters, **_computed, sections=_sections)
entries = Records(R, ReportEntry, lifecycle.parameters, **_computed)


def _in_state(asked: Asked) -> Any:
    return _state(R) == asked.any_of(Text())


class ReportListing(Listing):
    orders: ClassVar = {"created_at": R.created_at, "cut_off": R.cut_off}

    q: Annotated[Q, matches(R.words)] = None
    key: Annotated[list[Line], one_of(R.key)] = []
    state: Annotated[list[ReportState], Filter(_in_state, R.state)] = []
    issuer_id: Annotated[list[UUID], one_of(R.issuer_id)] = []
    replaces_id: Annotated[
        list[UUID], one_of(R.replaces_id), Field(description="Reports that restate this one.")
    ] = []
    period: Annotated[PeriodFilter | None, overlaps(R.period_days)] = None


_is_it = R.id == bindparam("id", type_=R.id.type)


@cache
def _frozen() -> Statement:
    shown = [_shown(name)(R).label(name) for name in ("title", "period", "sections")]
    return Statement(select(*shown, R.state, R.kinds, R.frozen_at).where(_is_it, R.is_seen()))


@cache
def _replaceable() -> Statement:
    is_same = R.period_days == period_range("period")
    is_published = R.state == constant(ReportState.published)
    return Statement(select(R.id).where(_is_it, is_same, is_published, R.is_seen()))


async def frozen(ctx: Context, id_: UUID) -> Sequence[Any]:
    """What a report was frozen with; nothing for one that the caller does not see."""
    return await _frozen().fetch(ctx.reader, id=id_, **ctx.parameters)


async def is_replaceable(ctx: WriteContext, id_: UUID, period: str) -> bool:
    """Whether there is such a published report of just these days, which the caller sees."""
    first, end = PeriodFilter(period).days
    binds = {"id": id_, "period_first": first, "period_end": end, **ctx.parameters}
    return bool(await _replaceable().fetch(ctx.reader, **binds))
