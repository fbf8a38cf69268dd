"""When something was or will be, as precisely as it is known: a year, a half, a day, a range."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    with_config,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema
from typing_extensions import TypedDict  # pydantic refuses the one of typing before Python 3.12

from sonla_api.kit.text import Line, Message, refusal

_FORMS = "2025, 2025-H1, 2025-Q3, 2025-05, 2025-06-26"

MESSAGES: Mapping[str, Message] = {
    "period_form": Message(
        f"Write a period as {_FORMS}, as two of these with a slash (2024-Q3/2025-08), "
        "or with an open end (2012/.. or ../2024-01).",
        f"Hãy ghi thời gian theo dạng {_FORMS}, hoặc hai dạng đó cách nhau bằng dấu gạch chéo "
        "(2024-Q3/2025-08), hoặc để ngỏ một đầu (2012/.. hay ../2024-01).",
    ),
    "date_form": Message(
        "Write a date as 2025-06-26, or as 2025-06 or 2025 where no more is known.",
        "Hãy ghi ngày theo dạng 2025-06-26, hoặc 2025-06 hay 2025 khi chỉ biết đến tháng hay năm.",
    ),
    "period_type": Message(
        'Write a period as a string such as "2025-H1", or as an object with "duration" and "from" '
        "when its first day is not known yet.",
        'Hãy ghi thời gian bằng một chuỗi như "2025-H1", hoặc bằng một đối tượng có "duration" '
        'và "from" khi chưa rõ ngày bắt đầu.',
    ),
    "half_year_form": Message(
        "Write a half-year as 2025-H1 or 2025-H2.",
        "Hãy ghi nửa năm theo dạng 2025-H1 hoặc 2025-H2.",
    ),
    "period_date": Message("There is no day {day}.", "Không có ngày {day}."),
    "period_order": Message(
        "The period ends before it begins.",
        "Thời gian kết thúc trước khi bắt đầu.",
    ),
    "period_duration": Message(
        "Write a length as an ISO 8601 duration of years, months, days or weeks, such as P4Y, "
        "P1Y6M or P2W.",
        "Hãy ghi độ dài theo ISO 8601 bằng năm, tháng, ngày hoặc tuần, như P4Y, P1Y6M hay P2W.",
    ),
}

Precision = Literal["year", "half", "quarter", "month", "day"]
Days = tuple[date | None, date | None]
UNKNOWN: Days = (None, None)

_PART = "[1-9][0-9]{3}(-(H[12]|Q[1-4]|(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?))?"
_TEXT = rf"({_PART}(/({_PART}|\.\.))?|\.\./{_PART})"
_PERIOD = re.compile(_TEXT)
_FORMAT: dict[str, Any] = {"format": "period"}
"""Says to readers of the schema what the pattern cannot: days that exist, the first one first."""
_HALF_YEAR = "[1-9][0-9]{3}-H[12]"
_DATE_TEXT = "[1-9][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_DATE = re.compile(_DATE_TEXT)
_LENGTH = "[1-9][0-9]{0,3}"
_MONTHS = f"{_LENGTH}M({_LENGTH}D)?"
_DURATION_TEXT = f"P({_LENGTH}W|{_LENGTH}Y({_LENGTH}M)?({_LENGTH}D)?|{_MONTHS}|{_LENGTH}D)"
_DURATION = re.compile(_DURATION_TEXT)
_PRECISIONS: tuple[Precision, ...] = ("day", "month", "quarter", "half", "year")


def _checked_duration(value: str) -> str:
    if _DURATION.fullmatch(value):
        return value
    raise refusal(MESSAGES, "period_duration")


Duration = Annotated[
    str,
    Field(strict=True),
    AfterValidator(_checked_duration),
    WithJsonSchema({"type": "string", "pattern": f"^{_DURATION_TEXT}$", "examples": ["P4Y"]}),
]

FloatingLength = TypedDict("FloatingLength", {"duration": Duration, "from": Line})
with_config(
    ConfigDict(
        extra="forbid",
        json_schema_extra={
            "description": "A length whose first day is not known yet.",
            "examples": [{"duration": "P4Y", "from": "signing of the agreement"}],
        },
    )
)(FloatingLength)


def days(period: str | FloatingLength | None) -> Days | None:
    """The days of a valid period, half-open: from the first to the day after the last.

    None stands for an open end, also after the year 9999, which no date can follow; a floating
    length, or none, has no days. The SQL function `period_days` says the same of a stored period.
    """
    return _days_of_text(period) if isinstance(period, str) else None


def is_period(value: Any) -> bool:
    """Whether a value is a period with a year: a floating length has none."""
    return isinstance(value, str) and _PERIOD.fullmatch(value) is not None


def precision(period: str) -> Precision:
    """How precisely a valid period is given; of a range, its vaguer end."""
    return max(map(_precision, _ends(period)), key=_PRECISIONS.index)


def _checked_text(value: str) -> str:
    if not _PERIOD.fullmatch(value):
        raise refusal(MESSAGES, "period_form")
    for end in _ends(value):
        if _precision(end) == "day" and not _is_day(end):
            raise refusal(MESSAGES, "period_date", day=end)
    first, until = _days_of_text(value)
    if first and until and first >= until:
        raise refusal(MESSAGES, "period_order")
    return value


def _checked(value: Any, _: ValidatorFunctionWrapHandler) -> Any:
    """A string goes its own way, so that an error names the field and not a branch of a union."""
    if isinstance(value, str):
        return _checked_text(value)
    if isinstance(value, Mapping):
        return _FLOATING_LENGTH.validate_python(value)
    raise refusal(MESSAGES, "period_type")


_FLOATING_LENGTH = TypeAdapter(FloatingLength)

Period = Annotated[
    Annotated[str, Field(pattern=f"^{_TEXT}$", json_schema_extra=_FORMAT)] | FloatingLength,
    WrapValidator(_checked),
    Field(
        description=(
            f"A year, half-year, quarter, month or day ({_FORMS}), two of these with a slash "
            "(2024-Q3/2025-08), one of them with an open end (2012/.. or ../2024-01), or a length "
            "whose first day is not known yet. Kept exactly as given."
        ),
        examples=["2025-H1", "2024-Q3/2025-08", "2012/.."],
    ),
]
"""When, as a caller writes and reads it: a string, or an object for a floating length."""


def _checked_date(value: Any) -> Any:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise refusal(MESSAGES, "date_form")
    return _checked_text(value)


PartialDate = Annotated[
    str,
    BeforeValidator(_checked_date),
    WithJsonSchema(
        {
            "type": "string",
            "format": "partial-date",
            "pattern": f"^{_DATE_TEXT}$",
            "description": "A day, or as much of it as is known: 2025-06-26, 2025-06 or 2025.",
            "examples": ["2025-06-26"],
        }
    ),
]
"""On which day, where perhaps only the month or the year is known."""


def _checked_days(value: Any) -> Any:
    """A length that floats is refused with the forms that are none."""
    if not isinstance(value, str):
        raise refusal(MESSAGES, "period_form")
    return _checked_text(value)


DatedPeriod = Annotated[
    Annotated[
        str,
        Field(pattern=f"^{_TEXT}$", examples=["2026-01-01/.."], json_schema_extra=_FORMAT),
    ],
    BeforeValidator(_checked_days),
    Field(description="A period with its days, perhaps open at an end. Kept as given."),
]
"""When, of what must be known to hold or not on any day."""


class PeriodFilter(str):
    """The period that a list is asked for: it finds what overlaps these days."""

    __slots__ = ()

    @property
    def days(self) -> Days:
        return _days_of_text(self)

    @classmethod
    def _from_text(cls, value: str) -> Self:
        return cls(_checked_text(value))

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls._from_text, core_schema.str_schema(strict=True, max_length=60)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": f"^{_TEXT}$", "examples": ["2025-H1"], **_FORMAT}


class HalfYearFilter(PeriodFilter):
    """The half-year that a list is asked for: the first or the second of a calendar year."""

    __slots__ = ()

    @classmethod
    def _from_text(cls, value: str) -> Self:
        if not re.fullmatch(_HALF_YEAR, value):
            raise refusal(MESSAGES, "half_year_form")
        return cls(value)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": f"^{_HALF_YEAR}$", "examples": ["2025-H1"]}


def _days_of_text(period: str) -> Days:
    first, _, last = period.partition("/")
    return _first_day(first), _day_after(last or first)


def _ends(period: str) -> list[str]:
    return [end for end in period.split("/") if end != ".."]


def _precision(end: str) -> Precision:
    match len(end), end[5:6]:
        case 10, _:
            return "day"
        case 4, _:
            return "year"
        case _, "H":
            return "half"
        case _, "Q":
            return "quarter"
    return "month"


def _is_day(end: str) -> bool:
    try:
        date.fromisoformat(end)
    except ValueError:
        return False
    return True


def _months(end: str) -> tuple[int, int]:
    """The first and the last month that an end of a period names."""
    match _precision(end):
        case "year":
            return 1, 12
        case "half":
            return int(end[6]) * 6 - 5, int(end[6]) * 6
        case "quarter":
            return int(end[6]) * 3 - 2, int(end[6]) * 3
    return int(end[5:7]), int(end[5:7])


def _first_day(end: str) -> date | None:
    return None if end == ".." else date(int(end[:4]), _months(end)[0], int(end[8:] or 1))


def _day_after(end: str) -> date | None:
    if end == "..":
        return None
    year, month = int(end[:4]), _months(end)[1]
    last = date(year, month, int(end[8:] or monthrange(year, month)[1]))
    return None if last == date.max else last + timedelta(days=1)
