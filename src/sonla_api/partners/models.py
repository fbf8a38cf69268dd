"""Those abroad whom the province works with: provinces, missions, organisations, investors."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Resource


class PartnerKind(CodeList):
    local_government = "local_government", "Local government", "Chính quyền địa phương"
    diplomatic_mission = "diplomatic_mission", "Diplomatic mission", "Cơ quan đại diện ngoại giao"
    international_organization = (
        "international_organization",
        "International organisation",
        "Tổ chức quốc tế",
    )
    ingo = "ingo", "Foreign NGO", "Tổ chức phi chính phủ nước ngoài"
    enterprise = "enterprise", "Enterprise", "Doanh nghiệp"
    investor = "investor", "Investor", "Nhà đầu tư"
    academic = "academic", "University or school", "Cơ sở đào tạo"
    research_institute = "research_institute", "Research institute", "Viện nghiên cứu"
    media = "media", "Media", "Cơ quan báo chí"
    association = "association", "Association", "Hiệp hội"
    mass_organisation = "mass_organisation", "Mass organisation", "Tổ chức quần chúng"
    parliament = "parliament", "Parliament", "Quốc hội, nghị viện"
    ministry = "ministry", "Ministry", "Bộ"
    defence_body = "defence_body", "Defence body", "Cơ quan quốc phòng"
    security_body = "security_body", "Security body", "Cơ quan an ninh"
    foreign_affairs_agencies = (
        "foreign_affairs_agencies",
        "Foreign affairs agencies",
        "Cơ quan ngoại vụ",
    )
    donor_agency = "donor_agency", "Donor agency", "Cơ quan viện trợ"
    cultural_centre = "cultural_centre", "Cultural centre", "Trung tâm văn hóa"
    contractor = "contractor", "Contractor", "Nhà thầu"
    other = "other", "Other", "Khác"


class RegistrationKind(CodeList):
    operation = "operation", "Registration of operation", "Giấy đăng ký hoạt động"
    project_office = "project_office", "Project office", "Giấy đăng ký lập Văn phòng dự án"
    representative_office = (
        "representative_office",
        "Representative office",
        "Giấy đăng ký lập Văn phòng đại diện",
    )


class RegistrationWarningCode(CodeList):
    registration_ends = "registration_ends", "The registration ends soon", "Đăng ký sắp hết hạn"
    registration_ended = "registration_ended", "The registration ended", "Đăng ký đã hết hạn"


class Partner(Resource):
    __tablename__ = "partners"
    called = ("name", "aliases")
    derived = ("registered_days", "words")

    kind: Mapped[PartnerKind]
    name: Mapped[dict[str, Any]]
    aliases: Mapped[list[str]] = mapped_column(server_default="{}")
    country: Mapped[str | None]
    subdivision: Mapped[str | None]
    website: Mapped[str | None]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("partners.id"), index=True)
    registration_number: Mapped[str | None]
    registration_kind: Mapped[RegistrationKind | None]
    registered: Mapped[Any | None]
    registered_days: Mapped[Range[date] | None] = mapped_column(
        DATERANGE, Computed("period_days(registered)", persisted=True)
    )
    words: Mapped[str] = mapped_column(
        Computed("fold(texts(name) || ' ' || joined(aliases))", persisted=True)
    )

    constraints = (
        Index(None, "country", "created_at", "id"),
        Index(None, "kind", "created_at", "id"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )
