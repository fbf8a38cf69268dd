"""Places of the province's work with the outside: gates, economic zones, airports, parks."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Resource
from sonla_api.kit.text import Message


class SiteKind(CodeList):
    border_gate = "border_gate", "Border gate", "Cửa khẩu"
    border_gate_economic_zone = (
        "border_gate_economic_zone",
        "Border-gate economic zone",
        "Khu kinh tế cửa khẩu",
    )
    airport = "airport", "Airport", "Cảng hàng không"
    industrial_park = "industrial_park", "Industrial park", "Khu công nghiệp"
    logistics_centre = "logistics_centre", "Logistics centre", "Trung tâm logistics"
    tourist_area = "tourist_area", "Tourist area", "Khu du lịch"
    historic_site = "historic_site", "Historic site", "Di tích lịch sử"
    disaster_work = (
        "disaster_work",
        "Work against natural disasters",
        "Công trình phòng, chống thiên tai",
    )
    other = "other", "Other", "Khác"


class GateLevel(CodeList):
    international = "international", "International gate", "Cửa khẩu quốc tế"
    main = "main", "Main gate", "Cửa khẩu chính"
    auxiliary = "auxiliary", "Auxiliary gate", "Cửa khẩu phụ"
    opening = "opening", "Border opening", "Lối mở"


class LevelDating(CodeList):
    """From when on a level counts."""

    stated = "stated", "In the period that is stated", "Trong thời gian được nêu"
    source = "source", "Since the earliest of its sources", "Từ nguồn sớm nhất"
    undated = "undated", "On any day, as none is known", "Không rõ từ ngày nào"


class Site(Resource):
    __tablename__ = "sites"
    called = ("name", "aliases")
    cites = {**Resource.cites, "status": ("basis.document_id",)}
    derived = ("words",)

    kind: Mapped[SiteKind]
    name: Mapped[dict[str, Any]]
    aliases: Mapped[list[str]] = mapped_column(server_default="{}")
    country: Mapped[str | None]
    subdivision: Mapped[str | None]
    borders: Mapped[str | None]
    managing_agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("sites.id"), index=True)
    pair_id: Mapped[UUID | None] = mapped_column(ForeignKey("sites.id"))
    """The gate on the other side, which names this one: a trigger sees to it."""
    location: Mapped[dict[str, Any] | None]
    established_on: Mapped[str | None]
    opened_on: Mapped[str | None]
    status: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    words: Mapped[str] = mapped_column(
        Computed("fold(texts(name) || ' ' || joined(aliases))", persisted=True)
    )

    constraints = (
        CheckConstraint(
            "pair_id <> id",
            name="pair_id",
            info={"told": Message("no gate faces itself", "cửa khẩu không đối diện với chính nó")},
        ),
        Index(None, "pair_id", unique=True),
        Index(None, "kind", "created_at", "id"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )
