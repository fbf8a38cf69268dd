"""What does not fit together: growth and the year before, totals and their parts.

Found anew for all figures that a written one is compared with, in a number of statements that does
not depend on how many were written. docs/decisions/0024 says what is compared with what.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as Uuid

from sonla_api.indicators.models import Dimension
from sonla_api.indicators.queries import Measure
from sonla_api.kit import flags
from sonla_api.kit.context import WriteContext
from sonla_api.kit.statement import Statement
from sonla_api.kit.store import hold
from sonla_api.kit.text import Message
from sonla_api.observations.models import Observation
from sonla_api.observations.queries import Place

CODES = frozenset({"growth_differs", "totals_differ"})
_GROWTH = Message(
    "The printed growth is {printed}; from the value of the year before it is {computed}.",
    "Mức tăng in là {printed}; tính từ giá trị cùng kỳ năm trước là {computed}.",
)
_TOTAL = Message("by {by} the parts sum to {parts}", "cộng theo {by} được {parts}")
_WHOLE = Message("{by} alone is {parts}", "riêng {by} là {parts}")
_TOTALS = Message("The total is {total}: {parts}.", "Tổng là {total}: {parts}.")


async def weigh(
    ctx: WriteContext,
    written: Collection[UUID],
    where: Iterable[Place],
    measures: Mapping[UUID, Measure],
) -> set[UUID]:
    """Flag what does not fit any more, and what fits again; answers whose flags changed."""
    sought = {*_compared(where, measures)}
    asked = {
        "ids": [*written],
        "indicators": [place.indicator_id for place in sought],
        "cells": [place.cell for place in sought],
        "firsts": [place.period_days[0] for place in sought],
        "ends": [place.period_days[1] for place in sought],
    }
    rows = await _doubts().fetch(ctx.reader, **asked)
    found = {row["id"]: _said(row) for row in rows}
    changed = {row["id"] for row in rows if _differs(row["flags"], found[row["id"]])}
    if changed:  # nobody else flags or acknowledges meanwhile
        held = await hold(ctx, Observation, changed)
        new = [{"id": str(o.id), "flags": flags.ruled(o.flags, found[o.id], CODES)} for o in held]
        await _flagged().fetch(ctx.reader, new=new)
    return changed


def _differs(stored: list[flags.Flag], found: Mapping[str, Message]) -> bool:
    return flags.ruled(stored, found, CODES) != stored


def _compared(where: Iterable[Place], measures: Mapping[UUID, Measure]) -> Iterator[Place]:
    """The places whose figures are compared with those of a place: itself, the same a year later,
    and the totals of which it is a part, also those of the indicator above.
    """
    for place in where:
        if place.period_days is None:
            continue
        days = (place.period_days.lower, place.period_days.upper)
        *dimensions, kind = place.cell.split(":")
        cells = [":".join((*some, kind)) for some in product(*({"", it} for it in dimensions))]
        yield from (place._replace(cell=cell, period_days=days) for cell in cells)
        if None not in days:
            yield place._replace(period_days=tuple(map(_year_after, days)))
        above = measures[place.indicator_id].parent_id
        if above:
            yield place._replace(indicator_id=above, period_days=days)


def _year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # the 29th of February, or the end of the year 9999
        return day.replace(day=28, year=min(day.year + 1, 9999))


def _said(row: Any) -> dict[str, Message]:
    """The doubts of a figure, in words."""
    found: dict[str, Message] = {}
    if row["computed"] is not None:
        found["growth_differs"] = _GROWTH.format(
            printed=_percent(Decimal(row["change_yoy"])), computed=_percent(row["computed"])
        )
    if row["parts"]:
        sums = [_sum(part) for part in row["parts"]]
        parts = Message(", ".join(s.en for s in sums), ", ".join(s.vi for s in sums))
        found["totals_differ"] = Message(
            _TOTALS.en.format(total=row["value"], parts=parts.en),
            _TOTALS.vi.format(total=row["value"], parts=parts.vi),
        )
    return found


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"


def _sum(part: Mapping[str, Any]) -> Message:
    if part["is_alone"]:
        return _WHOLE.format(by=part["by"][0], parts=part["sum"])
    by = [Dimension(name) for name in part["by"]]
    return Message(
        _TOTAL.en.format(by=" and ".join(one.en.lower() for one in by), parts=part["sum"]),
        _TOTAL.vi.format(by=" và ".join(one.vi.lower() for one in by), parts=part["sum"]),
    )


@cache
def _flagged() -> Statement:
    """The trigger of versions says who did it, and when."""
    return Statement(text(_FLAGGED).bindparams(bindparam("new", type_=JSONB())))


_FLAGGED = """
update observations set flags = new.flags
from jsonb_to_recordset(:new) as new (id uuid, flags jsonb)
where observations.id = new.id
"""


@cache
def _doubts() -> Statement:
    kinds: dict[str, Any] = {
        "ids": Uuid(),
        "indicators": Uuid(),
        "cells": Text(),
        "firsts": Date(),
        "ends": Date(),
    }
    arrays = (bindparam(name, type_=ARRAY(kind)) for name, kind in kinds.items())
    return Statement(text(_DOUBTS).bindparams(*arrays))


_AS_WIDELY = """
(p.visibility = 'public' or (p.visibility = 'internal' and o.visibility <> 'public')
 or (o.visibility = 'agency' and p.owner_agency_id = o.owner_agency_id))
"""
"""Whether all who see a figure see another one: its flags tell nothing of others."""
_BEST = """
p.source_id is not distinct from o.source_id desc, p.vintage is not distinct from o.vintage desc,
p.vintage desc nulls last, p.id desc
"""
"""Which of several values a figure is compared with: the same source first, then the newest."""
_DOUBTS = f"""
with o as (
    select observations.*, year_before(period_days) as before from observations where id in (
        select unnest(:ids) union
        select found.id from unnest(:indicators, :cells, :firsts, :ends)
            as sought (indicator_id, cell, first, "end")
        join observations found on found.indicator_id = sought.indicator_id
            and found.cell = sought.cell
            and found.period_from = sought.first
            and upper(found.period_days) is not distinct from sought."end"
    )
),
grown as (
    select distinct on (o.id) o.id, growth(o.amount, p.amount) as computed,
        growth_fits(
            o.change_yoy, growth(o.amount, p.amount), is_rough(o.qualifier) or is_rough(p.qualifier)
        ) as fits
    from o join observations p on p.indicator_id = o.indicator_id and p.cell = o.cell
        and p.period_from = lower(o.before) and upper(p.period_days) = upper(o.before)
        and p.as_of is not distinct from (o.as_of - interval '1 year')::date
    where o.change_yoy is not null and growth(o.amount, p.amount) is not null and {_AS_WIDELY}
    order by o.id, fits desc, {_BEST}
),
totals as materialized (
    select o.*, codes.product as products, codes.partner_country as countries
    from o join indicators i on i.id = o.indicator_id
    cross join lateral (
        select max(number) filter (where name = 'product') as product,
            max(number) filter (where name = 'partner_country') as partner_country
        from jsonb_array_elements(i.dimensions) as element,
            lateral (select element ->> 'dimension', jsonb_array_length(element -> 'codes'))
            as dimension (name, number)
    ) as codes
    where num_nonnulls(o.flow, o.product, o.partner_country) < jsonb_array_length(i.dimensions)
        and o.amount is not null
),
by_dimension as (
    select distinct on (o.id, p.cell) o.id, more.names, p.amount, is_rough(p.qualifier) as rough,
        case when 'flow' = any(more.names) then 2 else 1 end
        * case when 'product' = any(more.names) then o.products else 1 end
        * case when 'partner_country' = any(more.names) then o.countries else 1 end as size
    from totals o
    join observations p on p.indicator_id = o.indicator_id and p.period_from = o.period_from
        and upper(p.period_days) is not distinct from upper(o.period_days) and p.cell <> o.cell
        and (o.flow is null or p.flow = o.flow)
        and (o.product is null or p.product = o.product)
        and (o.partner_country is null or p.partner_country = o.partner_country)
        and p.value_kind is not distinct from o.value_kind
        and p.as_of is not distinct from o.as_of
    cross join lateral (
        select array_remove(array[
            case when o.flow is null and p.flow is not null then 'flow' end,
            case when o.product is null and p.product is not null then 'product' end,
            case when o.partner_country is null and p.partner_country is not null
                then 'partner_country' end
        ], null) as names
    ) as more
    where p.amount is not null and {_AS_WIDELY}
    order by o.id, p.cell, {_BEST}
),
by_indicator as (
    select distinct on (o.id, part.id)
        o.id, part.id as part_id, part.code, part.flow, p.amount, is_rough(p.qualifier) as rough,
        i.flow as of_flow
    from o join indicators i on i.id = o.indicator_id
    join indicators part on part.parent_id = i.id and part.unit = i.unit
    join observations p on p.indicator_id = part.id and p.cell = o.cell
        and p.period_from = o.period_from
        and upper(p.period_days) is not distinct from upper(o.period_days)
        and p.as_of is not distinct from o.as_of
    where p.amount is not null and {_AS_WIDELY}
    order by o.id, part.id, {_BEST}
),
of_flows as (
    select *, coalesce(of_flow = 'both' and flow in ('exports', 'imports'), false)
        and count(*) over (partition by id, flow) = 1 as is_flow
    from by_indicator
),
parts as (
    select id, names, amount, rough, size, false as is_alone from by_dimension union all
    select id, case when is_flow then array['flow'] else array[code] end, amount, rough,
        case when is_flow then 2 else 0 end, not is_flow
    from of_flows
),
sums as (
    select id, names, is_alone, sum(amount) as amount, bool_or(rough) as rough,
        max(size) = count(*) as is_whole
    from parts group by id, names, is_alone
),
unlike as (
    select o.id, jsonb_agg(jsonb_build_object(
            'by', sums.names, 'sum', sums.amount::text, 'is_alone', sums.is_alone
        ) order by sums.is_alone, sums.names) as parts
    from o join sums on sums.id = o.id
    cross join lateral (
        select abs(o.amount) * case when sums.rough or is_rough(o.qualifier) then 0.01
            else 0.001 end as leeway
    ) as rounding
    where sums.amount - o.amount > leeway or (is_whole and o.amount - sums.amount > leeway)
    group by o.id
)
select o.id, o.flags, o.value, o.change_yoy, unlike.parts,
    case when not grown.fits then grown.computed end as computed
from o left join grown on grown.id = o.id left join unlike on unlike.id = o.id
where o.flags <> '[]' or unlike.parts is not null or not grown.fits
"""  # noqa: S608  put together from texts of our own
