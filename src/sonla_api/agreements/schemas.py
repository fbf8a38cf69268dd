from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from sonla_api.agreements.lifecycle import AgreementState, AgreementVerb
from sonla_api.agreements.models import (
    AgreementKind,
    AgreementLevel,
    AgreementRole,
    AgreementStanding,
)
from sonla_api.kit.citations import DocumentCited, DocumentCitedView
from sonla_api.kit.codes import Country, Language, Subdivision, within_country
from sonla_api.kit.consultations import ConsultationBody, ConsultationView
from sonla_api.kit.period import Period
from sonla_api.kit.schema import Body, ResourceBody, ResourceView, Summary, Truth, View
from sonla_api.kit.steps import ToldStepBody
from sonla_api.kit.text import Line, LocalizedText, Message, refusal, text
from sonla_api.partners.schemas import PartyBody, PartyView

MESSAGES = {
    "one_side": Message(
        "a partner or an agency, not both", "một đối tác hoặc một cơ quan, không phải cả hai"
    ),
    "code_twice": Message(
        "another commitment of the agreement has this code",
        "cam kết khác của thỏa thuận đã có mã này",
    ),
    "day_of_signing": Message(
        "a day, or as much of it as is known; a length is none",
        "ghi ngày, hoặc phần đã biết của ngày; không ghi độ dài",
    ),
}
_TITLE = {
    "vi": "Biên bản hợp tác Sơn La - Xiêng Khoảng",
    "en": "Minutes of cooperation Son La - Xieng Khouang",
    "lo": "ບົດບັນທຶກການຮ່ວມມື",
}
_FIELD = {"vi": "Thương mại biên giới", "en": "Border trade", "lo": "ການຄ້າຊາຍແດນ"}
_COMMITMENT = {"vi": "Mở tuyến xe khách", "en": "Open a bus line", "lo": None}


class AgreementPartyBody(PartyBody):
    """A partner or an agency of ours; the role is null where a source does not say it."""

    role: Annotated[AgreementRole | None, Field(examples=["signatory"])] = None


class _OfOneSide(Body):
    """Of a partner or of an agency of ours, if it is known of whom."""

    partner_id: UUID | None = None
    agency_id: UUID | None = None

    @model_validator(mode="after")
    def _not_of_both(self) -> Self:
        if self.partner_id and self.agency_id:
            raise refusal(MESSAGES, "one_side", at="/agency_id")
        return self


class SignatoryBody(_OfOneSide):
    """In which position somebody signed, and for whom."""

    position: Annotated[Line, Field(examples=["Vice Governor of Xieng Khouang"])]


CommitmentCode = Annotated[
    str,
    text(60, min_length=1, is_one_line=True),
    Field(description="Unique in the agreement.", examples=["2.1"]),
]


class CommitmentBody(_OfOneSide):
    """What a party, or where none is named all of them, undertakes to do."""

    code: CommitmentCode
    title: Annotated[LocalizedText, Field(examples=[_COMMITMENT])]
    clause: Annotated[Line | None, Field(examples=["Article 2"])] = None
    due: Annotated[
        Period | None, Field(description="By the end of when.", examples=["2026-Q4"])
    ] = None


class AgreementCreate(ResourceBody):
    """What the province, or one of its agencies, agrees with partners."""

    kind: Annotated[AgreementKind, Field(examples=["mou"])]
    title: Annotated[LocalizedText, Field(examples=[_TITLE])]
    on_behalf_of: Annotated[
        AgreementLevel | None, Field(description="In whose name.", examples=["province"])
    ] = None
    parties: Annotated[list[AgreementPartyBody], Field(max_length=200)] = []
    signatories: Annotated[list[SignatoryBody], Field(max_length=50)] = []
    countries: Annotated[
        list[Country], Field(max_length=50, description="Of the partners.", examples=[["LA"]])
    ] = []
    subdivision: Annotated[Subdivision | None, Field(examples=["LA-XI"])] = None
    signed_on: Annotated[
        Period | None,
        Field(description="The day, or as much of it as is known.", examples=["2022-08-16"]),
    ] = None
    effective: Annotated[Period | None, Field(examples=["2022/2024"])] = None
    auto_renew: Annotated[
        Truth | None, Field(description="Whether it goes on after its end unless somebody objects.")
    ] = None
    renews_id: Annotated[
        UUID | None, Field(description="The agreement whose successor this one is.")
    ] = None
    fields: Annotated[list[LocalizedText], Field(max_length=50, examples=[[_FIELD]])] = []
    languages: Annotated[list[Language], Field(max_length=10, examples=[["vi", "lo"]])] = []
    documents: Annotated[
        list[DocumentCited],
        Field(max_length=100, description="Its text, and the papers that it rests on."),
    ] = []
    commitments: Annotated[list[CommitmentBody], Field(max_length=200)] = []
    consultations: Annotated[list[ConsultationBody], Field(max_length=100)] = []

    @classmethod
    def _printable(cls) -> list[str]:
        return [*super()._printable(), "state"]

    @model_validator(mode="after")
    def _as_a_whole(self) -> Self:
        within_country(self.subdivision, self.countries)
        if self.signed_on is not None and not isinstance(self.signed_on, str):
            raise refusal(MESSAGES, "day_of_signing", at="/signed_on")
        codes: set[str] = set()
        for place, commitment in enumerate(self.commitments):
            if commitment.code in codes:
                raise refusal(MESSAGES, "code_twice", at=f"/commitments/{place}/code")
            codes.add(commitment.code)
        return self


class AgreementSummary(Summary, table="agreements"):
    title: Annotated[LocalizedText, Field(examples=[_TITLE])]


class AgreementNamed(Body):
    """An agreement that another record has to do with."""

    agreement_id: UUID


class AgreementNamedView(View):
    """Null where the caller may not see it."""

    agreement: AgreementSummary | None


class AgreementUpdate(AgreementCreate, partial=True):
    """The fields of an agreement to change."""


class AgreementPartyView(PartyView):
    role: AgreementRole | None


class SignatoryView(PartyView):
    position: Annotated[str, Field(examples=["Vice Governor of Xieng Khouang"])]


class CommitmentTask(Summary, table="tasks"):
    """A task that a commitment was turned into."""

    code: Annotated[str, Field(examples=["II.3"])]
    title: Annotated[LocalizedText, Field(examples=[_COMMITMENT])]


class CommitmentView(PartyView):
    code: Annotated[str, Field(examples=["2.1"])]
    title: Annotated[LocalizedText, Field(examples=[_COMMITMENT])]
    clause: Annotated[str | None, Field(examples=["Article 2"])]
    due: Period | None
    tasks: Annotated[
        list[CommitmentTask], Field(description="What it was turned into; not their occurrences.")
    ]


class AgreementView(ResourceView):
    kind: AgreementKind
    title: Annotated[LocalizedText, Field(examples=[_TITLE])]
    on_behalf_of: Annotated[AgreementLevel | None, Field(examples=["province"])]
    parties: list[AgreementPartyView]
    signatories: list[SignatoryView]
    countries: list[str]
    subdivision: str | None
    signed_on: Annotated[Period | None, Field(examples=["2022-08-16"])]
    effective: Annotated[Period | None, Field(examples=["2022/2024"])]
    ends_on: Annotated[
        date | None,
        Field(
            description="The last day on which it holds, by its period, its renewal or its "
            "termination; null while that is open or unknown.",
            examples=["2024-12-31"],
        ),
    ]
    auto_renew: bool | None
    renews: AgreementSummary | None
    renewed_by: Annotated[AgreementSummary | None, Field(description="Its successor.")]
    fields: Annotated[list[LocalizedText], Field(examples=[[_FIELD]])]
    languages: list[str]
    documents: list[DocumentCitedView]
    commitments: list[CommitmentView]
    consultations: list[ConsultationView] | None
    state: Annotated[AgreementState, Field(description="As the last step left it.")]
    standing: Annotated[
        AgreementStanding | None,
        Field(
            description="On the day asked for, by state and period: what is in force ends with "
            "its period, whether or not anybody took a step. Null for what was cancelled.",
            examples=["in_force"],
        ),
    ]
    ended_on: Annotated[
        date | None,
        Field(description="From which day it holds no more, as it was renewed or terminated."),
    ]
    verbs: Annotated[list[AgreementVerb], Field(description="What the caller may do with it now.")]


class AgreementStepCreate(ToldStepBody):
    verb: Annotated[AgreementVerb, Field(examples=["consult"])]
    state: Annotated[AgreementState | None, Field(description="For `record` alone.")] = None


_AT = "/api/v1/agreements?kind=mou"


class AgreementCount(View):
    """Agreements of one group that were signed; each number with the list of those counted."""

    group: Annotated[
        str | None,
        Field(description="The code grouped by; null where none is known.", examples=["mou"]),
    ]
    signed: Annotated[int, Field(description="Signed in the period.", examples=[2])]
    href: Annotated[str, Field(examples=[f"{_AT}&signed_within=2026-H1"])]
    not_placed: Annotated[
        int,
        Field(description="Perhaps signed in it, or on an unknown day.", examples=[1]),
    ]
    not_placed_href: Annotated[str | None, Field(examples=[f"{_AT}&signing_not_placed_in=2026-H1"])]
    in_force: Annotated[int, Field(description="On the day, those expiring too.", examples=[7])]
    in_force_href: Annotated[
        str, Field(examples=[f"{_AT}&as_of=2026-06-30&standing=in_force&standing=expiring"])
    ]
    expiring: Annotated[int, Field(description="Ending in 90 days at most.", examples=[1])]
    expiring_href: Annotated[str, Field(examples=[f"{_AT}&as_of=2026-06-30&standing=expiring"])]
    undated: Annotated[int, Field(description="Signed, with no period known.", examples=[0])]
    undated_href: Annotated[str, Field(examples=[f"{_AT}&as_of=2026-06-30&standing=undated"])]


class AgreementFigures(View):
    """Agreements signed in a period, and how those ever signed stand on a day."""

    period: Annotated[str | None, Field(examples=["2026-H1"])]
    as_of: Annotated[date, Field(examples=["2026-06-30"])]
    total: AgreementCount
    items: list[AgreementCount]
