from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from sonla_api.agreements.schemas import AgreementSummary
from sonla_api.delegations.schemas import DelegationSummary
from sonla_api.events.schemas import EventSummary
from sonla_api.evidence.models import WHAT
from sonla_api.kit.schema import Body, DocumentSummary, ResourceBody, ResourceView, View
from sonla_api.kit.text import Message, refusal
from sonla_api.projects.schemas import ProjectSummary
from sonla_api.tasks.schemas import TaskSummary

MESSAGES = {
    "one_record": Message(
        f"exactly one of {', '.join(WHAT)}",
        f"đúng một trong {', '.join(WHAT)}",
    ),
}


class _OneRecord(Body):
    """A record that shows that work was done; exactly one."""

    delegation_id: UUID | None = None
    agreement_id: UUID | None = None
    event_id: UUID | None = None
    project_id: UUID | None = None
    document_id: Annotated[
        UUID | None, Field(examples=["019a7c1e-5b60-7cc3-98c4-0000d8698a76"])
    ] = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(getattr(self, name) is not None for name in WHAT) != 1:
            raise refusal(MESSAGES, "one_record")
        return self


class ShownBody(_OneRecord):
    """One record that shows it."""


class EvidenceCreate(_OneRecord, ResourceBody):
    """That a delegation, an event or the like shows work on a task."""

    task_id: UUID


class ShownView(View):
    delegation: DelegationSummary | None
    agreement: AgreementSummary | None
    event: EventSummary | None
    project: ProjectSummary | None
    document: DocumentSummary | None


class EvidenceView(ResourceView):
    task: TaskSummary | None
    delegation: DelegationSummary | None
    agreement: AgreementSummary | None
    event: EventSummary | None
    project: ProjectSummary | None
    document: DocumentSummary | None
