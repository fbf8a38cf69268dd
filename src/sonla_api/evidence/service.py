"""Who may say what shows work on a task: its owner, and whoever is assigned to it."""

from sonla_api.evidence.queries import evidence
from sonla_api.evidence.schemas import EvidenceCreate
from sonla_api.kit.context import WriteContext
from sonla_api.kit.owners import visibility_of_part
from sonla_api.kit.records import Item
from sonla_api.kit.store import create, whole_of
from sonla_api.tasks.models import Task


async def register(ctx: WriteContext, body: EvidenceCreate) -> Item:
    task = await whole_of(ctx, Task, body.task_id, "/task_id", wanted=())
    return await create(ctx, evidence, body, visibility=visibility_of_part(body, task))
