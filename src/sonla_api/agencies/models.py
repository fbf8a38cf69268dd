"""Our side: committees, departments, localities and bodies, which merge, split and end."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Resource


class AgencyKind(CodeList):
    peoples_committee = "peoples_committee", "People's committee", "Ủy ban nhân dân"
    peoples_council = "peoples_council", "People's council", "Hội đồng nhân dân"
    department = "department", "Department", "Sở"
    sub_department = "sub_department", "Sub-department", "Chi cục"
    district = "district", "District (until 1 July 2025)", "Huyện (đến 01/7/2025)"
    locality = "locality", "Commune or ward", "Xã, phường"
    party_committee = "party_committee", "Party committee", "Cấp ủy"
    party_body = "party_body", "Party body", "Cơ quan Đảng"
    central_party_body = "central_party_body", "Central Party body", "Cơ quan Đảng ở Trung ương"
    central_government = "central_government", "Central government", "Chính phủ"
    ministry = "ministry", "Ministry", "Bộ"
    central_agency = "central_agency", "Central agency", "Cơ quan Trung ương"
    mass_organisation = "mass_organisation", "Mass organisation", "Tổ chức chính trị - xã hội"
    project_board = "project_board", "Project management board", "Ban quản lý dự án"
    armed_force = "armed_force", "Armed force", "Lực lượng vũ trang"
    police = "police", "Public security", "Công an"
    school = "school", "School or college", "Trường học"
    other = "other", "Other", "Khác"


class Agency(Resource):
    __tablename__ = "agencies"
    called = ("name", "short_name", "code")
    cites = {**Resource.cites, "successors": ("agency_id",)}
    derived = ("words",)

    code: Mapped[str | None]
    name: Mapped[dict[str, Any]]
    short_name: Mapped[dict[str, Any] | None]
    kind: Mapped[AgencyKind]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    successors: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    words: Mapped[str] = mapped_column(
        Computed(
            "fold(texts(name) || ' ' || texts(short_name) || ' ' || coalesce(code, ''))",
            persisted=True,
        )
    )

    constraints = (
        CheckConstraint("valid_from < valid_to", name="valid_to"),
        Index(None, "kind", "id"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )
