"""The styles of a paper in Word, as Decree 30/2020/NĐ-CP (appendix I) lays them down."""

from typing import Any, NamedTuple

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as Align
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FONT = "Times New Roman"
LAO_FONT = "Leelawadee UI"
"""For Lao, which Times New Roman lacks; Windows has it, and others are named beside it."""
_LAO_FONTS = "Lao UI, Phetsarath OT, Noto Sans Lao, Noto Serif Lao, Lao Sangam MN"
_MARGINS = {"top": Mm(20), "bottom": Mm(20), "left": Mm(30), "right": Mm(15)}


class Look(NamedTuple):
    """How a style of paragraphs looks; sizes and distances in points."""

    size: float = 14
    align: Align = Align.CENTER
    bold: bool = False
    italic: bool = False
    before: float = 0
    after: float = 0
    indent: float = 0
    spacing: float = 1.0
    keeps_next: bool = False


_L = Align.LEFT
LOOKS = {
    "Normal": Look(align=_L),
    "Body Text": Look(align=Align.JUSTIFY, after=6, indent=36, spacing=1.15),
    "Heading 1": Look(align=_L, bold=True, before=12, after=6, indent=36, keeps_next=True),
    "Title": Look(bold=True, before=18),
    "Subtitle": Look(bold=True),
    "Caption": Look(13, bold=True, before=10, after=4, keeps_next=True),
    "Header": Look(),
    "Quốc hiệu": Look(12, bold=True),
    "Tiêu ngữ": Look(13, bold=True),
    "Cơ quan chủ quản": Look(12),
    "Cơ quan ban hành": Look(12, bold=True),
    "Số, ký hiệu": Look(13, before=4),
    "Địa danh, thời gian": Look(13, italic=True, before=4),
    "Dự thảo": Look(13, bold=True, before=4),
    "Đường kẻ": Look(2, before=2, after=4),
    "Đầu bảng": Look(11, bold=True),
    "Chữ trong bảng": Look(11, _L),
    "Số trong bảng": Look(11, Align.RIGHT),
    "Ghi chú bảng": Look(11, Align.JUSTIFY, italic=True, before=3, after=4),
    "Trước chữ ký": Look(6, keeps_next=True),
    "Nơi nhận": Look(12, _L, bold=True, italic=True),
    "Danh sách nơi nhận": Look(11, _L),
    "Quyền hạn, chức vụ": Look(14, bold=True, keeps_next=True),
    "Người ký": Look(14, bold=True, before=72),
}


def prepare(document: Any) -> None:
    """Page, fonts, language and styles of a new document."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.header_distance = section.footer_distance = Mm(10)
    for side, width in _MARGINS.items():
        setattr(section, f"{side}_margin", width)
    _set_defaults(document)
    for name, look in LOOKS.items():
        known = name in document.styles
        add = document.styles.add_style
        _shape(document.styles[name] if known else add(name, WD_STYLE_TYPE.PARAGRAPH), look)
    _name_lao_fonts(document)
    _number_pages(section)


def _set_defaults(document: Any) -> None:
    """Vietnamese the language of the document, Lao that of its other script."""
    styles = document.styles.element
    properties = styles.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    _replace(properties, "w:lang", val="vi-VN", eastAsia="vi-VN", bidi="lo-LA")


def _shape(style: Any, look: Look) -> None:
    font, form = style.font, style.paragraph_format
    font.name, font.size, font.color.rgb = FONT, Pt(look.size), RGBColor(0, 0, 0)
    font.bold, font.italic = look.bold, look.italic
    properties = style.element.get_or_add_rPr()
    names = {"ascii": FONT, "hAnsi": FONT, "eastAsia": FONT, "cs": LAO_FONT}
    _replace(properties, "w:rFonts", **names)
    for name, is_on in (("w:bCs", look.bold), ("w:iCs", look.italic)):
        _replace(properties, name, val=str(int(is_on)))
    _replace(properties, "w:szCs", val=str(int(look.size * 2)))
    for name in ("w:spacing", "w:kern"):  # of letters, in the titles of the template
        for found in properties.findall(qn(name)):
            properties.remove(found)
    for border in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
        style.element.pPr.remove(border)
    form.alignment, form.line_spacing = look.align, look.spacing
    form.space_before, form.space_after = Pt(look.before), Pt(look.after)
    form.first_line_indent, form.keep_with_next = Pt(look.indent), look.keeps_next


_ORDER = ("w:rFonts", "w:b", "w:bCs", "w:i", "w:iCs", "w:color", "w:sz", "w:szCs", "w:lang")
"""Of the properties of letters, as ECMA-376 asks for them."""


def _replace(properties: Any, name: str, **values: str) -> None:
    for found in properties.findall(qn(name)):
        properties.remove(found)
    properties.append(element(name, **values))
    order = {qn(it): place for place, it in enumerate(_ORDER)}
    properties[:] = sorted(properties, key=lambda it: order.get(it.tag, len(order)))


def element(name: str, **values: str) -> Any:
    """An element of WordprocessingML."""
    made = OxmlElement(name)
    for attribute, value in values.items():
        made.set(qn(f"w:{attribute}"), value)
    return made


def _name_lao_fonts(document: Any) -> None:
    """What stands in for the Lao font where that is missing."""
    parts = (it.target_part for it in document.part.rels.values() if "fontTable" in it.reltype)
    (table,) = parts
    named = (
        f'<w:font w:name="{LAO_FONT}"><w:altName w:val="{_LAO_FONTS}"/><w:family w:val="swiss"/>'
        '<w:pitch w:val="variable"/></w:font></w:fonts>'
    )
    table._blob = table.blob.replace(b"</w:fonts>", named.encode())  # noqa: SLF001  has no other way


def _number_pages(section: Any) -> None:
    """At the top in the middle, from the second page on."""
    section.different_first_page_header_footer = True
    run = section.header.paragraphs[0].add_run()
    for name, values in (
        ("begin", None),
        (None, "PAGE"),
        ("separate", None),
        (None, ""),
        ("end", None),
    ):
        if name:
            run._r.append(element("w:fldChar", fldCharType=name))  # noqa: SLF001  python-docx has no word for it
        elif values:
            code = element("w:instrText")
            code.text = values
            run._r.append(code)  # noqa: SLF001  python-docx has no word for it
        else:
            shown = element("w:t")
            shown.text = "2"
            run._r.append(shown)  # noqa: SLF001  python-docx has no word for it
