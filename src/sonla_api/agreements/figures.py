"""Agreements counted: those signed in a period, and how they stand on a day; as reports count."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Text, cast, func, select, tuple_

from sonla_api.agreements.lifecycle import CLOSED, RUNNING
from sonla_api.agreements.models import Agreement, AgreementStanding
from sonla_api.agreements.queries import AgreementChoice, standing
from sonla_api.agreements.schemas import AgreementCount, AgreementFigures
from sonla_api.kit.context import Context
from sonla_api.kit.filters import placed
from sonla_api.kit.listing import of_group, refuse_oracle
from sonla_api.kit.model import among
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.schema import Day
from sonla_api.kit.statement import Statement, once_per_shape

A = Agreement
SIGNED = [*RUNNING, *CLOSED]
"""What counts, here and in reports."""
STANDINGS = {
    "in_force": [AgreementStanding.in_force, AgreementStanding.expiring],
    "expiring": [AgreementStanding.expiring],
    "undated": [AgreementStanding.undated],
}
_NUMBERS = ("signed", "not_placed", *STANDINGS)


class AgreementGrouping(StrEnum):
    kind = "kind"
    on_behalf_of = "on_behalf_of"


class AgreementFiguresQuery(AgreementChoice):
    """What is counted, by what, in which period and on which day."""

    period: Annotated[
        PeriodFilter | None, Field(description="Signed in it; ever, where it is left out.")
    ] = None
    as_of: Annotated[
        Day | None, Field(description="How they stand on this day; today where it is left out.")
    ] = None
    group_by: AgreementGrouping = AgreementGrouping.kind


@once_per_shape
def _figures(query: AgreementFiguresQuery) -> Statement:
    """The numbers of each group and of all."""
    group = getattr(A, query.group_by)
    stands = {name: among(standing(A), codes) for name, codes in STANDINGS.items()}
    is_signed, is_outside = placed(A.signed_days, is_asked=query.period is not None)
    conditions = {"signed": is_signed, "not_placed": is_outside, **stands}
    return Statement(
        select(
            func.grouping(group).label("is_total"),
            cast(group, Text).label("group"),
            *(func.count().filter(it).label(name) for name, it in conditions.items()),
        )
        .where(A.is_seen(), among(A.state, SIGNED), *query.conditions())
        .group_by(func.grouping_sets(tuple_(group), tuple_()))
        .order_by(func.grouping(group).desc(), group)
    )


async def agreement_figures(ctx: Context, query: AgreementFiguresQuery) -> AgreementFigures:
    """Agreements that were signed, in all and by group."""
    refuse_oracle(ctx, query)
    on = ctx.on(query.as_of)
    rows = await _figures(query).fetch(on.reader, **query.binds(), **on.parameters)
    counts = [_count(query, row, on.today) for row in rows]
    return AgreementFigures(period=query.period, as_of=on.today, total=counts[0], items=counts[1:])


def _count(query: AgreementFiguresQuery, row: Any, as_of: date) -> AgreementCount:
    period = query.period
    chosen = {"state": SIGNED, **of_group(query, row)}

    def href(**more: Any) -> str:
        return query.address("agreements", **chosen, **more)

    return AgreementCount(
        group=row["group"],
        href=href(signed_within=period),
        not_placed_href=href(signing_not_placed_in=period) if period else None,
        **{f"{name}_href": href(as_of=as_of, standing=codes) for name, codes in STANDINGS.items()},
        **{number: row[number] for number in _NUMBERS},
    )
