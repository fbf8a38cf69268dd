"""How tasks and assignments stand on a day, by what was done and assigned until then."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import bindparam, select

from sonla_api.assignments.models import Assignment
from sonla_api.kit.context import Actor, Context, WriteContext
from sonla_api.kit.statement import Statement
from sonla_api.tasks.health import Health, assignment_health, has_health, health
from sonla_api.tasks.models import Task
from tests.conftest import Connection
from tests.workloads import rows

ON = "2026-11-26"
"""A Thursday: five working days later is 3 December."""
Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
def context(app: FastAPI) -> Context:
    now = datetime(2026, 11, 26, 5, tzinfo=UTC)
    return Context(Actor(None, frozenset()), now, app.state.database.reads)


@pytest.fixture
def of_task(context: Context) -> Ask:
    async def ask(id_: UUID, day: str = ON) -> Any:
        shown = select(health(Task)).where(Task.id == bindparam("id", type_=Task.id.type))
        return await _one(context, shown, id_, day)

    return ask


@pytest.fixture
def of_assignment(context: Context) -> Ask:
    async def ask(id_: UUID, day: str = ON) -> Any:
        shown = select(assignment_health(Assignment))
        return await _one(context, shown.where(Assignment.id == bindparam("id")), id_, day)

    return ask


async def _one(context: Context, shown: Any, id_: UUID, day: str) -> Any:
    ctx = context.on(date.fromisoformat(day))
    ((found,),) = await Statement(shown).fetch(ctx.reader, id=id_, **ctx.parameters)
    return found


def on(day: str) -> dict[str, Any]:
    return {"kind": "date", "on": day}


async def test_what_is_open_stands_by_its_day(
    database: "Connection[Any]", of_task: Ask, of_assignment: Ask
) -> None:
    plan, agency = await rows.plan(database), await rows.agency(database)
    for due, expected in (
        (on("2026-11-25"), "overdue"),
        (on("2026-11-26"), "due_soon"),
        (on("2026-12-03"), "due_soon"),
        (on("2026-12-04"), "on_track"),
        ({"kind": "period", "period": "2026-11"}, "due_soon"),
        ({"kind": "period", "period": "2026-Q3"}, "overdue"),
        ({"kind": "continuous"}, "continuous"),
        ({"kind": "recurring", "rule": "FREQ=YEARLY"}, "on_track"),
        (None, "on_track"),
    ):
        task = await rows.task(database, plan, due=due)
        assert await of_task(task) == ("overdue" if expected == "overdue" else "unassigned")
        given = await rows.assignment(database, task, agency)
        assert (await of_task(task), await of_assignment(given)) == (expected, expected), due


async def test_what_was_done_by_the_day_counts(
    database: "Connection[Any]", of_task: Ask, of_assignment: Ask
) -> None:
    plan, agency = await rows.plan(database), await rows.agency(database)
    for due, done_on, expected in (
        ("2026-06-30", "2026-06-30", "done_on_time"),
        ("2026-06-30", "2026-07-01", "done_late"),
        ("2026-11-30", "2026-11-26", "done_on_time"),
        ("2026-11-20", "2026-11-27", "overdue"),
        ("2026-11-30", "2026-11-27", "due_soon"),
        (None, "2026-11-01", "done_on_time"),
        (None, "2026-12-01", "on_track"),
    ):
        task = await rows.task(database, plan, due=due and on(due))
        given = await rows.assignment(database, task, agency, done_on=done_on)
        assert (await of_task(task), await of_assignment(given)) == (expected, expected), due


async def test_leave_to_be_later_moves_the_day(database: "Connection[Any]", of_task: Ask) -> None:
    task = await rows.task(database, await rows.plan(database), due=on("2026-11-01"))
    agency = await rows.agency(database)
    await rows.assignment(database, task, agency, extended_to="2026-11-27")
    assert await of_task(task) == "due_soon"


async def test_what_was_not_yet_assigned_or_is_withdrawn(
    database: "Connection[Any]", of_task: Ask, of_assignment: Ask
) -> None:
    plan, agency = await rows.plan(database), await rows.agency(database)
    task = await rows.task(database, plan, due=on("2027-01-01"))
    days = {"assigned_on": "2026-03-01", "cancelled_on": "2026-06-01"}
    given = await rows.assignment(database, task, agency, **days)
    for day, expected in (
        ("2026-02-28", ("unassigned", None)),
        ("2026-03-01", ("on_track", "on_track")),
        ("2026-05-31", ("on_track", "on_track")),
        ("2026-06-01", (None, None)),
        (ON, (None, None)),
    ):
        assert (await of_task(task, day), await of_assignment(given, day)) == expected, day
    await rows.assignment(database, task, agency, assigned_on="2026-07-01")
    assert await of_task(task) == "on_track"


async def test_a_heading_stands_as_those_below_it(
    database: "Connection[Any]", of_task: Ask, of_assignment: Ask
) -> None:
    plan, agency = await rows.plan(database), await rows.agency(database)
    heading = await rows.task(database, plan, due=on("2026-01-01"))
    given = await rows.assignment(database, heading, agency)
    assert (await of_task(heading), await of_assignment(given)) == ("overdue", "overdue")
    below = {"occurrence_of_id": heading, "occurs_on": "2026-12-31"}
    await rows.task(database, plan, due=on("2026-12-31"), **below)
    assert (await of_task(heading), await of_assignment(given)) == (None, None)


async def test_the_filter_finds_what_the_figure_says(
    context: Context, database: "Connection[Any]"
) -> None:
    """Each health by itself, and all together: a task stands in exactly one, or in none."""
    plan, agency = await rows.plan(database), await rows.agency(database)
    expected: dict[str, set[UUID]] = {code: set() for code in Health}
    for due in ("2026-11-25", "2026-11-27", "2027-03-01", None):
        for days in (
            None,
            {},
            {"done_on": "2026-11-01"},
            {"done_on": "2026-11-26"},
            {"done_on": "2026-11-28"},
            {"cancelled_on": "2026-11-01"},
        ):
            task = await rows.task(database, plan, due=due and on(due))
            if days is not None:
                await rows.assignment(database, task, agency, **days)
            shown = select(health(Task)).where(Task.id == bindparam("id", type_=Task.id.type))
            if found := await _one(context, shown, task, ON):
                expected[found].add(task)
    task = await rows.task(database, plan, due={"kind": "continuous"})
    await rows.assignment(database, task, agency)
    expected["continuous"].add(task)
    marked = has_health(Task)
    every = list(Health)
    for codes in [*every, ["overdue", "due_soon"], ["done_late", "overdue"], every]:
        found = select(Task.id).where(marked.clause("health", marked.form(codes)))
        rows_ = await Statement(found).fetch(context.reader, **context.parameters)
        asked = codes if isinstance(codes, list) else [codes]
        assert {id_ for (id_,) in rows_} == set().union(*(expected[code] for code in asked)), codes
        assert all(expected[code] for code in asked)


def test_another_day_is_only_for_reading(context: Context) -> None:
    assert context.on(None) is context
    assert context.on(date(1000, 1, 1)).today == date(1000, 1, 1)
    assert not isinstance(context.on(date(2026, 1, 1)), WriteContext)
