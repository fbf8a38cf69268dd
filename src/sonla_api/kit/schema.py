"""Bases of what a caller sends and receives."""

import re
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StrictBool,
    WithJsonSchema,
    field_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sonla_api.kit.building import BuiltOnce
from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Visibility
from sonla_api.kit.patches import open_to_patches
from sonla_api.kit.text import LocalizedText, Message, Text, refusal, text

MESSAGES = {
    "day": Message("a day from 1000-01-01 to 9999-12-30", "một ngày từ 1000-01-01 đến 9999-12-30"),
    "unknown_field": Message(
        "no such field: {unknown}; known: {known}", "không có trường {unknown}; có: {known}"
    ),
    "url": Message(
        "an address begins with http:// or https://", "địa chỉ bắt đầu bằng http:// hoặc https://"
    ),
}


_DAY = re.compile("[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}")


def _only_iso(value: Any) -> Any:
    """Pydantic would take 0 for 1970-01-01, and Python 2025-W26-4 for a day in June.

    The years are those of periods; asyncpg would write the last day of them as infinity.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and _DAY.fullmatch(value) and value != str(date.max):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise refusal(MESSAGES, "day")


def _only_web(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise refusal(MESSAGES, "url")
    return value


Day = Annotated[
    date,
    BeforeValidator(_only_iso),
    Field(examples=["2025-06-26"], json_schema_extra={"pattern": "^[1-9]"}),
]
Url = Annotated[
    str,
    text(2000, min_length=1, is_one_line=True),
    AfterValidator(_only_web),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": 2000,
            "pattern": r"^https?://[^\u0000-\u0008\u000a-\u001f\u0085\u2028\u2029]*$",
            "examples": ["https://en.baosonla.org.vn/"],
        }
    ),
]
Truth = StrictBool


class Body(BuiltOnce):
    """What a caller sends: unknown fields are refused.

    `class PartnerUpdate(PartnerCreate, partial=True)` is its JSON merge patch (RFC 7396): every
    field may be absent, and so may those of objects inside it. Rules over several fields stay with
    the whole, which is checked after merging.
    """

    model_config = ConfigDict(extra="forbid")

    def __init_subclass__(cls, *, partial: bool = False, **kwargs: Any) -> None:
        """Take the keyword; Pydantic acts on it when the fields are known."""
        super().__init_subclass__(**kwargs)

    @classmethod
    def __pydantic_init_subclass__(cls, *, partial: bool = False, **_: Any) -> None:
        if partial:
            open_to_patches(cls)


class View(BuiltOnce):
    """What a caller receives: no defaults, so every field is always present.

    Its fields name the columns of one select: see `kit.records`. PostgreSQL writes the JSON, so a
    view mostly describes.
    """

    model_config = ConfigDict(extra="forbid")

    shown_by: ClassVar[str] = ""
    """The function of the database that shows one or a list of these, where it is rarely needed:
    see `kit.shapes.function_body`.
    """

    def __init_subclass__(cls, *, shown_by: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.shown_by = shown_by


class Summary(View):
    """A record named inside another one; null where the caller may not see it."""

    table: ClassVar[str]

    id: UUID

    def __init_subclass__(cls, *, table: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.table = table


class AgencySummary(Summary, table="agencies"):
    name: Annotated[
        LocalizedText,
        Field(examples=[{"vi": "Sở Ngoại vụ", "en": "Department of Foreign Affairs", "lo": None}]),
    ]


class SourceSummary(Summary, table="sources"):
    title: Annotated[str, Field(examples=["Son La promotes diplomatic activities"])]


class DocumentSummary(Summary, table="documents"):
    symbol: Annotated[str | None, Field(examples=["152/KH-UBND"])]
    subject: Annotated[
        LocalizedText,
        Field(examples=[{"vi": "Hội nhập quốc tế", "en": "International integration", "lo": None}]),
    ]


class FlagOrigin(CodeList):
    rule = "rule", "Found by a rule", "Quy tắc phát hiện"
    source = "source", "Carried by the source", "Theo nguồn"
    person = "person", "Set by a person", "Do người đặt"


class CitationBody(Body):
    """Where a fact comes from, and what stands there."""

    source_id: UUID
    locator: Annotated[str, text(500, min_length=1), Field(examples=["page 3"])] | None = None
    as_printed: (
        Annotated[str, text(2000, min_length=1), Field(examples=["6 tháng đầu năm 2024"])] | None
    ) = None


class FlagBody(Body):
    """A doubt that a source or a person has; those of rules are the service's own."""

    code: Annotated[
        str,
        Field(
            pattern=r"^[a-z][a-z0-9_]{1,59}$",
            description="One of the code list flag-codes, or another.",
            examples=["year_inferred"],
        ),
    ]
    origin: Literal[FlagOrigin.source, FlagOrigin.person] = FlagOrigin.person
    why: Annotated[
        LocalizedText | None,
        Field(examples=[{"vi": None, "en": "The year stands on another page.", "lo": None}]),
    ] = None


Printed = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,59}$")],
        Annotated[str, text(2000, min_length=1)],
    ],
    Field(
        max_length=50,
        description="Field → the text as a source prints it.",
        json_schema_extra={"additionalProperties": False},
    ),
]
_LETTERS = "A-Za-zÀ-ÖØ-öø-ƿḀ-ỿ"
"""Latin letters with what Vietnamese puts on them, each as one character (NFC)."""

Key = Annotated[
    str,
    Field(
        pattern=f"^[{_LETTERS}0-9][{_LETTERS}0-9._:/#&-]{{0,199}}$",
        description="The record's stable name outside, unique per resource.",
        examples=["la-ho"],
    ),
]


class ResourceBody(Body):
    """What every record may be given."""

    key: Key | None = None
    note: Annotated[Text, Field(examples=["One of the nine provinces."])] | None = None
    sources: Annotated[list[CitationBody], Field(max_length=100)] = []
    flags: Annotated[list[FlagBody], Field(max_length=50)] = []
    printed: Printed = {}
    owner_agency_id: Annotated[
        UUID | None, Field(description="Set by administrators; else the caller's own agency.")
    ] = None
    visibility: Visibility = Visibility.internal

    @classmethod
    def _printable(cls) -> list[str]:
        """The fields that a source can print something of: all but those of the register itself."""
        return [name for name in cls.model_fields if name not in _OF_THE_REGISTER]

    @field_validator("printed")
    @classmethod
    def _of_fields(cls, printed: dict[str, str]) -> dict[str, str]:
        known = cls._printable()
        if unknown := sorted(printed.keys() - known):
            names = {"unknown": ", ".join(unknown), "known": ", ".join(known)}
            raise refusal(MESSAGES, "unknown_field", at=f"/{unknown[0]}", **names)
        return printed

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = handler(schema)
        printed = handler.resolve_ref_schema(described)["properties"]["printed"]
        printed["propertyNames"] = {"enum": cls._printable()}
        return described


_OF_THE_REGISTER = {"key", "sources", "flags", "printed", "owner_agency_id", "visibility"}


class CitationView(View):
    source: SourceSummary | None
    locator: str | None
    as_printed: str | None


class Acknowledgement(View):
    by: UUID | None
    at: datetime
    reason: Annotated[str, Field(examples=["Checked with the printed newspaper."])]


class FlagView(View):
    code: str
    origin: FlagOrigin
    why: LocalizedText | None
    acknowledged: Acknowledgement | None


class ResourceView(View):
    id: UUID
    version: int
    key: str | None
    note: str | None
    sources: list[CitationView]
    flags: list[FlagView]
    printed: Annotated[dict[str, str], Field(examples=[{"note": "một trong chín tỉnh"}])]
    owner_agency: AgencySummary | None
    visibility: Visibility
    created_at: datetime
    created_by: UUID | None
    updated_at: datetime
    updated_by: UUID | None


V = TypeVar("V", bound=View)


class Page(View, Generic[V]):
    """One page of a list."""

    items: list[V]
    next_cursor: Annotated[
        str | None,
        Field(description="Null on the last page.", examples=["Uh3vQ0c2x7lbIjIwMjUtMDYtMjYiXQ"]),
    ]
    total: Annotated[int | None, Field(description="With `count=exact` only.", examples=[45])]
