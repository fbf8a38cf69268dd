"""What sources print of the figures of a report, beside what the register holds."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Text, any_, bindparam, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from sonla_api.indicators.models import Indicator
from sonla_api.kit.context import Context
from sonla_api.kit.filters import overlaps, period_range
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
    "agreements.signed": ["agreements.signed"],
    "fdi.under_way": ["fdi.projects"],
    "fdi.registered": ["fdi.capital"],
    "oda.under_way": ["oda.loan_projects"],
    "ngo_aid.projects": ["ngo_aid.programmes"],
    "ngo_aid.committed": ["ngo_aid.value", "ngo_aid.total_value"],
    "outgoing_aid.stated": ["outgoing_aid.lao.value"],
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

    def against(self, value: Decimal | None) -> Published:
        """The same with the difference of what the register holds, if it holds anything."""
        if not self.is_comparable or value is None or self.told.value is None:
            return self.told
        difference = plain(value - Decimal(self.told.value))
        return self.told.model_copy(update={"difference": difference})


def plain(value: Decimal) -> str:
    """Without an exponent and without zeros at the end."""
    return f"{value.normalize() + 0:f}"


async def published(ctx: Context, span: Span) -> Mapping[str, Sequence[Printed]]:
    """By indicator, what sources that the caller sees print of days that the report is about."""
    codes = sorted({code for some in INDICATORS.values() for code in some})
    first, end = span.days
    binds = {"codes": codes, "span_first": first, "span_end": end, **ctx.parameters}
    found: dict[str, list[Printed]] = {}
    for row in await _statement().fetch(ctx.reader, **binds):
        told = printed(row, is_comparable=row["is_comparable"])
        found.setdefault(row["code"], []).append(told)
    return found


PRINTED = (
    Observation.id,
    Observation.value,
    Observation.value_kind,
    Observation.qualifier,
    Observation.change_yoy,
    Observation.period.op("#>>")(literal_column("'{}'::text[]")).label("period"),
    Indicator.code,
    Indicator.coverage,
    Indicator.unit,
    summary(SourceSummary, Observation.source_id).label("source"),
)
"""The columns that `printed` needs."""
_CURRENCY = 3


def printed(row: Any, *, is_comparable: bool) -> Printed:
    """An observation as it stands beside a figure, of the same days as it or of others."""
    return Printed(
        Published(
            value=row["value"],
            unit=row["unit"],
            value_kind=row["value_kind"],
            qualifier=row["qualifier"],
            change_yoy=row["change_yoy"],
            period=row["period"],
            indicator=row["code"],
            coverage=LocalizedText.model_validate(json_of(row["coverage"])),
            source=row["source"] and SourceSummary.model_validate(json_of(row["source"])),
            href=f"/api/v1/observations/{row['id']}",
            difference=None,
        ),
        currency_of(row["unit"]),
        is_comparable,
    )


def currency_of(unit: str) -> str | None:
    """The currency that a unit is, if it is one."""
    return unit if len(unit) == _CURRENCY and unit.isupper() else None


def json_of(value: Any) -> Any:
    """JSON comes as text, or read already, by the connection that it comes over."""
    return json.loads(value) if isinstance(value, str) else value


@cache
def _statement() -> Statement:
    is_same = Observation.period_days == period_range("span")
    return Statement(
        select(*PRINTED, is_same.label("is_comparable"))
        .join(Indicator, Indicator.id == Observation.indicator_id)
        .where(
            Indicator.code == any_(bindparam("codes", type_=ARRAY(Text))),
            overlaps(Observation.period_days).clause("span"),
            Observation.is_seen(),
            Indicator.is_seen(),
        )
        .order_by(Indicator.code, Observation.period_from, Observation.id)
    )
