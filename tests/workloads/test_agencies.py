"""What an agency has to do on a day, over all plans."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from httpx import AsyncClient

from tests.conftest import Connection
from tests.listing import listed
from tests.workloads import rows
from tests.workloads.listing import check_figures


async def test_the_workload_of_an_agency(
    api: AsyncClient,
    stranger: AsyncClient,
    database: "Connection[Any]",
    today: Callable[[str], None],
) -> None:
    today("2026-11-26")
    agency, other = await rows.agency(database), await rows.agency(database)
    plans = [await rows.plan(database) for _ in range(3)]
    given = {}
    for plan, role, day, days in (
        (0, "lead", "2026-11-01", {}),
        (0, "lead", "2026-11-27", {}),
        (0, "coordinating", "2026-11-28", {"visibility": "internal"}),
        (1, "lead", "2027-11-28", {}),
        (1, "lead", "2026-01-28", {"done_on": "2026-02-01"}),
        (2, "lead", "2026-03-28", {"done_on": "2026-02-01"}),
        (2, "lead", "2026-03-28", {"cancelled_on": "2026-02-01"}),
    ):
        task = await rows.task(database, plans[plan], due={"kind": "date", "on": day})
        made = await rows.assignment(database, task, agency, **{"role": role} | days)
        given[day] = str(made)
        if role == "coordinating":
            await rows.assignment(database, task, other)
    answer = (await api.get(f"/agencies/{agency}/workload")).json()
    assert await check_figures(api, answer) == 2 * 7 + 3
    assert [(line["role"], line["assignments"]) for line in answer["by_role"]] == [
        ("lead", 5),
        ("coordinating", 1),
    ]
    # What is all done in a plan does not stand there any more.
    assert {(line["plan"]["id"], line["role"], line["assignments"]) for line in answer["open"]} == {
        (str(plans[0]), "lead", 2),
        (str(plans[0]), "coordinating", 1),
        (str(plans[1]), "lead", 1),
    }
    due = [one["id"] for one in await listed(api, answer["due_href"])]
    assert due == [given["2026-11-01"], given["2026-11-27"], given["2026-11-28"]]
    earlier = (await api.get(f"/agencies/{agency}/workload?as_of=2026-01-31")).json()
    assert await check_figures(api, earlier) == 2 * 7 + 4
    await database.execute("update plans set visibility = 'internal' where id = $1", plans[1])
    public = (await stranger.get(f"/agencies/{agency}/workload")).json()
    assert await check_figures(stranger, public) == 2 * 7 + 1
    assert [line["assignments"] for line in public["by_role"]] == [5, 0]


async def test_no_agency_no_workload(
    api: AsyncClient, database: "Connection[Any]", stranger: AsyncClient
) -> None:
    agency = await rows.agency(database, visibility="internal")
    assert (await api.get(f"/agencies/{uuid4()}/workload")).status_code == 404
    assert (await stranger.get(f"/agencies/{agency}/workload")).status_code == 404
    answer = (await api.get(f"/agencies/{agency}/workload")).json()
    assert [line["assignments"] for line in answer["by_role"]] == [0, 0]
    assert answer["open"] == []
