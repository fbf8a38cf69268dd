"""Many figures in one request: each row is answered, and good ones stand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import event

from sonla_api.kit.database import Transaction
from tests.factories import agency, indicator, made, observation, source

BATCH = "/observations/batch"


@pytest.fixture
async def measure(api: AsyncClient) -> str:
    record = await made(
        api, "/indicators", indicator(dimensions=[{"dimension": "partner_country"}])
    )
    return str(record["id"])


async def test_each_row_is_answered(api: AsyncClient, measure: str) -> None:
    cited = (await made(api, "/sources", source()))["id"]
    closed = (await made(api, "/agencies", agency(valid_to="2020-01-01")))["id"]
    await made(api, "/observations", observation(measure, key="taken", period="2001"))
    rows: list[Any] = [
        observation(measure, note="Số liệu sơ bộ", period="2020"),
        {},
        observation(measure, value=3),
        observation(measure, dimensions={"flow": "exports"}),
        observation(cited, sources=[{"source_id": cited}]),
        observation(measure, key="taken", period="2002"),
        observation(measure, period="2020-01/2020-12"),
        observation(measure, owner_agency_id=closed),
        observation(measure, visibility="agency"),
        observation(measure, printed={"period": "sáu tháng đầu năm"}),
        observation(measure, period="2021-H1", change_yoy="0.5"),
        observation(measure, period="2020-H1"),
    ]
    answer = await api.post(BATCH, json={"rows": rows}, headers={"idempotency-key": "x"})
    assert (answer.status_code, answer.headers["location"]) == (201, "/api/v1/observations")
    found = answer.json()
    told = [
        (row["status"], [(e["pointer"], e["code"]) for e in row["errors"]])
        for row in found["items"]
    ]
    assert told == [
        (201, []),
        (422, [("/rows/1/indicator_id", "missing")]),
        (422, [("/rows/2/value", "money_amount")]),
        (422, [("/rows/3/dimensions/flow", "dimension_unknown")]),
        (422, [("/rows/4/indicator_id", "reference")]),
        (409, [("/rows/5/key", "uq")]),
        (409, [("/rows/6/period", "uq")]),
        (422, [("/rows/7/owner_agency_id", "agency_closed")]),
        (422, [("/rows/8/owner_agency_id", "ck")]),
        (201, []),
        (201, []),
        (201, []),
    ]
    assert (found["created"], found["refused"]) == (4, 8)
    assert found["items"][6]["errors"][0]["message"] == {
        "vi": "đã có số liệu này của cùng nguồn và cùng lần công bố",
        "en": "this figure of the same source and vintage stands already",
        "lo": None,
    }
    assert found["items"][1]["type"] == "/docs/problems/invalid"
    for row, flagged in ((0, None), (9, "year_inferred"), (10, "growth_differs"), (11, None)):
        told_of = found["items"][row]
        record = (await api.get(f"http://test{told_of['href']}")).json()
        assert (record["id"], record["version"]) == (told_of["id"], told_of["version"])
        assert [flag["code"] for flag in record["flags"]] == ([flagged] if flagged else [])
    again = await api.post(BATCH, json={"rows": rows}, headers={"idempotency-key": "x"})
    assert (again.status_code, again.text) == (201, answer.text)
    other = await api.post(BATCH, json={"rows": rows[:1]}, headers={"idempotency-key": "x"})
    assert other.status_code == 422


async def test_who_may_enter_rows_for_whom(
    api: AsyncClient, as_actor: Callable[..., Any], measure: str
) -> None:
    ids = [(await made(api, "/agencies", agency(key=key)))["id"] for key in ("own", "other")]
    officer = await as_actor("observations:write observations:read", agency="own")
    rows = [
        observation(measure, period=str(2000 + n), owner_agency_id=owner)
        for n, owner in enumerate((None, *ids))
    ]
    items = (await officer.post(BATCH, json={"rows": rows})).json()["items"]
    assert [row["status"] for row in items] == [201, 201, 403]
    assert items[2]["errors"][0]["pointer"] == "/rows/2"
    assert "records:administer" in items[2]["errors"][0]["message"]["vi"]
    given = (await api.post(BATCH, json={"rows": rows[2:]})).json()["items"][0]
    record = (await api.get(f"/observations/{given['id']}")).json()
    assert record["owner_agency"]["id"] == ids[1]


async def test_nothing_and_too_much_are_refused_whole(api: AsyncClient, measure: str) -> None:
    for rows, code in (([], "too_short"), ([{}] * 1001, "too_long"), ([1], "dict_type")):
        answer = await api.post(BATCH, json={"rows": rows})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    refused = (await api.post(BATCH, json={"rows": [{}]})).json()
    assert (refused["created"], refused["refused"]) == (0, 1)


@contextmanager
def counted(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that one request sends on the writing pool."""
    sent: list[str] = []
    fetch = Transaction.fetch

    async def noted(self: Transaction, query: str, *args: Any) -> Any:
        sent.append(query)
        return await fetch(self, query, *args)

    def executed(*args: Any) -> None:
        sent.append(args[2])

    engine = app.state.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", executed)
    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "fetch", noted)
        yield sent
    event.remove(engine, "before_cursor_execute", executed)


async def test_the_number_of_statements_does_not_depend_on_the_rows(
    app: FastAPI, api: AsyncClient, measure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it on how many of them are flagged, refused, or name records of many sources."""
    numbers = []
    for first, many in ((1000, 2), (2000, 60)):
        cited = [(await made(api, "/sources", source()))["id"] for _ in range(many // 2)]
        rows = [
            observation(
                measure,
                period=str(first + n),
                value=str(2**n if n < 60 else n),
                change_yoy="0.5",
                sources=[{"source_id": cited[n % len(cited)]}],
            )
            for n in range(many)
        ]
        with counted(app, monkeypatch) as sent:
            answer = await api.post(BATCH, json={"rows": [*rows, *rows[: many // 2], {}]})
        assert answer.json()["created"] == many
        assert [row["version"] for row in answer.json()["items"][1:many]] == [2] * (many - 1)
        numbers.append(len(sent))
    assert numbers[0] == numbers[1]
