"""What delegations are held to: rules as data, each version valid for a time."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Computed, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Resource
from sonla_api.kit.text import Message


class RuleKind(CodeList):
    trips_per_year = (
        "trips_per_year",
        "Trips of a person in a year",
        "Số chuyến đi của một người trong năm",
    )
    headcount = "headcount", "Head-count of a delegation", "Số người của đoàn"
    days_per_trip = "days_per_trip", "Days of a trip", "Số ngày của chuyến đi"
    countries_per_trip = "countries_per_trip", "Countries of a trip", "Số nước của chuyến đi"
    leaders_at_once = (
        "leaders_at_once",
        "Key leaders away at once",
        "Lãnh đạo chủ chốt cùng đi một lúc",
    )
    dossier_lead_time = (
        "dossier_lead_time",
        "Days before departure to submit",
        "Thời hạn trình hồ sơ trước ngày đi",
    )
    consultation_reply = (
        "consultation_reply",
        "Days to answer a consultation",
        "Thời hạn trả lời lấy ý kiến",
    )
    report_due = "report_due", "Days to report", "Thời hạn báo cáo sau chuyến đi"


class DayCount(CodeList):
    calendar = "calendar", "Calendar days", "Ngày"
    working = "working", "Working days", "Ngày làm việc"


class RuleDay(CodeList):
    departure = "departure", "First day of the trip", "Ngày đầu của chuyến đi"
    submission = "submission", "Day of submission", "Ngày trình"
    receipt = "receipt", "Receipt of the consultation", "Ngày nhận văn bản lấy ý kiến"
    end = "end", "Last day of the trip", "Ngày cuối của chuyến đi"


class ComplianceResult(CodeList):
    pass_ = "pass", "Kept", "Đạt"
    warning = "warning", "Not kept", "Cảnh báo"
    not_applicable = "not_applicable", "Does not apply", "Không áp dụng"


OF_DAYS = (RuleKind.dossier_lead_time, RuleKind.consultation_reply, RuleKind.report_due)
"""Kinds that say in which days they count."""
OF_PERSONS = (RuleKind.trips_per_year, RuleKind.leaders_at_once)
"""Kinds that may be about certain positions alone."""


def _is_of(kinds: tuple[RuleKind, ...]) -> str:
    return f"kind in ({', '.join(repr(kind.value) for kind in kinds)})"


_one_at_a_time = ExcludeConstraint(
    ("code", "="), ("valid_days", "&&"), name="ex_compliance_rules_valid", using="gist"
)
_one_at_a_time.info["told"] = Message(
    "another version of the rule is valid on some of these days",
    "phiên bản khác của quy tắc có hiệu lực trong một số ngày này",
)
_one_kind = ExcludeConstraint(
    ("code", "="), ("kind", "<>"), name="ex_compliance_rules_kind", using="gist"
)
_one_kind.info["told"] = Message(
    "the other versions of the rule are of another kind",
    "các phiên bản khác của quy tắc thuộc loại khác",
)


class ComplianceRule(Resource):
    """One version of a rule. Those with one `code` are versions of one rule."""

    __tablename__ = "compliance_rules"
    called = ("title", "code")
    cites = {**Resource.cites, "legal_basis": ("document_id",)}
    derived = ("valid_days", "words")

    code: Mapped[str]
    edition: Mapped[int]
    kind: Mapped[RuleKind]
    title: Mapped[dict[str, Any]]
    valid: Mapped[Any]
    legal_basis: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    directions: Mapped[list[str]] = mapped_column(server_default="{}")
    levels: Mapped[list[str]] = mapped_column(server_default="{}")
    limit: Mapped[int]
    counted_in: Mapped[DayCount | None]
    positions: Mapped[list[str]] = mapped_column(server_default="{}")
    country_count: Mapped[int | None]
    is_example: Mapped[bool] = mapped_column(server_default="false")
    valid_days: Mapped[Range[date]] = mapped_column(
        DATERANGE, Computed("period_days(valid)", persisted=True)
    )
    words: Mapped[str] = mapped_column(
        Computed("fold(texts(title) || ' ' || code)", persisted=True)
    )

    constraints = (
        UniqueConstraint(
            "code",
            "edition",
            name="uq_compliance_rules_edition",
            info={
                "told": Message(
                    "another version of the rule has this number",
                    "phiên bản khác của quy tắc đã có số này",
                )
            },
        ),
        _one_at_a_time,
        _one_kind,
        CheckConstraint('"limit" >= 0', name="limit"),
        CheckConstraint(
            f"(counted_in is not null) = ({_is_of(OF_DAYS)})", name="counted_in_of_kind"
        ),
        CheckConstraint(
            f"({_is_of(OF_PERSONS)} or positions = '{{}}')"
            " and (kind <> 'leaders_at_once' or positions <> '{}')",
            name="positions",
        ),
        CheckConstraint("country_count is null or kind = 'days_per_trip'", name="country_count"),
        Index(None, "code", "edition", "id"),
        Index(None, "kind", "created_at", "id"),
        Index(None, "valid_days", postgresql_using="gist"),
        Index(None, "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    )
