"""Which days are worked: holidays, days off and the Saturdays worked in exchange for them."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Resource


class DayKind(CodeList):
    holiday = "holiday", "Public holiday", "Nghỉ lễ, tết"
    day_off = "day_off", "Day off in exchange", "Nghỉ bù hoặc hoán đổi"
    working_day = "working_day", "Worked in exchange", "Làm việc bù"


class CalendarStatus(CodeList):
    published = "published", "Published", "Đã công bố"
    provisional = "provisional", "Provisional", "Tạm tính"


class CalendarDay(Resource):
    __tablename__ = "calendar_days"
    cites = {**Resource.cites, "announcement": ("document_id",)}

    day: Mapped[date] = mapped_column(unique=True)
    kind: Mapped[DayKind]
    name: Mapped[dict[str, Any]]
    announcement: Mapped[dict[str, Any] | None]
    """The document that the day rests on: a year without any is not settled yet."""
