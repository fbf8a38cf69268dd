"""Agencies asked for their opinion on a delegation, and by when they are to answer."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from sonla_api.kit.citations import DocumentCited, DocumentCitedView
from sonla_api.kit.schema import AgencySummary, Body, Day, Summary, View
from sonla_api.kit.text import Text


class ConsultationBody(Body):
    """One agency asked for its opinion."""

    agency_id: UUID
    asked_on: Day | None = None
    received_on: Day | None = None
    due_on: Annotated[
        Day | None,
        Field(description="Where it is not as the rule valid on the day of receipt has it."),
    ] = None
    answered_on: Day | None = None
    opinion: Annotated[Text, Field(examples=["Agreed."])] | None = None
    document: DocumentCited | None = None


class ComplianceRuleSummary(Summary, table="compliance_rules"):
    code: Annotated[str, Field(examples=["consultation-reply"])]
    edition: Annotated[int, Field(examples=[1])]


class ConsultationView(View):
    agency: AgencySummary | None
    asked_on: date | None
    received_on: date | None
    due_on: Annotated[
        date | None, Field(description="As given, else by the rule valid on the day of receipt.")
    ]
    due_rule: Annotated[
        ComplianceRuleSummary | None,
        Field(description="The rule that `due_on` follows; null where the day was given."),
    ]
    answered_on: date | None
    opinion: str | None
    document: DocumentCitedView | None
