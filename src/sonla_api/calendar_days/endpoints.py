from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.calendar_days.models import CalendarDay
from sonla_api.calendar_days.queries import CalendarDayListing, calendar_days
from sonla_api.calendar_days.schemas import CalendarDayCreate, CalendarDayUpdate, CalendarDayView
from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.store import create, delete, update

router = routes_of("calendar-days")

Read = Annotated[Context, reading("calendar_days:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("calendar_days:write")]
Write = Annotated[WriteContext, writing("calendar_days:write")]


@router.get("", response_model=Page[CalendarDayView])
async def list_calendar_days(
    ctx: Read, listing: Annotated[CalendarDayListing, Query()]
) -> Response:
    """List the holidays, the days off and the weekends worked that the caller may see."""
    return PageAnswer(await calendar_days.page(ctx, listing))


@router.get("/{id}", response_model=CalendarDayView)
async def get_calendar_day(ctx: Read, id: UUID) -> Response:
    """Read one day of the calendar."""
    return RecordAnswer(await calendar_days.item(ctx, id))


@router.post("", response_model=CalendarDayView, status_code=201)
async def create_calendar_day(ctx: Create, body: CalendarDayCreate) -> Response:
    """Register a holiday, a day off or a weekend worked, by which all due days are counted."""
    day = await create(ctx, calendar_days, body)
    return await created(ctx, day, f"/api/v1/calendar-days/{day.id}")


@router.patch("/{id}", response_model=CalendarDayView)
async def update_calendar_day(
    ctx: Write, id: UUID, expected: IfMatch, body: CalendarDayUpdate
) -> Response:
    """Change some fields of a day of the calendar."""
    await update(ctx, CalendarDay, id, expected, CalendarDayCreate, body)
    return RecordAnswer(await calendar_days.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_calendar_day(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a day from the calendar, so that its weekday counts again."""
    await delete(ctx, CalendarDay, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_calendar_day_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a day of the calendar, newest first."""
    return PageAnswer(await history(ctx, calendar_days, id, listing))
