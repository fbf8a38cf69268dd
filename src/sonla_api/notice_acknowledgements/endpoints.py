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
from sonla_api.kit.store import delete
from sonla_api.notice_acknowledgements import service
from sonla_api.notice_acknowledgements.models import NoticeAcknowledgement
from sonla_api.notice_acknowledgements.queries import (
    NoticeAcknowledgementListing,
    NoticeRecipientListing,
    acknowledgements,
    recipients_of,
)
from sonla_api.notice_acknowledgements.schemas import (
    NoticeAcknowledgementCreate,
    NoticeAcknowledgementUpdate,
    NoticeAcknowledgementView,
    NoticeRecipientView,
)

router = routes_of("notice-acknowledgements")
of_notices = routes_of(tag="notices")

Read = Annotated[Context, reading("notice_acknowledgements:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("notice_acknowledgements:write")]
Write = Annotated[WriteContext, writing("notice_acknowledgements:write")]
ReadNotices = Annotated[Context, reading("notices:read")]


@router.get("", response_model=Page[NoticeAcknowledgementView])
async def list_notice_acknowledgements(
    ctx: Read, listing: Annotated[NoticeAcknowledgementListing, Query()]
) -> Response:
    """List which businesses confirmed which notices."""
    return PageAnswer(await acknowledgements.page(ctx, listing))


@router.get("/{id}", response_model=NoticeAcknowledgementView)
async def get_notice_acknowledgement(ctx: Read, id: UUID) -> Response:
    """Read one acknowledgement of a notice."""
    return RecordAnswer(await acknowledgements.item(ctx, id))


@router.post("", response_model=NoticeAcknowledgementView, status_code=201)
async def create_notice_acknowledgement(ctx: Create, body: NoticeAcknowledgementCreate) -> Response:
    """Record that a recipient confirmed a notice."""
    said = await service.register(ctx, body)
    return await created(ctx, said, f"/api/v1/notice-acknowledgements/{said.id}")


@router.patch("/{id}", response_model=NoticeAcknowledgementView)
async def update_notice_acknowledgement(
    ctx: Write, id: UUID, expected: IfMatch, body: NoticeAcknowledgementUpdate
) -> Response:
    """Put right what was recorded of an acknowledgement."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await acknowledgements.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_notice_acknowledgement(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove an acknowledgement that was recorded in error."""
    await delete(ctx, NoticeAcknowledgement, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_notice_acknowledgement_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of an acknowledgement, newest first."""
    return PageAnswer(await history(ctx, acknowledgements, id, listing))


@of_notices.get("/notices/{id}/recipients", response_model=Page[NoticeRecipientView])
async def list_notice_recipients(
    ctx: ReadNotices, id: UUID, listing: Annotated[NoticeRecipientListing, Query()]
) -> Response:
    """List those that a notice goes to, and who of them has confirmed it."""
    return PageAnswer(await recipients_of(ctx, id, listing))
