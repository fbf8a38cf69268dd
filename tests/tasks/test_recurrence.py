"""The days that a rule gives within a plan, and what is no rule."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from sonla_api.tasks.recurrence import MOST, days, read, some_days

PLAN = (date(2025, 1, 1), date(2027, 1, 1))


def said(*days_: str) -> list[date]:
    return [date.fromisoformat(day) for day in days_]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15", ["2025-12-15", "2026-12-15"]),
        ("RRULE:FREQ=YEARLY", ["2025-01-01", "2026-01-01"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", ["2025-02-28", "2026-02-28"]),
        ("FREQ=MONTHLY;COUNT=2;BYDAY=-1FR", ["2025-01-31", "2025-02-28"]),
        ("FREQ=MONTHLY;INTERVAL=12;BYDAY=MO,WE;BYSETPOS=1", ["2025-01-01", "2026-01-05"]),
        ("FREQ=WEEKLY;UNTIL=20250120;BYDAY=MO;WKST=SU", ["2025-01-06", "2025-01-13", "2025-01-20"]),
        ("FREQ=WEEKLY;UNTIL=20250119T170000Z;BYDAY=MO", ["2025-01-06", "2025-01-13"]),
        ("FREQ=DAILY;INTERVAL=365", ["2025-01-01", "2026-01-01"]),
        ("FREQ=YEARLY;BYYEARDAY=-1", ["2025-12-31", "2026-12-31"]),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", ["2025-05-12", "2026-05-11"]),
        ("DTSTART:20250731\nRRULE:FREQ=MONTHLY;COUNT=2", ["2025-07-31", "2025-08-31"]),
        ("DTSTART;VALUE=DATE:20260801\r\nFREQ=YEARLY", ["2026-08-01"]),
        # A day that never comes, and one that comes rarely.
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", []),
        ("FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1", []),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29", []),
    ],
)
def test_the_days_of_a_rule(rule: str, expected: list[str]) -> None:
    assert days(rule, PLAN) == said(*expected)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "rule_form"),
        ("every year", "rule_form"),
        ("BYMONTH=12", "rule_form"),
        ("FREQ=FORTNIGHTLY", "rule_form"),
        ("FREQ=YEARLY;FREQ=DAILY", "rule_form"),
        ("freq=yearly", "rule_form"),
        ("FREQ=YEARLY;", "rule_form"),
        ("FREQ=YEARLY;BYEASTER=0", "rule_form"),
        ("FREQ=YEARLY;BYHOUR=12", "rule_form"),
        ("FREQ=MONTHLY;BYDAY=XX", "rule_form"),
        ("FREQ=MONTHLY;BYDAY=0MO", "rule_form"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "rule_form"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "rule_form"),
        ("FREQ=YEARLY;BYMONTH=13", "rule_form"),
        ("FREQ=YEARLY;BYMONTH=" + "1," * 40 + "1", "rule_form"),
        ("FREQ=DAILY;INTERVAL=0", "rule_form"),
        ("FREQ=DAILY;INTERVAL=-1", "rule_form"),
        ("FREQ=DAILY;COUNT=0", "rule_form"),
        ("FREQ=DAILY;COUNT=1e9", "rule_form"),
        ("FREQ=DAILY;COUNT=" + "9" * 300, "rule_form"),
        ("FREQ=DAILY;UNTIL=20250230", "rule_form"),
        ("DTSTART:20251301\nFREQ=DAILY", "rule_form"),
        ("DTSTART:00010101\nFREQ=YEARLY", "rule_form"),
        ("FREQ=DAILY;UNTIL=09991231", "rule_form"),
        ("DTSTART:20250101\nDTSTART:20250101\nFREQ=DAILY", "rule_form"),
        ("FREQ=DAILY\nEXDATE:20250101", "rule_form"),
        ("FREQ=YEARLY;BYMONTH=１２", "rule_form"),
        ("FREQ=YEARLY;BYDAY=99MO", "rule_form"),
        ("FREQ=YEARLY;BYYEARDAY=367", "rule_form"),
        ("FREQ=YEARLY;BYWEEKNO=54", "rule_form"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=999", "rule_form"),
        ("FREQ=MONTHLY;BYDAY=6MO", "rule_clash"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=-6MO", "rule_clash"),
        ("FREQ=SECONDLY", "rule_frequency"),
        ("FREQ=MINUTELY;INTERVAL=30", "rule_frequency"),
        ("COUNT=5;FREQ=HOURLY", "rule_frequency"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20250201", "rule_clash"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "rule_clash"),
        ("FREQ=MONTHLY;BYWEEKNO=1", "rule_clash"),
        ("FREQ=DAILY;BYYEARDAY=1", "rule_clash"),
        ("FREQ=WEEKLY;BYDAY=1MO", "rule_clash"),
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "rule_clash"),
        ("FREQ=YEARLY;BYSETPOS=1", "rule_clash"),
    ],
)
def test_what_is_no_rule(rule: str, code: str) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        read(rule)
    assert refused.value.type == code
    assert "{" not in refused.value.message()


@pytest.mark.parametrize(
    ("rule", "within", "code"),
    [
        ("FREQ=YEARLY", (None, None), "rule_start"),
        ("FREQ=YEARLY", (None, date(2026, 1, 1)), "rule_start"),
        ("FREQ=YEARLY", (date(2026, 1, 1), None), "rule_unbounded"),
        ("FREQ=YEARLY", (date(1000, 1, 1), date(1101, 1, 1)), "rule_unbounded"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31", (date(1000, 1, 1), date.max), "rule_unbounded"),
        ("DTSTART:20240101\nFREQ=YEARLY", PLAN, "rule_outside"),
        ("DTSTART:20270101\nFREQ=YEARLY", PLAN, "rule_outside"),
        ("FREQ=DAILY", PLAN, "rule_too_many"),
        ("FREQ=DAILY;COUNT=1000000000", (date(2026, 1, 1), None), "rule_too_many"),
        ("FREQ=DAILY;UNTIL=99991231", (date(2026, 1, 1), None), "rule_too_many"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", PLAN, "rule_never"),
    ],
)
def test_a_rule_needs_bounds(rule: str, within: Any, code: str) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        some_days(rule, within)
    assert refused.value.type == code


def test_a_plan_without_end_takes_a_rule_with_one() -> None:
    within = (date(2026, 1, 1), None)
    assert days("FREQ=YEARLY;COUNT=2", within) == said("2026-01-01", "2027-01-01")
    assert days("FREQ=YEARLY;UNTIL=20270101", within) == said("2026-01-01", "2027-01-01")
    assert days("DTSTART:20260301\nFREQ=YEARLY;COUNT=1", (None, None)) == said("2026-03-01")
    assert days("FREQ=YEARLY", (date(9999, 1, 1), date(9999, 12, 31))) == said("9999-01-01")
    assert days("DTSTART:10000101\nFREQ=YEARLY;COUNT=1", (None, date.max)) == said("1000-01-01")
    assert len(days("FREQ=YEARLY", (date(1000, 1, 1), date(1100, 1, 1)))) == 100
    last = (date(9990, 1, 1), None)
    assert days("FREQ=YEARLY;UNTIL=99921231", last) == said(
        "9990-01-01", "9991-01-01", "9992-01-01"
    )


@given(
    start=st.dates(date(1000, 1, 1), date(9990, 1, 1)),
    weekday=st.integers(0, 6),
    weeks=st.integers(1, 200),
)
@example(start=date(1999, 10, 1), weekday=0, weeks=14)
def test_every_week_has_its_day(start: date, weekday: int, weeks: int) -> None:
    """The calendar that the library is asked about has the weekdays of the real one."""
    name = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[weekday]
    found = days(f"FREQ=WEEKLY;BYDAY={name}", (start, start + timedelta(days=7 * weeks)))
    assert len(found) == weeks <= MOST
    assert {day.weekday() for day in found} == {weekday}
    assert 0 <= (found[0] - start).days < 7


_NUMBERS = st.lists(st.integers(-31, 53) | st.integers(-370, 370), min_size=1, max_size=3).map(
    lambda numbers: ",".join(map(str, numbers))
)
_WEEKDAYS = st.lists(
    st.tuples(
        st.sampled_from(["", "1", "-1", "5", "-5", "6", "53", "-53"]),
        st.sampled_from(["MO", "TH", "SU"]),
    ).map("".join),
    min_size=1,
    max_size=3,
).map(",".join)
_PARTS = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"])},
    optional={
        "INTERVAL": st.integers(0, 1000).map(str),
        "COUNT": st.integers(0, 10**9).map(str),
        "UNTIL": st.sampled_from(["20250615", "20261231T235959Z", "20250229"]),
        "WKST": st.sampled_from(["MO", "SU"]),
        "BYMONTH": st.integers(-1, 13).map(str),
        "BYMONTHDAY": _NUMBERS,
        "BYYEARDAY": _NUMBERS,
        "BYWEEKNO": _NUMBERS,
        "BYDAY": _WEEKDAYS,
        "BYSETPOS": _NUMBERS,
    },
)


@given(parts=_PARTS, first=st.dates(date(1000, 1, 1), date(9999, 1, 1)), length=st.integers(1, 800))
@settings(deadline=None)
def test_every_rule_gives_days_in_order_or_is_refused(
    parts: dict[str, str], first: date, length: int
) -> None:
    """Whatever the library thinks of it."""
    end = date.fromordinal(min(first.toordinal() + length, date.max.toordinal()))
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        found = days(rule, (first, end))
    except PydanticCustomError:
        return
    assert found == sorted(set(found))
    assert all(first <= day < end for day in found)
