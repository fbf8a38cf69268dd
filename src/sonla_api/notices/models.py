"""What businesses are told: rules and cases of markets, agreements, news, events."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Resource
from sonla_api.kit.text import Message
from sonla_api.notices.lifecycle import NoticeState


class NoticeTopic(CodeList):
    sps = "sps", "Food safety, animal and plant health (SPS)", "Kiểm dịch, an toàn thực phẩm (SPS)"
    trade_defence = "trade_defence", "Trade defence", "Phòng vệ thương mại"
    fta = "fta", "Free trade agreements", "Hiệp định thương mại tự do"
    market = "market", "Market news", "Thông tin thị trường"
    event = "event", "Fairs and events", "Hội chợ, sự kiện"
    policy = "policy", "Policy", "Chính sách"


_BOTH = Message("either to all, or to those named", "hoặc gửi tất cả, hoặc gửi nơi nhận được nêu")


class Notice(Resource):
    __tablename__ = "notices"
    cites = {
        **Resource.cites,
        "recipients": ("partner_id",),
        "documents": ("document_id",),
    }
    derived = ("valid_days", "words")

    topic: Mapped[NoticeTopic]
    title: Mapped[dict[str, Any]]
    body: Mapped[dict[str, Any] | None]
    markets: Mapped[list[str]] = mapped_column(server_default="{}")
    products: Mapped[list[str]] = mapped_column(server_default="{}")
    languages: Mapped[list[str]] = mapped_column(server_default="{}")
    valid: Mapped[Any | None]
    is_to_all: Mapped[bool] = mapped_column(default=False)
    recipients: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    documents: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("notices.id"), index=True)
    """The notice that this one takes the place of: what was sent is not altered."""
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.draft)
    sent_on: Mapped[date | None]
    sent_at: Mapped[datetime | None]
    """When it was recorded as sent: who is registered later was not among all."""
    valid_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(valid)", persisted=True)
    )
    words: Mapped[str] = mapped_column(
        Computed(
            "fold(texts(title) || ' ' || texts(body) || ' ' || joined(products))", persisted=True
        )
    )

    constraints = (
        CheckConstraint(
            "not is_to_all or recipients = '[]'", name="recipients", info={"told": _BOTH}
        ),
        CheckConstraint(
            "(state = 'draft') = (sent_on is null) and (sent_on is null) = (sent_at is null)",
            name="sent_on",
        ),
        Index(None, "topic", "created_at", "id"),
        Index(None, "state", "created_at", "id"),
        Index(None, "sent_on", "id"),
        Index(None, "markets", postgresql_using="gin"),
        Index(None, "products", postgresql_using="gin"),
        Index(None, "valid_days", postgresql_using="gist"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )
