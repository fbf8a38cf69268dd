from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.identity.access import creating, reading
from sonla_api.kit.answers import PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.progress_reports import service
from sonla_api.progress_reports.queries import ProgressReportListing, progress_reports
from sonla_api.progress_reports.schemas import ProgressReportCreate, ProgressReportView

router = routes_of("progress-reports")

Read = Annotated[Context, reading("progress_reports:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("progress_reports:write")]


@router.get("", response_model=Page[ProgressReportView])
async def list_progress_reports(
    ctx: Read, listing: Annotated[ProgressReportListing, Query()]
) -> Response:
    """List what agencies reported on their assignments, corrections and corrected ones alike."""
    return PageAnswer(await progress_reports.page(ctx, listing))


@router.get("/{id}", response_model=ProgressReportView)
async def get_progress_report(ctx: Read, id: UUID) -> Response:
    """Read one report."""
    return RecordAnswer(await progress_reports.item(ctx, id))


@router.post("", response_model=ProgressReportView, status_code=201)
async def create_progress_report(ctx: Create, body: ProgressReportCreate) -> Response:
    """Report on an assignment, or correct a report by another one."""
    report = await service.register(ctx, body)
    return await created(ctx, report, f"/api/v1/progress-reports/{report.id}")


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_progress_report_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who submitted a report."""
    return PageAnswer(await history(ctx, progress_reports, id, listing))
