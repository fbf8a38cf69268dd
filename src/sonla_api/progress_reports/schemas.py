from typing import Annotated
from uuid import UUID

from pydantic import Field

from sonla_api.assignments.schemas import AssignmentSummary
from sonla_api.evidence.schemas import ShownBody, ShownView
from sonla_api.kit.numbers import whole
from sonla_api.kit.period import Period
from sonla_api.kit.schema import ResourceBody, ResourceView, Summary
from sonla_api.kit.text import Text

Percent = Annotated[int, whole(0, 100), Field(examples=[40])]


class ProgressReportSummary(Summary, table="progress_reports"):
    period: Period


class ProgressReportCreate(ResourceBody):
    """How far an agency is with its assignment; it is never changed, only corrected by another."""

    assignment_id: UUID
    corrects_id: Annotated[
        UUID | None, Field(description="The report that this one puts right.")
    ] = None
    period: Annotated[Period, Field(examples=["2025-Q4"])]
    percent: Percent | None = None
    text: Annotated[Text, Field(examples=["Two fairs attended, one contract signed."])]
    difficulties: Annotated[Text | None, Field(examples=["No interpreter for Lao."])] = None
    proposals: Annotated[Text | None, Field(examples=["Hire one for the next fair."])] = None
    evidence: Annotated[
        list[ShownBody],
        Field(max_length=100, description="What shows it; tied to the task as well."),
    ] = []


class ProgressReportView(ResourceView):
    assignment: AssignmentSummary | None
    corrects: ProgressReportSummary | None
    corrected_by: Annotated[
        ProgressReportSummary | None, Field(description="The report that puts this one right.")
    ]
    period: Annotated[Period, Field(examples=["2025-Q4"])]
    percent: int | None
    text: str
    difficulties: str | None
    proposals: str | None
    evidence: list[ShownView]
