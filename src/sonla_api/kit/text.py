"""Text as people write it: in Vietnamese, English and Lao, kept exactly as given or refused."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, NamedTuple, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


class Message(NamedTuple):
    """What a caller is told, in both languages; `{name}` stands for a value."""

    en: str
    vi: str

    def format(self, **values: object) -> "Message":
        return Message(self.en.format(**values), self.vi.format(**values))


MESSAGES: Mapping[str, Message] = {
    "text_nul": Message(
        "Character {position} is NUL, which is not text.",
        "Ký tự thứ {position} là NUL, không phải là văn bản.",
    ),
    "text_surrogate": Message(
        "Character {position} is half of a surrogate pair, which is not text.",
        "Ký tự thứ {position} là một nửa của cặp mã thay thế, không phải là văn bản.",
    ),
    "text_control": Message(
        "Character {position} is a control character; only tab and line breaks are allowed.",
        "Ký tự thứ {position} là ký tự điều khiển; chỉ được dùng ký tự tab và xuống dòng.",
    ),
    "text_marks": Message(
        "More than 30 combining marks follow one another at character {position}.",
        "Có hơn 30 dấu kết hợp liền nhau từ ký tự thứ {position}.",
    ),
    "text_line": Message(
        "This must be one line: character {position} is a line break.",
        "Chỉ được viết trên một dòng: ký tự thứ {position} là ký tự xuống dòng.",
    ),
    "text_blank": Message(
        "This must not be blank.",
        "Không được để trống.",
    ),
    "too_many_words": Message("at most {most} words", "tối đa {most} từ"),
    "localized_text_empty": Message(
        "Give the text in at least one language: vi, en or lo.",
        "Hãy ghi nội dung bằng ít nhất một ngôn ngữ: vi, en hoặc lo.",
    ),
}


_WORDS = 20


def refusal(messages: Mapping[str, Message], code: str, **context: Any) -> PydanticCustomError:
    """The error of a code of `messages`, whose words it carries.

    Its context fills their placeholders in either language; `at` names the field inside the value
    that it is about.
    """
    words = messages[code]
    return PydanticCustomError(code, words.en, {"words": words, **context})


def few_words(text_: str | None) -> str | None:
    """Refuse more words than a search compares."""
    if text_ and len(text_.split()) > _WORDS:
        raise refusal(MESSAGES, "too_many_words", most=_WORDS)
    return text_


@dataclass(frozen=True)
class text:  # noqa: N801 - reads as a rule beside a type: Annotated[str, text(40)]
    """A rule for a string: length in characters after NFC, and whether it must be one line.

    Text not in NFC is brought to NFC, as two spellings of one Vietnamese word must be equal;
    nothing else is changed or stripped. Blank text passes only where `min_length` is 0.
    """

    max_length: int
    min_length: int = 0
    is_one_line: bool = False

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            self._exact,
            core_schema.str_schema(
                strict=True, min_length=self.min_length or None, max_length=self.max_length
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        allowed = _LINE_PATTERN if self.is_one_line else _TEXT_PATTERN
        rest = f"{_VISIBLE_PATTERN}{allowed}*" if self.min_length else ""
        return handler(schema) | {"pattern": f"^{allowed}*{rest}$"}

    def _exact(self, value: object) -> object:
        if not isinstance(value, str) or len(value) > 4 * self.max_length:
            return value  # the string schema refuses it; NFC shortens at most fourfold
        exact = as_text(value)
        if self.is_one_line and (found := _LINE_BREAK.search(value)):
            raise refusal(MESSAGES, "text_line", position=found.start() + 1)
        if self.min_length and _BLANK.fullmatch(value):
            raise refusal(MESSAGES, "text_blank")
        return exact


def as_text(value: str) -> str:
    """In NFC; characters that are no text are refused."""
    _refuse_characters(value)
    return value if value.isascii() else unicodedata.normalize("NFC", value)


Text = Annotated[str, text(10_000, min_length=1)]
"""Text of several lines, never blank."""

Line = Annotated[str, text(500, min_length=1, is_one_line=True)]
"""One line of text, never blank."""


class LocalizedText(BaseModel):
    """A text in Vietnamese, English and Lao: at least one of them, all returned."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [{"vi": "Tỉnh Hủa Phăn", "en": "Houaphanh Province", "lo": "ແຂວງຫົວພັນ"}],
            "not": {"properties": {name: {"type": "null"} for name in ("vi", "en", "lo")}},
        },
    )

    vi: Text | None = None
    en: Text | None = None
    lo: Text | None = None

    @model_validator(mode="after")
    def _in_some_language(self) -> Self:
        if self.vi is self.en is self.lo is None:
            raise refusal(MESSAGES, "localized_text_empty")
        return self


_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_LINE_BREAK = re.compile("[\n\r\x85\u2028\u2029]")
_BLANK = re.compile(r"[\s\ufeff]*")

# The same rules for readers of the schema. ECMA's \s differs from others in U+0085 and U+FEFF.
_TEXT_PATTERN = r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f]"
_LINE_PATTERN = r"[^\u0000-\u0008\u000a-\u001f\u0085\u2028\u2029]"
_VISIBLE_PATTERN = r"[^\s\u0000-\u001f\u0085\ufeff]"


def _refuse_characters(value: str) -> None:
    if found := _REFUSED.search(value):
        character, position = found.group(), found.start() + 1
        if character == "\x00":
            raise refusal(MESSAGES, "text_nul", position=position)
        if character < " ":
            raise refusal(MESSAGES, "text_control", position=position)
        raise refusal(MESSAGES, "text_surrogate", position=position)
    if value.isascii():
        return
    # A run of 31 has one of every 31 characters, and to look at these alone is fast.
    if _marks().search(value[30::31]) and (found := _marks("{31}").search(value)):
        raise refusal(MESSAGES, "text_marks", position=found.start() + 1)


@cache
def _marks(times: str = "") -> re.Pattern[str]:
    """A mark on a letter; 31 are more than any script has (30, as Unicode's stream-safe text).

    Normalising sorts such a run in quadratic time: 10,000 marks in the wrong order take 0.1 s.
    """
    marks = (chr(code) for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code)))
    return re.compile(f"[{''.join(marks)}]{times}")
