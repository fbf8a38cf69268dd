"""What documents rest on, and what rests on them, at any remove."""

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Integer, any_, bindparam, func, or_, select, true
from sqlalchemy.orm import aliased

from sonla_api.documents.models import Document, DocumentLink, LinkKind
from sonla_api.documents.queries import documents
from sonla_api.documents.schemas import DocumentView, EffectView
from sonla_api.kit.context import Context
from sonla_api.kit.cursors import seal, unseal, wrong_cursor
from sonla_api.kit.listing import Parameters
from sonla_api.kit.model import SIGHT, among, constant
from sonla_api.kit.records import Rows
from sonla_api.kit.schema import View
from sonla_api.kit.shapes import as_item, to_json
from sonla_api.kit.statement import Statement

BASES = (LinkKind.implements, LinkKind.amends, LinkKind.cites, LinkKind.attached_to)
"""What a document rests on; one that it replaces is none of these."""

D, Link = Document, DocumentLink


class LineageQuery(Parameters):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(max_length=2000)] = None
    count: Literal["exact"] | None = None


def above() -> Any:
    """The ids of all that the document in bind `of` rests on."""
    return _reached(Link.document_id, Link.target_id, Link.target_visibility)


def below() -> Any:
    """The ids of all that rest on the document in bind `of`."""
    return _reached(Link.target_id, Link.document_id, Link.document_visibility)


def _reached(here: Any, there: Any, visibility: Any) -> Any:
    """By way of documents that the actor sees: what is hidden hides also what lies behind it.

    A union of ids alone: each once, however many ways lead to it.
    """
    root, that = bindparam("of", type_=D.id.type), aliased(Document)
    start = select(D.id).where(D.id == root, D.is_seen()).cte("reached", recursive=True)
    is_seen = or_(
        visibility == any_(SIGHT),
        select(that.id).where(that.id == there, that.is_seen()).correlate(Link).exists(),
    )
    step = select(there).join(start, here == start.c.id).where(among(Link.kind, BASES), is_seen)
    found = start.union(step)
    return select(found.c.id).where(found.c.id != root)


def document_effects(page: Any) -> Any:
    """The documents whose ids are in `page`, as rows of `EffectView`."""
    return select(
        constant("documents").label("resource"),
        D.id,
        func.concat(constant("/api/v1/documents/"), D.id).label("href"),
        D.symbol,
        D.subject.label("title"),
        D.issued_on.label("on"),
    ).join(page, page.c.id == D.id)


def paged(ids: Any, shown: Callable[[Any], Any], view: type[View]) -> Statement:
    """One page of what has these ids, the latest first; beside each its id and how many there are.

    Ids rise with time, so that only those on the page are looked up. More resources join as unions
    of ids and of what is shown.
    """
    every, after = ids.subquery("every"), bindparam("after", type_=D.id.type)
    page = (
        select(every.c.id, func.count().over().label("total"))
        .order_by(every.c.id.desc())
        .subquery("counted")
    )
    first = (
        select(page)
        .where(or_(after.is_(None), page.c.id < after))
        .order_by(page.c.id.desc())
        .limit(bindparam("limit", type_=Integer()))
        .cte("page")
    )
    row = shown(first).subquery("row")
    item = as_item(row, view)
    return Statement(
        select(to_json(item), first.c.id, first.c.total)
        .select_from(first.join(row, row.c.id == first.c.id).join(item, true()))
        .order_by(first.c.id.desc())
    )


@cache
def _basis(*, is_stranger: bool) -> Statement:
    columns = documents.columns(is_stranger=is_stranger)
    return paged(above(), lambda page: select(*columns).join(page, page.c.id == D.id), DocumentView)


_effects = paged(below(), document_effects, EffectView)


async def basis(ctx: Context, id_: UUID, query: LineageQuery) -> Rows:
    """What a document rests on, the latest first."""
    return await _page(ctx, _basis(is_stranger=ctx.actor.is_anonymous), id_, query)


async def effects(ctx: Context, id_: UUID, query: LineageQuery) -> Rows:
    """What rests on a document, the latest first."""
    return await _page(ctx, _effects, id_, query)


async def _page(ctx: Context, statement: Statement, id_: UUID, query: LineageQuery) -> Rows:
    after = _place(unseal(query.cursor, id_)[1]) if query.cursor is not None else None
    rows = await statement.fetch(
        ctx.reader, of=id_, after=after, limit=query.limit + 1, **ctx.parameters
    )
    if not rows:
        await documents.item(ctx, id_)  # it may not be there at all
    bodies = [row[0] for row in rows[: query.limit]]
    cursor = seal([None, str(rows[query.limit - 1][1])], id_) if rows[query.limit :] else None
    total = (rows[0][2] if rows else 0) if query.count else None
    return Rows(bodies, cursor, total)


def _place(id_: str) -> UUID:
    try:
        return UUID(id_)
    except ValueError:  # whoever reads this file can make a cursor of anything
        raise wrong_cursor() from None
