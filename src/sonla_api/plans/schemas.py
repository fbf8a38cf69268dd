from typing import Annotated
from uuid import UUID

from pydantic import Field

from sonla_api.kit.period import Period
from sonla_api.kit.schema import DocumentSummary, ResourceBody, ResourceView, Summary
from sonla_api.kit.text import LocalizedText

Objectives = Annotated[
    list[LocalizedText],
    Field(
        max_length=100,
        examples=[[{"vi": "Mở rộng thị trường", "en": "Reach more markets", "lo": None}]],
    ),
]


class PlanSummary(Summary, table="plans"):
    document: DocumentSummary | None


class PlanCreate(ResourceBody):
    """A plan or programme that a document lays down; a document has one at most."""

    document_id: Annotated[UUID, Field(description="Of the type plan or programme.")]
    period: Annotated[Period | None, Field(examples=["2025/2030"])] = None
    objectives: Objectives = []


class PlanUpdate(PlanCreate, partial=True):
    """The fields of a plan to change."""


class PlanView(ResourceView):
    document: DocumentSummary | None
    period: Period | None
    objectives: Objectives
