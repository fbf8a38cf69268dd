"""Every verb in every state of every kind, and what each still asks for."""

from typing import Any

import pytest
from asyncpg import Connection
from httpx import AsyncClient, Response

from sonla_api.projects.lifecycle import ProjectKind, ProjectState, ProjectVerb
from tests.factories import agency, document, made, partner, project, source

HERE = {"If-Match": "*"}
TABLE = {
    "pipeline": {"prepare": "preparation", "cancel": "cancelled"},
    "preparation": {"approve": "approved", "cancel": "cancelled"},
    "approved": {"start": "implementing", "cancel": "cancelled"},
    "implementing": {
        "complete": "completed",
        "suspend": "suspended",
        "terminate": "terminated",
    },
    "suspended": {"resume": "implementing", "terminate": "terminated"},
    "completed": {"close": "closed"},
}
INVESTED = {"fdi", "domestic_investment"}
ROLES = {"fdi": "investor", "domestic_investment": "investor", "outgoing_aid": "beneficiary"}
DECIDED = {"approve", "close", "suspend", "resume", "terminate"}
PLACES = [(kind.value, state.value) for kind in ProjectKind for state in ProjectState]


def verbs_of(kind: str, state: str) -> dict[str, str]:
    """What is possible, and where it leads; a source may tell of any state."""
    granted = {"approve": "approved"} if kind in INVESTED and state == "pipeline" else {}
    told = "suspended" if state != "suspended" else "completed"
    return TABLE.get(state, {}) | granted | {"record": told}


async def ready(api: AsyncClient, kind: str, **changed: Any) -> Any:
    """A project that meets every guard."""
    cited = await made(api, "/sources", source())
    paper = await made(api, "/documents", document())
    other = await made(api, "/partners", partner())
    body = project(
        kind=kind,
        sources=[{"source_id": cited["id"]}],
        legal_basis=[{"document_id": paper["id"]}],
        participants=[{"partner_id": other["id"], "role": ROLES.get(kind, "funding")}],
    )
    return await made(api, "/projects", body | changed)


async def take(api: AsyncClient, record: Any, verb: str, **more: Any) -> Response:
    address = f"/projects/{record['id']}/transitions"
    return await api.post(address, json={"verb": verb} | more, headers=HERE)


async def put(database: "Connection[Any]", record: Any, state: str) -> None:
    await database.execute("update projects set state = $2 where id = $1", record["id"], state)


async def read(api: AsyncClient, record: Any) -> Any:
    return (await api.get(f"/projects/{record['id']}")).json()


@pytest.mark.parametrize(("kind", "state"), PLACES)
async def test_every_verb_in_a_state(
    api: AsyncClient, database: "Connection[Any]", kind: str, state: str
) -> None:
    record = await ready(api, kind)
    possible = verbs_of(kind, state)
    await put(database, record, state)
    before = await read(api, record)
    assert (before["state"], set(before["verbs"])) == (state, set(possible))
    for verb in {verb.value for verb in ProjectVerb} - set(possible):
        answer = await take(api, record, verb)
        assert answer.status_code == 409, (verb, answer.text)
        assert set(answer.json()["possible"]) == set(possible)
    assert await read(api, record) == before
    for verb, target in possible.items():
        told = {"state": target} if verb == "record" else {}
        answer = await take(api, record, verb, **told)
        assert answer.status_code == 201, (verb, answer.text)
        step, after = answer.json(), await read(api, record)
        assert (step["verb"], step["from_state"], step["to_state"]) == (verb, state, target)
        assert (after["state"], after["version"]) == (target, step["version"])
        await put(database, record, state)


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("fdi", {"/certificate", "/legal_basis", "/participants"}),
        ("domestic_investment", {"/certificate", "/legal_basis", "/participants"}),
        ("oda_loan", {"/legal_basis", "/participants"}),
        ("oda_grant", {"/legal_basis", "/participants"}),
        ("oda_technical", {"/legal_basis", "/participants"}),
        ("ngo_aid", {"/legal_basis", "/participants"}),
        ("outgoing_aid", {"/legal_basis", "/participants"}),
        ("infrastructure", {"/legal_basis"}),
    ],
)
async def test_an_approval_names_what_it_still_asks_for(
    api: AsyncClient, kind: str, missing: set[str]
) -> None:
    record = await ready(api, kind, legal_basis=[], participants=[])
    assert (await take(api, record, "prepare")).status_code == 201
    refused = await take(api, record, "approve")
    assert refused.status_code == 422
    assert {e["pointer"] for e in refused.json()["errors"]} == missing
    assert (await read(api, record))["state"] == "preparation"


async def test_an_investment_is_approved_by_its_certificate(api: AsyncClient) -> None:
    record = await ready(api, "fdi", legal_basis=[], certificate={"number": "5401234567"})
    assert (await take(api, record, "approve")).status_code == 201


async def test_another_role_is_not_the_one_that_is_asked_for(api: AsyncClient) -> None:
    board = await made(api, "/agencies", agency())
    record = await ready(api, "ngo_aid", participants=[{"agency_id": board["id"]}])
    await take(api, record, "prepare")
    refused = await take(api, record, "approve")
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/participants", "needed")
    assert "funding" in error["message"]


async def test_what_a_source_tells_needs_the_source_and_a_state(api: AsyncClient) -> None:
    record = await made(api, "/projects", project())
    refused = await take(api, record, "record")
    assert {(e["pointer"], e["code"]) for e in refused.json()["errors"]} == {
        ("/sources", "needed"),
        ("/state", "needed"),
    }
    known = await ready(api, "oda_loan")
    same = await take(api, known, "record", state="pipeline")
    assert [(e["pointer"], e["code"]) for e in same.json()["errors"]] == [("/state", "same_state")]
    api.headers["Accept-Language"] = "vi"
    told = await take(api, known, "record", state="pipeline")
    del api.headers["Accept-Language"]
    assert told.json()["errors"][0]["message"] == "dự án đang ở trạng thái này"
    other = await take(api, known, "prepare", state="approved")
    assert [e["pointer"] for e in other.json()["errors"]] == ["/state"]
    assert (await take(api, known, "record", state="implementing")).status_code == 201


@pytest.mark.parametrize("state", ProjectState)
async def test_decisions_are_the_approvers(
    api: AsyncClient, as_actor: Any, database: "Connection[Any]", state: str
) -> None:
    record = await ready(api, "fdi")
    await put(database, record, state)
    officer = await as_actor("projects:read projects:write")
    possible = verbs_of("fdi", state)
    decided = DECIDED | ({"record"} if state != "pipeline" else set())
    decided |= {"cancel"} if state == "approved" else set()
    assert set((await read(officer, record))["verbs"]) == set(possible) - decided
    for verb in decided & set(possible):
        told = {"state": "suspended"} if verb == "record" else {}
        refused = await take(officer, record, verb, **told)
        assert (refused.status_code, refused.json()["permission"]) == (403, "projects:approve")


async def test_a_project_is_kept_step_by_step(api: AsyncClient) -> None:
    record = await ready(api, "oda_grant")
    verbs = ["prepare", "approve", "start", "suspend", "resume", "complete", "close"]
    for verb in verbs:
        assert (await take(api, record, verb, on="2026-03-01")).status_code == 201
    listed = (await api.get(f"/projects/{record['id']}/transitions")).json()["items"]
    assert [step["verb"] for step in reversed(listed)] == verbs
    assert {step["on"] for step in listed} == {"2026-03-01"}


@pytest.mark.parametrize("state", ProjectState)
async def test_what_is_proposed_or_cancelled_is_removed(
    api: AsyncClient, database: "Connection[Any]", state: str
) -> None:
    record = await made(api, "/projects", project())
    await put(database, record, state)
    answer = await api.delete(f"/projects/{record['id']}", headers=HERE)
    assert answer.status_code == (204 if state in {"pipeline", "cancelled"} else 409)


async def test_an_approval_rests_on_the_document_that_the_step_names(api: AsyncClient) -> None:
    """It stands in the legal basis from then on, once."""
    paper = (await made(api, "/documents", document()))["id"]
    record = await ready(api, "infrastructure", legal_basis=[])
    assert (await take(api, record, "prepare", document_id=paper)).status_code == 201
    assert (await read(api, record))["legal_basis"] == []
    assert (await take(api, record, "approve", document_id=paper)).status_code == 201
    (basis,) = (await read(api, record))["legal_basis"]
    assert (basis["document"]["id"], basis["clause"]) == (paper, None)
    named = [{"document_id": paper, "clause": "Điều 1"}]
    other = await ready(api, "infrastructure", legal_basis=named)
    await take(api, other, "prepare")
    assert (await take(api, other, "approve", document_id=paper)).status_code == 201
    assert [basis["clause"] for basis in (await read(api, other))["legal_basis"]] == ["Điều 1"]
