from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from sonla_api.agreements.schemas import AgreementSummary
from sonla_api.kit.citations import DocumentCited, DocumentCitedView
from sonla_api.kit.period import Period
from sonla_api.kit.schema import ResourceBody, ResourceView, View
from sonla_api.kit.steps import StepBody
from sonla_api.kit.text import Message, refusal
from sonla_api.partner_relations.lifecycle import RelationState, RelationVerb
from sonla_api.partner_relations.models import RelationKind
from sonla_api.partners.schemas import PartnerSummary

MESSAGES = {
    "foundation_unnamed": Message(
        "name the agreement, or the document by document_id or by its symbol",
        "hãy nêu thỏa thuận, hoặc văn bản bằng document_id hoặc bằng số, ký hiệu",
    ),
}


class FoundationBody(DocumentCited):
    """What a relation rests on: an agreement, a document, or both."""

    model_config = ConfigDict(
        json_schema_extra={
            "not": {
                "properties": {
                    name: {"type": "null"} for name in ("agreement_id", "document_id", "symbol")
                }
            }
        }
    )

    agreement_id: UUID | None = None

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if not (self.agreement_id or self.document_id or self.symbol):
            raise refusal(MESSAGES, "foundation_unnamed", at="/symbol")
        return self


class FoundationView(DocumentCitedView):
    """The agreement, null where there is none to see, and the document."""

    agreement: AgreementSummary | None


class PartnerRelationCreate(ResourceBody):
    """A relation with a partner; two of one kind with different periods both stay."""

    partner_id: UUID
    kind: Annotated[RelationKind, Field(examples=["cooperation"])]
    valid: Annotated[Period | None, Field(examples=["2018-11-22/.."])] = None
    established_by: FoundationBody | None = None


class PartnerRelationUpdate(PartnerRelationCreate, partial=True):
    """The fields of a relation to change."""


class PartnerRelationView(ResourceView):
    partner: PartnerSummary | None
    kind: RelationKind
    valid: Period | None
    established_by: FoundationView | None
    state: Annotated[RelationState, Field(examples=["exploring"])]
    verbs: Annotated[list[RelationVerb], Field(description="What the caller may do with it now.")]


class PartnerRelationStepCreate(StepBody):
    verb: RelationVerb


class RelationCount(View):
    """Relations of one group on a day; `href` and `undated_href` list exactly those counted."""

    group: Annotated[
        str | None,
        Field(
            description="The code grouped by; null where none is known.", examples=["cooperation"]
        ),
    ]
    relations: Annotated[int, Field(examples=[9])]
    partners: Annotated[int, Field(examples=[9])]
    counted_from_source: Annotated[
        int,
        Field(
            description="Of these relations, those without a start of their own, counted from the"
            " earliest day that a source of theirs covers or was published on.",
            examples=[2],
        ),
    ]
    undated: Annotated[
        int,
        Field(
            description="Relations without a start and without a dated source: not counted.",
            examples=[1],
        ),
    ]
    href: Annotated[
        str,
        Field(
            description="The relations counted.",
            examples=["/api/v1/partner-relations?as_of=2026-01-01&kind=cooperation"],
        ),
    ]
    undated_href: Annotated[
        str,
        Field(
            description="The undated ones.",
            examples=["/api/v1/partner-relations?undated=true&kind=cooperation"],
        ),
    ]


class RelationFigures(View):
    """Relations counted as of a day."""

    as_of: date
    total: RelationCount
    items: list[RelationCount]
