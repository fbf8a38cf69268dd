"""Agencies asked for their opinion, on a delegation or an agreement."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from sonla_api.kit.citations import DocumentCited, DocumentCitedView
from sonla_api.kit.schema import AgencySummary, Body, Day, View
from sonla_api.kit.text import Text


class ConsultationBody(Body):
    """One agency asked for its opinion."""

    agency_id: UUID
    asked_on: Day | None = None
    received_on: Day | None = None
    due_on: Day | None = None
    answered_on: Day | None = None
    opinion: Annotated[Text, Field(examples=["Agreed."])] | None = None
    document: DocumentCited | None = None


class ConsultationView(View, shown_by="shown_consultations"):
    agency: AgencySummary | None
    asked_on: date | None
    received_on: date | None
    due_on: date | None
    answered_on: date | None
    opinion: str | None
    document: DocumentCitedView | None
