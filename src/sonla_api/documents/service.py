"""The rules of documents beside their fields: what a symbol says, and what it contradicts."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sonla_api.documents.attachments import keep, number_of_files, remove, stored
from sonla_api.documents.models import Document
from sonla_api.documents.queries import (
    Otherwise,
    dated_otherwise,
    documents,
    doubtful_with_basis,
    doubtful_with_source,
    is_number_taken,
)
from sonla_api.documents.schemas import DocumentCreate, DocumentUpdate
from sonla_api.documents.symbols import Symbol, read
from sonla_api.kit.context import WriteContext
from sonla_api.kit.files import Upload, lines, refused
from sonla_api.kit.flags import ruled
from sonla_api.kit.period import days
from sonla_api.kit.problems import StaleVersion
from sonla_api.kit.records import Item
from sonla_api.kit.secrecy import MESSAGES, is_marked
from sonla_api.kit.store import Expected, change, create, load, update
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
_EARLY = Message(
    "It takes effect on {effective}, before it was issued ({issued_on}).",
    "Có hiệu lực từ {effective}, trước khi ban hành ({issued_on}).",
)
_OTHERS = {
    (Otherwise.source, False): Message(
        "It is dated {issued_on}, but a source that tells of it reaches to {on} only.",
        "Ghi ngày {issued_on} nhưng nguồn nói về văn bản này chỉ đến ngày {on}.",
    ),
    (Otherwise.source, True): Message(
        "It is dated {issued_on}, but a source that tells of it does not reach so far.",
        "Ghi ngày {issued_on} nhưng nguồn nói về văn bản này chưa đến ngày đó.",
    ),
    (Otherwise.link, False): Message(
        "It is dated {issued_on}, but rests on a document of {on}.",
        "Ghi ngày {issued_on} nhưng dựa trên văn bản ngày {on}.",
    ),
    (Otherwise.link, True): Message(
        "It is dated {issued_on}, but rests on a later document.",
        "Ghi ngày {issued_on} nhưng dựa trên văn bản ban hành sau đó.",
    ),
}
"""By what a date is contradicted, and whether that day is hidden from some who see the document."""
_DATED = ("symbol", "issued_on", "effective", "sources", "links", "visibility")
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
    if given & {"issued_on", "visibility"}:  # the day, and to whom it may be told
        await _judge_anew(ctx, await doubtful_with_basis(ctx, id_))


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
    symbol, suggestions = read(values["symbol"]) if values["symbol"] else (None, [])
    found: dict[str, Message] = {}
    if values["symbol"] and not symbol:
        offers = ", ".join(suggestions)
        found["symbol_unread"] = _MEANT.format(offers=offers) if offers else _UNREAD
    if symbol:
        if values["type"] not in symbol.types:
            likely = symbol.types[0]
            found["type_differs"] = Message(
                _TYPE.en.format(type=likely.en.lower()), _TYPE.vi.format(type=likely.vi.lower())
            )
        told = _told(values["symbol"], values["issued_on"])
        if await is_number_taken(ctx, id_, values, number=told["number"], year=told["year"]):
            found["number_reused"] = _REUSED.format(number=told["number"])
    return found | await _dates(ctx, values)


async def _dates(ctx: WriteContext, values: Mapping[str, Any]) -> dict[str, Message]:
    """Whether the day of issue fits all else that is dated; one flag says everything."""
    issued_on = values["issued_on"]
    if not issued_on:
        return {}
    said: list[Message] = []
    symbol = read(values["symbol"]).symbol if values["symbol"] else None
    if symbol and symbol.year and int(issued_on[:4]) != symbol.year:
        said.append(_YEAR.format(year=symbol.year, issued_on=issued_on))
    first = _first_day(issued_on)
    effective = values["effective"] and _first_day(values["effective"])
    if first and effective and effective < first:
        said.append(_EARLY.format(effective=effective, issued_on=issued_on))
    for other in await dated_otherwise(ctx, values):
        words = _OTHERS[other.kind, other.on is None]
        said.append(words.format(issued_on=issued_on, on=other.on))
    return {"date_conflict": _together(said)} if said else {}


def _first_day(period: Any) -> date | None:
    known = days(period)
    return known and known[0]


def _together(said: list[Message]) -> Message:
    return Message(" ".join(one.en for one in said), " ".join(one.vi for one in said))


async def follow_source(ctx: WriteContext, source_id: UUID) -> None:
    """Judge the dates of the documents that cite a source, when it has changed."""
    await _judge_anew(ctx, await doubtful_with_source(ctx, source_id))


async def _judge_anew(ctx: WriteContext, held: Sequence[Document]) -> None:
    """Judge the dates of documents, as something that they name has changed.

    A rule acts here, not the person: it needs no leave to write them.
    """
    for document in held:
        values = {name: getattr(document, name) for name in _DATED}
        flags = ruled(document.flags, await _dates(ctx, values), {"date_conflict"})
        await change(ctx, document, flags=flags)
