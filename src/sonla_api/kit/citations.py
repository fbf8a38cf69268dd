"""Documents that a record names: in the register, as they are printed, or both."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from sonla_api.kit.schema import Body, Day, DocumentSummary, View
from sonla_api.kit.text import Message, refusal, text

MESSAGES = {
    "document_unnamed": Message(
        "name the document by document_id or by its symbol",
        "hãy nêu văn bản bằng document_id hoặc bằng số, ký hiệu",
    ),
}

_Symbol = Annotated[str, text(200, min_length=1)]
_Issuer = Annotated[str, text(500, min_length=1)]


class DocumentCited(Body):
    """A document of the register, or one as it is printed: its symbol, who issued it, when."""

    model_config = ConfigDict(
        json_schema_extra={
            "not": {"properties": {name: {"type": "null"} for name in ("document_id", "symbol")}}
        }
    )

    document_id: UUID | None = None
    symbol: Annotated[_Symbol | None, Field(examples=["152/KH-UBND"])] = None
    issuer: Annotated[_Issuer | None, Field(examples=["UBND tỉnh Sơn La"])] = None
    issued_on: Annotated[Day | None, Field(examples=["2026-11-01"])] = None

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if self.document_id is None and self.symbol is None:
            raise refusal(MESSAGES, "document_unnamed", at="/symbol")
        return self


def with_cited(cited: list[dict[str, Any]], document_id: UUID) -> list[dict[str, Any]]:
    """Documents that a record names, as they are kept, and this one among them."""
    added = DocumentCited(document_id=document_id).model_dump(mode="json")
    is_there = any(one.get("document_id") == added["document_id"] for one in cited)
    return cited if is_there else [*cited, added]


class DocumentCitedView(View, shown_by="shown_documents"):
    """A document of the register, null where there is none to see, and one as it is printed."""

    document: DocumentSummary | None
    symbol: Annotated[str | None, Field(examples=["152/KH-UBND"])]
    issuer: Annotated[str | None, Field(examples=["UBND tỉnh Sơn La"])]
    issued_on: Annotated[date | None, Field(examples=["2026-11-01"])]
