"""What a workbook of Excel (ECMA-376) holds beside its sheets."""

from collections.abc import Iterator
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_NAME = 31
"""Characters that the name of a sheet may have."""

# Written before anybody knows how many sheets there will be: what is no other part is a sheet.
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
    "</Types>"
)
_ROOT = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
    f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_INSIDE = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="styles" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    "{sheets}</Relationships>"
)
_IS_SHEET = (
    f'<Relationship Id="sheet{{n}}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{{n}}.xml"/>'
)
_WORKBOOK = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{{sheets}}</sheets></workbook>'
_SHEET = '<sheet name="{name}" sheetId="{n}" r:id="sheet{n}"/>'
# In the order of the styles in `spreadsheets`: text, day, instant, text as a formula begins, head.
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss&quot; +07:00&quot;"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Times New Roman"/></font>'
    '<font><b/><sz val="11"/><name val="Times New Roman"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


class Archive(ZipFile):
    """Written as it is sent; packed fast rather than small."""

    def __init__(self, sent: IO[bytes]) -> None:
        super().__init__(sent, "w", ZIP_DEFLATED, compresslevel=1)

    def __del__(self) -> None:
        """One that was broken off stays so: ZipFile would try to end it, and fail."""


def path(sheet: int) -> str:
    """Where a sheet stands in the archive; the first is 1."""
    return f"xl/worksheets/sheet{sheet}.xml"


def before() -> Iterator[tuple[str, str]]:
    """The parts of the archive that stand before the sheets: where each is, and what it says."""
    yield "[Content_Types].xml", _DECLARED + _TYPES
    yield "_rels/.rels", _DECLARED + _ROOT
    yield "xl/styles.xml", _DECLARED + _STYLES


def after(name: str, sheets: int) -> Iterator[tuple[str, str]]:
    """Those behind them; the first sheet is called by the name, the others with a number too."""
    every = range(1, sheets + 1)
    called = {n: f"{name[: _NAME - len(f' {n}')]} {n}" if n > 1 else name[:_NAME] for n in every}
    named = "".join(_SHEET.format(n=n, name=called[n]) for n in every)
    related = "".join(_IS_SHEET.format(n=n) for n in every)
    yield "xl/workbook.xml", _DECLARED + _WORKBOOK.format(sheets=named)
    yield "xl/_rels/workbook.xml.rels", _DECLARED + _INSIDE.format(sheets=related)
