"""A period is read as written, and alike by the API and by the database."""

import calendar
import json
from datetime import date, timedelta
from typing import Annotated, Any

import pytest
from asyncpg import Connection, DataError, Range
from fastapi import FastAPI, Query
from httpx import ASGITransport, AsyncClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from sonla_api.kit.period import (
    MESSAGES,
    FloatingLength,
    Period,
    PeriodFilter,
    days,
    precision,
)

PERIOD: TypeAdapter[str | FloatingLength] = TypeAdapter(Period)
FLOATING: FloatingLength = {"duration": "P4Y", "from": "signing of the agreement"}

in_database = settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
day = st.dates(date(1000, 1, 1), date(9999, 12, 31))
ends = st.one_of(
    day.map(lambda on: f"{on.year}"),
    st.builds(lambda on, half: f"{on.year}-H{half}", day, st.integers(1, 2)),
    st.builds(lambda on, quarter: f"{on.year}-Q{quarter}", day, st.integers(1, 4)),
    day.map(lambda on: f"{on:%Y-%m}"),
    day.map(date.isoformat),
)
written = st.one_of(
    ends,
    st.builds("{}/{}".format, ends, ends),
    ends.map("{}/..".format),
    ends.map("../{}".format),
)


def is_valid(value: object) -> bool:
    try:
        PERIOD.validate_python(value)
    except ValidationError:
        return False
    return True


periods = written.filter(is_valid)


def refused(value: object) -> list[tuple[tuple[int | str, ...], str]]:
    with pytest.raises(ValidationError) as refusal:
        PERIOD.validate_python(value)
    return [(error["loc"], error["type"]) for error in refusal.value.errors()]


CASES = [
    ("2025", "2025-01-01", "2026-01-01", "year"),
    ("2025-H1", "2025-01-01", "2025-07-01", "half"),
    ("2025-H2", "2025-07-01", "2026-01-01", "half"),
    ("2025-Q1", "2025-01-01", "2025-04-01", "quarter"),
    ("2025-Q4", "2025-10-01", "2026-01-01", "quarter"),
    ("2025-05", "2025-05-01", "2025-06-01", "month"),
    ("2024-02", "2024-02-01", "2024-03-01", "month"),
    ("2025-12", "2025-12-01", "2026-01-01", "month"),
    ("2025-06-26", "2025-06-26", "2025-06-27", "day"),
    ("2024-02-29", "2024-02-29", "2024-03-01", "day"),
    ("2024-01/2024-05", "2024-01-01", "2024-06-01", "month"),
    ("2024-Q3/2025-08", "2024-07-01", "2025-09-01", "quarter"),
    ("2024-01-06/2024-01-08", "2024-01-06", "2024-01-09", "day"),
    ("2024/2025-04-16", "2024-01-01", "2025-04-17", "year"),
    ("2019-11/2021", "2019-11-01", "2022-01-01", "year"),
    ("2025-06/2025", "2025-06-01", "2026-01-01", "year"),
    ("2026/2030", "2026-01-01", "2031-01-01", "year"),
    ("2012/..", "2012-01-01", None, "year"),
    ("../2024-01", None, "2024-02-01", "month"),
    ("2025-06-26/..", "2025-06-26", None, "day"),
    ("1000", "1000-01-01", "1001-01-01", "year"),
    ("9999", "9999-01-01", None, "year"),
    ("9999-12-31", "9999-12-31", None, "day"),
    ("9999-12-30", "9999-12-30", "9999-12-31", "day"),
    ("../9999-H2", None, None, "half"),
]


@pytest.mark.parametrize(("value", "first", "until", "precise"), CASES)
async def test_forms(
    database: "Connection[Any]", value: str, first: str | None, until: str | None, precise: str
) -> None:
    assert PERIOD.validate_python(value) == value
    meant = tuple(end and date.fromisoformat(end) for end in (first, until))
    assert days(value) == meant
    assert precision(value) == precise
    kept = await database.fetchval("select public.period_days($1)", json.dumps(value))
    assert kept == Range(*meant)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "2025-13",
        "2025-00",
        "2025-H3",
        "2025-H0",
        "2025-Q5",
        "2025-h1",
        "25",
        "0999",
        "10000",
        "2025-1",
        "2025-6-26",
        "2025-W10",
        "2025-W10-1",
        "2025-177",
        "20250626",
        "2025-06-32",
        "2025-06-26T00:00",
        "../..",
        "..",
        "/",
        "2025/",
        "/2025",
        "2025/2026/2027",
        "2025--H1",
        "-2025",
        "2025-01/P1Y",
        " 2025",
        "2025 ",
        "2025\n",
        "2025 / 2026",
        "２０２５",
        "2025-H1-01",
        ".. /2025",
        "null",
        "2025\x00",
        "\ud800",
    ],
)
def test_other_forms_are_refused(value: str) -> None:
    assert refused(value) == [((), "period_form")]


@pytest.mark.parametrize("value", ["2025-02-29", "2025-04-31", "2024/2025-02-30", "2100-02-29/.."])
def test_days_that_do_not_exist_are_refused(value: str) -> None:
    assert refused(value) == [((), "period_date")]


@pytest.mark.parametrize("value", ["2025/2024", "2025-06-02/2025-06-01", "2025-Q2/2025-Q1"])
def test_a_period_does_not_end_before_it_begins(value: str) -> None:
    assert refused(value) == [((), "period_order")]


@pytest.mark.parametrize("value", [2025, None, True, ["2025"], date(2025, 1, 1)])
def test_other_types_are_refused(value: object) -> None:
    assert refused(value) == [((), "period_type")]


@pytest.mark.parametrize("duration", ["P4Y", "P18M", "P2W", "P30D", "P1Y6M", "P1Y2M3D", "P1M1D"])
def test_a_floating_length_is_kept_and_has_no_days(duration: str) -> None:
    value: FloatingLength = {"duration": duration, "from": "ngày ký"}
    assert PERIOD.validate_python(value) == value
    assert PERIOD.dump_python(value) == value
    assert days(value) is None


@pytest.mark.parametrize(
    "duration",
    ["", "P", "4Y", "P4", "P0Y", "P04Y", "PT4H", "P1W1D", "P1M1Y", "P-1Y", "P1.5Y", "P4Y "],
)
def test_other_durations_are_refused(duration: str) -> None:
    assert refused(FLOATING | {"duration": duration}) == [(("duration",), "period_duration")]


def test_errors_of_a_floating_length_name_its_fields() -> None:
    assert refused({"duration": 4, "from": " ", "to": "x"}) == [
        (("duration",), "string_type"),
        (("from",), "text_blank"),
        (("to",), "extra_forbidden"),
    ]
    assert refused({}) == [(("duration",), "missing"), (("from",), "missing")]


@given(periods)
def test_a_period_has_days_and_stays_as_written(value: str) -> None:
    assert PERIOD.validate_json(json.dumps(value)) == value
    assert PERIOD.dump_json(value) == json.dumps(value).encode()
    found = days(value)
    assert found is not None
    first, until = found
    assert first is None or until is None or first < until


@given(day)
def test_a_day_lies_in_its_month_quarter_half_and_year(on: date) -> None:
    month = f"{on:%Y-%m}"
    for value in (
        on.isoformat(),
        month,
        f"{on.year}-Q{(on.month + 2) // 3}",
        f"{on.year}-H{(on.month + 5) // 6}",
        f"{on.year}",
    ):
        first, until = PeriodFilter(value).days
        assert first is not None
        assert first <= on
        assert until is None or on < until
    first, until = PeriodFilter(month).days
    if first and until:
        assert (until - first).days == calendar.monthrange(on.year, on.month)[1]


@in_database
@given(periods)
@example("9999-12-31")
@example("../9999")
async def test_database_reads_the_same_days(database: "Connection[Any]", value: str) -> None:
    kept = await database.fetchval("select public.period_days($1)", json.dumps(value))
    assert (kept.lower, kept.upper) == days(value)
    assert not kept.isempty
    assert kept.upper is None or not kept.upper_inc


@in_database
@given(st.one_of(written, st.text("0123456789-/.HQ", max_size=12)))
@example("2025\n")
@example("2025-02-29")
@example("2025/2024")
async def test_database_refuses_the_same_texts(database: "Connection[Any]", value: str) -> None:
    try:
        async with database.transaction():
            await database.fetchval("select public.period_days($1)", json.dumps(value))
    except DataError:
        assert not is_valid(value)
    else:
        assert is_valid(value)


@pytest.mark.parametrize("value", [None, "null", json.dumps(FLOATING), "1", "[]"])
async def test_other_values_have_no_days(database: "Connection[Any]", value: str | None) -> None:
    assert await database.fetchval("select public.period_days($1)", value) is None


@given(st.from_regex(PERIOD.json_schema()["anyOf"][0]["pattern"], fullmatch=True))
def test_what_the_schema_allows_is_of_an_allowed_form(value: str) -> None:
    assert is_valid(value) or refused(value)[0][1] in {"period_date", "period_order"}


@given(periods)
def test_what_is_allowed_the_schema_allows(value: str) -> None:
    class Read(BaseModel):
        period: Period

    schema = Read.model_json_schema()
    assert schema == Read.model_json_schema(mode="serialization")
    assert Read(period=value).model_dump(mode="json") == {"period": value}


def test_examples_hold_and_errors_have_both_messages() -> None:
    schema = PERIOD.json_schema()
    shown = schema["examples"] + schema["$defs"]["FloatingLength"]["examples"]
    assert [PERIOD.validate_python(value) for value in shown] == shown
    with pytest.raises(ValidationError) as refusal:
        PERIOD.validate_python("2025-02-30")
    (error,) = refusal.value.errors()
    message = MESSAGES["period_date"].format(**error["ctx"])
    assert (error["msg"], message.vi) == (message.en, "Không có ngày 2025-02-30.")


async def test_a_list_is_asked_for_a_period() -> None:
    class Asked(BaseModel):
        period: PeriodFilter | None = None

    app = FastAPI()

    @app.get("/partners")
    async def read(asked: Annotated[Asked, Query()]) -> list[date | None]:
        assert asked.period is not None
        return list(asked.period.days)

    (parameter,) = app.openapi()["paths"]["/partners"]["get"]["parameters"]
    assert parameter["schema"]["anyOf"][0]["format"] == "period"
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        answer = await client.get("/partners", params={"period": "2025-H1/.."})
        assert answer.json() == ["2025-01-01", None]
        for value, code in (("2025-H3", "period_form"), ("2" * 61, "string_too_long")):
            answer = await client.get("/partners", params={"period": value})
            assert answer.json()["detail"][0]["type"] == code


def counted(start: date, count: int) -> date:
    on = start
    while count:
        on += timedelta(days=1)
        count -= on.weekday() < 5
    return on


@in_database
@given(st.dates(date(1900, 1, 1), date(2900, 1, 1)), st.integers(0, 400))
@example(date(2026, 11, 20), 1)
@example(date(2026, 11, 21), 1)
@example(date(2026, 11, 22), 0)
async def test_working_days_are_counted_over_weekends(
    database: "Connection[Any]", start: date, count: int
) -> None:
    found = await database.fetchval("select public.working_days_after($1, $2)", start, count)
    assert found == counted(start, count)


@pytest.mark.parametrize(
    ("start", "count"), [(None, 1), (date(2026, 1, 1), None), (date(1000, 1, 1), -1)]
)
async def test_no_working_day_without_a_start_and_a_count(
    database: "Connection[Any]", start: date | None, count: int | None
) -> None:
    found = await database.fetchval("select public.working_days_after($1, $2)", start, count)
    assert found is None
