from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.events import service
from sonla_api.events.lifecycle import lifecycle
from sonla_api.events.models import Event
from sonla_api.events.queries import (
    EventFiguresQuery,
    EventListing,
    event_figures,
    events,
)
from sonla_api.events.schemas import (
    EventCreate,
    EventFigures,
    EventStepCreate,
    EventUpdate,
    EventView,
)
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.steps import StepListing, StepView, read_steps, remove

router = routes_of("events")

Read = Annotated[Context, reading("events:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("events:write", is_short=True)]
Write = Annotated[WriteContext, writing("events:write")]
Step = Annotated[WriteContext, creating("events:read")]


@router.get("", response_model=Page[EventView])
async def list_events(ctx: Read, listing: Annotated[EventListing, Query()]) -> Response:
    """List the events that the caller may see."""
    return PageAnswer(await events.page(ctx, listing))


@router.get("/summary")
async def summarize_events(ctx: Read, query: Annotated[EventFiguresQuery, Query()]) -> EventFigures:
    """Count events and what came of them in a period."""
    return await event_figures(ctx, query)


@router.get("/{id}", response_model=EventView)
async def get_event(ctx: Read, id: UUID) -> Response:
    """Read one event."""
    return RecordAnswer(await events.item(ctx, id))


@router.post("", response_model=EventView, status_code=201)
async def create_event(ctx: Create, body: EventCreate) -> Response:
    """Register an event that is planned."""
    event = await service.register(ctx, body)
    return await created(ctx, event, f"/api/v1/events/{event.id}")


@router.patch("/{id}", response_model=EventView)
async def update_event(ctx: Write, id: UUID, expected: IfMatch, body: EventUpdate) -> Response:
    """Change some fields of an event."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await events.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_event(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove an event that is planned, recorded or cancelled."""
    await remove(ctx, Event, lifecycle, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_event_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of an event, newest first."""
    return PageAnswer(await history(ctx, events, id, listing))


@router.get("/{id}/transitions", response_model=Page[StepView])
async def list_event_transitions(
    ctx: Read, id: UUID, listing: Annotated[StepListing, Query()]
) -> Response:
    """List the steps that an event has taken, newest first."""
    return PageAnswer(await read_steps(ctx, events, id, listing))


@router.post("/{id}/transitions", response_model=StepView, status_code=201)
async def transition_event(
    ctx: Step, id: UUID, expected: IfMatch, body: EventStepCreate
) -> Response:
    """Say that an event was held, postpone, resume, cancel or record it."""
    step = await service.step(ctx, id, expected, body)
    return await created(ctx, step, f"/api/v1/events/{id}/transitions")
