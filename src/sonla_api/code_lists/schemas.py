from typing import Annotated

from pydantic import Field

from sonla_api.kit.codes import CodeList
from sonla_api.kit.schema import View


class FlagCode(CodeList):
    """The doubts that rules raise and that the bundled records carry; callers may add others."""

    ambiguous = "ambiguous", "The source can be read in two ways", "Nguồn có thể hiểu hai cách"
    ambiguous_date = "ambiguous_date", "The date can be read in two ways", "Ngày hiểu được hai cách"
    amount_conflict = "amount_conflict", "Sources differ on an amount", "Số tiền khác nhau"
    announcement_unverified = (
        "announcement_unverified",
        "The announcement itself was not read",
        "Chưa đọc được chính văn bản thông báo",
    )
    attribute_conflict = (
        "attribute_conflict",
        "Sources differ on a property",
        "Các nguồn khác nhau về một thông số",
    )
    conflict = "conflict", "Sources contradict each other", "Các nguồn mâu thuẫn"
    date_conflict = "date_conflict", "Dates contradict each other", "Các mốc thời gian mâu thuẫn"
    date_inferred = "date_inferred", "Date taken from elsewhere", "Ngày suy ra từ nguồn khác"
    date_unknown = "date_unknown", "Date unknown", "Chưa rõ ngày"
    direction_inferred = "direction_inferred", "Direction inferred", "Hướng đoàn do suy luận"
    direction_unknown = "direction_unknown", "Direction unknown", "Chưa rõ đoàn ra hay đoàn vào"
    disbursed_above_committed = (
        "disbursed_above_committed",
        "More disbursed than committed",
        "Giải ngân vượt cam kết",
    )
    enterprises_differ = (
        "enterprises_differ",
        "Fewer enterprises than are named",
        "Số doanh nghiệp ít hơn số nêu tên",
    )
    example_rule = "example_rule", "An example, no rule in force", "Quy tắc ví dụ"
    growth_differs = "growth_differs", "Printed growth differs", "Mức tăng in khác mức tính"
    headcount_differs = (
        "headcount_differs",
        "Head-count below the members named",
        "Số người ít hơn số thành viên nêu tên",
    )
    level_conflict = (
        "level_conflict",
        "Two levels on the same days",
        "Hai loại cửa khẩu trong cùng thời gian",
    )
    likely_duplicate = "likely_duplicate", "May be registered already", "Có thể đã có trong sổ"
    link_inferred = "link_inferred", "Link inferred", "Liên hệ do suy luận"
    location_unsourced = (
        "location_unsourced",
        "A point without a source",
        "Vị trí không có nguồn",
    )
    number_reused = (
        "number_reused",
        "Another document has the number",
        "Trùng số với văn bản khác",
    )
    out_of_period = "out_of_period", "Outside the period covered", "Ngoài thời gian tổng hợp"
    outside_annual_plan = (
        "outside_annual_plan",
        "Outside the yearly plan",
        "Ngoài kế hoạch năm đã duyệt",
    )
    partners_inferred = "partners_inferred", "Partners inferred", "Đối tác do suy luận"
    percentages_differ = (
        "percentages_differ",
        "Percentages do not sum to 100",
        "Tỷ lệ cộng lại khác 100",
    )
    period_unknown = "period_unknown", "Period unknown", "Chưa rõ thời gian"
    stale_count = "stale_count", "The count is out of date", "Số đếm đã cũ"
    symbol_unread = "symbol_unread", "The symbol cannot be read", "Không đọc được số, ký hiệu"
    tasks_inferred = "tasks_inferred", "Tasks inferred", "Nhiệm vụ do suy luận"
    totals_differ = "totals_differ", "The total differs from its parts", "Tổng khác các phần"
    type_differs = "type_differs", "The symbol says another type", "Ký hiệu ghi loại khác"
    year_inferred = "year_inferred", "Year taken from elsewhere", "Năm suy ra từ nguồn khác"
    year_unknown = "year_unknown", "Year unknown", "Chưa rõ năm"


class CodeListSummary(View):
    name: Annotated[str, Field(examples=["partner-kinds"])]
    href: Annotated[str, Field(examples=["/api/v1/code-lists/partner-kinds"])]


class CodeListsView(View):
    """Every list of codes that the service uses."""

    items: list[CodeListSummary]


class CodeView(View):
    """A code and its label in English and Vietnamese."""

    code: Annotated[str, Field(examples=["local_government"])]
    en: Annotated[str, Field(examples=["Local government"])]
    vi: Annotated[str, Field(examples=["Chính quyền địa phương"])]


class CodeListView(View):
    name: Annotated[str, Field(examples=["partner-kinds"])]
    items: list[CodeView]
