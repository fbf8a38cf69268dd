"""A published report against the register of now: how each number has changed since."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sonla_api.agencies.models import AgencyKind
from sonla_api.kit.context import Context
from sonla_api.kit.problems import Conflict
from sonla_api.kit.text import Message
from sonla_api.kit.tombstones import missing
from sonla_api.reports.lifecycle import ReportState
from sonla_api.reports.periodic import COMPUTING, periodic_report
from sonla_api.reports.periods import ReportPeriod
from sonla_api.reports.places import cells_of
from sonla_api.reports.published import plain
from sonla_api.reports.queries import frozen
from sonla_api.reports.schemas import ReportSummary, Restated, Restatement

_NOT_PUBLISHED = Message(
    "The report is not published, so nothing of it can be restated.",
    "Báo cáo chưa ban hành nên chưa có gì để đối chiếu.",
)


class Place(NamedTuple):
    """Where a number stands: the same place in both."""

    code: str
    currency: str | None = None
    is_cell: bool = False


async def restatement(ctx: Context, id_: UUID) -> Restatement:
    """What is published of a report, as the register has it now."""
    for row in await frozen(ctx, id_):
        if row["state"] != ReportState.published:
            raise Conflict(_NOT_PUBLISHED, state=row["state"])
        period = ReportPeriod.known(json.loads(row["period"]))
        # As it was kept: else what this caller alone sees would be told as a change.
        kinds = [AgencyKind(it) for it in row["kinds"]]
        async with COMPUTING:
            now = await periodic_report(ctx, period, kinds, is_kept=True)
        before = dict(_numbers(json.loads(row["sections"])))
        after = dict(_numbers(now.model_dump(mode="json")["sections"]))
        pairs = {place: (before.get(place), after.get(place)) for place in {**before, **after}}
        found = {place: _restated(place, *pair) for place, pair in pairs.items()}
        cells = [it for place, it in found.items() if place.is_cell and it.difference != "0"]
        figures = [it for place, it in found.items() if not place.is_cell]
        return Restatement(
            report=ReportSummary(id=id_, title=json.loads(row["title"])),
            period=period.period,
            frozen_at=row["frozen_at"],
            computed_at=ctx.now,
            differs=bool(cells) or any(it.difference != "0" for it in figures),
            figures=figures,
            cells=cells,
        )
    return await missing(ctx, "reports", id_)


def _numbers(sections: Any) -> Iterator[tuple[Place, Any]]:
    """Each number of a report by its place, with its label."""
    for section in sections:
        for figure in section["figures"]:
            yield Place(figure["code"], figure["currency"]), figure
        for table in section["tables"]:
            for code, row, _, cell in cells_of(table):
                yield Place(code, is_cell=True), cell | {"label": row["label"]}


def _restated(place: Place, before: Any, after: Any) -> Restated:
    """A number that is in one of them alone is nothing in the other."""
    then, now = (found and found["value"] for found in (before, after))
    shown = after or before
    return Restated(
        code=place.code,
        label=shown["label"],
        currency=place.currency,
        as_published=then,
        as_now_known=now,
        difference=plain(Decimal(now or 0) - Decimal(then or 0)),
        href=shown["href"],
    )
