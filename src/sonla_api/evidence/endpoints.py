from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.evidence import service
from sonla_api.evidence.models import Evidence
from sonla_api.evidence.queries import EvidenceListing, evidence
from sonla_api.evidence.schemas import EvidenceCreate, EvidenceView
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.store import delete

router = routes_of("evidence")

Read = Annotated[Context, reading("evidence:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("evidence:write")]
Write = Annotated[WriteContext, writing("evidence:write")]


@router.get("", response_model=Page[EvidenceView])
async def list_evidence(ctx: Read, listing: Annotated[EvidenceListing, Query()]) -> Response:
    """List which records, such as delegations and events, show work on which tasks."""
    return PageAnswer(await evidence.page(ctx, listing))


@router.get("/{id}", response_model=EvidenceView)
async def get_evidence(ctx: Read, id: UUID) -> Response:
    """Read one piece of evidence."""
    return RecordAnswer(await evidence.item(ctx, id))


@router.post("", response_model=EvidenceView, status_code=201)
async def create_evidence(ctx: Create, body: EvidenceCreate) -> Response:
    """Tie a record, such as a delegation or an event, to a task that it shows work on."""
    piece = await service.register(ctx, body)
    return await created(ctx, piece, f"/api/v1/evidence/{piece.id}")


@router.delete("/{id}", status_code=204)
async def delete_evidence(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a piece of evidence; the record that it names stays."""
    await delete(ctx, Evidence, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_evidence_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a piece of evidence, newest first."""
    return PageAnswer(await history(ctx, evidence, id, listing))
