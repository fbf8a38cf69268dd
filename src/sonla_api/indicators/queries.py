from collections.abc import Collection, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, NamedTuple
from uuid import UUID

from pydantic import Field
from sqlalchemy import any_, bindparam, exists, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid

from sonla_api.indicators.models import Dimension, Flow, Frequency, Indicator
from sonla_api.indicators.schemas import IndicatorCode, IndicatorView, Unit
from sonla_api.kit.context import Context
from sonla_api.kit.filters import has, lists_one_of, matches, one_of
from sonla_api.kit.listing import Listing, Q
from sonla_api.kit.mentions import model_of
from sonla_api.kit.records import Records
from sonla_api.kit.statement import Statement
from sonla_api.kit.text import Line

I = Indicator  # noqa: E741  as other packages name their model
indicators = Records(I, IndicatorView)


class IndicatorListing(Listing):
    orders: ClassVar = {"created_at": I.created_at, "code": I.code}

    q: Annotated[Q, matches(I.words)] = None
    key: Annotated[list[Line], one_of(I.key)] = []
    code: Annotated[list[IndicatorCode], one_of(I.code)] = []
    unit: Annotated[list[Unit], one_of(I.unit)] = []
    frequency: Annotated[list[Frequency], one_of(I.frequency)] = []
    flow: Annotated[
        list[Flow], one_of(I.flow), Field(description="Indicators of trade, by their flow.")
    ] = []
    dimension: Annotated[
        list[Dimension],
        lists_one_of(I.dimensions, "$[*].dimension"),
        Field(description="Those broken down by one of these."),
    ] = []
    parent_id: Annotated[list[UUID], one_of(I.parent_id)] = []
    has_parent: Annotated[bool | None, has(I.parent_id)] = None


class Measure(NamedTuple):
    """What is asked about an indicator when it is observed."""

    parent_id: UUID | None
    dimensions: Mapping[str, Mapping[str, Any]]
    is_seen: bool
    """By the caller; who owns a figure may change it whether or not its indicator is seen."""


async def measures(ctx: Context, ids: Collection[UUID]) -> dict[UUID, Measure]:
    """The indicators with these ids."""
    rows = await _measures().fetch(ctx.reader, ids=[*ids], **ctx.actor.parameters)
    return {
        row["id"]: Measure(
            row["parent_id"],
            {one["dimension"]: one for one in row["dimensions"]},
            row["is_seen"],
        )
        for row in rows
    }


@cache
def _measures() -> Statement:
    wanted = I.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
    is_seen = I.is_seen().label("is_seen")
    return Statement(select(I.id, I.parent_id, I.dimensions, is_seen).where(wanted))


async def is_observed(ctx: Context, id_: UUID) -> bool:
    """Whether there are figures of an indicator, seen by the caller or not."""
    ((found,),) = await _observed().fetch(ctx.reader, id=id_)
    return bool(found)


@cache
def _observed() -> Statement:
    """Observations stand above: asked for by name."""
    that: Any = model_of("observations")
    return Statement(select(exists().where(that.indicator_id == bindparam("id", type_=Uuid()))))
