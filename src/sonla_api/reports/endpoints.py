from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.formats import PAPERS
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.steps import StepListing, StepView, read_steps, remove
from sonla_api.reports import service
from sonla_api.reports.lifecycle import lifecycle
from sonla_api.reports.models import Report
from sonla_api.reports.papers import Wanted
from sonla_api.reports.periodic import COMPUTING, periodic_report
from sonla_api.reports.periods import PeriodicQuery, ReportQuery
from sonla_api.reports.queries import ReportListing, entries, reports
from sonla_api.reports.restating import restatement
from sonla_api.reports.schemas import (
    PeriodicReport,
    ReportCreate,
    ReportEntry,
    ReportStepCreate,
    ReportUpdate,
    ReportView,
    Restatement,
)

router = routes_of("reports")

Read = Annotated[Context, reading("reports:read")]
Whole = Annotated[Context, reading("reports:read", is_open=False)]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("reports:write")]
Write = Annotated[WriteContext, writing("reports:write")]
Step = Annotated[WriteContext, creating("reports:read")]


@router.get("", response_model=Page[ReportEntry])
async def list_reports(ctx: Read, listing: Annotated[ReportListing, Query()]) -> Response:
    """List the reports that the caller may see, strangers those that are published."""
    return PageAnswer(await entries.page(ctx, listing))


@router.get("/periodic", response_model=PeriodicReport, responses=PAPERS)
async def get_periodic_report(
    ctx: Whole, request: Request, query: Annotated[PeriodicQuery, Query()]
) -> PeriodicReport | Response:
    """Compute the report of a period from the register as it stands now."""
    async with COMPUTING:
        report = await periodic_report(ctx, query.reported, query.kind)
    wanted = Wanted.of(request, query.format)
    return wanted.computed(report) if wanted else report


@router.get("/{id}", response_model=ReportView, responses=PAPERS)
async def get_report(
    ctx: Read, id: UUID, request: Request, query: Annotated[ReportQuery, Query()]
) -> Response:
    """Read one report with the figures that it was frozen with."""
    item = await reports.item(ctx, id)
    wanted = Wanted.of(request, query.format)
    return wanted.frozen(item) if wanted else RecordAnswer(item)


@router.get("/{id}/restatement", responses={409: {}})
async def get_report_restatement(ctx: Whole, id: UUID) -> Restatement:
    """Compare a published report with what the register knows now."""
    return await restatement(ctx, id)


@router.post("", response_model=ReportView, status_code=201)
async def create_report(ctx: Create, body: ReportCreate) -> Response:
    """Freeze the figures of a period in a new report."""
    report = await service.register(ctx, body)
    return await created(ctx, report, f"/api/v1/reports/{report.id}")


@router.patch("/{id}", response_model=ReportView)
async def update_report(ctx: Write, id: UUID, expected: IfMatch, body: ReportUpdate) -> Response:
    """Change some fields of a draft."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await reports.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_report(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a draft."""
    await remove(ctx, Report, lifecycle, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_report_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a report, newest first."""
    return PageAnswer(await history(ctx, entries, id, listing))


@router.get("/{id}/transitions", response_model=Page[StepView])
async def list_report_transitions(
    ctx: Read, id: UUID, listing: Annotated[StepListing, Query()]
) -> Response:
    """List the steps that a report has taken, newest first."""
    return PageAnswer(await read_steps(ctx, reports, id, listing))


@router.post("/{id}/transitions", response_model=StepView, status_code=201)
async def transition_report(
    ctx: Step, id: UUID, expected: IfMatch, body: ReportStepCreate
) -> Response:
    """Submit, return, approve or publish a report, or count it anew."""
    step = await service.step(ctx, id, expected, body)
    return await created(ctx, step, f"/api/v1/reports/{id}/transitions")
