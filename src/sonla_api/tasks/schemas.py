from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, ValidatorFunctionWrapHandler, WrapValidator

from sonla_api.agreements.schemas import AgreementNamed, AgreementNamedView, CommitmentCode
from sonla_api.kit.numbers import whole
from sonla_api.kit.period import Period
from sonla_api.kit.schema import (
    AgencySummary,
    Body,
    Day,
    DocumentSummary,
    ResourceBody,
    ResourceView,
    Summary,
    View,
)
from sonla_api.kit.text import Line, LocalizedText, Message, Text, refusal, text
from sonla_api.plans.schemas import PlanSummary
from sonla_api.tasks.health import Health
from sonla_api.tasks.models import DueKind, Priority
from sonla_api.tasks.recurrence import read

MESSAGES = {
    "due_kind": Message(
        "an object with its kind: date, period, recurring or continuous",
        "cần một đối tượng có kind: date, period, recurring hoặc continuous",
    ),
}
_TITLE = {"vi": "Mở rộng thị trường", "en": "Open new markets", "lo": None}


def _readable(rule: str) -> str:
    read(rule)
    return rule


AsPrinted = Annotated[
    Annotated[str, text(2000, min_length=1)] | None,
    Field(description="As the plan prints it.", examples=["trước ngày 15/12 hằng năm"]),
]
RuleText = Annotated[
    str,
    text(500, min_length=1),
    AfterValidator(_readable),
    Field(
        description="RFC 5545, perhaps with a line DTSTART:20250115 before it.",
        examples=["FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15"],
    ),
]


class DueOnDay(Body):
    """Due on a day."""

    kind: Literal[DueKind.date]
    on: Day
    text: AsPrinted = None


class DueInPeriod(Body):
    """Due by the end of a period."""

    kind: Literal[DueKind.period]
    period: Annotated[Period, Field(examples=["2025-Q4"])]
    text: AsPrinted = None


class DueAgainAndAgain(Body):
    """Due on every day that a rule gives within the plan: each is a task of its own."""

    kind: Literal[DueKind.recurring]
    rule: RuleText
    text: AsPrinted = None


class DueWithoutEnd(Body):
    """Done all the time, and never over."""

    kind: Literal[DueKind.continuous]
    text: AsPrinted = None


_KINDS: Mapping[Any, type[Body]] = {
    DueKind.date: DueOnDay,
    DueKind.period: DueInPeriod,
    DueKind.recurring: DueAgainAndAgain,
    DueKind.continuous: DueWithoutEnd,
}


def _of_its_kind(value: Any, _: ValidatorFunctionWrapHandler) -> Any:
    """So that an error names the field and not a branch of a union."""
    kind = value.get("kind") if isinstance(value, Mapping) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        at = "/kind" if isinstance(value, Mapping) else ""
        raise refusal(MESSAGES, "due_kind", at=at)
    return _KINDS[kind].model_validate(value)


Due = Annotated[
    DueOnDay | DueInPeriod | DueAgainAndAgain | DueWithoutEnd,
    Field(discriminator="kind"),
    WrapValidator(_of_its_kind),
]
"""When a task is due, as plans really say it."""


TaskCode = Annotated[
    str,
    text(60, min_length=1, is_one_line=True),
    Field(description="Unique in its plan.", examples=["II.3"]),
]


class TaskSummary(Summary, table="tasks"):
    code: Annotated[str, Field(examples=["II.3"])]
    title: LocalizedText


class BasisBody(Body):
    document_id: UUID
    clause: Annotated[Line | None, Field(examples=["section III.2"])] = None


class ResultBody(Body):
    document_id: UUID


class CommitmentNamed(AgreementNamed):
    """A commitment of an agreement."""

    code: CommitmentCode


class TaskCreate(ResourceBody):
    """A task of a plan, perhaps below another one."""

    plan_id: UUID
    code: TaskCode
    title: Annotated[LocalizedText, Field(examples=[_TITLE])]
    parent_id: UUID | None = None
    basis: BasisBody | None = None
    commitment: Annotated[
        CommitmentNamed | None, Field(description="What it came from, if it came from one.")
    ] = None
    due: Annotated[
        Due | None,
        Field(examples=[{"kind": "date", "on": "2025-12-15", "text": "trước ngày 15/12"}]),
    ] = None
    deliverable: Annotated[Text | None, Field(examples=["A plan for each market"])] = None
    result_documents: Annotated[list[ResultBody], Field(max_length=100)] = []
    period: Annotated[Period | None, Field(examples=["2025/2030"])] = None
    markets: Annotated[
        list[Annotated[str, text(100, min_length=1, is_one_line=True)]],
        Field(max_length=100, description="As printed.", examples=[["ASEAN", "JP"]]),
    ] = []
    priority: Priority | None = None
    weight: Annotated[int, whole(1, 1_000_000)] = 1


class CommitmentTaskCreate(Body):
    """Which commitment becomes a task of which plan; what is left out is as the commitment says."""

    commitment: CommitmentCode
    plan_id: UUID
    code: TaskCode
    parent_id: UUID | None = None
    title: Annotated[LocalizedText | None, Field(examples=[_TITLE])] = None
    due: Annotated[
        Due | None, Field(description="Else by the end of when the commitment is due.")
    ] = None


class TaskUpdate(TaskCreate, partial=True):
    """The fields of a task to change."""


class BasisView(View):
    document: DocumentSummary | None
    clause: str | None


class CommitmentNamedView(AgreementNamedView):
    code: Annotated[str, Field(examples=["2.1"])]


class ResultView(View):
    document: DocumentSummary | None


class TaskView(ResourceView):
    plan: PlanSummary | None
    code: str
    title: LocalizedText
    parent: TaskSummary | None
    occurrence_of: Annotated[
        TaskSummary | None, Field(description="The recurring task that this is one time of.")
    ]
    occurs_on: date | None
    basis: BasisView | None
    commitment: CommitmentNamedView | None
    due: Due | None
    due_on: Annotated[
        date | None, Field(description="The last day, with the leave that its lead was given.")
    ]
    deliverable: str | None
    result_documents: list[ResultView]
    period: Period | None
    markets: list[str]
    priority: Priority | None
    weight: int
    subtasks: Annotated[
        int, Field(description="Tasks and occurrences directly below it: with any it is a heading.")
    ]
    lead_agency: Annotated[AgencySummary | None, Field(description="Null where none is known.")]
    agencies: Annotated[int, Field(description="How many are assigned to it, the lead among them.")]
    assigned_on: date | None
    done_on: date | None
    withdrawn_on: date | None
    percent: Annotated[int, Field(examples=[40])]
    health: Annotated[
        Health | None,
        Field(description="On the day asked for; null for a heading and for what is withdrawn."),
    ]
