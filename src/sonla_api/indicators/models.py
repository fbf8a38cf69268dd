"""What is counted or measured: each indicator with its unit and, in words, what it covers."""

from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Resource


class Flow(CodeList):
    exports = "exports", "Exports", "Xuất khẩu"
    imports = "imports", "Imports", "Nhập khẩu"
    both = "both", "Exports and imports", "Xuất nhập khẩu"


class Dimension(CodeList):
    flow = "flow", "Flow", "Chiều thương mại"
    product = "product", "Product", "Mặt hàng"
    partner_country = "partner_country", "Partner country", "Thị trường"


class ProductScheme(CodeList):
    """One level of the Harmonized System each, so that no product is a part of another one."""

    hs2 = "hs2", "Harmonized System, chapters", "Hệ thống hài hòa (HS), chương"
    hs4 = "hs4", "Harmonized System, headings", "Hệ thống hài hòa (HS), nhóm"
    hs6 = "hs6", "Harmonized System, subheadings", "Hệ thống hài hòa (HS), phân nhóm"
    own = "own", "The indicator's own list", "Danh mục riêng của chỉ tiêu"


class Frequency(CodeList):
    monthly = "monthly", "Monthly", "Hằng tháng"
    quarterly = "quarterly", "Quarterly", "Hằng quý"
    half_yearly = "half_yearly", "Half-yearly", "Sáu tháng"
    yearly = "yearly", "Yearly", "Hằng năm"
    irregular = "irregular", "Irregular", "Không định kỳ"


class Indicator(Resource):
    __tablename__ = "indicators"
    called = ("name", "code")
    derived = ("words",)

    code: Mapped[str]
    name: Mapped[dict[str, Any]]
    unit: Mapped[str]
    definition: Mapped[dict[str, Any] | None]
    coverage: Mapped[dict[str, Any]]
    dimensions: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    frequency: Mapped[Frequency | None]
    flow: Mapped[Flow | None]
    """Of indicators of trade: which flow they count; null for all others."""
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("indicators.id"), index=True)
    """The indicator of which this one counts a part."""
    words: Mapped[str] = mapped_column(
        Computed("fold(code || ' ' || texts(name) || ' ' || texts(coverage))", persisted=True)
    )

    constraints = (
        UniqueConstraint("code"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )
