from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from sonla_api.events.schemas import EventSummary
from sonla_api.kit.schema import Body, DocumentSummary, ResourceBody, ResourceView, Summary, View
from sonla_api.kit.text import LocalizedText, Message, refusal
from sonla_api.projects.schemas import ProjectSummary
from sonla_api.tasks.schemas import TaskSummary

MESSAGES = {
    "one_record": Message(
        "exactly one of delegation_id, event_id, project_id and document_id",
        "đúng một trong delegation_id, event_id, project_id và document_id",
    ),
}


class DelegationShown(Summary, table="delegations"):
    code: Annotated[str | None, Field(examples=["DR-2025-0034"])]
    title: LocalizedText


class _OneRecord(Body):
    """A record that shows that work was done; one of the four."""

    delegation_id: UUID | None = None
    event_id: UUID | None = None
    project_id: UUID | None = None
    document_id: Annotated[
        UUID | None, Field(examples=["019a7c1e-5b60-7cc3-98c4-0000d8698a76"])
    ] = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        named = (self.delegation_id, self.event_id, self.project_id, self.document_id)
        if sum(id_ is not None for id_ in named) != 1:
            raise refusal(MESSAGES, "one_record", words=MESSAGES["one_record"])
        return self


class ShownBody(_OneRecord):
    """One record that shows it."""


class EvidenceCreate(_OneRecord, ResourceBody):
    """That a delegation, an event, a project or a document shows work on a task."""

    task_id: UUID


class ShownView(View):
    delegation: DelegationShown | None
    event: EventSummary | None
    project: ProjectSummary | None
    document: DocumentSummary | None


class EvidenceView(ResourceView):
    task: TaskSummary | None
    delegation: DelegationShown | None
    event: EventSummary | None
    project: ProjectSummary | None
    document: DocumentSummary | None
