"""By when agencies that were asked for their opinion on a delegation are to answer."""

from datetime import date
from typing import Annotated

from pydantic import Field

from sonla_api.kit.consultations import ConsultationBody, ConsultationView
from sonla_api.kit.schema import Day, Summary


class DelegationConsultationBody(ConsultationBody):
    due_on: Annotated[
        Day | None,
        Field(description="Where it is not as the rule valid on the day of receipt has it."),
    ] = None


class ComplianceRuleSummary(Summary, table="compliance_rules"):
    code: Annotated[str, Field(examples=["consultation-reply"])]
    edition: Annotated[int, Field(examples=[1])]


class DelegationConsultationView(ConsultationView, shown_by="shown_delegation_consultations"):
    due_on: Annotated[
        date | None, Field(description="As given, else by the rule valid on the day of receipt.")
    ]
    due_rule: Annotated[
        ComplianceRuleSummary | None,
        Field(description="The rule that `due_on` follows; null where the day was given."),
    ]
