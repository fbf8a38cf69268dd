"""A paper as a document of Word (ECMA-376) in the layout of Decree 30/2020/NĐ-CP, to be edited."""

from collections.abc import Sequence
from datetime import UTC
from io import BytesIO
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt

from sonla_api.reports.packing import packed
from sonla_api.reports.paper import NAME, Paper, Table
from sonla_api.reports.widths import TEXT_WIDTH, width_of
from sonla_api.reports.word_styles import element, prepare
from sonla_api.reports.word_tables import table_of

_NATION, _MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
_HEADING = (Mm(72), Mm(93))
_SIGNATURE = (Mm(85), Mm(80))
_HALF = 0.45
"""Of the words above it, which a line may be a third to a half of."""


def word(paper: Paper) -> bytes:
    document = docx.Document()
    prepare(document)
    _describe(document, paper)
    _head(document, paper)
    _add(document, NAME, "Title")
    _add(document, paper.subject, "Subtitle")
    _line(document, TEXT_WIDTH, min(width_of(paper.subject, 14), TEXT_WIDTH) * _HALF)
    _texts(document, paper.opening)
    for part in paper.parts:
        _add(document, part.heading, "Heading 1")
        _texts(document, part.texts)
        for table in part.tables:
            _table(document, table)
    _sign(document, paper)
    written = BytesIO()
    document.save(written)
    return packed(written.getvalue())


def _describe(document: Any, paper: Paper) -> None:
    about = document.core_properties
    about.title, about.subject = f"{NAME.capitalize()}: {paper.subject}", paper.period
    about.author = about.last_modified_by = paper.issuer
    about.language, about.comments, about.keywords = "vi-VN", "", ""
    about.created = about.modified = paper.made_at.astimezone(UTC).replace(tzinfo=None)


def _head(document: Any, paper: Paper) -> None:
    """Who issues it on the left, the state on the right."""
    left, right = _columns(document, _HEADING)
    width = _HEADING[0].pt
    if paper.superior:
        _add(left, paper.superior, "Cơ quan chủ quản")
    _add(left, paper.issuer, "Cơ quan ban hành")
    _line(left, width, min(width_of(paper.issuer, 12), width) * _HALF)
    _add(left, paper.number, "Số, ký hiệu")
    if paper.is_draft:
        _add(left, "DỰ THẢO", "Dự thảo")
    _add(right, _NATION, "Quốc hiệu")
    _add(right, _MOTTO, "Tiêu ngữ")
    _line(right, _HEADING[1].pt, width_of(_MOTTO, 13))
    _add(right, paper.place_and_day, "Địa danh, thời gian")


def _sign(document: Any, paper: Paper) -> None:
    """Who gets it on the left, who signs on the right; never on two pages."""
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    _add(document, "", "Trước chữ ký")
    left, right = _columns(document, _SIGNATURE)
    _add(left, "Nơi nhận:", "Nơi nhận")
    for line in paper.recipients:
        _add(left, line, "Danh sách nơi nhận")
    for line in paper.authority:
        _add(right, line, "Quyền hạn, chức vụ")
    _add(right, paper.signer, "Người ký")


def _texts(document: Any, texts: Sequence[str]) -> None:
    for text in texts:
        _add(document, text, "Body Text")


def _add(place: Any, text: str, style: str) -> None:
    place.add_paragraph(text, style)


def _line(place: Any, width: float, length: float) -> None:
    """A line in the middle of so much width, in points."""
    place.add_paragraph(style="Đường kẻ")
    form = place.paragraphs[-1].paragraph_format
    form.left_indent = form.right_indent = Pt((width - length) / 2)
    borders = element("w:pBdr")
    borders.append(element("w:top", val="single", sz="6", space="1", color="000000"))
    place.paragraphs[-1]._p.get_or_add_pPr().insert_element_before(  # noqa: SLF001  python-docx has no word for it
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _columns(document: Any, widths: Sequence[Length]) -> list[Any]:
    """Two columns side by side: cells of a table without lines and without a paragraph."""
    table = document.add_table(1, len(widths))
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    _keep(table.rows[0])
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w="0", type="dxa"))
    table._tbl.tblPr.find(qn("w:tblLook")).addprevious(margins)  # noqa: SLF001  python-docx has no word for it
    cells = list(table.rows[0].cells)
    _size(table, widths)
    for cell in cells:
        cell._tc.remove(cell.paragraphs[0]._p)  # noqa: SLF001  python-docx has no word for it
    return cells


def _table(document: Any, shown: Table) -> None:
    _add(document, shown.caption, "Caption")
    ids = {style.name: style.style_id for style in document.styles}
    document.element.body.insert_element_before(table_of(shown, ids), "w:sectPr")
    for note in shown.notes:
        _add(document, note, "Ghi chú bảng")


def _keep(row: Any) -> None:
    row._tr.get_or_add_trPr().append(element("w:cantSplit"))  # noqa: SLF001  python-docx has no word for it


def _size(table: Any, widths: Sequence[Length]) -> None:
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
