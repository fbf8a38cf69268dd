"""Reports as Word, Excel and PDF: how they look, what they say, who gets them and when."""

import asyncio
import io
import json
import re
import sys
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt
from httpx import AsyncClient, Response
from pypdf import PdfReader

from sonla_api.kit.period import PeriodFilter
from sonla_api.reports import papers, vietnamese
from sonla_api.reports.periods import ReportPeriod
from sonla_api.reports.press import press
from tests.factories import agency, made, report
from tests.reports.test_reports import ANY, ISSUED, published, visit

OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
LAO = "ແຂວງຫົວພັນ"
TOLD = [
    {"part": "opening", "text": {"vi": "Thực hiện Kế hoạch số 152/KH-UBND.\n\nKết quả như sau."}},
    {"part": "delegations", "text": {"vi": f"Đoàn đã thăm tỉnh Hủa Phăn ({LAO})."}},
    {"part": "partners", "text": {"lo": LAO}},
    {"part": "proposals", "text": {"vi": "Đề nghị <Bộ> & các cơ quan xem xét."}},
    {"part": "difficulties", "text": {"vi": "Kinh phí được cấp chậm."}},
]
CLOSING = {"Kinh phí được cấp chậm.", "Đề nghị <Bộ> & các cơ quan xem xét."}
RUN = '=HYPERLINK("http://x","x")'
SOURCE = {"id": "0", "title": "Báo Sơn La"}


def word(content: bytes) -> Any:
    return docx.Document(io.BytesIO(content))


def excel(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def pages(content: bytes) -> Any:
    return PdfReader(io.BytesIO(content))


async def file_of(api: AsyncClient, address: str, format_: str) -> Response:
    answer = await api.get(f"{address}{'&' if '?' in address else '?'}format={format_}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == TYPES[format_]
    return answer


async def issued(api: AsyncClient) -> Any:
    """A published report with figures, texts, agencies that have nothing, and one oddly named."""
    above = await made(api, "/agencies", agency(name={"vi": "Ủy ban nhân dân tỉnh Sơn La"}))
    odd = await made(api, "/agencies", agency(name={"vi": RUN}))
    await visit(api, headcount=1234, lead_agency_id=odd["id"], level="department")
    await visit(api, headcount=2, direction="inbound", channel="party", level="locality")
    return await published(api, superior_id=above["id"], narrative=TOLD)


async def test_word_is_laid_out_as_the_decree_says(api: AsyncClient) -> None:
    found = await issued(api)
    answer = await file_of(api, f"/reports/{found['id']}", "docx")
    assert 'filename="bao-cao-2024-H1.docx"' in answer.headers["content-disposition"]
    paper = word(answer.content)
    (section,) = paper.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert {20 <= it.mm <= 25 for it in (section.top_margin, section.bottom_margin)} == {True}
    assert 30 <= round(section.left_margin.mm) <= 35
    assert 15 <= round(section.right_margin.mm) <= 20
    heading, *tables, signature = paper.tables
    left, right = ([it.text for it in cell.paragraphs] for cell in heading.rows[0].cells)
    issuer = found["issuer"]["name"]["vi"].upper()
    assert left == ["ỦY BAN NHÂN DÂN TỈNH SƠN LA", issuer, "", "Số: 152/BC-UBND"]
    assert right[:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    assert right[2:] == ["", "Sơn La, ngày 05 tháng 7 năm 2024"]
    texts = [it.text for it in paper.paragraphs]
    assert texts[:2] == ["BÁO CÁO", found["title"]["vi"]]
    assert texts[3:5] == ["Thực hiện Kế hoạch số 152/KH-UBND.", "Kết quả như sau."]
    assert f"Đoàn đã thăm tỉnh Hủa Phăn ({LAO})." in texts
    assert [text for text in texts if text[:4] in {"XI. ", "XII."} or text in CLOSING] == [
        "XI. KHÓ KHĂN, HẠN CHẾ",
        "Kinh phí được cấp chậm.",
        "XII. KIẾN NGHỊ, ĐỀ XUẤT",
        "Đề nghị <Bộ> & các cơ quan xem xét.",
    ]
    recipients, signer = ([it.text for it in cell.paragraphs] for cell in signature.rows[0].cells)
    assert recipients == ["Nơi nhận:", "- Bộ Ngoại giao;", "- Lưu: VT, SNgV."]
    assert signer == ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Nguyễn Văn A"]
    for table in tables:
        head, *rows = table.rows
        assert head._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    numbers = {row.cells[0].text: row.cells[2].text for row in tables[0].rows}
    assert (numbers["Tổng số đoàn"], numbers["Tổng số đoàn: lượt người"]) == ("2", "1.236")
    assert RUN in [row.cells[0].text for row in tables[3].rows]


async def test_word_has_real_styles_fonts_for_both_scripts_and_page_numbers(
    api: AsyncClient,
) -> None:
    found = await made(api, "/reports", report(narrative=TOLD))
    answer = await file_of(api, f"/reports/{found['id']}", "docx")
    paper = word(answer.content)
    for name in ("Normal", "Body Text", "Heading 1", "Title", "Số trong bảng"):
        style = paper.styles[name]
        fonts = style.element.rPr.find(qn("w:rFonts"))
        assert {fonts.get(qn(f"w:{it}")) for it in ("ascii", "hAnsi")} == {"Times New Roman"}
        assert fonts.get(qn("w:cs")) == "Leelawadee UI"
    assert Pt(13) <= paper.styles["Body Text"].font.size <= Pt(14)
    assert paper.styles["Quốc hiệu"].font.bold
    headings = [it.text for it in paper.paragraphs if it.style.name == "Heading 1"]
    last = f"{vietnamese.roman(len(headings))}. KIẾN NGHỊ, ĐỀ XUẤT"
    assert (headings[0], headings[-1]) == ("I. ĐOÀN RA, ĐOÀN VÀO", last)
    (section,) = paper.sections
    (number,) = section.header.paragraphs
    assert section.different_first_page_header_footer
    assert "PAGE" in number._p.xml
    assert not section.first_page_header.paragraphs[0].text
    settings = paper.styles.element.find(f".//{qn('w:lang')}")
    assert (settings.get(qn("w:val")), settings.get(qn("w:bidi"))) == ("vi-VN", "lo-LA")
    whole = paper.element.body.xml
    assert not re.search("txbxContent|w:pict|w:drawing|w:altChunk", whole)
    assert "DỰ THẢO" in [it.text for it in paper.tables[0].rows[0].cells[0].paragraphs]


async def test_excel_holds_numbers_days_and_the_address_of_each_number(
    api: AsyncClient,
) -> None:
    found = await issued(api)
    address = f"/reports/{found['id']}"
    book = excel((await file_of(api, address, "xlsx")).content)
    assert book.sheetnames[:3] == ["Chung", "I. Đoàn ra, đoàn vào", "II. Đối tác"]
    assert len(book.sheetnames) == 1 + len(found["sections"])
    cover = {row[0].value: row[1] for row in book["Chung"].iter_rows()}
    assert cover["Từ ngày"].is_date
    assert str(cover["Từ ngày"].value) == "2024-01-01 00:00:00"
    assert cover["Số liệu tổng hợp lúc"].number_format == "dd/mm/yyyy hh:mm"
    expected = {}
    for figure in found["sections"][0]["figures"]:
        expected[figure["code"]] = (figure["value"], figure["href"])
    for table in found["sections"][0]["tables"]:
        for row in [*table["rows"], {**table["total"], "code": "total"}]:
            line = row["agency"]["id"] if row["agency"] else row["code"] or "unknown"
            for column, cell in zip(table["columns"], row["cells"], strict=True):
                code = f"{table['code']}/{line}/{column['code']}"
                expected[code] = (cell["value"], cell["href"])
    sheet = book["I. Đoàn ra, đoàn vào"]
    assert (sheet.freeze_panes, sheet.page_setup.paperSize) == ("C2", 9)
    assert sheet.print_title_rows == "$1:$1"
    head, *rows = sheet.iter_rows()
    place = {cell.value: n for n, cell in enumerate(head)}
    assert {"Đã công bố", "Chênh lệch"} < {*place}
    shown = {}
    for row in rows:
        number, link = row[place["Trong kỳ"]], row[place["Danh sách hồ sơ được tính"]]
        assert (number.data_type, number.number_format) == ("n", "#,##0")
        assert link.hyperlink.target == link.value
        href = str(link.value).removeprefix("http://test")
        shown[row[place["Mã"]].value] = (str(number.value), href)
    assert shown == expected
    kinds = {cell.data_type for each in book for row in each.iter_rows() for cell in row}
    assert kinds == {"s", "n", "d"}
    assert RUN in [row[1].value for row in rows]


async def test_pdf_embeds_its_fonts_links_its_numbers_and_is_for_screen_readers_too(
    api: AsyncClient,
) -> None:
    found = await issued(api)
    answer = await file_of(api, f"/reports/{found['id']}", "pdf")
    pdf = pages(answer.content)
    first = pdf.pages[0].extract_text()
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in first
    assert (round(pdf.pages[0].mediabox.width), round(pdf.pages[0].mediabox.height)) == (595, 842)
    whole = "\n".join(page.extract_text() for page in pdf.pages)
    assert {"Bảng 1. Đoàn ra, đoàn vào: chỉ tiêu chung", "Nguyễn Văn A"} < {*whole.splitlines()}
    assert "1.236" in whole
    fonts: dict[str, Any] = {}
    for page in pdf.pages:
        fonts |= {font["/BaseFont"]: font for font in page["/Resources"]["/Font"].values()}
    assert {name.partition("+")[2] for name in fonts} >= {
        "LiberationSerif",
        "LiberationSerif-Bold",
        "NotoSerifLao-Regular",
    }
    for font in fonts.values():
        assert "/FontFile2" in font["/DescendantFonts"][0]["/FontDescriptor"]
    links = {
        str(it.get_object()["/A"]["/URI"]) for page in pdf.pages for it in page.get("/Annots", [])
    }
    href = found["sections"][0]["figures"][0]["href"]
    assert f"http://test{href}" in links
    assert (pdf.root_object["/Lang"], pdf.root_object["/MarkInfo"]["/Marked"]) == ("vi", True)
    assert pdf.metadata
    assert pdf.metadata.title == f"BÁO CÁO: {found['title']['vi']}"


async def test_the_file_of_a_kept_report_stays_as_it_is(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    found = await issued(api)
    address = f"/reports/{found['id']}"
    files = {name: (await file_of(stranger, address, name)).content for name in TYPES}
    named = [it.text for it in word(files["docx"]).tables[0].rows[0].cells[0].paragraphs]
    assert named[1] == found["issuer"]["name"]["vi"].upper()
    await visit(api)
    renamed = {"name": {"vi": "Sở Ngoại vụ và Hội nhập"}}
    changed = await api.patch(f"/agencies/{found['issuer']['id']}", json=renamed, headers=ANY)
    assert changed.status_code == 200, changed.text
    for name, content in files.items():
        again = await file_of(stranger, address, name)
        assert again.content == content
        known = {"if-none-match": again.headers["etag"]}
        same = await stranger.get(f"{address}?format={name}", headers=known)
        assert (same.status_code, same.content) == (304, b"")
    draft = await made(api, "/reports", report())
    assert (await stranger.get(f"/reports/{draft['id']}?format=pdf")).status_code == 404


async def test_the_report_of_a_period_is_given_by_accept_or_format(api: AsyncClient) -> None:
    await visit(api)
    address = "/reports/periodic?period=2024-12-15/2025-06-14"
    word_type = TYPES["docx"]
    answer = await api.get(address, headers={"accept": f"text/html, {word_type};q=0.9"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, word_type)
    told = answer.headers["content-disposition"]
    assert 'filename="bao-cao-2024-12-15_2025-06-14.docx"' in told
    assert word(answer.content).paragraphs[1].text == (
        "Số liệu công tác đối ngoại từ ngày 15/12/2024 đến ngày 14/6/2025"
    )
    both = {"accept": f"application/json, {TYPES['pdf']};q=0.5"}
    assert (await api.get(address, headers=both)).json()["first_on"] == "2024-12-15"
    chosen = await api.get(f"{address}&format=json", headers={"accept": TYPES["pdf"]})
    assert chosen.json()["cut_off"] == "2025-06-14"
    assert (await api.get(address, headers={"accept": "text/html"})).status_code == 406
    assert (await api.get(f"{address}&format=odt")).status_code == 422
    head = await api.head(f"{address}&format=docx")
    assert (head.status_code, head.content) == (200, b"")


async def test_a_file_that_cannot_be_made_is_a_problem(
    api: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "/reports/periodic?period=2024-H1&format=pdf"
    monkeypatch.setattr(papers, "_COMMAND", (sys.executable, "-c", "raise SystemExit('why')"))
    assert (await api.get(address)).status_code == 500
    monkeypatch.setattr(papers, "_COMMAND", (sys.executable, "-c", "import time; time.sleep(30)"))
    monkeypatch.setattr(papers, "_LONGEST", 0.2)
    late = await api.get(address)
    assert (late.status_code, late.headers["retry-after"]) == (503, "5")
    monkeypatch.setattr(papers, "_presses", asyncio.Semaphore(0))
    monkeypatch.setattr(papers, "_PATIENCE", 0.01)
    full = await api.get(address)
    assert (full.status_code, full.headers["retry-after"]) == (503, "10")


def counted(value: str, **more: Any) -> dict[str, Any]:
    return {
        "value": value,
        "href": "/api/v1/x",
        "records": 1,
        "hidden": 0,
        "not_placed": None,
    } | more


def figure(value: str, before: str, **more: Any) -> dict[str, Any]:
    return (
        counted(value)
        | {
            "code": "fdi.registered",
            "label": {"vi": "Vốn đăng ký"},
            "unit": "money",
            "currency": "USD",
            "placing": "within",
            "year_before": counted(before),
            "growth": None,
            "published": [],
        }
        | more
    )


def said(value: str | None, difference: str | None, **more: Any) -> dict[str, Any]:
    return {
        "value": value,
        "difference": difference,
        "qualifier": None,
        "period": "2024-H1",
        "indicator": "fdi.registered",
        "coverage": None,
        "source": SOURCE,
    } | more


def given(figures: list[Any], tables: list[Any], **more: Any) -> bytes:
    section = {
        "code": "fdi",
        "label": {"vi": "Vốn: FDI/ODA"},
        "figures": figures,
        "tables": tables,
        "narrative": None,
    }
    shown = {
        "period": "2024-H1",
        "cut_off": "2024-06-30",
        "computed_at": "2024-07-01T01:02:03.5+00:00",
        "sections": [section],
    } | more
    names = {
        "units": {"money": "Tiền", "project": "Dự án"},
        "placings": {"within": "Trong kỳ", "at_end": "Cuối kỳ"},
        "qualifiers": {"about": "Khoảng"},
        "closing": {},
    }
    beside = {"first_on": "2024-01-01", **names}
    return json.dumps({"report": shown, "beside": beside, "base": "http://test"}).encode()


FIGURES = [
    figure(
        "18046751.25",
        "-7",
        growth="6.3",
        published=[
            said("18046751", "0.25"),
            said("34", "-1", qualifier="about", coverage={"vi": "cả tỉnh"}),
        ],
    ),
    figure("0", "0", currency=None, growth="0", published=[said(None, None, source=None)]),
    figure("1234567890123456789", "1", hidden=3, not_placed=counted("2.5"), growth="-3.1"),
]


def rows_of(numbers: list[str]) -> list[Any]:
    return [
        {"code": f"k{n}", "label": {"en": f"Kind {n}"}, "agency": None, "cells": [counted(number)]}
        for n, number in enumerate(numbers)
    ]


TABLE = {
    "code": "fdi.by_kind",
    "label": {"vi": "Dự án theo loại"},
    "columns": [{"code": "projects", "label": {"vi": "Dự án"}, "unit": "project"}],
    "rows": rows_of([str(n) for n in range(16)]),
    "total": rows_of(["120"])[0],
}


def test_what_is_published_stands_beside_each_figure_with_its_difference() -> None:
    paper = word(press("docx", given(FIGURES, [TABLE])))
    _, first, second, _ = paper.tables
    lines = [[cell.text for cell in row.cells] for row in first.rows]
    assert lines[0][-2:] == ["Đã công bố", "Chênh lệch"]
    assert lines[1][1:] == [
        *("USD", "18.046.751,25", "-7", "+6,3"),
        *("18.046.751 [1]\nkhoảng 34 [2]", "+0,25\n-1"),
    ]
    assert lines[2][1:] == ["–", "0", "0", "0", "– [3]", "–"]
    assert lines[3][4:] == ["-3,1", "", ""]
    assert [row.cells[0].text for row in second.rows][1] == "Kind 0"
    notes = [it.text for it in paper.paragraphs if it.style.name == "Ghi chú bảng"]
    unplaced = "Chưa xếp được vào kỳ vì chỉ giao với kỳ hoặc không rõ ngày, nên không tính"
    assert notes == [
        f"{unplaced}: Vốn đăng ký 2,5 USD.",
        "Đã tính cả hồ sơ mà người lấy báo cáo không được xem: Vốn đăng ký 3.",
        "[1] Báo Sơn La; 2024-H1.",
        "[2] Báo Sơn La; 2024-H1; cả tỉnh.",
        "[3] fdi.registered; 2024-H1.",
    ]


def test_excel_keeps_what_it_cannot_hold_as_text() -> None:
    long = figure("1.5", "0", href=f"/api/v1/x?{'y' * 2100}")
    made_ = press("xlsx", given([*FIGURES, long], [TABLE]))
    book = excel(made_)
    assert book.sheetnames == ["Chung", "I. Vốn- FDI-ODA"]
    head, *rows = book["I. Vốn- FDI-ODA"].iter_rows()
    place = {cell.value: n for n, cell in enumerate(head)}
    numbers = [row[place["Trong kỳ"]] for row in rows]
    assert [(it.value, it.data_type) for it in numbers[:6]] == [
        *[(18046751.25, "n")] * 2,
        (0, "n"),
        ("1234567890123456789", "s"),
        (1.5, "n"),
        (0, "n"),
    ]
    assert numbers[0].number_format == "#,##0.00####"
    assert rows[1][place["Nguồn công bố"]].value == "Báo Sơn La; 2024-H1; cả tỉnh"
    assert rows[1][place["Mức độ"]].value == "Khoảng"
    assert rows[4][place["Danh sách hồ sơ được tính"]].hyperlink is None
    assert rows[0][place["Tăng, giảm (%)"]].value == 6.3


def test_charts_are_drawn_and_told() -> None:
    pdf = pages(press("pdf", given(FIGURES, [TABLE])))
    whole = "\n".join(page.extract_text() for page in pdf.pages)
    assert "Đơn vị: USD. Kỳ báo cáo: 6 tháng đầu năm 2024; cách tính: trong kỳ." in whole
    assert "Nguồn khác đã công bố" in whole
    assert "mục bằng 0 không thể hiện trên biểu đồ; 3 mục nhỏ hơn" in whole
    observed = figure("7", "1", unit="observed", published=[said("7", "0")])
    traded = pages(press("pdf", given([observed], []))).pages[0].extract_text()
    assert "Cùng kỳ năm trước" in traded
    assert "Nguồn khác đã công bố" not in traded
    empty = pages(press("pdf", given([figure("0", "0")], [])))
    assert "Kỳ báo cáo" not in empty.pages[0].extract_text()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("2024-H2", "6 tháng cuối năm 2024"),
        ("2024-Q3", "quý III năm 2024"),
        ("2024-02", "tháng 02 năm 2024"),
        ("2024", "năm 2024"),
    ],
)
def test_periods_are_called_as_people_call_them(name: str, shown: str) -> None:
    days = ReportPeriod.of(PeriodFilter(name))
    assert days
    assert vietnamese.period(name, days.first, days.last) == shown


@pytest.mark.parametrize(
    ("period", "shown"),
    [
        ("2024-01/2024-05", "từ tháng 01 năm 2024 đến hết tháng 5 năm 2024"),
        ("2024-01-06/2024-Q3", "từ ngày 06/01/2024 đến hết quý III năm 2024"),
        ("2023", "năm 2023"),
        ("2023/..", "từ năm 2023"),
        ("../2024-H1", "đến hết 6 tháng đầu năm 2024"),
    ],
)
def test_days_of_ones_own_are_told(period: str, shown: str) -> None:
    assert vietnamese.days(period) == shown


def test_what_sources_print_is_shown_with_its_own_days_and_nothing_is_no_figure() -> None:
    traded = {"unit": "observed", "label": {"vi": "Xuất khẩu"}}
    own = figure("12860000", "0", **traded, period="2024-01/2024-05")
    own["year_before"]["records"] = 0
    none = figure("0", "0", **traded | {"label": {"vi": "Nhập khẩu"}}, period=None, records=0)
    shown = given([own, none], [])
    rows = word(press("docx", shown)).tables[1].rows
    told = [[cell.text for cell in row.cells[:4]] for row in rows[1:]]
    name = "Xuất khẩu (từ tháng 01 năm 2024 đến hết tháng 5 năm 2024)"
    assert told == [[name, "USD", "12.860.000", "–"], ["Nhập khẩu", "USD", "–", "0"]]
    sheet: Any = excel(press("xlsx", shown)).worksheets[1]
    head, first, second = sheet.values
    value, before = (head.index(name) for name in ("Trong kỳ", "Cùng kỳ năm trước"))
    assert (first[1], first[value], first[before]) == (name, 12860000, None)
    assert (second[value], second[before]) == (None, 0)


def test_letters_of_neighbours_are_drawn_and_what_no_font_has_is_named() -> None:
    drawn = ["云南省", "臺灣", "한국", "日本カ", "น่าน", "ភ្នំពេញ", "မြန်မာ", LAO, "ệ"]
    told = [
        {"part": "opening", "text": {"vi": f'{" ".join(drawn)} e\u0323\u0302 "x" भारत 🇻 \ue000'}}
    ]
    pdf = pages(press("pdf", given(FIGURES, [], narrative=told)))
    whole = "\n".join(page.extract_text() for page in pdf.pages)
    assert {*"云南省臺灣한국日本カ"} < {*whole}
    assert '"x" □□□□ □ □' in whole
    note = " ".join(whole.partition("Chữ mà phông chữ")[2].split())
    assert "U+092D DEVANAGARI LETTER BHA, U+093E DEVANAGARI VOWEL SIGN AA" in note
    assert note.partition(".")[0].endswith("U+1F1FB REGIONAL INDICATOR SYMBOL LETTER V, U+E000")
    assert b"pdfuaid" in pdf.root_object["/Metadata"].get_data()
    plain = pages(press("pdf", given(FIGURES, [])))
    assert "phông" not in "".join(page.extract_text() for page in plain.pages)


def test_characters_that_no_xml_holds_do_not_stop_a_report() -> None:
    odd = given(FIGURES, [], symbol="1\ufffe/BC", issuer={"name": {"en": "Office"}})
    plain = json.dumps(json.loads(odd), ensure_ascii=False).encode()
    for name in TYPES:
        assert press(name, plain)


def test_a_report_may_lack_much() -> None:
    """Two ways to count, days for a period, of the signer the position alone."""
    told = [{"part": "opening", "text": {"lo": LAO}}]
    few = TABLE | {"rows": rows_of(["0", "7"]), "total": rows_of(["7"])[0]}
    several = [
        figure("3", "1", published=[said("2", "1"), said("2", "1")]),
        figure("2", "1", placing="at_end"),
    ]
    named = {"superior": {"name": {"vi": "Tỉnh"}}, "issuer": {"name": {"vi": "Sở"}}}
    more = ISSUED | named | {"signer": {"position": "GIÁM ĐỐC"}, "state": "published"}
    shown = given(several, [few], narrative=told, period="2023-12-15/2024-06-14", **more)
    paper = word(press("docx", shown))
    left = [it.text for it in paper.tables[0].rows[0].cells[0].paragraphs]
    assert left == ["TỈNH", "SỞ", "", "Số: 152/BC-UBND"]
    (signer,) = [it.text for it in paper.tables[-1].rows[0].cells[1].paragraphs[:-1]]
    assert signer == "GIÁM ĐỐC"
    assert [row.cells[1].text for row in paper.tables[2].rows] == ["Dự án", "0", "7", "7"]
    whole = "".join(page.extract_text() for page in pages(press("pdf", shown)).pages)
    assert "từ ngày 01/01/2024 đến ngày 30/6/2024." in whole
    assert "cách tính" not in whole
    assert "Số liệu: dự án" not in whole
