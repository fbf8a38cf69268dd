"""The rules of reports: who writes one, on what, and what it shows of the task."""

from sonla_api.assignments.lifecycle import AssignmentState
from sonla_api.assignments.models import Assignment
from sonla_api.assignments.queries import wait_for_task
from sonla_api.evidence.queries import tie
from sonla_api.kit.context import WriteContext
from sonla_api.kit.owners import owner_of_part, visibility_of_part
from sonla_api.kit.problems import FieldError, Invalid
from sonla_api.kit.records import Item
from sonla_api.kit.store import create, whole_of
from sonla_api.kit.text import Message
from sonla_api.progress_reports.queries import progress_reports
from sonla_api.progress_reports.schemas import ProgressReportCreate
from sonla_api.tasks.lifecycle import ASSIGNED

_WITHDRAWN = Message(
    "the agency was withdrawn from the task and owes no report",
    "cơ quan đã được rút khỏi nhiệm vụ nên không phải báo cáo",
)


async def register(ctx: WriteContext, body: ProgressReportCreate) -> Item:
    """A report, owned by the agency assigned; its evidence is tied to the task as well.

    Also on what is done: reports of a period are due from everybody who worked in it.
    """
    await wait_for_task(ctx, body.assignment_id)
    on = await whole_of(ctx, Assignment, body.assignment_id, "/assignment_id", (ASSIGNED,))
    if on.state is AssignmentState.cancelled:
        raise Invalid(errors=[FieldError("/assignment_id", "withdrawn", _WITHDRAWN)])
    seen = visibility_of_part(body, on)
    owner = await owner_of_part(ctx, body, on.agency_id)
    report = await create(ctx, progress_reports, body, visibility=seen, owner_agency_id=owner)
    if body.evidence:
        named = [one.model_dump() for one in body.evidence]
        await tie(ctx, named, task_id=on.task_id, owner_agency_id=owner, visibility=seen)
    return report
