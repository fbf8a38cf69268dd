from typing import Annotated

from fastapi import APIRouter, Query

from sonla_api.identity.access import reading
from sonla_api.kit.context import Context
from sonla_api.reports import service
from sonla_api.reports.periods import PeriodicQuery
from sonla_api.reports.schemas import PeriodicReport

router = APIRouter(prefix="/reports", tags=["reports"])

Read = Annotated[Context, reading("reports:read")]


@router.get("/periodic")
async def get_periodic_report(
    ctx: Read, query: Annotated[PeriodicQuery, Query()]
) -> PeriodicReport:
    """Compute the report of a period from the register as it stands now."""
    return await service.periodic(ctx, query)
