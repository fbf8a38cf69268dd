"""How far a plan is and how it stands by agency; each figure lists what it counts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from sonla_api.workloads.service import progress
from tests.conftest import Connection
from tests.kit.test_records import counted
from tests.workloads import rows
from tests.workloads.listing import check_figures

ON = "2026-11-26"


def due(day: str) -> dict[str, Any]:
    return {"kind": "date", "on": day}


async def scene(database: "Connection[Any]") -> tuple[UUID, dict[str, UUID]]:
    """A plan with a heading, and tasks that stand in every way."""
    plan = await rows.plan(database)
    agencies = {name: await rows.agency(database) for name in ("one", "two")}
    agencies["commune"] = await rows.agency(database, kind="locality")
    agencies["ended"] = await rows.agency(database, valid_to="2025-07-01")
    one, two = agencies["one"], agencies["two"]
    heading = await rows.task(database, plan, code="I", due=due("2026-01-01"), weight=3)
    for number, (day, days) in enumerate(
        [
            ("2026-11-01", {"done_on": "2026-10-30"}),
            ("2026-11-01", {"done_on": "2026-11-20"}),
            ("2026-11-01", {"percent": 40}),
            ("2026-11-27", {"percent": 10}),
            ("2027-11-01", {}),
            ("2026-11-01", {"cancelled_on": "2026-06-01"}),
        ]
    ):
        below = {"parent_id": heading} if number < 2 else {}
        task = await rows.task(database, plan, due=due(day), **below)
        await rows.assignment(database, task, one if number % 2 else two, **days)
        if number == 3:
            await rows.assignment(database, task, two, role="coordinating")
    endless = await rows.task(database, plan, due={"kind": "continuous"}, weight=2)
    await rows.assignment(database, endless, two, role="coordinating")
    await rows.task(database, plan, due=due("2027-01-01"))
    other = await rows.task(database, await rows.plan(database), due=due("2026-11-01"))
    await rows.assignment(database, other, one)
    return plan, agencies


@pytest.mark.parametrize("day", [ON, "2026-10-30", "2026-05-01", "2020-01-01"])
async def test_every_figure_of_a_plan_lists_what_it_counts(
    api: AsyncClient, database: "Connection[Any]", today: Callable[[str], None], day: str
) -> None:
    today(ON)
    plan, _ = await scene(database)
    summary = (await api.get(f"/plans/{plan}/summary?as_of={day}")).json()
    board = (await api.get(f"/plans/{plan}/board?as_of={day}")).json()
    assert summary["as_of"] == board["as_of"] == day
    assert await check_figures(api, summary) == 8
    assert await check_figures(api, board) == 9 * (1 + len(board["items"])) - 1
    total = board["total"]
    assert (total["tasks"], total["by_health"]) == (summary["tasks"], summary["by_health"])
    for place, health in enumerate(total["by_health"]):
        lines = [row["by_health"][place]["tasks"] for row in board["items"]]
        assert sum(lines) == health["tasks"]
    assert sum(row["coordinating"] or 0 for row in board["items"]) == total["coordinating"]


async def test_how_a_plan_stands(
    api: AsyncClient, database: "Connection[Any]", today: Callable[[str], None]
) -> None:
    today(ON)
    plan, agencies = await scene(database)
    summary = (await api.get(f"/plans/{plan}/summary")).json()
    assert summary["plan"] == {"id": str(plan), "document": summary["plan"]["document"]}
    assert summary["plan"]["document"]["symbol"] == "152/KH-UBND"
    assert {row["health"]: row["tasks"] for row in summary["by_health"]} == {
        "done_on_time": 1,
        "done_late": 1,
        "on_track": 1,
        "due_soon": 1,
        "overdue": 1,
        "continuous": 1,
        "unassigned": 1,
    }
    # (3 × 100 + 40 + 10 + 0 + 2 × 0 + 0) / (3 + 1 + 1 + 1 + 2 + 1)
    assert (summary["tasks"], summary["percent"]) == (7, 38)
    assert summary["calendar"] == "provisional"
    earlier = (await api.get(f"/plans/{plan}/summary?as_of=2026-11-25")).json()
    assert earlier["percent"] is None
    board = (await api.get(f"/plans/{plan}/board")).json()
    lines = {row["agency"] and row["agency"]["id"]: row for row in board["items"]}
    assert [lines[str(agencies[name])]["tasks"] for name in ("one", "two", "commune")] == [2, 3, 0]
    assert str(agencies["ended"]) not in lines
    assert [lines[str(agencies[name])]["coordinating"] for name in ("one", "two")] == [0, 2]
    assert lines[None]["tasks"] == 2


async def test_figures_take_the_same_queries_however_many_tasks(
    api: AsyncClient,
    database: "Connection[Any]",
    today: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    today(ON)
    await api.get("/plans")
    for _ in range(2):
        plan, agencies = await scene(database)
        for number, address in (
            (2, f"/plans/{plan}/summary"),
            (3, f"/plans/{plan}/board"),
            (2, f"/agencies/{agencies['one']}/workload"),
            (3, f"/assignments/summary?period=2026&plan_id={plan}"),
            (3, "/assignments/summary?period=2026"),
        ):
            with counted(monkeypatch) as sent:
                assert (await api.get(address)).status_code == 200
            assert len(sent) == number, address


async def test_which_agencies_stand_on_the_board(
    api: AsyncClient, database: "Connection[Any]", today: Callable[[str], None]
) -> None:
    today(ON)
    plan, agencies = await scene(database)
    for query, nothing in (
        ("", {"commune"}),
        ("kind=locality", {"commune"}),
        ("kind=department", set()),
        ("kind=department&as_of=2025-06-30", {"ended"}),
        ("kind=school", set()),
    ):
        board = (await api.get(f"/plans/{plan}/board?{query}")).json()
        *listed, lone = [row["agency"] for row in board["items"]]
        assert lone is None
        working = {agencies["one"], agencies["two"]}
        if "as_of" in query:
            working = {agencies["one"], agencies["two"]}
        expected = {str(id_) for id_ in working | {agencies[name] for name in nothing}}
        assert {agency["id"] for agency in listed} == expected, query


async def test_a_plan_that_one_may_not_see_has_no_figures(
    api: AsyncClient, database: "Connection[Any]", stranger: AsyncClient
) -> None:
    plan, _ = await scene(database)
    await database.execute("update plans set visibility = 'internal' where id = $1", plan)
    for what in ("summary", "board"):
        assert (await api.get(f"/plans/{plan}/{what}")).status_code == 200
        assert (await stranger.get(f"/plans/{plan}/{what}")).status_code == 404
        assert (await api.get(f"/plans/{uuid4()}/{what}")).status_code == 404


async def test_figures_hold_what_the_caller_sees(
    api: AsyncClient, database: "Connection[Any]", stranger: AsyncClient
) -> None:
    """Tasks that are hidden, and an agency that is: what it leads nobody leads."""
    plan, agencies = await scene(database)
    await database.execute("update tasks set visibility = 'internal' where due_on > '2026-11-26'")
    await database.execute(
        "update agencies set visibility = 'internal' where id = $1", agencies["one"]
    )
    names: list[Any] = []
    for caller in (api, stranger):
        board = (await caller.get(f"/plans/{plan}/board?as_of={ON}")).json()
        await check_figures(caller, board)
        summary = (await caller.get(f"/plans/{plan}/summary?as_of={ON}")).json()
        await check_figures(caller, summary)
        assert summary["tasks"] == board["total"]["tasks"] == (7 if caller is api else 4)
        names = [row["agency"] and row["agency"]["id"] for row in board["items"]]
    assert str(agencies["one"]) not in names


def node(weight: int, percent: int | None, parent: int | None, id_: int) -> dict[str, Any]:
    """A task; without a percent it is a heading, or does not count."""
    health = None if percent is None else "on_track"
    return {"id": id_, "parent_id": parent, "weight": weight, "percent": percent, "health": health}


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        ([], None),
        ([node(1, None, None, 1)], None),
        ([node(5, 99, None, 1)], 99),
        ([node(1, 100, None, 1), node(3, 0, None, 2)], 25),
        # A heading counts by its own weight, however much stands below it.
        ([node(1, None, None, 1), node(1, 100, 1, 2), node(9, 100, 1, 3), node(1, 0, None, 4)], 50),
        # Where nothing counts below a heading it does not either.
        ([node(9, None, None, 1), node(1, None, 1, 2), node(1, 70, None, 3)], 70),
        # What stands below a task that the caller does not see stands by itself.
        ([node(1, 10, 99, 1), node(1, 30, 98, 2)], 20),
        ([node(1, 100, None, 1), node(1, 100, None, 2), node(1, 99, None, 3)], 99),
    ],
)
def test_progress_is_the_mean_by_weight(tasks: list[Any], expected: int | None) -> None:
    assert progress(tasks) == expected


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 100), st.integers(0, 30))))
def test_progress_lies_between_the_least_and_the_most(given_: list[tuple[int, int, int]]) -> None:
    """In any tree; and it is 100 only where all is done."""
    parents = [above % number if number else None for number, (*_, above) in enumerate(given_)]
    tasks = [
        node(weight, None if number in parents else percent, parents[number], number)
        for number, (weight, percent, _) in enumerate(given_)
    ]
    leaves = [task["percent"] for task in tasks if task["percent"] is not None]
    found = progress(tasks)
    assert found is None if not leaves else min(leaves) <= found <= max(leaves)
    assert (found == 100) == (bool(leaves) and set(leaves) == {100})


def test_a_deep_tree_is_walked() -> None:
    deep = [node(1, None, n - 1 if n else None, n) for n in range(5000)]
    assert progress([*deep, node(1, 60, 4999, 5000)]) == 60
