"""A report as a paper: its heading, its parts with texts and tables, and who signs it.

Made of the report alone, so that a frozen one gives the same paper whatever changes later.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

from sonla_api.reports import vietnamese as vi

Json = Mapping[str, Any]
NAME = "BÁO CÁO"
_ZONE = timezone(timedelta(hours=7))
_ISSUED = {"published", "restated"}
_BLANK = "…………………"
_NONE = "–"
_UNPLACED = "Chưa xếp được vào kỳ vì chỉ giao với kỳ hoặc không rõ ngày, nên không tính"
_HIDDEN = "Đã tính cả hồ sơ mà người lấy báo cáo không được xem"


@dataclass(frozen=True)
class Cell:
    text: str
    is_number: bool = False
    href: str | None = None
    """Where what a number counts is listed."""


@dataclass
class Table:
    caption: str
    heads: list[str]
    rows: list[list[Cell]]
    total: list[Cell] | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[list[Cell]]:
        """The rows, and last the total of a table that has one."""
        return [*self.rows, self.total] if self.total else self.rows


@dataclass
class Part:
    code: str
    heading: str
    texts: list[str]
    tables: list[Table]


@dataclass
class Paper:
    superior: str | None
    issuer: str
    number: str
    is_draft: bool
    place_and_day: str
    subject: str
    period: str
    opening: list[str]
    parts: list[Part]
    recipients: list[str]
    authority: list[str]
    """The lines above the signature."""
    signer: str
    made_at: datetime
    """When its figures were counted."""


def paper_of(report: Json) -> Paper:
    """The paper of a report as the API shows it, with its first day and the names of its codes."""
    at = datetime.fromisoformat(report.get("frozen_at") or report["computed_at"])
    span = (date.fromisoformat(report["first_on"]), date.fromisoformat(report["cut_off"]))
    period, signer = vi.period(report["period"], *span), report.get("signer") or {}
    title = report.get("title")
    told = {it["part"]: _paragraphs(it["text"]) for it in report.get("narrative") or []}
    superior, issuer = report.get("superior"), report.get("issuer")
    return Paper(
        superior=superior and vi.said(superior["name"]).upper(),
        issuer=vi.said(issuer["name"]).upper() if issuer else _BLANK,
        number=f"Số: {report.get('symbol') or '       /BC-…'}",
        is_draft=report.get("state") not in _ISSUED,
        place_and_day=_place_and_day(report),
        subject=vi.said(title) if title else f"Số liệu công tác đối ngoại {period}",
        period=period,
        opening=[*told.get("opening", []), _about(span, at.astimezone(_ZONE))],
        parts=_parts(report, told),
        recipients=_recipients(report.get("recipients") or [_BLANK]),
        authority=[it for it in (signer.get("authority"), signer.get("position")) if it]
        or [_BLANK],
        signer=signer.get("name") or "",
        made_at=at.astimezone(_ZONE),
    )


def _paragraphs(text: Json) -> list[str]:
    return [line for line in vi.said(text).splitlines() if line.strip()]


def _place_and_day(report: Json) -> str:
    on = report.get("issued_on")
    said = vi.day(date.fromisoformat(on)) if on else "ngày … tháng … năm …"
    return f"{report.get('place') or '…………'}, {said}"


def _about(span: tuple[date, date], at: datetime) -> str:
    first, last = map(vi.short_day, span)
    return (
        f"Số liệu tính từ ngày {first} đến hết ngày {last}, tổng hợp từ sổ đăng ký công tác đối "
        f"ngoại lúc {at:%H:%M} ngày {vi.short_day(at.date())}."
    )


def _recipients(lines: Sequence[str]) -> list[str]:
    """Each with a dash and a semicolon, the last with a full stop."""
    bare = [line.removeprefix("- ").rstrip("; ") for line in lines]
    return [*(f"- {line};" for line in bare[:-1]), f"- {bare[-1].removesuffix('.')}."]


def _parts(report: Json, told: Mapping[str, list[str]]) -> list[Part]:
    sources: dict[str, int] = {}
    tables = _counted()
    parts = [
        Part(it["code"], vi.said(it["label"]), _texts(it), [*_tables(report, it, sources, tables)])
        for it in report["sections"]
    ]
    parts += [
        Part(code, name, told[code], []) for code, name in report["closing"].items() if code in told
    ]
    for n, part in enumerate(parts, 1):
        part.heading = f"{vi.roman(n)}. {part.heading.upper()}"
    return parts


def _counted() -> Iterator[str]:
    count = 0
    while True:
        yield f"Bảng {(count := count + 1)}. "


def _texts(section: Json) -> list[str]:
    return _paragraphs(section["narrative"]) if section["narrative"] else []


def _tables(
    report: Json, section: Json, sources: dict[str, int], names: Iterator[str]
) -> Iterator[Table]:
    name = f"{next(names)}{vi.said(section['label'])}: chỉ tiêu chung"
    yield _figures(name, section["figures"], report, sources)
    for table in section["tables"]:
        yield _grid(next(names) + vi.said(table["label"]), table)


def _figures(caption: str, figures: Sequence[Json], report: Json, sources: dict[str, int]) -> Table:
    heads = ["Chỉ tiêu", "Đơn vị", "Trong kỳ", "Cùng kỳ năm trước", "Tăng, giảm (%)"]
    is_published = any(figure["published"] for figure in figures)
    rows = [_figure(figure, report["units"]) for figure in figures]
    notes = _beside(figures, [name_of(figure) for figure in figures])
    if is_published:
        heads += ["Đã công bố", "Chênh lệch"]
        for row, figure in zip(rows, figures, strict=True):
            row.extend(_published(figure["published"], report["qualifiers"], sources, notes))
    return Table(caption, heads, rows, notes=notes)


def _figure(figure: Json, units: Json) -> list[Cell]:
    before, growth = figure["year_before"], figure["growth"]
    return [
        Cell(name_of(figure)),
        Cell(_unit(figure, units)),
        Cell(_value(figure, figure), is_number=True, href=figure["href"]),
        Cell(_value(figure, before), is_number=True, href=before["href"]),
        Cell(_NONE if growth is None else vi.signed(growth), is_number=True),
    ]


def name_of(figure: Json) -> str:
    """What it is called, with the days that it is about where they are not those of the report."""
    own, name = figure.get("period"), vi.said(figure["label"])
    return f"{name} ({vi.days(own)})" if own else name


def is_told(figure: Json, counted: Json) -> bool:
    """Of what sources print, nothing is no figure."""
    return figure["unit"] != "observed" or bool(counted["records"])


def _value(figure: Json, counted: Json) -> str:
    return vi.number(counted["value"]) if is_told(figure, counted) else _NONE


def _unit(figure: Json, units: Json) -> str:
    """Of money that there is none of, no currency is known."""
    is_unknown = figure["unit"] == "money" and not figure["currency"]
    return _NONE if is_unknown else unit_of(figure, units)


def unit_of(counted: Json, units: Json) -> str:
    """In what a figure or a column counts."""
    return counted.get("currency") or str(units[counted["unit"]]).lower()


def source_of(published: Json) -> str:
    """Who prints a value, of which period, and what that counts."""
    source, coverage = published["source"], published["coverage"]
    named = source["title"] if source else published["indicator"]
    parts = (named, published["period"], coverage and vi.said(coverage))
    return "; ".join(part for part in parts if part)


def value_of(published: Json, qualifiers: Json) -> str:
    """A value as a source prints it: about so much, nearly so much."""
    value = _NONE if published["value"] is None else vi.number(published["value"])
    qualifier = published["qualifier"]
    if qualifier is None or qualifier == "final":
        return value
    return f"{qualifiers[qualifier].lower()} {value}"


def _published(
    published: Sequence[Json], qualifiers: Json, sources: dict[str, int], notes: list[str]
) -> tuple[Cell, Cell]:
    """What sources say, each with a number that a note below explains, and what it differs by."""
    values, differences = [], []
    for it in published:
        about = source_of(it)
        known = about in sources
        number = sources.setdefault(about, len(sources) + 1)
        if not known:
            notes.append(f"[{number}] {about}.")
        values.append(f"{value_of(it, qualifiers)} [{number}]")
        differences.append(_NONE if it["difference"] is None else vi.signed(it["difference"]))
    return Cell("\n".join(values), is_number=True), Cell("\n".join(differences), is_number=True)


def _grid(caption: str, table: Json) -> Table:
    heads = ["Nội dung", *(vi.said(column["label"]) for column in table["columns"])]
    rows = [_row(row) for row in table["rows"]]
    notes = _beside(table["total"]["cells"], heads[1:])
    return Table(caption, heads, rows, _row(table["total"]), notes)


def _row(row: Json) -> list[Cell]:
    cells = [Cell(vi.number(it["value"]), is_number=True, href=it["href"]) for it in row["cells"]]
    return [Cell(vi.said(row["label"])), *cells]


def _beside(cells: Sequence[Json], names: Sequence[str]) -> list[str]:
    """Notes on what is not in the numbers, and on what stands behind them unseen."""
    unplaced, hidden = [], []
    for name, cell in zip(names, cells, strict=True):
        beside = cell["not_placed"]
        if beside and beside["value"] != "0":
            currency = f" {cell['currency']}" if cell.get("currency") else ""
            unplaced.append(f"{name} {vi.number(beside['value'])}{currency}")
        if cell["hidden"]:
            hidden.append(f"{name} {cell['hidden']}")
    return [
        f"{words}: {'; '.join(found)}."
        for words, found in ((_UNPLACED, unplaced), (_HIDDEN, hidden))
        if found
    ]
