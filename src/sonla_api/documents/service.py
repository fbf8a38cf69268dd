"""The rules of documents beside their fields: what a symbol says, and what it contradicts."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sonla_api.documents.attachments import keep, number_of_files, remove, stored
from sonla_api.documents.models import Document
from sonla_api.documents.queries import documents, is_number_taken
from sonla_api.documents.schemas import DocumentCreate, DocumentUpdate
from sonla_api.documents.symbols import Symbol, read
from sonla_api.documents.types import DocumentType
from sonla_api.kit.context import WriteContext
from sonla_api.kit.files import Upload, lines, refused
from sonla_api.kit.problems import StaleVersion
from sonla_api.kit.records import Item
from sonla_api.kit.secrecy import MESSAGES, is_marked
from sonla_api.kit.store import Expected, create, load, update
from sonla_api.kit.text import Message

_MOST_FILES = 100
_FULL = Message("a document has at most {most} files", "một văn bản có tối đa {most} tệp đính kèm")
_REUSED = Message(
    "Another document of this issuer, type and year has the number {number}.",
    "Văn bản khác cùng cơ quan, cùng loại, cùng năm cũng có số {number}.",
)
_UNREAD = Message("The symbol cannot be read.", "Không đọc được số, ký hiệu.")
_MEANT = Message(
    "The symbol cannot be read; {offers} may be meant.",
    "Không đọc được số, ký hiệu; có thể là {offers}.",
)
_TYPE = Message("The symbol is that of a {type}.", "Số, ký hiệu là của {type}.")
_YEAR = Message(
    "The symbol says {year}, its date {issued_on}.",
    "Số, ký hiệu ghi năm {year} nhưng ngày ban hành là {issued_on}.",
)


async def register(ctx: WriteContext, body: DocumentCreate) -> Item:
    """A new document; what is odd about its symbol is flagged, never refused."""
    return await create(ctx, documents, body, _judge, **_told(body.symbol, body.issued_on))


async def revise(ctx: WriteContext, id_: UUID, expected: Expected, body: DocumentUpdate) -> None:
    record = await load(ctx, Document, id_, expected)
    given = body.model_fields_set
    symbol = body.symbol if "symbol" in given else record.symbol
    issued_on = body.issued_on if "issued_on" in given else record.issued_on
    told = _told(symbol, issued_on)
    await update(ctx, Document, id_, expected, DocumentCreate, body, _judge, **told)


async def attach(ctx: WriteContext, id_: UUID, upload: Upload) -> Item:
    """Keep a file with a document, which stays the same: nobody's change of it is in the way."""
    media_type = await asyncio.to_thread(_looked_at, upload)
    await load(ctx, Document, id_, None)
    if await number_of_files(ctx, id_) >= _MOST_FILES:
        raise refused("too_many_files", _FULL.format(most=_MOST_FILES))
    return await keep(ctx, id_, upload, media_type)


async def detach(ctx: WriteContext, id_: UUID, attachment_id: UUID, expected: Expected) -> None:
    """Remove a file; what it was stays in the history of the document."""
    await load(ctx, Document, id_, None)
    file = await stored(ctx, id_, attachment_id)
    if expected is not None and file.version not in expected:
        raise StaleVersion(version=file.version)
    await remove(ctx, attachment_id)


def _looked_at(upload: Upload) -> str:
    """The type of a file, if it is one that is kept and bears no mark of secrecy."""
    secret = refused("state_secret", MESSAGES["state_secret"])
    if is_marked(upload.name.rpartition(".")[0]):
        raise secret
    media_type = upload.media_type()
    if media_type.startswith("text/") and any(map(is_marked, lines(upload.content))):
        raise secret
    return media_type


def _told(printed: str | None, issued_on: str | None) -> dict[str, Any]:
    """What the symbol of a document says of it, and its date of the year."""
    symbol = read(printed).symbol if printed else None
    return {
        "canonical": str(symbol) if symbol else None,
        "number": f"{symbol.number}{symbol.letter}" if symbol else None,
        "year": _year(symbol, issued_on),
    }


def _year(symbol: Symbol | None, issued_on: str | None) -> int | None:
    if symbol and symbol.year:
        return symbol.year
    return int(issued_on[:4]) if issued_on else None


async def _judge(
    ctx: WriteContext, id_: UUID | None, values: dict[str, Any]
) -> Mapping[str, Message]:
    if not values["symbol"]:
        return {}
    symbol, suggestions = read(values["symbol"])
    if not symbol:
        offers = ", ".join(suggestions)
        return {"symbol_unread": _MEANT.format(offers=offers) if offers else _UNREAD}
    found = dict(_contradictions(symbol, values["type"], values["issued_on"]))
    told = _told(values["symbol"], values["issued_on"])
    same = {name: values[name] for name in ("type", "issuer_id", "issuer_name")}
    if await is_number_taken(ctx, id_, number=told["number"], year=told["year"], **same):
        found["number_reused"] = _REUSED.format(number=told["number"])
    return found


def _contradictions(
    symbol: Symbol, type_: DocumentType, issued_on: str | None
) -> Mapping[str, Message]:
    found: dict[str, Message] = {}
    if type_ not in symbol.types:
        likely = symbol.types[0]
        found["type_differs"] = Message(
            _TYPE.en.format(type=likely.en.lower()), _TYPE.vi.format(type=likely.vi.lower())
        )
    if symbol.year and issued_on and int(issued_on[:4]) != symbol.year:
        found["date_conflict"] = _YEAR.format(year=symbol.year, issued_on=issued_on)
    return found
