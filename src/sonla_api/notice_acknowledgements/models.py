"""Who of the businesses told confirmed a notice, when, and by which means."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Resource


class AcknowledgementMeans(CodeList):
    letter = "letter", "Letter", "Công văn, thư"
    email = "email", "E-mail", "Thư điện tử"
    telephone = "telephone", "Telephone", "Điện thoại"
    message = "message", "Message", "Tin nhắn"
    meeting = "meeting", "At a meeting", "Tại cuộc họp"
    online = "online", "Online form", "Biểu mẫu trực tuyến"
    other = "other", "Other", "Khác"


class NoticeAcknowledgement(Resource):
    """One confirmation; a business may confirm twice, by telephone and then by letter."""

    __tablename__ = "notice_acknowledgements"
    called = ("notice_id",)

    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notices.id"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partners.id"), index=True)
    acknowledged_on: Mapped[date]
    means: Mapped[AcknowledgementMeans | None]

    constraints = (
        Index(None, "notice_id", "partner_id"),
        Index(None, "acknowledged_on", "id"),
    )
