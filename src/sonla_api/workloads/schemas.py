from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from sonla_api.assignments.models import AssignmentRole
from sonla_api.calendar_days.models import CalendarStatus
from sonla_api.kit.codes import CodeList
from sonla_api.kit.period import PartialDate
from sonla_api.kit.schema import AgencySummary, View
from sonla_api.kit.text import LocalizedText
from sonla_api.plans.schemas import PlanSummary
from sonla_api.tasks.health import Health

_AT = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
_ON_THE_DAY = f"as_of=2026-11-26&plan_id={_AT}"


class WorkReason(CodeList):
    overdue = "overdue", "Overdue", "Quá hạn"
    due_soon = "due_soon", "Due soon", "Sắp đến hạn"
    to_accept = "to_accept", "To accept", "Cần nhận"
    returned = "returned", "Returned for completion", "Bị trả lại"
    to_answer = "to_answer", "Opinion asked for", "Cần trả lời lấy ý kiến"
    report_overdue = "report_overdue", "Report overdue", "Quá hạn báo cáo"
    result_to_decide = "result_to_decide", "Result to decide on", "Cần xét kết quả"
    extension_to_decide = "extension_to_decide", "Extension to decide on", "Cần xét gia hạn"
    delegation_to_decide = "delegation_to_decide", "Delegation to decide on", "Cần duyệt đoàn"


Calendar = Annotated[
    CalendarStatus,
    Field(
        description="Whether the holidays and exchanged days that decide what is due soon are"
        " published."
    ),
]


class TaskCount(View):
    """Tasks that stand so on the day."""

    health: Health
    tasks: Annotated[int, Field(examples=[3])]
    href: Annotated[
        str,
        Field(
            description="The tasks counted.",
            examples=[f"/api/v1/tasks?{_ON_THE_DAY}&health=overdue"],
        ),
    ]


class PlanFigures(View):
    """How far a plan is on a day; headings and what was withdrawn by then are not counted."""

    plan: PlanSummary | None
    as_of: date
    calendar: Calendar
    percent: Annotated[
        int | None,
        Field(
            description="The mean of the tasks by weight, rounded down. A heading has that of what"
            " stands below it and counts by its own weight, so that nothing counts twice. Null"
            " without tasks, and for a day that is past: how far each was then is not kept.",
            examples=[43],
        ),
    ]
    tasks: Annotated[int, Field(examples=[16])]
    href: Annotated[
        str,
        Field(
            description="The tasks counted.",
            examples=[f"/api/v1/tasks?{_ON_THE_DAY}&health=on_track"],
        ),
    ]
    by_health: list[TaskCount]


class BoardRow(View):
    """What an agency leads of a plan, and in how much more it takes part."""

    agency: Annotated[
        AgencySummary | None,
        Field(description="Null for the tasks that nobody leads, or none whom the caller sees."),
    ]
    tasks: Annotated[int, Field(description="Those that it leads now.", examples=[3])]
    href: Annotated[str, Field(examples=[f"/api/v1/tasks?{_ON_THE_DAY}&lead={_AT}"])]
    by_health: list[TaskCount]
    coordinating: Annotated[
        int | None,
        Field(
            description="Those to which it is assigned beside the lead; null for no agency.",
            examples=[2],
        ),
    ]
    coordinating_href: Annotated[
        str | None,
        Field(examples=[f"/api/v1/assignments?{_ON_THE_DAY}&agency_id={_AT}&role=coordinating"]),
    ]


class PlanBoard(View):
    """A plan by agency and by health, those with nothing among them."""

    plan: PlanSummary | None
    as_of: date
    calendar: Calendar
    total: BoardRow
    items: list[BoardRow]


class AssignmentCount(View):
    """Assignments that stand so on the day."""

    health: Health
    assignments: Annotated[int, Field(examples=[3])]
    href: Annotated[
        str,
        Field(
            description="The assignments counted.",
            examples=[f"/api/v1/assignments?as_of=2026-11-26&agency_id={_AT}&health=overdue"],
        ),
    ]


class PlanCount(View):
    """What an agency has in one role of a plan and has not done yet."""

    plan: PlanSummary
    role: AssignmentRole
    assignments: Annotated[int, Field(examples=[2])]
    href: Annotated[
        str,
        Field(examples=[f"/api/v1/assignments?{_ON_THE_DAY}&agency_id={_AT}&health=on_track"]),
    ]


class RoleCount(View):
    """What an agency has in one role, over all plans."""

    role: AssignmentRole
    assignments: Annotated[int, Field(examples=[3])]
    href: Annotated[
        str, Field(examples=[f"/api/v1/assignments?as_of=2026-11-26&agency_id={_AT}&role=lead"])
    ]
    by_health: list[AssignmentCount]


class AgencyWorkload(View):
    """What an agency has to do on a day, over all plans."""

    agency: AgencySummary | None
    as_of: date
    calendar: Calendar
    by_role: list[RoleCount]
    open: Annotated[
        list[PlanCount], Field(description="What is not done yet, by plan, the latest first.")
    ]
    due_href: Annotated[
        str,
        Field(
            description="What is overdue or due soon, by due day.",
            examples=[
                f"/api/v1/assignments?agency_id={_AT}&health=overdue&health=due_soon&sort=due_on"
            ],
        ),
    ]


class WorkItemView(View):
    """One record that waits for the caller's agency, and why."""

    resource: Annotated[str, Field(examples=["assignments"])]
    id: UUID
    href: Annotated[str, Field(examples=[f"/api/v1/assignments/{_AT}"])]
    title: LocalizedText
    agency: Annotated[AgencySummary | None, Field(description="Whose task or delegation it is.")]
    due_on: date | None
    reasons: list[WorkReason]


class Figure(View):
    """A number of assignments, and where they are listed."""

    assignments: Annotated[int, Field(examples=[3])]
    href: Annotated[
        str,
        Field(examples=["/api/v1/assignments?assigned_on_from=2025-01-01&role=lead"]),
    ]


class TaskTableRow(View):
    """carried_over + new = done_on_time + done_late + in_progress + overdue + withdrawn."""

    agency: Annotated[AgencySummary | None, Field(description="Null in the total.")]
    carried_over: Figure
    new: Figure
    done_on_time: Figure
    done_late: Figure
    in_progress: Figure
    overdue: Figure
    withdrawn: Figure


class Unassigned(View):
    """Tasks that nobody is assigned to; they stand in no line of the table."""

    tasks: Annotated[int, Field(examples=[3])]
    href: Annotated[
        str, Field(examples=["/api/v1/tasks?as_of=2025-06-30&is_assigned=false&health=unassigned"])
    ]


class TaskTable(View):
    """The task table of a period: what there was to do, and what became of it by its end."""

    period: Annotated[str, Field(examples=["2025-H1"])]
    as_of: Annotated[
        date,
        Field(description="The last day of the period, or today while it lasts."),
    ]
    role: AssignmentRole
    total: TaskTableRow
    items: list[TaskTableRow]
    unassigned: Unassigned


class EffectView(View):
    """What exists because of a document: another document, a plan or a task."""

    resource: Annotated[str, Field(examples=["documents"])]
    id: UUID
    href: Annotated[str, Field(examples=[f"/api/v1/documents/{_AT}"])]
    symbol: Annotated[
        str | None,
        Field(
            description="Of a plan that of its document, of a task its code.",
            examples=["152/KH-UBND"],
        ),
    ]
    title: Annotated[LocalizedText | None, Field(description="Null where it is hidden.")]
    on: Annotated[
        PartialDate | None,
        Field(description="When the document was issued or the task is due."),
    ]
    rests_on: Annotated[
        list[UUID],
        Field(
            description="What it follows from directly: the documents that a document rests on, "
            "the document of a plan, the plan of a task and the documents of its basis.",
            examples=[[_AT]],
        ),
    ]
