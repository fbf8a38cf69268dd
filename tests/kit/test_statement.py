"""SQL is made and compiled once for all requests of a shape."""

from typing import Any, NamedTuple

import pytest
from httpx import AsyncClient
from sqlalchemy import select, true

from sonla_api.kit.statement import Statement, once_per_shape
from tests.kit.test_records import full_records
from tests.routes import READS


async def test_what_is_asked_again_makes_no_statement(
    api: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await full_records(api)
    made: list[Any] = []
    make = Statement.__init__

    def noted(statement: Statement, clause: Any) -> None:
        made.append(clause)
        make(statement, clause)

    monkeypatch.setattr(Statement, "__init__", noted)
    for operation in READS:
        address = f"http://test{operation.at(ids.get(operation.path.split('/')[3]))}"
        await api.get(address)
        made.clear()
        answer = await api.get(address)
        is_there = "{attachment_id}" not in operation.path  # no record of these has a file
        assert answer.status_code == (200 if is_there else 404), (operation, answer.text)
        assert not made, operation


@pytest.mark.parametrize(
    ("resource", "grouping", "number"),
    [
        ("partners", "country", "partners"),
        ("partners", "kind", "partners"),
        ("partner-relations", "kind", "relations"),
        ("delegations", "direction", "delegations"),
        ("agreements", "kind", "signed"),
        ("projects", "kind", "projects"),
        ("events", "kind", "events"),
    ],
)
async def test_each_is_answered_by_its_own_values(
    loaded: None, api: AsyncClient, resource: str, grouping: str, number: str
) -> None:
    async def figures(**query: str) -> Any:
        answer = await api.get(f"/{resource}/summary", params={"group_by": grouping, **query})
        assert answer.status_code == 200
        return answer.json()

    every = await figures()
    groups = [it for it in every["items"] if it["group"] is not None]
    assert len(groups) > 1
    for group in groups:
        assert (await figures(**{grouping: group["group"]}))["total"][number] == group[number]
    assert await figures() == every
    assert every["total"][number] == sum(it[number] for it in every["items"])


class Asked(NamedTuple):
    form: int
    value: str

    def shape(self) -> int:
        return self.form


def test_the_statements_of_the_latest_shapes_are_kept() -> None:
    made: list[Asked] = []

    @once_per_shape
    def statement(asked: Asked) -> Statement:
        made.append(asked)
        return Statement(select(true()))

    first = statement(Asked(0, "a"))
    assert statement(Asked(0, "b")) is first
    for form in range(1, 65):
        statement(Asked(form, "a"))
    assert len(made) == 65
    assert statement(Asked(64, "b")) is statement(Asked(64, "c"))
    assert statement(Asked(0, "a")) is not first
    assert len(made) == 66
