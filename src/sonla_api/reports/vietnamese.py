"""How an official paper in Vietnamese writes numbers, days and periods (Decree 30/2020/NĐ-CP)."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_NAMED = re.compile(r"([0-9]{4})(?:-(?:H([12])|Q([1-4])|([0-9]{2})))?")
_LATE_MONTHS = 3
"""From March on a month has no nought before it; nor has a day from the tenth on."""


def number(value: str) -> str:
    """`1234.5` as `1.234,5`."""
    found = _NUMBER.fullmatch(value)
    assert found  # noqa: S101  decimals of reports are written plainly
    sign, whole, part = found.groups()
    return f"{sign}{int(whole):,}".replace(",", ".") + (f",{part}" if part else "")


def signed(value: str) -> str:
    """With a plus where it is more."""
    return f"+{number(value)}" if Decimal(value) > 0 else number(value)


def day(on: date) -> str:
    return f"ngày {on.day:02} tháng {_month(on)} năm {on.year}"


def short_day(on: date) -> str:
    return f"{on.day:02}/{_month(on)}/{on.year}"


def _month(on: date) -> str:
    return str(on.month) if on.month >= _LATE_MONTHS else f"{on.month:02}"


def period(name: str, first: date, last: date) -> str:
    """`2024-H1` as `6 tháng đầu năm 2024`; days, where it has no name."""
    found = _NAMED.fullmatch(name)
    if not found:
        return f"từ ngày {short_day(first)} đến ngày {short_day(last)}"
    year, half, quarter, month = found.groups()
    if half:
        return f"6 tháng {'đầu' if half == '1' else 'cuối'} năm {year}"
    if quarter:
        return f"quý {('I', 'II', 'III', 'IV')[int(quarter) - 1]} năm {year}"
    return f"tháng {_month(first)} năm {year}" if month else f"năm {year}"


def days(period_: str) -> str:
    """A period by its ends as they are given, of which either may be open: `2024-01/2024-05`."""
    first, _, last = period_.partition("/")
    if not last:
        return _end(first)
    ends = (("từ", first), ("đến hết", last))
    return " ".join(f"{word} {_end(end)}" for word, end in ends if end != "..")


def _end(name: str) -> str:
    if len(name) == len("2024-06-30"):
        return f"ngày {short_day(date.fromisoformat(name))}"
    month = _NAMED.fullmatch(name)[4]  # type: ignore[index]  # all periods but days have a name
    return period(name, first := date(int(name[:4]), int(month or 1), 1), first)


def said(text: Mapping[str, Any]) -> str:
    """A text in Vietnamese; in another of its languages where it has none."""
    return str(text.get("vi") or text.get("lo") or text["en"])


def roman(count: int) -> str:
    """The numeral of a part, of which there are fewer than forty."""
    tens, ones = divmod(count, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]
