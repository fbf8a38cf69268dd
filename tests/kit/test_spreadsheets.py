"""Cells with odd values and views of odd shapes, as no record of today has them all."""

import csv
import gc
import io
import json
from datetime import date, datetime
from typing import Annotated, Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import openpyxl
import pytest
from pydantic import Field

from sonla_api.kit import spreadsheets
from sonla_api.kit.columns import Column, Kind, Table
from sonla_api.kit.money import Money
from sonla_api.kit.schema import View
from sonla_api.kit.spreadsheets import CUT, Csv, Lines, Workbook
from sonla_api.kit.text import LocalizedText


class Part(View):
    codes: list[str]
    share: Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]+)?$")] | None
    is_main: bool


class Odd(View):
    title: LocalizedText | str | None
    sum: Annotated[Money | None, Field(description="What was paid.")]
    size: str | int
    parts: list[Part]
    anything: Any
    area: Annotated[str, Field(pattern="^[0-9]{2}$")]
    is_known: bool | None
    on: date | None
    at: datetime | None


TABLE = Table(Odd)
EMPTY: dict[str, Any] = dict.fromkeys(Odd.model_fields) | {"parts": []}
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def body(**said: Any) -> bytes:
    return json.dumps(EMPTY | said).encode()


def in_csv(**said: Any) -> dict[str, str]:
    writer = Csv(TABLE)
    text = (writer.head() + writer.rows([body(**said)]) + writer.end()).decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(text, newline=""))
    return {name: cell for name, cell in zip(head, row, strict=True) if cell}


def in_xlsx(**said: Any) -> dict[str, tuple[str | None, str | None, str]]:
    """The cells of a record that are not empty: their kind, their style, and what they say."""
    writer = Workbook(TABLE, "odd")
    archive = ZipFile(io.BytesIO(writer.head() + writer.rows([body(**said)]) + writer.end()))
    written = archive.read("xl/worksheets/sheet1.xml")
    head, row = ET.fromstring(written).iter(f"{SHEET}row")  # noqa: S314  our own
    names = ["".join(cell.itertext()) for cell in head]
    places = {str(cell.get("r")): name for cell, name in zip(head, names, strict=True)}
    return {
        places[str(cell.get("r")).replace("2", "1")]: (
            cell.get("t"),
            cell.get("s"),
            "".join(cell.itertext()),
        )
        for cell in row
    }


def test_a_value_stands_in_a_column_of_its_own_kind() -> None:
    assert TABLE.columns == [
        Column("title.vi", Kind.text),
        Column("title.en", Kind.text),
        Column("title.lo", Kind.text),
        Column("title", Kind.text),
        Column("sum.amount", Kind.number),
        Column("sum.currency", Kind.text),
        Column("size", Kind.text),
        Column("parts.codes", Kind.text),
        Column("parts.share", Kind.text),
        Column("parts.is_main", Kind.text),
        Column("anything", Kind.text),
        Column("area", Kind.text),
        Column("is_known", Kind.boolean),
        Column("on", Kind.day),
        Column("at", Kind.instant),
    ]


def test_a_list_stands_in_one_cell_a_column() -> None:
    parts = [
        {"codes": ["a", "b"], "share": "62.5", "is_main": True},
        {"codes": [], "share": None, "is_main": False},
    ]
    assert in_csv(parts=parts) == {
        "parts.codes": "a; b; ",
        "parts.share": "62.5; ",
        "parts.is_main": "true; false",
    }
    nothing = {"codes": [], "share": None, "is_main": False}
    assert in_csv(parts=[nothing]) == {"parts.is_main": "false"}


def test_what_may_be_either_stands_where_it_belongs() -> None:
    assert in_csv(title="Sầm Nưa") == {"title": "Sầm Nưa"}
    assert in_csv(title={"vi": "Sầm Nưa", "lo": "ຊຳເໜືອ"}) == {
        "title.vi": "Sầm Nưa",
        "title.lo": "ຊຳເໜືອ",
    }
    assert in_csv(size=12) == {"size": "12"}
    assert in_csv(anything=["a", 1.50]) == {"anything": '["a", "1.5"]'}
    assert in_csv(anything={}) == {}
    assert in_csv(anything="x", area="08", is_known=False) == {
        "anything": "x",
        "area": "08",
        "is_known": "false",
    }


def test_days_are_days_as_far_as_excel_counts_them() -> None:
    assert in_csv(on="-infinity") == {"on": "'-infinity"}
    assert in_xlsx(on="2025-06-26") == {"on": (None, "1", "45834")}
    for day in ("1900-02-28", "1000-01-01", "infinity"):
        assert in_xlsx(on=day) == {"on": ("inlineStr", "0", day)}
    assert in_xlsx(at="2025-06-26T18:00:00+00:00") == {"at": (None, "2", "45835.0416666667")}
    long_ago = "1899-06-26T18:00:00+00:00"
    assert in_xlsx(at=long_ago) == {"at": ("inlineStr", "0", long_ago)}


def test_numbers_that_excel_would_round_stay_as_they_are() -> None:
    money = {"currency": "USD", "amount": "123456789012345.000000"}
    assert in_xlsx(sum=money)["sum.amount"] == (None, None, "123456789012345.000000")
    money["amount"] = "1234567890123456.7"
    assert in_xlsx(sum=money)["sum.amount"] == ("inlineStr", "0", "1234567890123456.7")
    assert in_csv(sum=money) == {"sum.amount": "1234567890123456.7", "sum.currency": "USD"}
    money["amount"] = "-1+1"
    assert in_csv(sum=money)["sum.amount"] == "'-1+1"
    assert in_xlsx(is_known=True) == {"is_known": ("b", None, "1")}


def test_texts_are_written_as_office_writes_them() -> None:
    for text, written in (
        ("<b>&", "<b>&"),
        (" a ", " a "),
        ("a\r\nb", "a_x000D_\nb"),
        ("\x01\uffff", "_x0001__xFFFF_"),
        ("_x0041_", "_x005F_x0041_"),
        ("_y_", "_y_"),
    ):
        assert in_xlsx(area=text) == {"area": ("inlineStr", "0", written)}, text
    assert in_xlsx(area="=1+1") == {"area": ("inlineStr", "3", "=1+1")}


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    for text in ("x" * 32_767, "𠀀" * 16_383):
        assert in_xlsx(area=text)["area"][2] == text
    for text in ("x" * 32_768, "𠀀" * 16_384):
        cut = in_xlsx(area=text)["area"][2]
        assert cut.endswith(CUT)
        assert text.startswith(cut.removesuffix(CUT))
        assert 32_765 <= len(cut.encode("utf-16-le")) // 2 <= 32_767
        assert in_csv(area=text) == {"area": text}


@pytest.mark.parametrize("portions", [[5], [1, 1, 1, 1, 1], [2, 3], [4, 1]])
def test_where_a_sheet_is_full_the_next_goes_on(
    portions: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a library reads it that knows nothing of how it was written."""
    monkeypatch.setattr(spreadsheets, "ROWS", 2)
    name = "delegations-of-the-last-ten-years"
    writer, records = Workbook(TABLE, name), iter(range(5))
    written = writer.head()
    for portion in portions:
        written += writer.rows([body(size=next(records)) for _ in range(portion)])
    book = openpyxl.load_workbook(io.BytesIO(written + writer.end()))
    assert book.sheetnames == [name[:31], f"{name[:29]} 2", f"{name[:29]} 3"]
    sheets = [[*sheet.values] for sheet in book]
    assert {rows[0] for rows in sheets} == {tuple(it.name for it in TABLE.columns)}
    column = sheets[0][0].index("size")
    assert [[row[column] for row in rows[1:]] for rows in sheets] == [["0", "1"], ["2", "3"], ["4"]]
    assert {sheet.auto_filter.ref[-1] for sheet in book} == {"3", "2"}


def test_a_file_that_breaks_off_says_nothing_when_it_is_forgotten() -> None:
    writer = Workbook(TABLE, "odd")
    writer.head()
    writer.rows([body()])
    del writer
    gc.collect()


def test_a_record_in_lines_is_one_line() -> None:
    writer = Lines()
    lines = writer.head() + writer.rows([b"[1,\n 2]", b'"a\\nb"']) + writer.end()
    assert lines == b'[1, 2]\n"a\\nb"\n'
