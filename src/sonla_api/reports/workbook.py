"""A report as a workbook of Excel: a sheet a section, a number a line, each with its address.

Numbers, days and instants are such, with formats of their own; what is text is never run.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from io import BytesIO
from textwrap import shorten
from typing import Any, NamedTuple

import xlsxwriter

from sonla_api.reports import vietnamese as vi
from sonla_api.reports.paper import NAME, Paper, is_told, name_of, source_of, unit_of
from sonla_api.reports.places import cells_of

Json = Mapping[str, Any]
_PLAIN = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
_FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "top"}
_HEAD = {"bold": True, "text_wrap": True, "border": 1, "align": "center", "bg_color": "#E7E6E6"}
_CELL = {"border": 1}
_LOOKS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True, **_CELL},
    "number": {"num_format": "#,##0", **_CELL},
    "decimal": {"num_format": "#,##0.00####", **_CELL},
    "percent": {"num_format": "+#,##0.0;-#,##0.0;0", **_CELL},
    "code": _CELL,
    "link": {"font_color": "#0563C1", "underline": 1, **_CELL},
    "head": _HEAD,
    "name": {"bold": True},
    "title": {"bold": True, "font_size": 14},
    "plain": {},
    "day": {"num_format": "dd/mm/yyyy", "align": "left"},
    "instant": {"num_format": "dd/mm/yyyy hh:mm", "align": "left"},
}
_DIGITS = 15
"""So many a number of Excel holds exactly."""
_ADDRESS = 2079
"""Characters that a link of Excel may have."""
_SHEET = 31
"""Characters that the name of a sheet may have."""
_HEIGHT, _DENSITY = 15, 1.25
"""Points a line of text, and letters to a unit of width."""
_NO_SHEET = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))


class Column(NamedTuple):
    head: str
    width: float
    look: str


COLUMNS = (
    Column("Bảng", 27, "text"),
    Column("Chỉ tiêu", 32, "text"),
    Column("Cột, cách tính", 21, "text"),
    Column("Đơn vị", 10, "text"),
    Column("Trong kỳ", 15, "number"),
    Column("Cùng kỳ năm trước", 15, "number"),
    Column("Tăng, giảm (%)", 9, "percent"),
    Column("Đã công bố", 14, "number"),
    Column("Chênh lệch", 12, "number"),
    Column("Nguồn công bố", 22, "text"),
    Column("Mức độ", 10, "text"),
    Column("Chưa xếp được vào kỳ", 12, "number"),
    Column("Không được xem", 10, "number"),
    Column("Danh sách hồ sơ được tính", 48, "link"),
    Column("Mã", 30, "code"),
)
_PRINTED = 11
"""Columns on paper; the others are for who follows a number."""


def workbook(report: Json, paper: Paper, base: str) -> bytes:
    """The workbook of a report; `base` is where its addresses begin."""
    written = BytesIO()
    with xlsxwriter.Workbook(written, _PLAIN) as book:
        looks = {name: book.add_format(_FONT | look) for name, look in _LOOKS.items()}
        book.set_properties(_about(paper))
        _cover(book.add_worksheet("Chung"), report, paper, looks)
        for n, section in enumerate(report["sections"], 1):
            sheet = book.add_worksheet(_sheet_name(n, vi.said(section["label"])))
            _section(sheet, [*_lines(report, section, base)], looks)
            sheet.set_header(_header(vi.said(section["label"]), paper))
    return written.getvalue()


def _about(paper: Paper) -> dict[str, Any]:
    return {
        "title": f"{NAME.capitalize()}: {paper.subject}",
        "subject": paper.period,
        "author": paper.issuer,
        "created": paper.made_at.replace(tzinfo=None),
    }


def _header(label: str, paper: Paper) -> str:
    """Above each page; what an ampersand begins would be a command there."""
    left, right = (text.replace("&", "&&") for text in (label, paper.period))
    return f'&L&"Times New Roman,Bold"{left}&R&"Times New Roman,Regular"{right}'


def _sheet_name(place: int, label: str) -> str:
    """With its number, so that no two are called the same."""
    whole = f"{vi.roman(place)}. {label.translate(_NO_SHEET)}"
    return shorten(whole, _SHEET, placeholder="…").rstrip("'")


def _cover(sheet: Any, report: Json, paper: Paper, looks: Mapping[str, Any]) -> None:
    """What the report is, and how its sheets are read."""
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, NAME, looks["title"])
    sheet.write_string(1, 0, paper.subject, looks["title"])
    days = ("first_on", "cut_off")
    first, last = (date.fromisoformat(report[name]) for name in days)
    rows = [
        ("Cơ quan ban hành", paper.issuer, "plain"),
        ("Số, ký hiệu", report.get("symbol") or "", "plain"),
        ("Kỳ báo cáo", paper.period, "plain"),
        ("Từ ngày", first, "day"),
        ("Đến hết ngày", last, "day"),
        ("Số liệu tổng hợp lúc", paper.made_at.replace(tzinfo=None, microsecond=0), "instant"),
        ("Trạng thái", "Dự thảo" if paper.is_draft else "Đã ban hành", "plain"),
    ]
    for place, (name, value, look) in enumerate(rows, 3):
        sheet.write_string(place, 0, name, looks["name"])
        if isinstance(value, str):
            sheet.write_string(place, 1, value, looks[look])
        else:
            sheet.write_datetime(place, 1, value, looks[look])


class Line(NamedTuple):
    """One number, in the order of the columns."""

    table: str
    row: str
    measure: str
    unit: str
    value: str | None
    year_before: str | None
    growth: str | None
    published: str | None
    difference: str | None
    source: str
    qualifier: str
    not_placed: str | None
    hidden: str | None
    href: str
    code: str


def _lines(report: Json, section: Json, base: str) -> Iterator[Line]:
    for figure in section["figures"]:
        yield from _figure(report, figure, base)
    for table in section["tables"]:
        for code, row, column, cell in cells_of(table):
            yield Line(
                table=vi.said(table["label"]),
                row=vi.said(row["label"]),
                measure=vi.said(column["label"]),
                unit=unit_of(column, report["units"]),
                value=cell["value"],
                year_before=None,
                growth=None,
                published=None,
                difference=None,
                source="",
                qualifier="",
                not_placed=cell["not_placed"] and cell["not_placed"]["value"],
                hidden=str(cell["hidden"]) if cell["hidden"] else None,
                href=base + cell["href"],
                code=code,
            )


def _figure(report: Json, figure: Json, base: str) -> Iterator[Line]:
    """A line for each value that a source has, or one."""
    for published in figure["published"] or [None]:
        yield Line(
            table="Chỉ tiêu chung",
            row=name_of(figure),
            measure=report["placings"][figure["placing"]],
            unit=unit_of(figure, report["units"]),
            value=_told(figure, figure),
            year_before=_told(figure, figure["year_before"]),
            growth=figure["growth"],
            published=published and published["value"],
            difference=published and published["difference"],
            source=source_of(published) if published else "",
            qualifier=_qualifier(report, published) if published else "",
            not_placed=figure["not_placed"] and figure["not_placed"]["value"],
            hidden=str(figure["hidden"]) if figure["hidden"] else None,
            href=base + figure["href"],
            code=figure["code"],
        )


def _told(figure: Json, counted: Json) -> str | None:
    return str(counted["value"]) if is_told(figure, counted) else None


def _qualifier(report: Json, published: Json) -> str:
    return str(report["qualifiers"].get(published["qualifier"], ""))


def _section(sheet: Any, lines: Sequence[Line], looks: Mapping[str, Any]) -> None:
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.head, looks["head"])
    sheet.set_row(0, 2 * _HEIGHT)
    for row, line in enumerate(lines, 1):
        sheet.set_row(row, _HEIGHT * _height(line))
        for place, (column, value) in enumerate(zip(COLUMNS, line, strict=True)):
            _write(sheet, (row, place), column.look, value, looks)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, len(lines), len(COLUMNS) - 1)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, len(lines), _PRINTED - 1)
    sheet.set_margins(left=0.5, right=0.4, top=0.8, bottom=0.6)
    sheet.set_footer("&C&P/&N")


def _height(line: Line) -> int:
    """Lines of text that its longest cell takes."""
    texts = zip(COLUMNS, line, strict=True)
    return max(
        -(-len(text) // int(column.width * _DENSITY))
        for column, text in texts
        if column.look == "text" and text
    )


def _write(
    sheet: Any, at: tuple[int, int], look: str, value: str | None, looks: Mapping[str, Any]
) -> None:
    if value is None:
        sheet.write_blank(*at, None, looks["text"])
    elif look == "link" and len(value) <= _ADDRESS:
        sheet.write_url(*at, value, looks["link"], value)
    elif look in {"number", "percent"} and _is_exact(value):
        kind = "decimal" if look == "number" and "." in value else look
        sheet.write_number(*at, float(value), looks[kind])
    else:
        sheet.write_string(*at, value, looks["text"])


def _is_exact(number: str) -> bool:
    return len(number.lstrip("-").replace(".", "").strip("0")) <= _DIGITS
