from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from sonla_api.kit.codes import Currency
from sonla_api.kit.money import Amount, Money
from sonla_api.kit.period import Period
from sonla_api.kit.schema import Body, ResourceBody, ResourceView
from sonla_api.kit.text import Message, Text, refusal
from sonla_api.partners.schemas import PartyBody, PartyView
from sonla_api.projects.models import TransactionType
from sonla_api.projects.schemas import ProjectSummary
from sonla_api.transactions.models import EquivalentQualifier, Qualifier

MESSAGES = {
    "same_currency": Message(
        "an equivalent is the same amount in another currency",
        "số tiền tương đương phải ghi bằng loại tiền khác",
    ),
}


class EquivalentBody(Body):
    """The same amount in another currency, as the source gives it; it is never summed."""

    amount: Annotated[Amount, Field(examples=["35200000"])]
    currency: Annotated[Currency, Field(examples=["EUR"])]
    qualifier: EquivalentQualifier | None = None


class TransactionCreate(ResourceBody):
    """Money of a project: pledged, committed, paid, registered, or stated without a kind."""

    project_id: UUID
    type: Annotated[TransactionType, Field(examples=["incoming_commitment"])]
    on: Annotated[Period | None, Field(examples=["2026-06-26"])] = None
    value: Annotated[
        Money,
        Field(
            description="The original, where a source gives several currencies.",
            examples=[{"amount": "970000000000", "currency": "VND"}],
        ),
    ]
    qualifier: Qualifier | None = None
    equivalents: Annotated[list[EquivalentBody], Field(max_length=20)] = []
    provider: PartyBody | None = None
    receiver: PartyBody | None = None
    description: Annotated[Text | None, Field(examples=["First instalment"])] = None

    @model_validator(mode="after")
    def _in_other_currencies(self) -> Self:
        for place, equivalent in enumerate(self.equivalents):
            if equivalent.currency == self.value.currency:
                raise refusal(MESSAGES, "same_currency", at=f"/equivalents/{place}/currency")
        return self


class TransactionUpdate(TransactionCreate, partial=True):
    """The fields of a transaction to change."""


class TransactionView(ResourceView):
    project: ProjectSummary | None
    type: TransactionType
    iati_code: Annotated[
        str | None,
        Field(
            description="In IATI 2.03; null for capital events and amounts of no known kind.",
            examples=["11"],
        ),
    ]
    on: Period | None
    value: Money
    qualifier: Qualifier | None
    equivalents: list[EquivalentBody]
    provider: PartyView | None
    receiver: PartyView | None
    description: str | None
