"""Reports on progress: never changed, corrected by others, each by the agency assigned."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asyncpg import CheckViolationError
from httpx import AsyncClient

from tests.conftest import Connection
from tests.factories import (
    a_plan,
    agency,
    an_assignment,
    assignment,
    delegation,
    document,
    made,
    progress_report,
    task,
)

ANY = {"If-Match": "*"}


async def percent(api: AsyncClient, given: Any) -> tuple[int, int]:
    """Of the assignment, and of its task."""
    own = (await api.get(f"/assignments/{given['id']}")).json()
    whole = (await api.get(f"/tasks/{given['task']['id']}")).json()
    assert (own["version"], whole["version"]) == (given["version"], 1)
    return own["percent"], whole["percent"]


async def test_a_report_is_shown_whole(api: AsyncClient) -> None:
    given = await an_assignment(api)
    paper = await made(api, "/documents", document())
    visit = await made(api, "/delegations", delegation())
    body = progress_report(
        given["id"],
        difficulties="No interpreter",
        proposals="Hire one",
        evidence=[{"document_id": paper["id"]}, {"delegation_id": visit["id"]}],
    )
    report = await made(api, "/progress-reports", body)
    assert report["assignment"] == {
        name: given[name] for name in ("id", "role", "state", "task", "agency")
    }
    assert report["owner_agency"] == given["agency"]
    assert report["evidence"] == [
        {
            "document": {name: paper[name] for name in ("id", "symbol", "subject")},
            "delegation": None,
            "agreement": None,
            "event": None,
            "project": None,
        },
        {
            "document": None,
            "agreement": None,
            "delegation": {name: visit[name] for name in ("id", "code", "title")},
            "event": None,
            "project": None,
        },
    ]
    assert (report["corrects"], report["corrected_by"]) == (None, None)
    for name in ("period", "percent", "text", "difficulties", "proposals"):
        assert report[name] == body[name]
    assert (await api.get(f"/progress-reports/{report['id']}")).json() == report
    assert await percent(api, given) == (40, 40)
    # What it shows is evidence for the task, once.
    tied = {"task_id": given["task"]["id"]}
    pieces = (await api.get("/evidence", params=tied)).json()["items"]
    assert {(p["document"] or p["delegation"])["id"] for p in pieces} == {paper["id"], visit["id"]}
    assert {piece["owner_agency"]["id"] for piece in pieces} == {given["agency"]["id"]}
    await made(api, "/progress-reports", body | {"period": "2026-Q2"})
    assert len((await api.get("/evidence", params=tied)).json()["items"]) == 2
    history = (await api.get(f"/progress-reports/{report['id']}/history")).json()["items"]
    assert [change["action"] for change in history] == ["created"]


async def test_a_report_is_never_changed(api: AsyncClient, database: "Connection[Any]") -> None:
    report = await made(api, "/progress-reports", progress_report((await an_assignment(api))["id"]))
    address = f"/progress-reports/{report['id']}"
    for answer in (
        await api.patch(address, json={"text": "x"}, headers=ANY),
        await api.delete(address, headers=ANY),
    ):
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    for statement in ("update progress_reports set percent = 90", "delete from progress_reports"):
        with pytest.raises(CheckViolationError, match="never changed"):
            await database.execute(statement)


async def test_a_correction_takes_the_place_of_what_it_corrects(api: AsyncClient) -> None:
    given = await an_assignment(api)
    first = await made(api, "/progress-reports", progress_report(given["id"], percent=90))
    assert await percent(api, given) == (90, 90)
    right = progress_report(given["id"], percent=30, corrects_id=first["id"])
    second = await made(api, "/progress-reports", right)
    assert second["corrects"] == {"id": first["id"], "period": "2026-Q1"}
    shown = (await api.get(f"/progress-reports/{first['id']}")).json()
    assert shown["corrected_by"] == {"id": second["id"], "period": "2026-Q1"}
    assert await percent(api, given) == (30, 30)
    for corrected, found in ((True, first), (False, second)):
        query = {"is_corrected": corrected, "assignment_id": given["id"]}
        items = (await api.get("/progress-reports", params=query)).json()["items"]
        assert [item["id"] for item in items] == [found["id"]]
    again = await api.post("/progress-reports", json=right)
    (error,) = again.json()["errors"]
    assert (again.status_code, error["pointer"]) == (409, "/corrects_id")
    assert "correction already" in error["message"]
    # Corrected to a percentage that is not known.
    unknown = progress_report(given["id"], percent=None, corrects_id=second["id"])
    third = await made(api, "/progress-reports", unknown)
    assert await percent(api, given) == (0, 0)
    # Each names its own correction, of however many there are.
    for report, later in ((first, second), (second, third)):
        shown = (await api.get(f"/progress-reports/{report['id']}")).json()
        assert shown["corrected_by"]["id"] == later["id"]
    assert third["corrected_by"] is None


async def test_a_correction_is_of_a_report_on_the_same_assignment(api: AsyncClient) -> None:
    one, other = await an_assignment(api), await an_assignment(api)
    report = await made(api, "/progress-reports", progress_report(one["id"]))
    body = progress_report(other["id"], corrects_id=report["id"])
    refused = await api.post("/progress-reports", json=body)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"]) == (422, "/corrects_id")
    assert error["message"] == "this report is on another assignment"


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([("2026-Q1", 40), ("2026-Q2", 60)], 60),
        ([("2026-Q2", 60), ("2026-Q1", 40)], 60),
        ([("2026-Q1", 40), ("2026-Q1", 30)], 30),
        ([("2026-Q2", 60), ("2026-Q3", None)], 60),
        ([("2026-Q1", None)], 0),
        ([("2026-07/..", 70), ("2026-Q4", 60)], 70),
        ([({"duration": "P1Y", "from": "signing"}, 90), ("2026-Q1", 10)], 10),
    ],
)
async def test_the_latest_period_counts(
    api: AsyncClient, reports: list[Any], expected: int
) -> None:
    given = await an_assignment(api)
    for period, reached in reports:
        body = progress_report(given["id"], period=period, percent=reached)
        await made(api, "/progress-reports", body)
    assert await percent(api, given) == (expected, expected)


async def test_racing_reports_are_all_kept(api: AsyncClient) -> None:
    given = await an_assignment(api)
    bodies = [progress_report(given["id"], period=f"2026-0{n}", percent=n) for n in range(1, 7)]
    answers = await asyncio.gather(*(api.post("/progress-reports", json=body) for body in bodies))
    assert {answer.status_code for answer in answers} == {201}
    assert await percent(api, given) == (6, 6)


async def test_who_was_withdrawn_reports_no_more(api: AsyncClient) -> None:
    """Who is done may: a report of the period is due from all who worked in it."""
    given, done = await an_assignment(api), await an_assignment(api)
    for record, verbs in ((given, ["cancel"]), (done, ["start", "submit", "approve"])):
        for verb in verbs:
            address = f"/assignments/{record['id']}/transitions"
            assert (await api.post(address, json={"verb": verb}, headers=ANY)).is_success
    refused = await api.post("/progress-reports", json=progress_report(given["id"]))
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"], error["code"]) == (
        422,
        "/assignment_id",
        "withdrawn",
    )
    await made(api, "/progress-reports", progress_report(done["id"]))
    assert (await api.get(f"/assignments/{done['id']}")).json()["percent"] == 100


async def test_the_agency_assigned_writes_and_who_gave_the_task_reads(
    api: AsyncClient, as_actor: Callable[..., Any], stranger: AsyncClient
) -> None:
    ids: dict[str, str] = {}
    for key, above in (("province", None), ("department", "province"), ("sibling", "province")):
        body = agency(key=key, parent_id=above and ids[above])
        ids[key] = (await made(api, "/agencies", body))["id"]
    clients = {key: await as_actor(agency=key, role="officer") for key in ids}
    plan = await a_plan(clients["province"], visibility="agency")
    whole = await made(clients["province"], "/tasks", task(plan["id"]))
    for key, role in (("department", "lead"), ("sibling", "coordinating")):
        body = assignment(whole["id"], ids[key], role=role)
        ids[role] = (await made(clients["province"], "/assignments", body))["id"]
    report = await made(clients["department"], "/progress-reports", progress_report(ids["lead"]))
    assert (report["visibility"], report["owner_agency"]["id"]) == ("agency", ids["department"])
    address = f"/progress-reports/{report['id']}"
    for name, status in (("province", 200), ("department", 200), ("sibling", 404)):
        assert (await clients[name].get(address)).status_code == status, name
    assert (await stranger.get(address)).status_code == 404
    unseen = await clients["sibling"].post("/progress-reports", json=progress_report(ids["lead"]))
    assert (unseen.status_code, unseen.json()["errors"][0]["pointer"]) == (422, "/assignment_id")
    # Whoever is above writes for it; the report is that of the agency assigned all the same.
    above = await made(clients["province"], "/progress-reports", progress_report(ids["lead"]))
    assert above["owner_agency"]["id"] == ids["department"]
    other = progress_report(ids["lead"], owner_agency_id=ids["province"])
    refused = await clients["province"].post("/progress-reports", json=other)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (
        422,
        "/owner_agency_id",
    )


async def test_who_only_gave_the_task_does_not_report(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    await made(api, "/agencies", agency(key="giver"))
    giver = await as_actor(agency="giver", role="officer")
    plan = await a_plan(giver)
    whole = await made(giver, "/tasks", task(plan["id"]))
    other = (await made(api, "/agencies", agency()))["id"]
    given = await made(giver, "/assignments", assignment(whole["id"], other))
    refused = await giver.post("/progress-reports", json=progress_report(given["id"]))
    assert (refused.status_code, refused.json()["type"]) == (403, "/docs/problems/not-yours")


async def test_an_agency_that_has_ended_reports_no_more(api: AsyncClient) -> None:
    given = await an_assignment(api)
    ended = {"valid_to": "2025-07-01"}
    address = f"/agencies/{given['agency']['id']}"
    assert (await api.patch(address, json=ended, headers=ANY)).is_success
    refused = await api.post("/progress-reports", json=progress_report(given["id"]))
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["code"]) == (422, "agency_closed")


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"percent": 101}, "/percent"),
        ({"percent": -1}, "/percent"),
        ({"percent": 40.5}, "/percent"),
        ({"percent": "40"}, "/percent"),
        ({"period": None}, "/period"),
        ({"text": ""}, "/text"),
        ({"evidence": [{}]}, "/evidence/0"),
        ({"evidence": [{"document_id": "x"}]}, "/evidence/0/document_id"),
    ],
)
async def test_what_is_no_report(api: AsyncClient, changed: Any, pointer: str) -> None:
    given = await an_assignment(api)
    refused = await api.post("/progress-reports", json=progress_report(given["id"], **changed))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_evidence_that_is_not_there_is_refused(api: AsyncClient) -> None:
    given = await an_assignment(api)
    nothing = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
    body = progress_report(given["id"], evidence=[{"delegation_id": nothing}])
    refused = await api.post("/progress-reports", json=body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/evidence/0/delegation_id"
    assert (await api.get("/progress-reports")).json()["items"] == []


async def test_reports_are_found(api: AsyncClient) -> None:
    given, other = await an_assignment(api), await an_assignment(api)
    report = await made(api, "/progress-reports", progress_report(given["id"], key="r1"))
    await made(api, "/progress-reports", progress_report(other["id"], period="2025"))
    for query in (
        {"assignment_id": given["id"]},
        {"task_id": given["task"]["id"]},
        {"agency_id": given["agency"]["id"]},
        {"period": "2026"},
        {"key": "r1"},
    ):
        items = (await api.get("/progress-reports", params=query)).json()["items"]
        assert [item["id"] for item in items] == [report["id"]], query
