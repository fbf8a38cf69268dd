"""Trade, added up from figures none of which is a part of another one.

Of the figures of one indicator, flow and kind that lie wholly in the period: of each cell and
period the newest vintage; of a total and its parts the total; of two periods that overlap the
longer one. docs/decisions/0024 says why.
"""

import json
from functools import lru_cache
from itertools import groupby
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import (
    Integer,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by

from sonla_api.indicators.models import Flow, Indicator
from sonla_api.indicators.schemas import IndicatorCode, IndicatorSummary
from sonla_api.kit.context import Context
from sonla_api.kit.filters import lies_within, one_of
from sonla_api.kit.listing import Parameters, list_address
from sonla_api.kit.model import constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.schema import SourceSummary
from sonla_api.kit.shapes import json_object
from sonla_api.kit.statement import Statement
from sonla_api.observations.models import Observation, ValueKind
from sonla_api.observations.queries import is_value
from sonla_api.sources.models import Source
from sonla_api.trade.schemas import TradeGrouping, TradeSeries, TradeSum, TradeView

O, I = Observation, Indicator  # noqa: E741  as other packages name their models
_ONE: Any = literal_column("1")
_flow = cast(func.coalesce(O.flow, I.flow), Text)


class TradeQuery(Parameters):
    """Which trade, in which period, and by what."""

    period: Annotated[
        PeriodFilter,
        lies_within(O.period_days),
        Field(description="Figures that lie wholly in this period."),
    ]
    flow: Annotated[
        list[Flow], Field(max_length=3, description="All flows where none is named.")
    ] = []
    indicator: Annotated[
        list[IndicatorCode],
        one_of(I.code),
        Field(description="By its code; all indicators of trade where none is named."),
    ] = []
    group_by: TradeGrouping = TradeGrouping.product


async def trade(ctx: Context, query: TradeQuery) -> TradeView:
    """By indicator, flow and kind: in all, and by group."""
    binds = query.binds() | ctx.parameters | {"flows": query.flow or [*Flow]}
    rows = await _sums(query.group_by, query.forms()).fetch(ctx.reader, **binds)
    items = []
    for _, found in groupby(rows, key=lambda row: row["of"]):
        total, *groups = found
        items.append(
            TradeSeries(
                indicator=IndicatorSummary.model_validate_json(total["indicator"]),
                flow=total["flow"],
                value_kind=total["value_kind"],
                total=_sum(query, total),
                groups=[_sum(query, row) for row in groups if row["values"]],
            )
        )
    return TradeView(period=query.period, group_by=query.group_by, items=items)


def _sum(query: TradeQuery, row: Any) -> TradeSum:
    names = ("group", "periods", "values", "left_out", "is_sum_of_parts", "totals_differ")
    sources = [SourceSummary(**one) for one in json.loads(row["sources"])]
    shown = {name: row[name] for name in names}
    return TradeSum(
        amount=f"{row['amount']:f}", sources=sources, href=_address(query, row), **shown
    )


def _address(query: TradeQuery, row: Any) -> str:
    """Where the figures that a sum was chosen from are listed."""
    chosen: dict[str, Any] = {"within": query.period}
    if row["group"] is not None:
        name = query.group_by.value
        chosen |= {"within" if name == TradeGrouping.period else name: row["group"]}
    of_indicator = {"indicator_code": json.loads(row["indicator"])["code"]}
    flow = row["flow"] if row["is_of_dimension"] else None
    told = {"flow": flow, "value_kind": row["value_kind"]}
    unknown = {"without": [name for name, value in told.items() if value is None]}
    return list_address("observations", **of_indicator | told | unknown | chosen)


def _chosen(forms: Any) -> Any:
    """The figures of trade in the period, and of several of one cell and period the first."""
    published = func.coalesce(O.vintage, cast(Source.published_on, Text))
    place = func.row_number().over(
        partition_by=(O.indicator_id, O.cell, O.period_days),
        order_by=(published.desc().nulls_last(), O.id.desc()),
    )
    flagged = cast(constant('[{"code": "totals_differ"}]'), JSONB)
    return (
        select(
            O.indicator_id,
            O.value_kind,
            _flow.label("flow"),
            O.flow.is_not(None).label("is_of_dimension"),
            O.product,
            O.partner_country,
            O.period_days,
            O.period.op("#>>")(literal_column("'{}'::text[]")).label("period"),
            O.amount,
            O.source_id,
            O.flags.op("@>")(flagged).label("is_flagged"),
            (place == _ONE).label("is_first"),
        )
        .select_from(O)
        .join(I, I.id == O.indicator_id)
        .outerjoin(Source, and_(Source.id == O.source_id, Source.is_seen()))
        .where(*_of_trade(), *(TradeQuery.filters[n].clause(n, form) for n, form in forms))
        .cte("chosen")
    )


def _of_trade() -> list[Any]:
    """What came in or went out by then, in whole periods."""
    return [
        O.is_seen(),
        I.is_seen(),
        I.flow.is_not(None),
        _flow == any_(bindparam("flows", type_=ARRAY(Text))),
        is_value(O),
        or_(O.value_kind.is_(None), O.value_kind == constant(ValueKind.flow)),
        func.lower(O.period_days).is_not(None),
        func.upper(O.period_days).is_not(None),
    ]


def _members(grouping: TradeGrouping, chosen: Any) -> Any:
    """Each figure once in all and once in its group; `depth`: how it is broken down otherwise."""
    of = chosen.c
    by_product, by_country = (
        cast(c.is_not(None), Integer) for c in (of.product, of.partner_country)
    )
    whole = by_product + literal_column("2") * by_country
    group, depth = {
        TradeGrouping.product: (of.product, by_country),
        TradeGrouping.partner_country: (of.partner_country, by_product),
        TradeGrouping.period: (of.period, whole),
    }[grouping]
    shown = [c for c in of if c.key not in ("product", "partner_country")]
    every = select(
        true().label("is_total"), cast(null(), Text).label("group"), whole.label("depth"), *shown
    )
    grouped = select(false(), group, depth, *shown).where(group.is_not(None))
    both = union_all(every, grouped).subquery("both")
    separator = constant(":")
    series = func.concat(
        both.c.indicator_id,
        separator,
        both.c.flow,
        separator,
        both.c.is_of_dimension,
        separator,
        both.c.value_kind,
    )
    line = func.concat(series, separator, both.c.is_total, separator, both.c.group)
    return select(both, series.label("of"), line.label("line")).cte("members")


_LINE = ("line", "of", "is_total", "group", "indicator_id", "flow", "value_kind", "is_of_dimension")


def _levels(of: Any) -> Any:
    """The figures of each period by how they are broken down: few rows, whatever they come from."""
    first = of.is_first
    return (
        select(
            *(of[name] for name in _LINE),
            of.period_days,
            of.depth,
            func.min(of.period).label("period"),
            func.sum(of.amount).filter(first).label("amount"),
            func.count().filter(first).label("values"),
            func.count().filter(~first).label("older"),
            func.bool_or(of.is_flagged).filter(first).label("is_flagged"),
            func.array_to_string(
                func.array_agg(of.source_id.distinct()).filter(first, of.source_id.is_not(None)),
                constant(","),
            ).label("source_ids"),
            (of.depth == func.min(of.depth).over(partition_by=(of.line, of.period_days))).label(
                "is_level"
            ),
        )
        .group_by(*(of[name] for name in _LINE), of.period_days, of.depth)
        .cte("levels")
    )


def _added(levels: Any) -> Any:
    """Which of them are added: a total rather than its parts, the longer of two periods.

    Joined by the line, as an EXISTS for each row would run through all others.
    """
    other, days = levels.alias("other"), levels.c.period_days
    length, of_other = (func.upper(d) - func.lower(d) for d in (days, other.c.period_days))
    is_longer = or_(
        of_other > length,
        and_(of_other == length, func.lower(other.c.period_days) < func.lower(days)),
    )
    is_within = and_(other.c.period_days.bool_op("&&")(days), is_longer)
    shorter = (
        select(levels.c.line, days)
        .join(other, and_(other.c.line == levels.c.line, is_within))
        .distinct()
        .cte("shorter")
    )
    is_it = and_(shorter.c.line == levels.c.line, shorter.c.period_days == days)
    is_added = and_(levels.c.is_level, shorter.c.line.is_(None))
    found = select(levels, is_added.label("is_added")).select_from(levels.outerjoin(shorter, is_it))
    return found.cte("added")


@lru_cache(maxsize=16)
def _sums(grouping: TradeGrouping, forms: Any) -> Statement:
    of = _added(_levels(_members(grouping, _chosen(forms)).c)).c
    added: Any = of.is_added
    none: Any = literal_column("0")
    ids = func.string_agg(of.source_ids, constant(",")).filter(added)
    periods = func.array_agg(aggregate_order_by(of.period, of.period_days)).filter(added)
    left_out = func.sum(of.older) + func.coalesce(func.sum(of["values"]).filter(~added), none)
    sums = (
        select(
            *(of[name] for name in _LINE),
            func.sum(of.amount).filter(added).label("amount"),
            func.coalesce(func.sum(of["values"]).filter(added), none).label("values"),
            left_out.label("left_out"),
            func.bool_or(of.depth > none).filter(added).label("is_sum_of_parts"),
            func.bool_or(of.is_flagged).filter(added).label("totals_differ"),
            periods.label("periods"),
            cast(func.string_to_array(ids, constant(",")), ARRAY(Source.id.type)).label(
                "source_ids"
            ),
        )
        .group_by(*(of[name] for name in _LINE))
        .subquery("sums")
    )
    source = json_object(id=Source.id, title=Source.title)
    sources = (
        select(func.json_agg(aggregate_order_by(source, Source.title, Source.id)))
        .where(Source.id == any_(sums.c.source_ids), Source.is_seen())
        .scalar_subquery()
    )
    indicator = json_object(**{name: getattr(I, name) for name in IndicatorSummary.model_fields})
    return Statement(
        select(
            sums,
            indicator.label("indicator"),
            func.coalesce(sources, literal_column("'[]'::json")).label("sources"),
        )
        .select_from(sums.join(I, I.id == sums.c.indicator_id))
        .order_by(I.code, sums.c.of, sums.c.is_total.desc(), sums.c.group)
    )
