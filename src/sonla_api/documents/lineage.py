"""What documents rest on, and which rest on them, at any remove."""

from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, any_, bindparam, func, null, or_, select, true
from sqlalchemy.orm import aliased

from sonla_api.documents.models import Document, DocumentLink, LinkKind
from sonla_api.documents.queries import documents
from sonla_api.documents.schemas import DocumentView
from sonla_api.kit.context import Context
from sonla_api.kit.cursors import Rows, dated, page_of, unseal
from sonla_api.kit.listing import Paging
from sonla_api.kit.model import SIGHT, among
from sonla_api.kit.schema import View
from sonla_api.kit.shapes import as_item, to_json
from sonla_api.kit.statement import Statement

BASES = (LinkKind.implements, LinkKind.amends, LinkKind.cites, LinkKind.attached_to)
"""What a document rests on; one that it replaces is none of these."""

D, Link = Document, DocumentLink
_ROOT = bindparam("of", type_=D.id.type)


class LineageQuery(Paging):
    """Which page of what hangs together with a document."""


def above() -> Any:
    """The ids of the document in bind `of` and of all that it rests on."""
    return _reached(Link.document_id, Link.target_id, Link.target_visibility)


def below() -> Any:
    """The ids of the document in bind `of` and of all that rest on it."""
    return _reached(Link.target_id, Link.document_id, Link.document_visibility)


def others(reached: Any) -> Any:
    """Those but for the document itself."""
    return select(reached.c.id).where(reached.c.id != _ROOT)


def _reached(here: Any, there: Any, visibility: Any) -> Any:
    """By way of documents that the actor sees: what is hidden hides also what lies behind it.

    A union of ids alone: each once, however many ways lead to it.
    """
    that = aliased(Document)
    start = select(D.id).where(D.id == _ROOT, D.is_seen()).cte("reached", recursive=True)
    is_seen = or_(
        visibility == any_(SIGHT),
        select(that.id).where(that.id == there, that.is_seen()).correlate(Link).exists(),
    )
    step = select(there).join(start, here == start.c.id).where(among(Link.kind, BASES), is_seen)
    return start.union(step)


def paged(ids: Any, shown: Callable[[Any], Any], view: type[View]) -> Statement:
    """One page of what has these ids, the latest first; beside each its id and how many there are.

    Ids rise with time, so that only those on the page are looked up.
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
        select(to_json(item), null(), first.c.id, first.c.total)
        .select_from(first.join(row, row.c.id == first.c.id).join(item, true()))
        .order_by(first.c.id.desc())
    )


@cache
def _basis(*, is_stranger: bool) -> Statement:
    columns = documents.columns(is_stranger=is_stranger)
    shown: Any = select(*columns)
    return paged(others(above()), lambda page: shown.join(page, page.c.id == D.id), DocumentView)


async def basis(ctx: Context, id_: UUID, query: LineageQuery) -> Rows:
    """What a document rests on, the latest first."""
    statement = _basis(is_stranger=ctx.actor.is_anonymous)
    return await read_page(ctx, statement, ("basis", id_), query)


async def read_page(
    ctx: Context, statement: Statement, of: tuple[str, UUID], query: LineageQuery, **more: Any
) -> Rows:
    """The page that `query` asks for of what hangs together with a document, `of`: which list of
    which document; `more`: other binds of the statement.
    """
    id_ = of[1]
    after = dated(*unseal(query.cursor, *of))[1] if query.cursor is not None else None
    rows = await statement.fetch(
        ctx.reader, of=id_, after=after, limit=query.limit + 1, **more, **ctx.parameters
    )
    if not rows:
        await documents.item(ctx, id_)  # it may not be there at all
    total = (rows[0]["total"] if rows else 0) if query.count else None
    return page_of(rows, query.limit, total, *of)
