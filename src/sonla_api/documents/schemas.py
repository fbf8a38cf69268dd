from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from sonla_api.documents.models import LinkKind
from sonla_api.documents.symbols import SymbolKind
from sonla_api.documents.types import DocumentType
from sonla_api.kit.period import PartialDate, Period
from sonla_api.kit.schema import (
    AgencySummary,
    Body,
    DocumentSummary,
    ResourceBody,
    ResourceView,
    View,
)
from sonla_api.kit.secrecy import Unclassified
from sonla_api.kit.text import Line, LocalizedText, Message, refusal, text

MESSAGES = {
    "issuer_twice": Message(
        "the issuer is an agency of the register, or is named as printed, not both",
        "cơ quan ban hành hoặc có trong hệ thống, hoặc ghi theo văn bản in, không ghi cả hai",
    ),
}

Printed = Annotated[
    str,
    text(200, min_length=1, is_one_line=True),
    Field(description="As it is printed.", examples=["152/KH-UBND"]),
]


class LinkBody(Body):
    """What the document has to do with another one."""

    kind: LinkKind
    document_id: UUID
    clause: Annotated[Line | None, Field(examples=["Điều 3"])] = None


class DocumentCreate(Unclassified, ResourceBody):
    """A plan, decision, directive, letter or other document; no state secrets."""

    symbol: Printed | None = None
    type: Annotated[DocumentType, Field(examples=["plan"])]
    issuer_id: UUID | None = None
    issuer_name: Annotated[
        Line | None,
        Field(
            description="As printed, where the issuer is not in the register.",
            examples=["UBND tỉnh Lai Châu"],
        ),
    ] = None
    issued_on: PartialDate | None = None
    effective: Annotated[Period | None, Field(examples=["2025-06-26/.."])] = None
    subject: Annotated[
        LocalizedText,
        Field(examples=[{"vi": "Hội nhập quốc tế", "en": "International integration", "lo": None}]),
    ]
    signer_position: Annotated[
        Line | None, Field(examples=["Vice Chairman of the Provincial People's Committee"])
    ] = None

    links: Annotated[list[LinkBody], Field(max_length=200)] = []

    @model_validator(mode="after")
    def _one_issuer(self) -> Self:
        if self.issuer_id and self.issuer_name:
            raise refusal(MESSAGES, "issuer_twice", at="/issuer_name")
        return self


class DocumentUpdate(DocumentCreate, partial=True):
    """The fields of a document to change."""


class LinkView(View):
    kind: LinkKind
    document: DocumentSummary | None
    clause: str | None


Href = Annotated[
    str,
    Field(
        description="Where it is downloaded.",
        examples=[
            "/api/v1/documents/019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"  # noqa: ISC004  one address
            "/attachments/019a7c20-91d4-7a08-8a1e-3f6f0f5d2c11"
        ],
    ),
]


class AttachedFile(View):
    """A file of a document, named inside it."""

    id: UUID
    name: Annotated[str, Field(examples=["Kế hoạch 152.pdf"])]
    media_type: Annotated[str, Field(examples=["application/pdf"])]
    size: Annotated[int, Field(description="In bytes.", examples=[482113])]
    href: Href


class AttachmentView(AttachedFile):
    sha256: Annotated[
        str,
        Field(
            description="Of the bytes, in hexadecimal.",
            examples=["9f1c02aae3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b"],
        ),
    ]
    created_at: datetime
    created_by: UUID | None


class DocumentView(ResourceView):
    symbol: Annotated[str | None, Field(description="As it is printed.")]
    canonical: Annotated[
        str | None,
        Field(
            description="The symbol in its one form; null where it cannot be read.",
            examples=["152/KH-UBND"],
        ),
    ]
    number: Annotated[str | None, Field(description="Read from the symbol.", examples=["152"])]
    year: Annotated[
        int | None,
        Field(
            description="In which it was numbered: of the symbol, or of its date.", examples=[2025]
        ),
    ]
    type: DocumentType
    issuer: AgencySummary | None
    issuer_name: str | None
    issued_on: PartialDate | None
    effective: Period | None
    is_expired: Annotated[
        bool, Field(description="Its effective period is over.", examples=[False])
    ]
    subject: LocalizedText
    signer_position: str | None
    attachments: list[AttachedFile]
    links: list[LinkView]
    replaced_by: list[DocumentSummary]


class Resolution(View):
    """The documents of a symbol; of one that is mangled none, only what may be meant."""

    symbol: Annotated[str, Field(description="As it was asked for.", examples=["152 / kh-ubnd"])]
    canonical: Annotated[str | None, Field(examples=["152/KH-UBND"])]
    kind: SymbolKind | None
    suggestions: Annotated[list[str], Field(examples=[["692-QĐ/TU"]])]
    items: Annotated[list[DocumentView], Field(description="At most 50, the latest first.")]
    href: Annotated[
        str,
        Field(description="All of them.", examples=["/api/v1/documents?symbol=152%2FKH-UBND"]),
    ]
