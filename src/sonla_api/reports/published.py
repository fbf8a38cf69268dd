"""What sources print of the figures of a report, beside what the register holds."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from sonla_api.indicators.models import Indicator
from sonla_api.kit.context import Context
from sonla_api.kit.listing import overlaps, period_range
from sonla_api.kit.schema import SourceSummary
from sonla_api.kit.shapes import summary
from sonla_api.kit.statement import Statement
from sonla_api.kit.text import LocalizedText
from sonla_api.observations.models import Observation
from sonla_api.reports.figures import Span
from sonla_api.reports.schemas import Published

INDICATORS: Mapping[str, Sequence[str]] = {
    "delegations.outbound": ["delegations.outbound"],
    "delegations.inbound": ["delegations.inbound", "delegations.received.all"],
    "delegations.inbound.person_trips": ["delegations.received.visitors"],
    "delegations.domestic": ["delegations.embassies"],
    "partners.lao_provinces": ["partners.lao_provinces"],
    "partners.missions": ["partners.missions"],
    "partners.ingos": ["partners.ingos"],
    "fdi.under_way": ["fdi.projects"],
    "fdi.registered": ["fdi.capital"],
    "oda.under_way": ["oda.loan_projects"],
    "ngo_aid.projects": ["ngo_aid.programmes"],
    "ngo_aid.committed": ["ngo_aid.value", "ngo_aid.total_value"],
}
"""By figure, the indicators whose observations are published values of it.

Each shows its own period and coverage. Only what is about the days of the report itself is
compared; the others stand beside it as they are.
"""


class Printed(NamedTuple):
    """What a source prints, and in which currency if it is money."""

    told: Published
    currency: str | None
    is_comparable: bool

    def against(self, value: Decimal) -> Published:
        """The same with the difference of what the register holds."""
        if not self.is_comparable or self.told.value is None:
            return self.told
        difference = f"{(value - Decimal(self.told.value)).normalize() + 0:f}"
        return self.told.model_copy(update={"difference": difference})


async def published(ctx: Context, span: Span) -> Mapping[str, Sequence[Printed]]:
    """By indicator, what sources that the caller sees print of days that the report is about."""
    codes = sorted({code for some in INDICATORS.values() for code in some})
    first, end = span.days
    binds = {"codes": codes, "span_first": first, "span_end": end, **ctx.parameters}
    found: dict[str, list[Printed]] = {}
    for row in await _statement().fetch(ctx.reader, **binds):
        printed = Printed(
            Published(
                value=row["value"],
                value_kind=row["value_kind"],
                qualifier=row["qualifier"],
                period=_read(row["period"]),
                indicator=row["code"],
                coverage=LocalizedText.model_validate(_read(row["coverage"])),
                source=row["source"] and SourceSummary.model_validate(_read(row["source"])),
                href=f"/api/v1/observations/{row['id']}",
                difference=None,
            ),
            row["unit"] if len(row["unit"]) == _CURRENCY and row["unit"].isupper() else None,
            row["is_comparable"],
        )
        found.setdefault(row["code"], []).append(printed)
    return found


_CURRENCY = 3


def _read(value: Any) -> Any:
    """JSON comes as text, or read already, by the connection that it comes over."""
    return json.loads(value) if isinstance(value, str) else value


@cache
def _statement() -> Statement:
    shown = (
        Observation.id,
        Observation.value,
        Observation.value_kind,
        Observation.qualifier,
        Observation.period,
        Indicator.code,
        Indicator.coverage,
        Indicator.unit,
    )
    is_same = Observation.period_days == period_range("span")
    return Statement(
        select(
            *shown,
            summary(SourceSummary, Observation.source_id).label("source"),
            is_same.label("is_comparable"),
        )
        .join(Indicator, Indicator.id == Observation.indicator_id)
        .where(
            Indicator.code == any_(bindparam("codes", type_=ARRAY(Text))),
            overlaps(Observation.period_days).clause("span", None),
            Observation.is_seen(),
            Indicator.is_seen(),
        )
        .order_by(Indicator.code, Observation.period_from, Observation.id)
    )
