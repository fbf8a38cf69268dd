from typing import Annotated, ClassVar

from pydantic import Field

from sonla_api.calendar_days.models import CalendarDay, DayKind
from sonla_api.calendar_days.schemas import CalendarDayView
from sonla_api.kit.filters import at_least, at_most, falls_in, one_of
from sonla_api.kit.listing import Listing
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.schema import Day
from sonla_api.kit.text import Line

calendar_days = Records(CalendarDay, CalendarDayView)


class CalendarDayListing(Listing):
    orders: ClassVar = {"created_at": CalendarDay.created_at, "day": CalendarDay.day}

    key: Annotated[list[Line], one_of(CalendarDay.key)] = []
    kind: Annotated[list[DayKind], one_of(CalendarDay.kind)] = []
    day_from: Annotated[
        Day | None, at_least(CalendarDay.day), Field(description="This day or later.")
    ] = None
    day_to: Annotated[
        Day | None, at_most(CalendarDay.day), Field(description="This day or earlier.")
    ] = None
    period: Annotated[
        PeriodFilter | None,
        falls_in(CalendarDay.day),
        Field(description="Days in this period, such as those of a year."),
    ] = None
