"""Which days are worked: holidays, days off and the Saturdays worked in exchange for them."""

from datetime import date
from typing import Any

from sqlalchemy import Date, Integer
from sqlalchemy.dialects.postgresql import ARRAY, INT4MULTIRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Model, Resource


class DayKind(CodeList):
    holiday = "holiday", "Public holiday", "Nghỉ lễ, tết"
    day_off = "day_off", "Day off in exchange", "Nghỉ bù hoặc hoán đổi"
    working_day = "working_day", "Worked in exchange", "Làm việc bù"


class CalendarStatus(CodeList):
    published = "published", "Published", "Đã công bố"
    provisional = "provisional", "Provisional", "Tạm tính"


class CalendarDay(Resource):
    __tablename__ = "calendar_days"
    called = ("name",)
    cites = {**Resource.cites, "announcement": ("document_id",)}

    day: Mapped[date] = mapped_column(unique=True)
    kind: Mapped[DayKind]
    name: Mapped[dict[str, Any]]
    announcement: Mapped[dict[str, Any] | None]
    """The document that the day rests on: a year without any is not settled yet."""


class WorkingCalendar(Model):
    """The whole calendar in one row, from which working days are counted; kept by a trigger."""

    __tablename__ = "working_calendar"

    is_current: Mapped[bool] = mapped_column(primary_key=True, server_default="true")
    days: Mapped[list[date]] = mapped_column(ARRAY(Date))
    numbers: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    published: Mapped[list[Range[int]]] = mapped_column(INT4MULTIRANGE)
