"""Tables written piece by piece, as they are sent: CSV, XLSX, and JSON in lines.

No cell is run as a formula: what CSV would let a spreadsheet run has an apostrophe before it, and
XLSX says of each cell that it is text. Both keep numbers as numbers.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from html import escape
from typing import IO, Any, Protocol, cast

from sonla_api.kit.columns import Cell, Column, Kind, Table
from sonla_api.kit.context import PROVINCE_TIME

ROWS = 1_048_575
"""Records that a sheet of Excel holds below its head."""
CHARACTERS = 32_767
"""UTF-16 units that a cell of Excel holds."""
CUT = "… [cut: Excel holds 32,767 characters a cell; the whole is in CSV]"


class Writer(Protocol):
    """Bytes of a file: its head, its records in portions, its end."""

    def head(self) -> bytes: ...
    def rows(self, bodies: Sequence[bytes]) -> bytes: ...
    def end(self) -> bytes: ...


class Lines:
    """The records as lists show them, one a line."""

    def head(self) -> bytes:
        return b""

    def rows(self, bodies: Sequence[bytes]) -> bytes:
        """A line break between tokens is PostgreSQL's own; in texts they are escaped."""
        return b"".join(b"%b\n" % body.replace(b"\n", b"") for body in bodies)

    def end(self) -> bytes:
        return b""


_BOM = b"\xef\xbb\xbf"
_RUN = frozenset("=+-@\t\r\n＝＋－＠")
_MAY_RUN = _RUN | {"'"}


class Csv:
    """RFC 4180 in UTF-8; its first bytes tell Excel so."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._are_numbers = [column.kind is Kind.number for column in table.columns]

    def head(self) -> bytes:
        return _BOM + self._written([[column.name for column in self._table.columns]])

    def rows(self, bodies: Sequence[bytes]) -> bytes:
        return self._written([self._row(body) for body in bodies])

    def end(self) -> bytes:
        return b""

    def _row(self, body: bytes) -> list[Any]:
        return [
            cell if cell is None or (is_number and _is_number(cell)) else _plain(cell)
            for cell, is_number in zip(self._table.cells(body), self._are_numbers, strict=True)
        ]

    def _written(self, rows: list[list[Any]]) -> bytes:
        written = io.StringIO(newline="")
        csv.writer(written).writerows(rows)
        return written.getvalue().encode()


def harmless(text: str) -> str:
    """With an apostrophe more where a spreadsheet would run the text, or one that undoing this
    would take for it: who takes one away there has the text as it was.
    """
    if text[:1] not in _MAY_RUN:
        return text
    return f"'{text}" if text.lstrip("'")[:1] in _RUN else text


def _is_number(cell: Cell) -> bool:
    return bool(_NUMBER.fullmatch(str(cell)))


def _plain(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return harmless(cell)
    return str(cell).lower() if isinstance(cell, bool) else cell


_TEXT, _DAY, _INSTANT, _KEPT, _HEAD = range(5)
"""The styles of cells, as places in the list of the workbook."""
_WIDTHS = {Kind.text: 28, Kind.number: 14, Kind.boolean: 10, Kind.day: 12, Kind.instant: 27}
_EPOCH = date(1899, 12, 30)
_FIRST_DAY = date(1900, 3, 1)
"""Excel holds 1900 for a leap year; days before this one are kept as text."""
_DIGITS = 15
"""So many a number of Excel holds exactly."""
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_ODD = re.compile("[&<>]|_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_BEFORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews>'
    '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft"'
    ' state="frozen"/></sheetView></sheetViews><cols>{widths}</cols><sheetData>'
)
_AFTER = '</sheetData><autoFilter ref="A1:{corner}"/></worksheet>'


class Workbook:
    """Days, instants and numbers are such, all other cells are text. Where a sheet is full another
    one goes on, so that nothing need be counted before the file begins.
    """

    def __init__(self, table: Table, name: str) -> None:
        # zipfile and what it brings are needed by few processes
        from sonla_api.kit import workbook  # noqa: PLC0415  only where it is needed

        self._table, self._name, self._parts = table, name, workbook
        self._letters = [*_letters(len(table.columns))]
        self._sent, self._sheets = _Sent(), 0
        self._archive = workbook.Archive(cast("IO[bytes]", self._sent))
        self._add(workbook.before())

    def head(self) -> bytes:
        self._open()
        return self._sent.taken()

    def rows(self, bodies: Sequence[bytes]) -> bytes:
        for at in range(0, len(bodies), ROWS):
            self._fill(bodies[at : at + ROWS])
        return self._sent.taken()

    def end(self) -> bytes:
        self._close()
        self._add(self._parts.after(self._name, self._sheets))
        self._archive.close()
        return self._sent.taken()

    def _fill(self, bodies: Sequence[bytes]) -> None:
        """Of no more records than one sheet holds."""
        fitting = 1 + ROWS - self._count
        self._write("".join(map(self._row, bodies[:fitting])))
        if len(bodies) > fitting:
            self._close()
            self._open()
            self._write("".join(map(self._row, bodies[fitting:])))

    def _add(self, parts: Iterable[tuple[str, str]]) -> None:
        for path, content in parts:
            self._archive.writestr(path, content)

    def _open(self) -> None:
        """The next sheet, with its head."""
        self._sheets, self._count = self._sheets + 1, 1
        self._sheet = self._archive.open(self._parts.path(self._sheets), "w")
        widths = (
            f'<col min="{n}" max="{n}" width="{_WIDTHS[column.kind]}" customWidth="1"/>'
            for n, column in enumerate(self._table.columns, 1)
        )
        names = zip(self._letters, self._table.columns, strict=True)
        head = "".join(_text(f"{letters}1", column.name, _HEAD) for letters, column in names)
        self._write(f'{_BEFORE.format(widths="".join(widths))}<row r="1">{head}</row>')

    def _close(self) -> None:
        self._write(_AFTER.format(corner=f"{self._letters[-1]}{self._count}"))
        self._sheet.close()

    def _write(self, text: str) -> None:
        self._sheet.write(text.encode())

    def _row(self, body: bytes) -> str:
        self._count += 1
        cells = zip(self._letters, self._table.columns, self._table.cells(body), strict=True)
        written = "".join(
            _cell(f"{letters}{self._count}", column, cell)
            for letters, column, cell in cells
            if cell is not None
        )
        return f'<row r="{self._count}">{written}</row>'


class _Sent(io.RawIOBase):
    """What the archive wrote since it was last taken; it cannot go back."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def write(self, written: Any) -> int:
        self._bytes += written
        return len(written)

    def taken(self) -> bytes:
        taken, self._bytes = bytes(self._bytes), bytearray()
        return taken


def _cell(place: str, column: Column, cell: Cell) -> str:
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{cell:d}</v></c>'
    if column.kind is Kind.number and _is_exact(number := str(cell)):
        return f'<c r="{place}"><v>{number}</v></c>'
    text = str(cell)
    if column.kind is Kind.day and (serial := _day(text)):
        return f'<c r="{place}" s="{_DAY}"><v>{serial}</v></c>'
    if column.kind is Kind.instant and (moment := _instant(text)):
        return f'<c r="{place}" s="{_INSTANT}"><v>{moment}</v></c>'
    return _text(place, text, _KEPT if text[:1] in _RUN else _TEXT)


def _text(place: str, text: str, style: int) -> str:
    """A text that begins as a formula does stays one also when somebody edits it."""
    fitting = _fitting(text)
    written = _ODD.sub(_escaped, fitting) if _ODD.search(fitting) else fitting
    return (
        f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{written}</t></is>'
        "</c>"
    )


def _escaped(odd: re.Match[str]) -> str:
    """What XML cannot hold, or would read otherwise, as Office writes it."""
    found = odd[0]
    return escape(found) if found in "&<>" else f"_x{ord(found):04X}_"


def _fitting(text: str) -> str:
    if len(text) <= CHARACTERS // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * CHARACTERS:
        return text
    return units[: 2 * (CHARACTERS - len(CUT))].decode("utf-16-le", "ignore") + CUT


def _is_exact(number: str) -> bool:
    digits = number.lstrip("-").replace(".", "").strip("0")
    return _is_number(number) and len(digits) <= _DIGITS


def _day(text: str) -> int | None:
    """As Excel counts days; None for what it does not count."""
    try:
        day = date.fromisoformat(text)
    except ValueError:  # infinity
        return None
    return (day - _EPOCH).days if day >= _FIRST_DAY else None


def _instant(text: str) -> str | None:
    """As Excel counts days, in the province's time, which the style of the cell names."""
    moment = datetime.fromisoformat(text).astimezone(PROVINCE_TIME)
    serial = _day(moment.date().isoformat())
    since = timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)
    part = (since + timedelta(microseconds=moment.microsecond)) / timedelta(days=1)
    return None if serial is None else f"{serial + part:.10f}"


def _letters(count: int) -> Iterator[str]:
    """A, B, …, Z, AA, …"""
    for number in range(1, count + 1):
        left, letters = number, ""
        while left:
            left, place = divmod(left - 1, 26)
            letters = chr(ord("A") + place) + letters
        yield letters
