"""The days on which a task is due again and again, by a rule of RFC 5545 within a plan."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from dateutil import rrule

from sonla_api.kit.period import Days
from sonla_api.kit.text import Message, refusal

MOST = 500
"""So many occurrences a task has at most: each is a task of its own."""
MESSAGES = {
    "rule_form": Message(
        "a rule of RFC 5545 is expected, such as FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15;"
        " this cannot be read: {part}",
        "cần quy tắc theo RFC 5545, ví dụ FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15;"
        " không đọc được: {part}",
    ),
    "rule_frequency": Message(
        "a task recurs daily, weekly, monthly or yearly, not more often",
        "nhiệm vụ lặp lại theo ngày, tuần, tháng hoặc năm, không thường xuyên hơn",
    ),
    "rule_clash": Message(
        "in a rule {part} does not go with {other}", "trong quy tắc, {part} không đi cùng {other}"
    ),
    "rule_start": Message(
        "the plan has no first day, so the rule needs a DTSTART",
        "kế hoạch không có ngày bắt đầu nên quy tắc cần DTSTART",
    ),
    "rule_outside": Message(
        "the rule starts outside the period of the plan",
        "quy tắc bắt đầu ngoài thời gian của kế hoạch",
    ),
    "rule_unbounded": Message(
        "the plan has no last day within a hundred years, so the rule needs UNTIL or COUNT",
        "kế hoạch không có ngày kết thúc trong vòng một trăm năm nên quy tắc cần UNTIL hoặc COUNT",
    ),
    "rule_too_many": Message(
        "the rule gives more than {most} days within the plan",
        "quy tắc cho hơn {most} ngày trong thời gian của kế hoạch",
    ),
    "rule_never": Message(
        "the rule gives no day within the plan", "quy tắc không cho ngày nào trong kế hoạch"
    ),
}

_DAY = "[0-9]{8}"
_WEEKDAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_TO_366 = "(?:36[0-6]|3[0-5][0-9]|[12][0-9]{2}|[1-9][0-9]?)"
_TO_53 = "(?:5[0-3]|[1-4][0-9]|[1-9])"


def _several(one: str, most: int = 31) -> str:
    return f"{one}(?:,{one}){{0,{most}}}"


_FORMS: Mapping[str, str] = {
    "FREQ": "YEARLY|MONTHLY|WEEKLY|DAILY",
    "INTERVAL": "[1-9][0-9]{0,2}",
    "COUNT": "[1-9][0-9]{0,9}",
    "UNTIL": f"{_DAY}(?:T[0-9]{{6}}Z?)?",
    "WKST": _WEEKDAY,
    "BYMONTH": _several("(?:1[0-2]|0?[1-9])"),
    "BYMONTHDAY": _several("[+-]?(?:3[01]|[12][0-9]|0?[1-9])", 61),
    "BYYEARDAY": _several(f"[+-]?{_TO_366}"),
    "BYWEEKNO": _several(f"[+-]?{_TO_53}"),
    "BYDAY": _several(f"(?:[+-]?{_TO_53})?{_WEEKDAY}"),
    "BYSETPOS": _several(f"[+-]?{_TO_366}"),
}
_WEEKS_OF_A_MONTH = 5
_RULE = re.compile(f"(?:DTSTART(?:;VALUE=DATE)?:({_DAY})\r?\n)?(?:RRULE:)?([^\r\n]+)")
_OFTEN = {"HOURLY", "MINUTELY", "SECONDLY"}
_NEVER_WITH: Mapping[str, tuple[str, ...]] = {
    "WEEKLY": ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"),
    "MONTHLY": ("BYYEARDAY", "BYWEEKNO"),
    "DAILY": ("BYYEARDAY", "BYWEEKNO"),
}
"""By RFC 5545, 3.3.10."""
_AGES = 400
"""After so many years the calendar repeats itself, weekdays and all."""
_FIRST = date(1000, 1, 1)
"""As in all days that callers write."""
_AHEAD = 100
"""So many years are looked through: a rule that gives nothing costs time for each."""


class Rule(NamedTuple):
    starts_on: date | None
    parts: Mapping[str, str]


def read(text: str) -> Rule:
    """A rule, perhaps with the line DTSTART before it; an error names what is wrong in it."""
    found = _RULE.fullmatch(text)
    if not found:
        raise refusal(MESSAGES, "rule_form", part=text[:60])
    start, said = found.groups()
    parts: dict[str, str] = {}
    for part in said.split(";"):
        name, _, value = part.partition("=")
        if name == "FREQ" and value in _OFTEN:
            raise refusal(MESSAGES, "rule_frequency")
        if name in parts or name not in _FORMS or not re.fullmatch(_FORMS[name], value):
            raise refusal(MESSAGES, "rule_form", part=part[:60])
        parts[name] = value
    if "FREQ" not in parts:
        raise refusal(MESSAGES, "rule_form", part=said[:60])
    _check_together(parts)
    if until := parts.get("UNTIL"):
        _day(until)
    return Rule(_day(start) if start else None, parts)


def days(text: str, within: Days) -> list[date]:
    """The days that a rule gives within the days of a plan, of which either end may be open."""
    starts_on, parts = read(text)
    first, end = within
    start = starts_on or first
    if not start:
        raise refusal(MESSAGES, "rule_start")
    if (first and start < first) or (end and start >= end):
        raise refusal(MESSAGES, "rule_outside")
    if end and end.year - start.year > _AHEAD:
        end = None
    if not end and not parts.keys() & {"UNTIL", "COUNT"}:
        raise refusal(MESSAGES, "rule_unbounded")
    end = end or _years_later(start, _AHEAD)
    found = list(islice(_until(_given(start, end.year, parts), end), MOST + 1))
    if len(found) > MOST:
        raise refusal(MESSAGES, "rule_too_many", most=MOST)
    return found


def some_days(text: str, within: Days) -> list[date]:
    """The same; a rule that gives none is refused."""
    found = days(text, within)
    if not found:
        raise refusal(MESSAGES, "rule_never")
    return found


def _check_together(parts: Mapping[str, str]) -> None:
    how = parts["FREQ"]
    others = [(name, f"FREQ={how}") for name in _NEVER_WITH.get(how, ()) if name in parts]
    if {"COUNT", "UNTIL"} <= parts.keys():
        others.append(("COUNT", "UNTIL"))
    counted = [int(number) for number in re.findall("[0-9]+", parts.get("BYDAY", ""))]
    if counted and (how in {"WEEKLY", "DAILY"} or "BYWEEKNO" in parts):
        others.append(("BYDAY", f"FREQ={how}" if how != "YEARLY" else "BYWEEKNO"))
    if max(counted, default=0) > _WEEKS_OF_A_MONTH and (how == "MONTHLY" or "BYMONTH" in parts):
        others.append(("BYDAY", f"FREQ={how}" if how == "MONTHLY" else "BYMONTH"))
    if "BYSETPOS" in parts and not any(n.startswith("BY") for n in parts.keys() - {"BYSETPOS"}):
        others.append(("BYSETPOS", f"FREQ={how}"))
    for part, other in others:
        raise refusal(MESSAGES, "rule_clash", part=part, other=other)


def _day(text: str) -> date:
    try:
        day = datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        raise refusal(MESSAGES, "rule_form", part=text) from None
    if day < _FIRST:
        raise refusal(MESSAGES, "rule_form", part=text)
    return day


def _until(found: Iterator[date], end: date | None) -> Iterator[date]:
    for day in found:
        if end and day >= end:
            return
        yield day


def _given(start: date, last_year: int, parts: Mapping[str, str]) -> Iterator[date]:
    """The days of a rule from its start on, at least to the end of a year.

    The library looks for the next one up to the year 9999, also where there is none; so it is asked
    about the last years before that in which the calendar is the same.
    """
    ages = (date.max.year - 1 - last_year) // _AGES * _AGES
    until = _day(parts["UNTIL"]) if "UNTIL" in parts else None
    for found in _rule(_moved(start, ages), parts):
        if found.year - ages > date.max.year:
            return
        day = _moved(found.date(), -ages).date()
        if until and day > until:
            return
        yield day


def _years_later(day: date, years: int) -> date:
    return date(min(day.year + years, date.max.year), 1, 1)


def _moved(day: date, years: int) -> datetime:
    return datetime(day.year + years, day.month, day.day)  # noqa: DTZ001  see _day


def _rule(start: datetime, parts: Mapping[str, str]) -> Any:
    numbers: dict[str, Any] = {
        name: [int(number) for number in parts[name].split(",")]
        for name in ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")
        if name in parts
    }
    weekdays = [_weekday(said) for said in parts["BYDAY"].split(",")] if "BYDAY" in parts else None
    return rrule.rrule(
        getattr(rrule, parts["FREQ"]),
        dtstart=start,
        interval=int(parts.get("INTERVAL", 1)),
        wkst=getattr(rrule, parts.get("WKST", "MO")),
        count=int(parts["COUNT"]) if "COUNT" in parts else None,
        byweekday=weekdays,
        **{name.lower(): found for name, found in numbers.items()},
    )


def _weekday(said: str) -> Any:
    weekday = getattr(rrule, said[-2:])
    return weekday(int(said[:-2])) if said[:-2] else weekday
