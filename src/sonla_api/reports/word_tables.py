"""Tables of a paper in Word: a head that each page repeats, lines that no page parts.

They are written as XML, as python-docx walks through a whole table for each of its cells.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from sonla_api.reports.measures import widths
from sonla_api.reports.paper import Cell, Table

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
    rows = [*shown.rows, *([shown.total] if shown.total else [])]
    columns = [round(20 * width) for width in widths(shown)]
    heads = [(Cell(name), "Đầu bảng") for name in shown.heads]
    lines = [_row(heads, columns, ids, is_head=True)]
    for row in rows:
        cells = [(it, "Số trong bảng" if it.is_number else "Chữ trong bảng") for it in row]
        lines.append(_row(cells, columns, ids, is_bold=row is shown.total))
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


def _row(
    cells: Sequence[tuple[Cell, str]],
    columns: Sequence[int],
    ids: dict[str, str],
    *,
    is_head: bool = False,
    is_bold: bool = False,
) -> str:
    align = '<w:vAlign w:val="center"/>' if is_head else ""
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{align}</w:tcPr>'
        f"{_paragraphs(cell.text, ids[style], is_bold=is_bold)}</w:tc>"
        for (cell, style), width in zip(cells, columns, strict=True)
    )
    repeated = "<w:tblHeader/>" if is_head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{written}</w:tr>"


def _paragraphs(text: str, style: str, *, is_bold: bool) -> str:
    bold = "<w:rPr><w:b/><w:bCs/></w:rPr>" if is_bold else ""
    return "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r>{bold}'
        f'<w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
        for line in text.split("\n")
    )
