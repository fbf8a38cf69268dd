from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import bindparam, column, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.dialects.postgresql import UUID as Uuid

from sonla_api.evidence.models import WHAT, Evidence
from sonla_api.evidence.schemas import EvidenceView
from sonla_api.kit.context import WriteContext
from sonla_api.kit.filters import one_of, through
from sonla_api.kit.listing import Listing
from sonla_api.kit.records import Records
from sonla_api.kit.statement import Statement
from sonla_api.kit.text import Line
from sonla_api.tasks.models import Task

E = Evidence
evidence = Records(E, EvidenceView)


class EvidenceListing(Listing):
    orders: ClassVar = {"created_at": E.created_at}

    key: Annotated[list[Line], one_of(E.key)] = []
    task_id: Annotated[list[UUID], one_of(E.task_id)] = []
    plan_id: Annotated[
        list[UUID],
        through(E.task_id, one_of(Task.plan_id)),
        Field(description="What shows work on the tasks of this plan."),
    ] = []
    delegation_id: Annotated[list[UUID], one_of(E.delegation_id)] = []
    agreement_id: Annotated[list[UUID], one_of(E.agreement_id)] = []
    event_id: Annotated[list[UUID], one_of(E.event_id)] = []
    project_id: Annotated[list[UUID], one_of(E.project_id)] = []
    document_id: Annotated[list[UUID], one_of(E.document_id)] = []


_each = (
    func.unnest(*(bindparam(f"{name}s", type_=ARRAY(Uuid)) for name in WHAT))
    .table_valued(*(column(name, Uuid) for name in WHAT), name="each_one")
    .render_derived()
)


def _tie() -> Statement:
    """What is tied to the task already stays as it is."""
    names = ("task_id", "owner_agency_id", "visibility", "created_by", "updated_by")
    given = {name: bindparam(name, type_=E.__table__.c[name].type) for name in names}
    own = {"id": func.uuid7(), "version": literal_column("1"), **given}
    rows = select(*own.values(), *(_each.c[name] for name in WHAT)).select_from(_each)
    made = insert(E).from_select([*own, *WHAT], rows, include_defaults=False)
    return Statement(made.on_conflict_do_nothing(constraint="uq_evidence_task_id"))


_ties = _tie()


async def tie(ctx: WriteContext, named: list[dict[str, Any]], **values: Any) -> None:
    """Let records be evidence for a task; each one names one of `WHAT`."""
    ids = {f"{name}s": [one[name] for one in named] for name in WHAT}
    by = {"created_by": ctx.actor.id, "updated_by": ctx.actor.id}
    await _ties.fetch(ctx.reader, **ids, **by, **values)
