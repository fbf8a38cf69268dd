"""Tables of a paper in Word: a head that each page repeats, lines that no page parts.

They are written as XML, as python-docx walks through a whole table for each of its cells.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Length, Mm, Pt

from sonla_api.reports.paper import Cell, Table
from sonla_api.reports.word_styles import TEXT_WIDTH

SIZE = 11
_UPPER, _LOWER, _SPACE = 0.72, 0.5, 0.25
"""How wide letters are, in parts of their size."""
_PADDING = Mm(4.5)
_LEAST, _MOST = Mm(15), Mm(32)
_LEAST_NAME, _MOST_NAME = Mm(40), Mm(75)
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in _SIDES
)
_MARGINS = "".join(
    f'<w:{side} w:w="{width}" w:type="dxa"/>'
    for side, width in (("top", 20), ("left", 85), ("bottom", 20), ("right", 85))
)


def width_of(text: str, size: float) -> Length:
    """How wide a text in bold letters is, roughly."""
    parts = (_SPACE if it == " " else _UPPER if it.isupper() else _LOWER for it in text)
    return Pt(size * sum(parts))


def table_of(shown: Table, ids: dict[str, str]) -> Any:
    """The element of a table; `ids`: of styles, by their names."""
    rows = [*shown.rows, *([shown.total] if shown.total else [])]
    widths = _widths(shown.heads, rows)
    heads = [(Cell(name), "Đầu bảng") for name in shown.heads]
    lines = [_row(heads, widths, ids, is_head=True)]
    for row in rows:
        cells = [(it, "Số trong bảng" if it.is_number else "Chữ trong bảng") for it in row]
        lines.append(_row(cells, widths, ids, is_bold=row is shown.total))
    caption = escape(shown.caption)
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblBorders>{_BORDERS}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{_MARGINS}</w:tblCellMar>'
        f'<w:tblLook w:firstRow="1"/><w:tblCaption w:val="{caption}"/></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>"
        f"{''.join(lines)}</w:tbl>"
    )


def _row(
    cells: Sequence[tuple[Cell, str]],
    widths: Sequence[int],
    ids: dict[str, str],
    *,
    is_head: bool = False,
    is_bold: bool = False,
) -> str:
    align = '<w:vAlign w:val="center"/>' if is_head else ""
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{align}</w:tcPr>'
        f"{_paragraphs(cell.text, ids[style], is_bold=is_bold)}</w:tc>"
        for (cell, style), width in zip(cells, widths, strict=True)
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


def _widths(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Of columns, in twentieths of a point: what their numbers need, what is left for names."""
    needed = [
        max(
            _LEAST,
            *(width_of(word, SIZE) + _PADDING for word in heads[n].split()),
            *(width_of(line, SIZE) + _PADDING for row in rows for line in row[n].text.split("\n")),
        )
        for n in range(1, len(heads))
    ]
    left = TEXT_WIDTH - sum(needed)
    if left < _LEAST_NAME:
        part = (TEXT_WIDTH - _LEAST_NAME) / sum(needed)
        needed = [int(it * part) for it in needed]
    elif left > _MOST_NAME:
        more = (left - _MOST_NAME) // len(needed)
        needed = [max(it, min(it + more, _MOST)) for it in needed]
    return [Length(it).twips for it in (TEXT_WIDTH - sum(needed), *needed)]
