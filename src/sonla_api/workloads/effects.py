"""What exists because of a document: what rests on it, the plans of these, and their tasks."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Text, and_, any_, bindparam, cast, func, null, select, union, union_all
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import aliased

from sonla_api.documents.lineage import BASES, LineageQuery, below, others, paged, read_page
from sonla_api.documents.models import Document, DocumentLink
from sonla_api.kit.context import Context
from sonla_api.kit.cursors import Rows
from sonla_api.kit.mentions import Mention
from sonla_api.kit.model import Resource, among, constant
from sonla_api.kit.statement import Statement
from sonla_api.kit.titles import href, readable
from sonla_api.plans.models import Plan
from sonla_api.tasks.models import Task
from sonla_api.workloads.schemas import EffectView

D = Document


async def effects(ctx: Context, id_: UUID, query: LineageQuery) -> Rows:
    """What exists because of a document, the latest first, as far as the caller may read it."""
    told = readable(ctx, (), [model.__tablename__ for model in (Plan, Task)])
    return await read_page(ctx, _effects(), ("effects", id_), query, resources=told)


def _may_read(model: type[Resource]) -> Any:
    return constant(model.__tablename__) == any_(bindparam("resources", type_=ARRAY(Text)))


def _ids() -> Any:
    """A plan that is hidden hides its tasks; one task whose basis names a document does not."""
    reached = below()
    of_plans = (
        select(Plan.id)
        .join(reached, reached.c.id == Plan.document_id)
        .where(_may_read(Plan), Plan.is_seen())
    )
    in_plans = (
        select(Task.id)
        .join(Plan, Plan.id == Task.plan_id)
        .join(reached, reached.c.id == Plan.document_id)
        .where(_may_read(Task), Plan.is_seen(), Task.is_seen())
    )
    resting = (
        select(Task.id)
        .join(Mention, and_(Mention.record_id == Task.id, Mention.field == constant("basis")))
        .join(reached, reached.c.id == Mention.document_id)
        .where(_may_read(Task), Task.is_seen())
    )
    return union_all(others(reached), of_plans, union(in_plans, resting))


def _shown(page: Any) -> Any:
    """The records whose ids are in `page`, as rows of `EffectView`."""
    links = (DocumentLink.document_id == D.id, among(DocumentLink.kind, BASES))
    linked = _documents(DocumentLink.target_id, *links)
    documents = _row(D, D.symbol, D.subject, D.issued_on, linked).join(page, page.c.id == D.id)
    laid_down = _documents(Plan.document_id)
    plans = (
        _row(Plan, D.symbol, D.subject, cast(null(), JSONB), laid_down)
        .join(page, page.c.id == Plan.id)
        .outerjoin(D, and_(D.id == Plan.document_id, D.is_seen()))
    )
    of_plan = select(Plan.id).where(Plan.id == Task.plan_id, _may_read(Plan), Plan.is_seen())
    basis = (Mention.record_id == Task.id, Mention.field == constant("basis"))
    named = union_all(of_plan.correlate(Task), _documents(Mention.document_id, *basis))
    tasks = _row(Task, Task.code, Task.title, func.to_jsonb(Task.due_on), named)
    return union_all(documents, plans, tasks.join(page, page.c.id == Task.id))


def _documents(id_: Any, *where: Any) -> Any:
    """The ids of documents that a record names and that the caller sees."""
    that = aliased(Document)
    return select(that.id).where(that.id == id_, that.is_seen(), *where).correlate(D, Plan, Task)


def _row(model: Any, symbol: Any, title: Any, on: Any, rests_on: Any) -> Any:
    return select(
        constant(model.__tablename__).label("resource"),
        model.id,
        href(model).label("href"),
        symbol.label("symbol"),
        title.label("title"),
        on.label("on"),
        func.array(rests_on.scalar_subquery()).label("rests_on"),
    )


@cache
def _effects() -> Statement:
    return paged(_ids(), _shown, EffectView)
