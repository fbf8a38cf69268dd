"""The rules of reports: who reads what is not published, what is frozen, what replaces what."""

from sonla_api.kit.context import Context
from sonla_api.kit.problems import Unauthenticated
from sonla_api.reports.periodic import periodic_report
from sonla_api.reports.periods import PeriodicQuery
from sonla_api.reports.schemas import PeriodicReport


async def periodic(ctx: Context, query: PeriodicQuery) -> PeriodicReport:
    """The whole register in figures, which strangers get in published reports alone."""
    if ctx.actor.is_anonymous:
        raise Unauthenticated
    return await periodic_report(ctx, query.reported, query.kind)
