"""Evidence: a record that shows work on a task, tied to it once."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import Connection
from tests.factories import (
    a_plan,
    a_task,
    agency,
    agreement,
    assignment,
    delegation,
    document,
    event,
    made,
    task,
)

ANY = {"If-Match": "*"}


async def records(api: AsyncClient, database: "Connection[Any]") -> dict[str, str]:
    """One of each kind that can be evidence."""
    project = await database.fetchval(
        "insert into projects (id, version, kind, title, state, visibility) values"
        " (gen_random_uuid(), 1, 'infrastructure', '{\"en\": \"A road\"}', 'pipeline', 'public')"
        " returning id"
    )
    return {
        "delegation_id": (await made(api, "/delegations", delegation()))["id"],
        "agreement_id": (await made(api, "/agreements", agreement()))["id"],
        "event_id": (await made(api, "/events", event()))["id"],
        "project_id": str(project),
        "document_id": (await made(api, "/documents", document()))["id"],
    }


async def test_records_are_tied_to_a_task(api: AsyncClient, database: "Connection[Any]") -> None:
    whole = await a_task(api)
    for name, id_ in (await records(api, database)).items():
        body = {"task_id": whole["id"], name: id_}
        piece = await made(api, "/evidence", body)
        assert piece["task"] == {key: whole[key] for key in ("id", "code", "title")}
        kinds = ("delegation", "agreement", "event", "project", "document")
        named = {key: piece[key] and piece[key]["id"] for key in kinds}
        assert named == dict.fromkeys(named) | {name.removesuffix("_id"): id_}
        again = await api.post("/evidence", json=body)
        (error,) = again.json()["errors"]
        assert (again.status_code, error["message"]) == (409, "it is tied to this task already")
        address = f"/evidence/{piece['id']}"
        assert (await api.get(address)).json() == piece
        plan_id = whole["plan"]["id"]
        for query in ({"task_id": whole["id"], name: id_}, {"plan_id": plan_id, name: id_}):
            items = (await api.get("/evidence", params=query)).json()["items"]
            assert [item["id"] for item in items] == [piece["id"]]
        assert len((await api.get(f"{address}/history")).json()["items"]) == 1
        assert (await api.delete(address, headers=ANY)).status_code == 204
        assert (await api.get(address)).status_code == 410
        await made(api, "/evidence", body)


@pytest.mark.parametrize("names", [[], ["delegation_id", "document_id"]])
async def test_evidence_names_exactly_one_record(
    api: AsyncClient, database: "Connection[Any]", names: list[str]
) -> None:
    whole, known = await a_task(api), await records(api, database)
    body = {"task_id": whole["id"]} | {name: known[name] for name in names}
    refused = await api.post("/evidence", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "one_record")


async def test_those_of_the_task_and_those_assigned_say_what_shows_it(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    ids = {key: (await made(api, "/agencies", agency(key=key)))["id"] for key in ("a", "b", "c")}
    clients = {key: await as_actor(agency=key, role="officer") for key in ids}
    plan = await a_plan(clients["a"], visibility="agency")
    whole = await made(clients["a"], "/tasks", task(plan["id"]))
    paper = [(await made(api, "/documents", document(symbol=None)))["id"] for _ in range(3)]
    await made(clients["a"], "/assignments", assignment(whole["id"], ids["b"]))
    pieces = {
        key: await made(
            clients[key], "/evidence", {"task_id": whole["id"], "document_id": paper[n]}
        )
        for n, key in enumerate("ab")
    }
    refused = await clients["c"].post(
        "/evidence", json={"task_id": whole["id"], "document_id": paper[2]}
    )
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/task_id")
    for key, piece in pieces.items():
        assert (piece["visibility"], piece["owner_agency"]["id"]) == ("agency", ids[key])
        address = f"/evidence/{piece['id']}"
        for reader, status in (("a", 200), ("b", 200), ("c", 404)):
            assert (await clients[reader].get(address)).status_code == status, (key, reader)
    # Who comes to be assigned sees what others have shown; who is withdrawn sees its own alone.
    helping = assignment(whole["id"], ids["c"], role="coordinating")
    given = await made(clients["a"], "/assignments", helping)
    assert len((await clients["c"].get("/evidence")).json()["items"]) == 2
    address = f"/assignments/{given['id']}/transitions"
    assert (await clients["a"].post(address, json={"verb": "cancel"}, headers=ANY)).is_success
    assert (await clients["c"].get("/evidence")).json()["items"] == []
    for key in "ab":
        address = f"/evidence/{pieces[key]['id']}"
        other = clients["b" if key == "a" else "a"]
        assert (await other.delete(address, headers=ANY)).status_code == 403
        assert (await clients[key].delete(address, headers=ANY)).status_code == 204


async def test_a_task_that_all_see_takes_no_evidence_of_others(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    await made(api, "/agencies", agency(key="own"))
    other = await as_actor(agency="own", role="officer")
    whole = await a_task(api)
    paper = (await made(api, "/documents", document(symbol=None)))["id"]
    refused = await other.post("/evidence", json={"task_id": whole["id"], "document_id": paper})
    assert (refused.status_code, refused.json()["type"]) == (403, "/docs/problems/not-yours")


async def test_a_task_with_evidence_is_kept(api: AsyncClient) -> None:
    whole = await a_task(api)
    paper = (await made(api, "/documents", document(symbol=None)))["id"]
    await made(api, "/evidence", {"task_id": whole["id"], "document_id": paper})
    for address in (f"/tasks/{whole['id']}", f"/documents/{paper}"):
        refused = await api.delete(address, headers=ANY)
        assert (refused.status_code, refused.json()["referred_by"]) == (
            409,
            [{"resource": "evidence", "count": 1}],
        )
