from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.documents import service
from sonla_api.documents.attachments import AttachmentListing, content, listed, stored
from sonla_api.documents.lineage import LineageQuery, basis
from sonla_api.documents.models import Document
from sonla_api.documents.queries import (
    DocumentListing,
    ResolveQuery,
    documents,
    resolve,
)
from sonla_api.documents.schemas import (
    AttachmentView,
    DocumentCreate,
    DocumentUpdate,
    DocumentView,
    Resolution,
)
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import (
    VARY,
    FileAnswer,
    IfMatch,
    PageAnswer,
    RecordAnswer,
    created,
)
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.store import delete
from sonla_api.kit.uploads import Received

router = routes_of("documents")

Read = Annotated[Context, reading("documents:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("documents:write", is_short=True)]
Attach = Annotated[WriteContext, creating("documents:write")]
Write = Annotated[WriteContext, writing("documents:write")]


@router.get("", response_model=Page[DocumentView])
async def list_documents(ctx: Read, listing: Annotated[DocumentListing, Query()]) -> Response:
    """List the documents that the caller may see."""
    return PageAnswer(await documents.page(ctx, listing))


@router.get("/resolve", response_model=Resolution)
async def resolve_document(ctx: Read, query: Annotated[ResolveQuery, Query()]) -> Response:
    """Find the documents of a symbol, however it is written."""
    return Response(await resolve(ctx, query), media_type="application/json", headers=VARY)


@router.get("/{id}", response_model=DocumentView)
async def get_document(ctx: Read, id: UUID) -> Response:
    """Read one document."""
    return RecordAnswer(await documents.item(ctx, id))


@router.post("", response_model=DocumentView, status_code=201)
async def create_document(ctx: Create, body: DocumentCreate) -> Response:
    """Register a document."""
    document = await service.register(ctx, body)
    return await created(ctx, document, f"/api/v1/documents/{document.id}")


@router.patch("/{id}", response_model=DocumentView)
async def update_document(
    ctx: Write, id: UUID, expected: IfMatch, body: DocumentUpdate
) -> Response:
    """Change some fields of a document."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await documents.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_document(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a document that nothing refers to."""
    await delete(ctx, Document, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_document_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a document, newest first."""
    return PageAnswer(await history(ctx, documents, id, listing))


@router.get("/{id}/attachments", response_model=Page[AttachmentView])
async def list_document_attachments(
    ctx: Read, id: UUID, listing: Annotated[AttachmentListing, Query()]
) -> Response:
    """List the files of a document, the oldest first."""
    return PageAnswer(await listed(ctx, id, listing))


@router.post("/{id}/attachments", response_model=AttachmentView, status_code=201)
async def create_document_attachment(ctx: Attach, id: UUID, upload: Received) -> Response:
    """Add a file to a document, which keeps its version."""
    attachment = await service.attach(ctx, id, upload)
    return await created(ctx, attachment, f"/api/v1/documents/{id}/attachments/{attachment.id}")


@router.get("/{id}/attachments/{attachment_id}", response_class=FileAnswer)
async def get_document_attachment(ctx: Read, id: UUID, attachment_id: UUID) -> Response:
    """Download a file of a document."""
    file = await stored(ctx, id, attachment_id)
    return FileAnswer(file, content(ctx, attachment_id, file))


@router.delete("/{id}/attachments/{attachment_id}", status_code=204)
async def delete_document_attachment(
    ctx: Write, id: UUID, attachment_id: UUID, expected: IfMatch
) -> None:
    """Remove a file from a document, which keeps its version."""
    await service.detach(ctx, id, attachment_id, expected)


@router.get("/{id}/basis", response_model=Page[DocumentView])
async def list_document_basis(
    ctx: Read, id: UUID, query: Annotated[LineageQuery, Query()]
) -> Response:
    """List all that a document rests on, at any remove, the latest first."""
    return PageAnswer(await basis(ctx, id, query))
