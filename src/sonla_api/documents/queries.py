import json
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, NamedTuple
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy import (
    Date,
    Integer,
    Text,
    and_,
    any_,
    bindparam,
    case,
    exists,
    false,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.orm import aliased

from sonla_api.agencies.models import Agency
from sonla_api.documents.models import Attachment, Document, DocumentLink, LinkKind
from sonla_api.documents.schemas import AttachedFile, DocumentView, Printed
from sonla_api.documents.symbols import canonical, read
from sonla_api.documents.types import DocumentType
from sonla_api.kit.asked import Asked
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.filters import Filter, holds, matches, one_of, overlaps
from sonla_api.kit.listing import Listing, Parameters, Q
from sonla_api.kit.mentions import Mention
from sonla_api.kit.model import Visibility, among, constant, readers
from sonla_api.kit.period import UNKNOWN, PeriodFilter, days
from sonla_api.kit.records import Records
from sonla_api.kit.schema import Day
from sonla_api.kit.shapes import json_object
from sonla_api.kit.statement import Statement
from sonla_api.kit.store import hold
from sonla_api.kit.text import Line
from sonla_api.sources.models import Source

D, Link = Document, DocumentLink


def _successors(of: Any) -> Any:
    """The documents that replace one, as far as the actor sees them."""
    that = aliased(Document)
    shown = json_object(id=that.id, symbol=that.symbol, subject=that.subject)
    found = (
        select(func.json_agg(aggregate_order_by(shown, that.id)))
        .select_from(Link)
        .join(that, and_(that.id == Link.document_id, that.is_seen()))
        .where(Link.target_id == of.id, Link.kind == constant(LinkKind.replaces))
    )
    return func.coalesce(found.scalar_subquery(), func.json_build_array())


def _is_over(of: Any) -> Any:
    today = bindparam("today", type_=Date())
    return func.coalesce(func.upper(of.effective_days) <= today, false())


def href_of_file(of: Any) -> Any:
    above, beside = constant("/api/v1/documents/"), constant("/attachments/")
    return func.concat(above, of.document_id, beside, of.id)


def _files(of: Any) -> Any:
    """Whoever sees a document sees its files."""
    that = aliased(Attachment)
    names = [name for name in AttachedFile.model_fields if name != "href"]
    shown = json_object(**{name: getattr(that, name) for name in names}, href=href_of_file(that))
    ordered = func.json_agg(aggregate_order_by(shown, that.created_at, that.id))
    found = select(ordered).where(that.document_id == of.id)
    return func.coalesce(found.scalar_subquery(), func.json_build_array())


documents = Records(
    D, DocumentView, attachments=_files, replaced_by=_successors, is_expired=_is_over
)


def _of_symbol(asked: Asked) -> Any:
    """In its one form, or as printed where that cannot be read."""
    wanted = asked.any_of(Text())
    return or_(D.canonical == wanted, D.symbol == wanted)


def _issued_by(asked: Asked) -> Any:
    """Whose issuer is called so: an agency of the register, or one named as printed."""
    agency = select(Agency.id).where(Agency.id == D.issuer_id, Agency.is_seen())
    called = matches(Agency.words).condition(asked)
    printed = matches(func.fold(D.issuer_name, type_=Text())).condition(asked)
    return or_(agency.where(called).exists(), printed)


Symbol = Annotated[Printed, AfterValidator(lambda printed: canonical(printed) or printed)]


class DocumentListing(Listing):
    orders: ClassVar = {"created_at": D.created_at, "issued_on": D.issued_from}

    q: Annotated[Q, matches(D.words)] = None
    key: Annotated[list[Line], one_of(D.key)] = []
    symbol: Annotated[
        list[Symbol],
        Filter(_of_symbol, D.symbol),
        Field(description="Documents of this symbol, however it is written."),
    ] = []
    number: Annotated[list[Line], one_of(D.number)] = []
    year: Annotated[list[Annotated[int, Field(ge=1000, le=9999)]], one_of(D.year)] = []
    type: Annotated[list[DocumentType], one_of(D.type)] = []
    issuer_id: Annotated[list[UUID], one_of(D.issuer_id)] = []
    issuer: Annotated[
        Q,
        Filter(_issued_by, D.issuer_name),
        Field(description="Words of the issuer's name."),
    ] = None
    period: Annotated[
        PeriodFilter | None, overlaps(D.issued_days), Field(description="Issued in this period.")
    ] = None
    in_force_on: Annotated[
        Day | None,
        holds(D.effective_days),
        Field(description="Documents whose effective period is known and holds this day."),
    ] = None


_id = bindparam("id", type_=D.id.type)
_namesakes = Statement(
    select(D.id)
    .where(
        D.number == bindparam("number", type_=Text()),
        D.year == bindparam("year", type_=Integer()),
        D.type == bindparam("type", type_=Text()),
        or_(
            D.issuer_id == bindparam("issuer_id", type_=D.id.type),
            func.fold(D.issuer_name) == func.fold(bindparam("issuer_name", type_=Text())),
        ),
        D.id.is_distinct_from(_id),
        D.is_seen_as_widely(),
    )
    .limit(1)
)


async def is_number_taken(
    ctx: Context, id_: UUID | None, values: Mapping[str, Any], **told: Any
) -> bool:
    """Whether another document of this issuer, type and year has the number.

    Of those that all who see this one see: whoever writes, its flag says the same.
    """
    same = {name: values[name] for name in ("type", "issuer_id", "issuer_name")}
    found = await _namesakes.fetch(ctx.reader, id=id_, **told, **same, **readers(values))
    return bool(found)


class Otherwise(StrEnum):
    """What a document's date may contradict."""

    source = "source"
    link = "link"


class Dated(NamedTuple):
    """The day that does not fit; None where some who see the document may not be told."""

    kind: Otherwise
    on: date | None


_told_until = func.coalesce(Source.published_on, func.upper(Source.covers_days) - 1)
"""The last day of which a source can tell: that of its printing, else of what it covers."""
_first, _end = bindparam("first", type_=Date()), bindparam("end", type_=Date())


def _shown(of: Any, day: Any) -> Any:
    """The day, if whoever sees the document sees also what it is of."""
    alike = and_(among(of.visibility, [Visibility.internal]), bindparam("is_internal"))
    return case((or_(among(of.visibility, [Visibility.public]), alike), day))


def _ids(name: str) -> Any:
    return any_(bindparam(name, type_=ARRAY(Uuid)))


# Not only what the writer sees: else a flag came and went with who happens to write.
_contradictions = Statement(
    union_all(
        select(constant(Otherwise.source).label("kind"), _shown(Source, _told_until).label("on"))
        .where(Source.id == _ids("sources"), _told_until < _first)
        .order_by(_told_until.desc())
        .limit(1),
        select(constant(Otherwise.link), _shown(D, D.issued_from))
        .where(D.id == _ids("targets"), D.issued_from >= _end)
        .order_by(D.issued_from)
        .limit(1),
    )
)


async def dated_otherwise(ctx: Context, values: Mapping[str, Any]) -> list[Dated]:
    """What the day of issue contradicts: sources that end before it, links to what is later."""
    first, end = days(values["issued_on"]) or UNKNOWN
    cited = [citation["source_id"] for citation in values["sources"]]
    targets = [link["document_id"] for link in values["links"]]
    if not cited and not targets:
        return []
    is_internal = values["visibility"] != Visibility.public
    rows = await _contradictions.fetch(
        ctx.reader, first=first, end=end, sources=cited, targets=targets, is_internal=is_internal
    )
    return [Dated(Otherwise(kind), on) for kind, on in rows]


async def doubtful_with_source(ctx: WriteContext, source_id: UUID) -> Sequence[Document]:
    """The documents that cite a source and contradict it, or are flagged for their dates."""
    cites_it = and_(Mention.field == "sources", Mention.source_id == source_id)
    return await _doubtful_with(ctx, Source, source_id, cites_it, _told_until < D.issued_from)


async def doubtful_with_basis(ctx: WriteContext, document_id: UUID) -> Sequence[Document]:
    """The documents that rest on one and contradict it, or are flagged for their dates."""
    that = aliased(Document)
    rests_on_it = and_(Mention.field == "links", Mention.document_id == document_id)
    is_later = that.issued_from >= func.upper(D.issued_days)
    return await _doubtful_with(ctx, that, document_id, rests_on_it, is_later)


async def _doubtful_with(
    ctx: WriteContext, of: Any, id_: UUID, names_it: Any, contradicts_it: Any
) -> Sequence[Document]:
    flagged = [{"code": "date_conflict", "origin": "rule"}]
    found = (
        select(D.id)
        .join(of, of.id == id_)
        .where(
            exists().where(Mention.record_id == D.id, names_it),
            or_(contradicts_it, D.flags.contains(flagged)),
        )
    )
    ids = (await ctx.session.scalars(found)).all()
    return await hold(ctx, D, ids) if ids else []


class ResolveQuery(Parameters):
    """A symbol, and what tells its namesakes apart."""

    symbol: Printed
    issuer: Q = None
    issued_on: Annotated[
        PeriodFilter | None, Field(description="A day, or the month or year that is known.")
    ] = None


async def resolve(ctx: Context, query: ResolveQuery) -> bytes:
    """The documents of a symbol as JSON of `Resolution`."""
    symbol, suggestions = read(query.symbol)
    asked = {"symbol": [query.symbol], "issuer": query.issuer, "period": query.issued_on}
    listing = DocumentListing.model_validate({"sort": "-issued_on", **asked})
    rows = await documents.page(ctx, listing)
    head = {
        "symbol": query.symbol,
        "canonical": str(symbol) if symbol else None,
        "kind": symbol.kind if symbol else None,
        "suggestions": suggestions,
        "href": listing.address("documents", sort=listing.sort),
    }
    said = json.dumps(head, ensure_ascii=False).encode()
    return said[:-1] + b', "items": [%b]}' % b",".join(rows.bodies)
