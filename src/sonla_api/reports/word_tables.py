"""Tables of a paper in Word: a head that each page repeats, lines that no page parts.

They are written as XML, as python-docx walks through a whole table for each of its cells.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from sonla_api.reports.paper import Cell, Table
from sonla_api.reports.widths import widths

_BOLD = "<w:rPr><w:b/><w:bCs/></w:rPr>"
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in _SIDES
)
_MARGINS = "".join(
    f'<w:{side} w:w="{width}" w:type="dxa"/>'
    for side, width in (("top", 20), ("left", 85), ("bottom", 20), ("right", 85))
)


def table_of(shown: Table, ids: dict[str, str]) -> Any:
    """The element of a table; `ids`: of styles, by their names."""
    columns = [round(20 * width) for width in widths(shown)]
    made = _Rows(columns, ids)
    rows, lines = shown.lines, [made.head(shown.heads)]
    for n, row in enumerate(rows, 1):
        is_next_last = n == len(rows) - 1
        lines.append(made.line(row, keeps_next=is_next_last, is_bold=row is shown.total))
    caption = escape(shown.caption)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(columns)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblBorders>{_BORDERS}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{_MARGINS}</w:tblCellMar>'
        f'<w:tblLook w:firstRow="1"/><w:tblCaption w:val="{caption}"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"{''.join(lines)}</w:tbl>"
    )


class _Rows:
    """The lines of one table; `ids`: of styles, by their names."""

    def __init__(self, columns: Sequence[int], ids: dict[str, str]) -> None:
        self._columns, self._ids = columns, ids

    def head(self, names: Sequence[str]) -> str:
        cells = [(Cell(name), "Đầu bảng") for name in names]
        return self._row(cells, "<w:tblHeader/>", '<w:vAlign w:val="center"/>', "<w:keepNext/>", "")

    def line(self, row: Sequence[Cell], *, keeps_next: bool, is_bold: bool) -> str:
        cells = [(it, "Số trong bảng" if it.is_number else "Chữ trong bảng") for it in row]
        keep = "<w:keepNext/>" if keeps_next else ""
        return self._row(cells, "", "", keep, _BOLD if is_bold else "")

    def _row(self, cells: Sequence[tuple[Cell, str]], *forms: str) -> str:
        of_row, of_cell, of_paragraph, of_letters = forms
        written = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{of_cell}</w:tcPr>'
            f"{_paragraphs(cell.text, self._ids[style], of_paragraph, of_letters)}</w:tc>"
            for (cell, style), width in zip(cells, self._columns, strict=True)
        )
        return f"<w:tr><w:trPr><w:cantSplit/>{of_row}</w:trPr>{written}</w:tr>"


def _paragraphs(text: str, style: str, of_paragraph: str, of_letters: str) -> str:
    return "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{of_paragraph}</w:pPr><w:r>{of_letters}'
        f'<w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
        for line in text.split("\n")
    )
