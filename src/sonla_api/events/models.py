"""Fairs, festivals, forums and whatever else the province holds, joins or broadcasts."""

from datetime import date
from typing import Any

from sqlalchemy import Computed, Index
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.events.lifecycle import EventState
from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Resource


class EventKind(CodeList):
    fair = "fair", "Fair", "Hội chợ"
    exhibition = "exhibition", "Exhibition", "Triển lãm"
    festival = "festival", "Festival", "Lễ hội"
    forum = "forum", "Forum", "Diễn đàn"
    conference = "conference", "Conference", "Hội nghị, hội thảo"
    meeting = "meeting", "Meeting", "Gặp mặt"
    ceremony = "ceremony", "Ceremony", "Buổi lễ"
    exchange = "exchange", "Friendship exchange", "Giao lưu hữu nghị"
    trade_mission = "trade_mission", "Trade mission", "Xúc tiến thương mại"
    training = "training", "Training", "Tập huấn, đào tạo"
    publication = "publication", "Publication", "Ấn phẩm"
    broadcast = "broadcast", "Broadcast", "Phát sóng"
    livestream = "livestream", "Livestream", "Phát trực tuyến"
    media = "media", "Media", "Truyền thông"


class EventRole(CodeList):
    organiser = "organiser", "Organiser", "Tổ chức"
    co_organiser = "co_organiser", "Co-organiser", "Đồng tổ chức"
    host = "host", "Host", "Đăng cai"
    exhibitor = "exhibitor", "Exhibitor", "Trưng bày"
    participant = "participant", "Participant", "Tham dự"


class EventChannel(CodeList):
    party = "party", "Party", "Đảng"
    state = "state", "State", "Nhà nước"
    people_to_people = "people_to_people", "People to people", "Đối ngoại nhân dân"
    parliament = "parliament", "Parliament", "Quốc hội, HĐND"
    defence_security = "defence_security", "Defence and security", "Quốc phòng, an ninh"
    economic = "economic", "Economic", "Ngoại giao kinh tế"
    cultural = "cultural", "Cultural", "Ngoại giao văn hóa"


class Event(Resource):
    __tablename__ = "events"
    called = ("name",)
    cites = {
        **Resource.cites,
        "partners": ("partner_id",),
        "enterprises": ("partner_id",),
        "sites": ("site_id",),
    }
    internal = Resource.internal | {"cost"}
    derived = ("when_days", "when_from", "words")

    kind: Mapped[EventKind]
    name: Mapped[dict[str, Any]]
    role: Mapped[EventRole | None]
    channel: Mapped[EventChannel | None]
    when: Mapped[Any | None]
    country: Mapped[str | None]
    place: Mapped[str | None]
    partners: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    enterprises: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """Those taken along: partners of the register, or names as a source prints them."""
    enterprise_count: Mapped[int | None]
    products: Mapped[list[str]] = mapped_column(server_default="{}")
    results: Mapped[dict[str, Any] | None]
    cost: Mapped[dict[str, Any] | None]
    sites: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    related: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    state: Mapped[EventState] = mapped_column(default=EventState.planned)
    when_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed('period_days("when")', persisted=True)
    )
    when_from: Mapped[date | None] = mapped_column(
        Computed('lower(period_days("when"))', persisted=True)
    )
    words: Mapped[str] = mapped_column(
        Computed(
            "fold(texts(name) || ' ' || coalesce(place, '') || ' ' || joined(products)"
            " || ' ' || texts(jsonb_path_query_array(enterprises, '$[*].name'))"
            " || ' ' || texts(results -> 'text'))",
            persisted=True,
        )
    )

    constraints = (
        Index(None, "when_from", "id"),
        Index(None, "kind", "when_from", "id"),
        Index(None, "state", "when_from", "id"),
        Index(None, "when_days", postgresql_using="gist"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )
