"""The task table of a period balances, by agency and in total, whatever happened."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from httpx import AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Connection
from tests.listing import listed
from tests.workloads import rows

HAD = ("carried_over", "new")
BECAME = ("done_on_time", "done_late", "in_progress", "overdue", "withdrawn")
START = date(2025, 1, 1)


class Work(NamedTuple):
    """What happened with one assignment; days are counted since the start of 2025."""

    task: int
    agency: int
    role: str
    assigned: int
    lasted: int
    how: str


class History(NamedTuple):
    due: list[int | None]
    """Of each task."""
    parents: list[int]
    """Of the tasks after the first; what is no task stands for none."""
    works: list[Work]
    first: int
    length: int
    now: int


DAYS = st.integers(-40, 200)
WORKS = st.builds(
    Work,
    st.integers(0, 3),
    st.integers(0, 2),
    st.sampled_from(["lead", "coordinating"]),
    DAYS,
    st.integers(0, 120),
    st.sampled_from(["done", "cancelled", "open"]),
)
HISTORIES = st.builds(
    History,
    st.lists(st.none() | DAYS, min_size=4, max_size=4),
    st.lists(st.integers(0, 9), min_size=3, max_size=3),
    st.lists(WORKS, max_size=10),
    DAYS,
    st.integers(0, 120),
    DAYS,
)


def day(number: int) -> date:
    return START + timedelta(days=number)


def possible(works: list[Work]) -> list[Work]:
    """A task has one lead and an agency once, but for what was withdrawn."""
    taken: set[Any] = set()
    found = []
    for work in works:
        claims = {(work.task, work.agency)} | ({work.task} if work.role == "lead" else set())
        if work.how == "cancelled" or not claims & taken:
            taken |= claims if work.how != "cancelled" else set()
            found.append(work)
    return found


async def put(database: "Connection[Any]", history: History, agencies: list[UUID]) -> UUID:
    """The history as rows, in a plan of its own."""
    plan = await rows.plan(database)
    tasks: list[UUID] = []
    for number, due in enumerate(history.due):
        above = history.parents[number - 1] if number else 9
        tasks.append(
            await rows.task(
                database,
                plan,
                due=None if due is None else {"kind": "date", "on": str(day(due))},
                parent_id=tasks[above] if above < number else None,
            )
        )
    for work in possible(history.works):
        ended = str(day(work.assigned + work.lasted))
        days = {} if work.how == "open" else {f"{work.how}_on": ended}
        await rows.assignment(
            database,
            tasks[work.task],
            agencies[work.agency],
            role=work.role,
            assigned_on=str(day(work.assigned)),
            **days,
        )
    return plan


def counted(history: History, role: str) -> Counter[tuple[int | None, str]]:
    """The table in plain Python, by agency and name of the figure; None is the total."""
    first, now = history.first, history.now
    last = max(first, min(first + history.length, now))
    headings = {above for number, above in enumerate(history.parents) if above <= number}
    found: Counter[tuple[int | None, str]] = Counter()
    for work in possible(history.works):
        ended = None if work.how == "open" else work.assigned + work.lasted
        is_over = ended is not None and ended < first
        if work.task in headings or work.role != role or work.assigned > last or is_over:
            continue
        due = history.due[work.task]
        if ended is not None and ended <= last and work.how == "cancelled":
            became = "withdrawn"
        elif ended is not None and ended <= last:
            became = "done_late" if due is not None and ended > due else "done_on_time"
        else:
            became = "overdue" if due is not None and due < last else "in_progress"
        for name in ("new" if work.assigned >= first else "carried_over", became):
            found[work.agency, name] += 1
            found[None, name] += 1
    return found


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=HISTORIES)
async def test_the_table_balances(
    api: AsyncClient,
    database: "Connection[Any]",
    today: Callable[[str], None],
    history: History,
) -> None:
    """Over random histories: on either side, and against a count in plain Python."""
    today(str(day(history.now)))
    agencies = [await rows.agency(database) for _ in range(3)]
    plan = await put(database, history, agencies)
    period = f"{day(history.first)}/{day(history.first + history.length)}"
    for role in ("lead", "coordinating"):
        query = {"period": period, "plan_id": str(plan), "role": role}
        answer = await api.get("/assignments/summary", params=query)
        assert answer.status_code == 200, answer.text
        table = answer.json()
        expected = counted(history, role)
        found: Counter[tuple[int | None, str]] = Counter()
        for row in (table["total"], *table["items"]):
            assert sum(row[name]["assignments"] for name in HAD) == sum(
                row[name]["assignments"] for name in BECAME
            )
            agency = row["agency"] and agencies.index(UUID(row["agency"]["id"]))
            found.update({(agency, name): row[name]["assignments"] for name in HAD + BECAME})
        assert +found == expected
        for name in HAD + BECAME:
            figure = table["total"][name]
            assert len(await listed(api, figure["href"])) == figure["assignments"], figure


@pytest.fixture
async def scene(
    database: "Connection[Any]", today: Callable[[str], None]
) -> tuple[UUID, list[UUID]]:
    """A half-year, and one assignment for each number of it."""
    today("2026-11-26")
    agencies = [await rows.agency(database), await rows.agency(database, kind="locality")]
    plan = await rows.plan(database)
    for assigned, due, days in (
        ("2024-06-01", "2025-03-01", {"done_on": "2025-01-01"}),
        ("2024-06-01", "2025-03-01", {"done_on": "2025-03-02"}),
        ("2025-02-01", "2025-06-29", {"done_on": "2025-07-01"}),
        ("2025-02-01", "2025-06-30", {}),
        ("2025-06-30", None, {"cancelled_on": "2025-06-30"}),
        ("2024-01-01", None, {"done_on": "2024-12-31"}),
        ("2025-07-01", None, {}),
    ):
        due_on = due and {"kind": "date", "on": due}
        task = await rows.task(database, plan, due=due_on)
        await rows.assignment(database, task, agencies[0], assigned_on=assigned, **days)
    await rows.task(database, plan, due={"kind": "date", "on": "2025-01-31"})
    await rows.task(database, plan)
    return plan, agencies


def numbers(row: Any) -> list[int]:
    return [row[name]["assignments"] for name in HAD + BECAME]


async def test_a_half_year(api: AsyncClient, scene: Any) -> None:
    plan, agencies = scene
    for query, expected, last in (
        ("period=2025-H1", [2, 3, 1, 1, 1, 1, 1], "2025-06-30"),
        ("period=2024-12-15/2025-06-14", [3, 2, 2, 1, 2, 0, 0], "2025-06-14"),
        ("period=2024", [0, 3, 1, 0, 2, 0, 0], "2024-12-31"),
        ("period=../2024", [0, 3, 1, 0, 2, 0, 0], "2024-12-31"),
        ("period=2025/..", [2, 4, 1, 2, 1, 1, 1], "2026-11-26"),
        ("period=2026", [2, 0, 0, 0, 1, 1, 0], "2026-11-26"),
        ("period=2027", [2, 0, 0, 0, 1, 1, 0], "2027-01-01"),
        ("period=2025-H1&role=coordinating", [0] * 7, "2025-06-30"),
    ):
        for narrowed in ("", f"&plan_id={plan}", f"&agency_id={agencies[0]}"):
            table = (await api.get(f"/assignments/summary?{query}{narrowed}")).json()
            assert (numbers(table["total"]), table["as_of"]) == (expected, last), query
            for row in (table["total"], *table["items"]):
                for name in HAD + BECAME:
                    found = await listed(api, row[name]["href"])
                    assert len(found) == row[name]["assignments"], row[name]
            unassigned = table["unassigned"]
            assert len(await listed(api, unassigned["href"])) == unassigned["tasks"]


async def test_agencies_with_nothing_are_listed_when_asked_for(
    api: AsyncClient, scene: Any
) -> None:
    _, (one, commune) = scene
    for query, expected in (
        ("period=2025-H1", [one]),
        ("period=2025-H1&kind=locality", [one, commune]),
        (f"period=2025-H1&agency_id={commune}", [commune]),
        (f"period=2025-H1&agency_id={commune}&agency_id={one}", [one, commune]),
        (f"period=2025-H1&agency_id={one}&kind=locality", [one]),
        ("period=2020", []),
        ("period=2020&kind=locality&kind=department", [one, commune]),
    ):
        table = (await api.get(f"/assignments/summary?{query}")).json()
        found = [row["agency"]["id"] for row in table["items"]]
        assert found == [str(id_) for id_ in expected], query
        assert [
            sum(column) for column in zip([0] * 7, *map(numbers, table["items"]), strict=True)
        ] == (numbers(table["total"]))


async def test_what_nobody_is_assigned_to_stands_beside_the_table(
    api: AsyncClient, scene: Any
) -> None:
    plan, _ = scene
    for query, expected in (
        ("period=2025-H1", 3),
        ("period=2026-H1", 2),
        (f"period=2025-H1&plan_id={plan}", 3),
        (f"period=2025-H1&plan_id={plan}&plan_id={plan}", 3),
    ):
        table = (await api.get(f"/assignments/summary?{query}")).json()
        assert table["unassigned"]["tasks"] == expected, query


async def test_the_table_holds_what_the_caller_sees(
    api: AsyncClient, stranger: AsyncClient, scene: Any, database: "Connection[Any]"
) -> None:
    """Hidden assignments and those of hidden tasks do not count; a hidden agency has no line."""
    _, (agency, _) = scene
    await database.execute(
        "update assignments set visibility = 'internal' where done_on = '2025-01-01'"
    )
    await database.execute("update tasks set visibility = 'internal' where due_on = '2025-06-30'")
    whole = (await api.get("/assignments/summary?period=2025-H1")).json()
    part = (await stranger.get("/assignments/summary?period=2025-H1")).json()
    assert numbers(whole["total"]) == [2, 3, 1, 1, 1, 1, 1]
    assert numbers(part["total"]) == [1, 2, 0, 1, 0, 1, 1]
    await database.execute("update agencies set visibility = 'internal' where id = $1", agency)
    part = (await stranger.get("/assignments/summary?period=2025-H1")).json()
    assert (numbers(part["total"]), part["items"]) == ([1, 2, 0, 1, 0, 1, 1], [])
    for name in HAD + BECAME:
        figure = part["total"][name]
        assert len(await listed(stranger, figure["href"])) == figure["assignments"]
