"""The files of documents: kept in pieces, so that nobody ever holds one whole."""

from collections.abc import AsyncIterator
from typing import ClassVar
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, select
from uuid_utils.compat import uuid7

from sonla_api.documents.models import Attachment, AttachmentPiece
from sonla_api.documents.queries import documents, href_of_file
from sonla_api.documents.schemas import AttachmentView
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.cursors import Rows
from sonla_api.kit.files import StoredFile, Upload
from sonla_api.kit.listing import Listing
from sonla_api.kit.records import Item, Records
from sonla_api.kit.statement import Statement
from sonla_api.kit.tombstones import missing

attachments = Records(Attachment, AttachmentView, href=href_of_file)

_kept, _pieces = Attachment.__table__.c, AttachmentPiece.__table__.c
_id, _document = (bindparam(name, type_=_kept.id.type) for name in ("id", "document_id"))
_number = bindparam("number", type_=_pieces.number.type)


class AttachmentListing(Listing):
    orders: ClassVar = {"created_at": Attachment.created_at}
    sort: str = "created_at"


async def listed(ctx: Context, id_: UUID, listing: AttachmentListing) -> Rows:
    """The files of a document that the caller may see."""
    rows = await attachments.page(ctx, listing, document_id=id_)
    if not rows.bodies:
        await documents.item(ctx, id_)  # it may not be there at all
    return rows


_wanted = (_kept[name] for name in StoredFile._fields)
_stored = Statement(
    select(*_wanted).where(_kept.id == _id, _kept.document_id == _document, Attachment.is_seen())
)


async def stored(ctx: Context, id_: UUID, attachment_id: UUID) -> StoredFile:
    """A file of a document that the caller may see, without its bytes."""
    asked = {"id": attachment_id, "document_id": id_, **ctx.actor.parameters}
    for row in await _stored.fetch(ctx.reader, **asked):
        return StoredFile(*row)
    await documents.item(ctx, id_)
    return await missing(ctx, Attachment.__tablename__, attachment_id)


_piece = Statement(
    select(_pieces.content).where(_pieces.attachment_id == _id, _pieces.number == _number)
)


async def content(ctx: Context, attachment_id: UUID, file: StoredFile) -> AsyncIterator[bytes]:
    """The bytes of a file. A connection is lent for each piece anew, so that callers who read
    slowly, or no more, hold none. Of a file removed meanwhile the rest is missing.
    """
    number = given = 0
    while given < file.size and (
        rows := await _piece.fetch(ctx.reader, id=attachment_id, number=number)
    ):
        ((piece,),) = rows
        yield piece
        number, given = number + 1, given + len(piece)


_count = Statement(select(func.count()).where(_kept.document_id == _document))


async def number_of_files(ctx: Context, id_: UUID) -> int:
    ((number,),) = await _count.fetch(ctx.reader, document_id=id_)
    return int(number)


_given = ("id", "document_id", "name", "media_type", "size", "sha256", "created_by")
_keep = Statement(
    insert(Attachment).values({name: bindparam(name, type_=_kept[name].type) for name in _given})
)
_keep_piece = Statement(
    insert(AttachmentPiece).values(
        {column.key: bindparam(column.key, type_=column.type) for column in _pieces}
    )
)


async def keep(ctx: WriteContext, id_: UUID, upload: Upload, media_type: str) -> Item:
    """Keep a file with a document, as the caller sees it."""
    new = uuid7()
    about = {"name": upload.name, "size": upload.size, "sha256": upload.sha256}
    by = {"media_type": media_type, "created_by": ctx.actor.id}
    await _keep.fetch(ctx.reader, id=new, document_id=id_, **about, **by)
    for number, piece in enumerate(upload.pieces()):
        await _keep_piece.fetch(ctx.reader, attachment_id=new, number=number, content=piece)
    return await attachments.item(ctx, new)


_remove = Statement(delete(Attachment).where(_kept.id == _id))


async def remove(ctx: WriteContext, attachment_id: UUID) -> None:
    await _remove.fetch(ctx.reader, id=attachment_id)
