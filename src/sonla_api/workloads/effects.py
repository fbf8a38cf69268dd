"""What exists because of a document: what rests on it, the plans of these, and their tasks."""

from typing import Any
from uuid import UUID

from sqlalchemy import Text, and_, any_, bindparam, cast, func, null, select, union, union_all
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from sonla_api.documents.lineage import LineageQuery, below, others, paged, read_page
from sonla_api.documents.models import Document
from sonla_api.kit.context import Context
from sonla_api.kit.mentions import Mention
from sonla_api.kit.model import Resource, constant
from sonla_api.kit.records import Rows
from sonla_api.kit.titles import href, readable
from sonla_api.plans.models import Plan
from sonla_api.tasks.models import Task
from sonla_api.workloads.schemas import EffectView

D = Document


async def effects(ctx: Context, id_: UUID, query: LineageQuery) -> Rows:
    """What exists because of a document, the latest first, as far as the caller may read it."""
    told = readable(ctx, (), [model.__tablename__ for model in (Plan, Task)])
    return await read_page(ctx, _effects, id_, query, resources=told)


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
    documents = _row(D, D.symbol, D.subject, D.issued_on).join(page, page.c.id == D.id)
    plans = (
        _row(Plan, D.symbol, D.subject, cast(null(), JSONB))
        .join(page, page.c.id == Plan.id)
        .outerjoin(D, and_(D.id == Plan.document_id, D.is_seen()))
    )
    tasks = _row(Task, Task.code, Task.title, func.to_jsonb(Task.due_on))
    return union_all(documents, plans, tasks.join(page, page.c.id == Task.id))


def _row(model: Any, symbol: Any, title: Any, on: Any) -> Any:
    return select(
        constant(model.__tablename__).label("resource"),
        model.id,
        href(model).label("href"),
        symbol.label("symbol"),
        title.label("title"),
        on.label("on"),
    )


_effects = paged(_ids(), _shown, EffectView)
