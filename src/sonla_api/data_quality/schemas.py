"""The doubts about records of all resources, and what people say to them."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator

from sonla_api.data_quality.lifecycle import FlagVerb
from sonla_api.kit.schema import AgencySummary, Body, FlagOrigin, FlagView, View
from sonla_api.kit.secrecy import Unclassified
from sonla_api.kit.text import LocalizedText, Message, refusal, text
from sonla_api.kit.titles import one_of_resources, resources

MESSAGES = {
    "reason_needed": Message(
        "say why the doubt may stand", "hãy nêu lý do vì sao chấp nhận điểm nghi vấn này"
    ),
    "reason_unasked": Message("only acknowledge takes a reason", "chỉ acknowledge mới nhận lý do"),
}
FlagCodeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,59}$", examples=["date_conflict"])]
ResourceName = Annotated[str, one_of_resources(resources), Field(examples=["documents"])]
_TITLE: dict[str, Any] = {"vi": "Hội nhập quốc tế", "en": "International integration", "lo": None}


class DoubtView(FlagView):
    """A flag, and the record that it is about."""

    code: Annotated[str, Field(examples=["date_conflict"])]
    resource: Annotated[str, Field(examples=["documents"])]
    id: Annotated[UUID, Field(description="That of the record.")]
    version: Annotated[int, Field(description="That of the record, for If-Match.")]
    href: Annotated[str, Field(examples=["/api/v1/documents/019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"])]
    title: Annotated[
        LocalizedText | str | None,
        Field(
            description="What the record is called; null where that is hidden from the caller.",
            examples=[_TITLE],
        ),
    ]
    owner_agency: AgencySummary | None


class FlagStepCreate(Unclassified, Body):
    """Why a flag of a record may stand; or that this is taken back."""

    verb: FlagVerb
    resource: ResourceName
    id: UUID
    code: FlagCodeName
    origin: FlagOrigin
    reason: Annotated[
        Annotated[str, text(2000, min_length=1)] | None,
        Field(
            validate_default=True,
            description="For `acknowledge` alone, which needs it.",
            examples=["Checked with the office: the page is wrong."],
        ),
    ] = None

    @field_validator("reason")
    @classmethod
    def _where_asked(cls, reason: str | None, info: ValidationInfo) -> str | None:
        verb = info.data.get("verb")  # none where that was refused
        if verb is FlagVerb.acknowledge and reason is None:
            raise refusal(MESSAGES, "reason_needed")
        if verb is FlagVerb.withdraw and reason is not None:
            raise refusal(MESSAGES, "reason_unasked")
        return reason


class DoubtGrouping(StrEnum):
    code = "code"
    resource = "resource"


class DoubtCount(View):
    """Flags of one group; `href` lists them."""

    group: Annotated[str | None, Field(description="Null of all.", examples=["date_conflict"])]
    flags: Annotated[int, Field(examples=[12])]
    acknowledged: Annotated[int, Field(examples=[2])]
    records: Annotated[int, Field(description="Records that have them.", examples=[11])]
    href: Annotated[str, Field(examples=["/api/v1/data-quality?code=date_conflict"])]


class DoubtFigures(View):
    """How many flags there are, in all and by group, the most first."""

    total: DoubtCount
    items: list[DoubtCount]
