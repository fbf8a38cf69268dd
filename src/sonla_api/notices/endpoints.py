from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.steps import StepListing, StepView, read_steps, remove
from sonla_api.notices import service
from sonla_api.notices.lifecycle import lifecycle
from sonla_api.notices.models import Notice
from sonla_api.notices.queries import NoticeListing, notices
from sonla_api.notices.schemas import (
    NoticeCreate,
    NoticeStepCreate,
    NoticeUpdate,
    NoticeView,
)

router = routes_of("notices")

Read = Annotated[Context, reading("notices:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("notices:write", is_short=True)]
Write = Annotated[WriteContext, writing("notices:write")]
Step = Annotated[WriteContext, creating("notices:read")]


@router.get("", response_model=Page[NoticeView])
async def list_notices(ctx: Read, listing: Annotated[NoticeListing, Query()]) -> Response:
    """List what businesses are told, by topic, market and product."""
    return PageAnswer(await notices.page(ctx, listing))


@router.get("/{id}", response_model=NoticeView)
async def get_notice(ctx: Read, id: UUID) -> Response:
    """Read one notice, with how many have confirmed it."""
    return RecordAnswer(await notices.item(ctx, id))


@router.post("", response_model=NoticeView, status_code=201)
async def create_notice(ctx: Create, body: NoticeCreate) -> Response:
    """Draft a notice to businesses."""
    notice = await service.register(ctx, body)
    return await created(ctx, notice, f"/api/v1/notices/{notice.id}")


@router.patch("/{id}", response_model=NoticeView)
async def update_notice(ctx: Write, id: UUID, expected: IfMatch, body: NoticeUpdate) -> Response:
    """Change a draft, or what the register says of a notice that was sent."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await notices.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_notice(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a notice that was never sent."""
    await remove(ctx, Notice, lifecycle, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_notice_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a notice, newest first."""
    return PageAnswer(await history(ctx, notices, id, listing))


@router.get("/{id}/transitions", response_model=Page[StepView])
async def list_notice_transitions(
    ctx: Read, id: UUID, listing: Annotated[StepListing, Query()]
) -> Response:
    """List the steps that a notice has taken, newest first."""
    return PageAnswer(await read_steps(ctx, notices, id, listing))


@router.post("/{id}/transitions", response_model=StepView, status_code=201)
async def transition_notice(
    ctx: Step, id: UUID, expected: IfMatch, body: NoticeStepCreate
) -> Response:
    """Send a notice, or withdraw it."""
    step = await service.step(ctx, id, expected, body)
    return await created(ctx, step, f"/api/v1/notices/{id}/transitions")
