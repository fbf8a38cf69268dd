from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from sonla_api.assignments.lifecycle import AssignmentState, AssignmentVerb
from sonla_api.assignments.models import AssignmentRole
from sonla_api.kit.schema import (
    AgencySummary,
    Body,
    Day,
    ResourceBody,
    ResourceView,
    Summary,
    View,
)
from sonla_api.kit.steps import StepBody
from sonla_api.kit.text import Message, refusal
from sonla_api.tasks.health import Health
from sonla_api.tasks.schemas import TaskSummary

MESSAGES = {
    "until_unasked": Message(
        "only request_extension and grant_extension take a day",
        "chỉ request_extension và grant_extension nhận ngày này",
    ),
    "whom": Message(
        "name the agencies, or all of a kind: one of the two",
        "hãy nêu các cơ quan, hoặc tất cả của một loại: một trong hai",
    ),
}


class AssignmentSummary(Summary, table="assignments"):
    role: AssignmentRole
    state: AssignmentState
    task: TaskSummary | None
    agency: AgencySummary | None


class AssignmentCreate(ResourceBody):
    """An agency that is to do a task; assigned to a recurring one, it has all open occurrences."""

    task_id: UUID
    agency_id: UUID
    role: Annotated[AssignmentRole, Field(examples=["lead"])]
    assigned_on: Annotated[
        Day | None, Field(description="Today where it is left out.", examples=["2025-07-01"])
    ] = None


class AssignmentUpdate(AssignmentCreate, partial=True):
    """The fields of an assignment to change: its task and its agency stay."""


class AssignmentView(ResourceView):
    task: TaskSummary | None
    agency: AgencySummary | None
    role: AssignmentRole
    state: AssignmentState
    assigned_on: date
    done_on: date | None
    cancelled_on: date | None
    wanted_until: Annotated[
        date | None, Field(description="The day asked for, while an extension is requested.")
    ]
    extended_to: date | None
    due_on: date | None
    percent: Annotated[int, Field(examples=[40])]
    health: Annotated[
        Health | None,
        Field(description="On the day asked for; null for a heading and for what is withdrawn."),
    ]
    verbs: Annotated[list[AssignmentVerb], Field(description="What the caller may do with it now.")]


class AssignmentStepCreate(StepBody):
    verb: AssignmentVerb
    until: Annotated[
        Day | None,
        Field(description="The new due day, for request_extension and grant_extension."),
    ] = None

    @model_validator(mode="after")
    def _until_where_asked(self) -> Self:
        verbs = (AssignmentVerb.request_extension, AssignmentVerb.grant_extension)
        if self.until and self.verb not in verbs:
            raise refusal(MESSAGES, "until_unasked", at="/until")
        return self


class AssignmentsCreate(Body):
    """Several agencies for one task: those named, or all communes and wards."""

    role: Annotated[AssignmentRole, Field(examples=["coordinating"])]
    agency_ids: Annotated[list[UUID], Field(max_length=500)] = []
    all: Annotated[
        Literal["locality"] | None,
        Field(
            description="Every commune and ward that there is on the day.", examples=["locality"]
        ),
    ] = None
    assigned_on: Annotated[Day | None, Field(description="Today where it is left out.")] = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if bool(self.agency_ids) is bool(self.all):
            raise refusal(MESSAGES, "whom")
        return self


class AssignmentsMade(View):
    """The assignments made; those that were there before are left and not among them."""

    items: list[AssignmentView]
