"""The charts of a report: bars that say by themselves what is counted, in what, and when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sonla_api.reports import vietnamese as vi
from sonla_api.reports.paper import is_told, name_of, unit_of

Json = Mapping[str, Any]
Bar = tuple[str, Mapping[str, Decimal]]
_MOST_BARS = 12
_NOW, _BEFORE, _PUBLISHED = "now", "before", "published"


@dataclass(frozen=True)
class Value:
    """A bar: how long it is, of the longest one, and what stands behind it."""

    series: str
    part: float
    text: str


@dataclass(frozen=True)
class Group:
    label: str
    values: list[Value]


@dataclass
class Chart:
    title: str
    about: str
    """What is counted, in which unit, of which days."""
    series: list[tuple[str, str]]
    """Those that there are, with their names; one alone needs none."""
    groups: list[Group]
    note: str
    alt: str
    """The chart in words, for who does not see it."""


def charts_of(report: Json, section: Json, period: str) -> Iterator[Chart]:
    """One for the figures in each unit, then one for each table; none of what is nothing."""
    units: dict[str, list[Json]] = {}
    for figure in section["figures"]:
        units.setdefault(unit_of(figure, report["units"]), []).append(figure)
    label = vi.said(section["label"])
    for unit, figures in units.items():
        bars = [(name_of(figure), _values(figure)) for figure in figures]
        placings = {report["placings"][figure["placing"]].lower() for figure in figures}
        about = f"Đơn vị: {unit}. Kỳ báo cáo: {period}"
        if len(placings) == 1:
            about += f"; cách tính: {placings.pop()}"
        yield from _chart(f"{label}: {'' if figures[0]['currency'] else 'số '}{unit}", about, bars)
    for table in section["tables"]:
        column = vi.said(table["columns"][0]["label"])
        bars = [
            (vi.said(row["label"]), {_NOW: Decimal(row["cells"][0]["value"])})
            for row in table["rows"]
        ]
        bars.sort(key=lambda bar: -bar[1][_NOW])
        if sum(bool(values[_NOW]) for _, values in bars) > 1:
            about = f"Số liệu: {column.lower()}. Kỳ báo cáo: {period}"
            yield from _chart(vi.said(table["label"]), about, bars)


_NOTHING = "mục bằng 0 không thể hiện trên biểu đồ"
_MORE = "mục nhỏ hơn không thể hiện trên biểu đồ"


def _values(figure: Json) -> dict[str, Decimal]:
    each = {_NOW: figure, _BEFORE: figure["year_before"]}
    values = {name: Decimal(it["value"]) for name, it in each.items() if is_told(figure, it)}
    if figure["unit"] == "observed":
        return values  # the figure itself is what a source prints
    for published in figure["published"]:
        if published["value"] is not None and published["difference"] is not None:
            return values | {_PUBLISHED: Decimal(published["value"])}
    return values


def _chart(title: str, about: str, bars: Sequence[Bar]) -> Iterator[Chart]:
    longest = max((value for _, values in bars for value in values.values()), default=Decimal(0))
    if longest <= 0:
        return
    shown = [(label, values) for label, values in bars if any(values.values())]
    groups = [
        Group(label, [_value(name, value, longest) for name, value in values.items()])
        for label, values in shown[:_MOST_BARS]
    ]
    names = {_NOW: "Trong kỳ", _BEFORE: "Cùng kỳ năm trước", _PUBLISHED: "Nguồn khác đã công bố"}
    used = {value.series for group in groups for value in group.values}
    series = [(key, name) for key, name in names.items() if key in used]
    yield Chart(
        title=title,
        about=f"{about}.",
        series=series if len(series) > 1 else [],
        groups=groups,
        note=_note(len(bars) - len(shown), len(shown) - len(groups)),
        alt=f"{title}. " + "; ".join(_said(group, names) for group in groups) + ".",
    )


def _value(series: str, value: Decimal, longest: Decimal) -> Value:
    return Value(series, float(max(value, Decimal(0)) / longest), vi.number(f"{value:f}"))


def _said(group: Group, names: Mapping[str, str]) -> str:
    said = ", ".join(f"{names[value.series].lower()} {value.text}" for value in group.values)
    return f"{group.label}: {said}"


def _note(nothing: int, more: int) -> str:
    """What the chart leaves out; the tables have all of it."""
    parts = [f"{count} {words}" for count, words in ((nothing, _NOTHING), (more, _MORE)) if count]
    return "; ".join(parts)
