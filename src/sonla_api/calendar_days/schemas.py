from datetime import date
from typing import Annotated

from pydantic import Field

from sonla_api.calendar_days.models import DayKind
from sonla_api.kit.citations import DocumentCited, DocumentCitedView
from sonla_api.kit.schema import Day, ResourceBody, ResourceView
from sonla_api.kit.text import LocalizedText

_SWAPPED = {"symbol": "6150/TB-BLĐTBXH", "issuer": "Bộ LĐTBXH", "issued_on": "2024-12-03"}


class CalendarDayCreate(ResourceBody):
    """A day that is worked, or not, other than its weekday would have it."""

    day: Annotated[Day, Field(examples=["2025-05-02"])]
    kind: Annotated[DayKind, Field(examples=["day_off"])]
    name: Annotated[
        LocalizedText,
        Field(
            examples=[
                {"vi": "Nghỉ hoán đổi dịp 30/4", "en": "Off in exchange for 26 April", "lo": None}
            ]
        ),
    ]
    announcement: Annotated[
        DocumentCited | None,
        Field(
            description="The document that it rests on; without one of that year or of the year"
            " before, the calendar of the year is provisional.",
            examples=[_SWAPPED],
        ),
    ] = None


class CalendarDayUpdate(CalendarDayCreate, partial=True):
    """The fields of a day of the calendar to change."""


class CalendarDayView(ResourceView):
    day: date
    kind: DayKind
    name: LocalizedText
    announcement: DocumentCitedView | None
