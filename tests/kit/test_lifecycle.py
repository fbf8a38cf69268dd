"""Steps through a lifecycle: only the table's, by whom it allows, each once."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from sonla_api.assignments.lifecycle import AssignmentState, AssignmentVerb
from sonla_api.assignments.lifecycle import lifecycle as of_assignments
from sonla_api.delegations.lifecycle import DelegationState, DelegationVerb
from sonla_api.delegations.lifecycle import lifecycle as of_delegations
from sonla_api.identity.permissions import EVERY
from sonla_api.kit.context import Actor, Context
from sonla_api.kit.lifecycle import Lifecycle
from sonla_api.kit.problems import Forbidden, NotYours, VerbImpossible
from sonla_api.partner_relations.lifecycle import RelationState, RelationVerb
from sonla_api.partner_relations.lifecycle import lifecycle as of_relations
from tests import factories
from tests.conftest import Connection

TABLES: list[tuple[Any, Any, Any]] = [
    (of_delegations, DelegationState, DelegationVerb),
    (of_relations, RelationState, RelationVerb),
    (of_assignments, AssignmentState, AssignmentVerb),
]


def who(*permissions: str) -> Any:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    actor = Actor(UUID(int=1), frozenset(permissions))
    return Context(actor, now, None)


@pytest.mark.parametrize(("lifecycle", "states", "verbs"), TABLES)
def test_a_verb_is_found_exactly_where_it_is_possible(
    lifecycle: Lifecycle[Any, Any], states: Any, verbs: Any
) -> None:
    anybody, nobody = who(*EVERY), who()
    acting = {line.whose for line in lifecycle.transitions}
    for track in lifecycle.tracks:
        for state in states:
            possible = lifecycle.possible(anybody, track, state, acting)
            assert lifecycle.possible(nobody, track, state, acting) == []
            assert lifecycle.possible(anybody, track, state, ()) == []
            for verb in verbs:
                if verb.value in possible:
                    line = lifecycle.find(anybody, track, state, verb, acting)
                    assert (line.verb, state in line.sources) == (verb, True)
                    with pytest.raises(Forbidden) as refused:
                        lifecycle.find(nobody, track, state, verb, acting)
                    assert refused.value.members == {"permission": line.permission}
                    with pytest.raises(NotYours):
                        lifecycle.find(anybody, track, state, verb, acting - {line.whose})
                else:
                    with pytest.raises(VerbImpossible) as impossible:
                        lifecycle.find(anybody, track, state, verb, acting)
                    assert impossible.value.members == {"state": state, "possible": possible}


@pytest.mark.parametrize(("lifecycle", "states", "verbs"), TABLES)
def test_a_verb_leads_to_one_state(lifecycle: Lifecycle[Any, Any], states: Any, verbs: Any) -> None:
    for track in lifecycle.tracks:
        for state in states:
            lines = [
                line.verb
                for line in lifecycle.transitions
                if state in line.sources and line.holds_for(track)
            ]
            assert len(lines) == len(set(lines)), (track, state)
    used = {line.verb for line in lifecycle.transitions}
    assert used == set(verbs)
    assert lifecycle.removable <= set(states)


async def put_into(database: "Connection[Any]", id_: str, state: str, track: str) -> None:
    await database.execute(
        "update delegations set state = $2, direction = nullif($3, '') where id = $1",
        id_,
        state,
        track,
    )


async def test_the_view_says_what_the_caller_may_do_now(
    api: AsyncClient, as_actor: Callable[..., Any], database: "Connection[Any]"
) -> None:
    visit = await factories.made(api, "/delegations", factories.delegation())
    address = f"/delegations/{visit['id']}"
    clients = {
        "all": (api, who(*EVERY)),
        "writer": (await as_actor("delegations:read delegations:write"), who("delegations:write")),
        "reader": (await as_actor("delegations:read"), who("delegations:read")),
    }
    for state in DelegationState:
        for track in of_delegations.tracks:
            if not track and state not in {"draft", "recorded", "cancelled"}:
                continue
            await put_into(database, visit["id"], state, track)
            for name, (client, ctx) in clients.items():
                possible = of_delegations.possible(ctx, track, state)
                for shown in (
                    (await client.get(address)).json(),
                    (await client.get("/delegations")).json()["items"][0],
                ):
                    assert shown["verbs"] == possible, (name, state, track)


async def test_a_verb_that_is_not_possible_names_those_that_are(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    visit = await factories.made(api, "/delegations", factories.delegation())
    address = f"/delegations/{visit['id']}"
    for state in DelegationState:
        await put_into(database, visit["id"], state, "outbound")
        before = (await api.get(address)).json()
        (verb, *_) = [verb for verb in DelegationVerb if verb.value not in before["verbs"]]
        answer = await api.post(
            f"{address}/transitions", json={"verb": verb}, headers={"if-match": "*"}
        )
        assert (answer.status_code, answer.json()["type"]) == (
            409,
            "/docs/problems/verb-impossible",
        )
        assert answer.json()["possible"] == before["verbs"]
        assert answer.json()["state"] == state
        assert (await api.get(address)).json() == before


async def test_of_racing_transitions_one_is_taken(api: AsyncClient) -> None:
    visit = await factories.made(
        api, "/delegations", factories.delegation(lead_agency_id=await an_agency(api))
    )
    address = f"/delegations/{visit['id']}"
    for match, refused in (('"1"', {412}), ("*", {409})):
        verb = {"verb": "submit"} if match != "*" else {"verb": "return"}
        racing = [
            api.post(f"{address}/transitions", json=verb, headers={"if-match": match})
            for _ in range(6)
        ]
        answers = await asyncio.gather(*racing)
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [201] + [*refused] * 5
    steps = (await api.get(f"{address}/transitions")).json()["items"]
    assert [step["verb"] for step in steps] == ["return", "submit"]
    assert (await api.get(address)).json()["version"] == 3


async def an_agency(api: AsyncClient) -> str:
    made = await factories.made(api, "/agencies", factories.agency())
    id_: str = made["id"]
    return id_


async def test_a_guard_says_what_is_lacking(api: AsyncClient) -> None:
    bare = factories.delegation(when=None, head_position=None, countries=[])
    visit = await factories.made(api, "/delegations", bare)
    answer = await api.post(
        f"/delegations/{visit['id']}/transitions",
        json={"verb": "submit"},
        headers={"if-match": "*"},
    )
    assert (answer.status_code, answer.json()["type"]) == (422, "/docs/problems/invalid")
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/when", "/head_position", "/lead_agency_id", "/countries"}


async def test_a_step_needs_the_permission_of_its_verb(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    visit = await factories.made(
        api, "/delegations", factories.delegation(lead_agency_id=await an_agency(api))
    )
    address = f"/delegations/{visit['id']}/transitions"
    writer = await as_actor("delegations:read delegations:write")
    reader = await as_actor("delegations:read")
    any_ = {"if-match": "*"}
    for client, verb, expected in (
        (reader, "submit", "delegations:write"),
        (writer, "submit", None),
        (writer, "reject", "delegations:approve"),
    ):
        answer = await client.post(address, json={"verb": verb}, headers=any_)
        if expected:
            assert (answer.status_code, answer.json()["permission"]) == (403, expected)
        else:
            assert answer.status_code == 201


@pytest.fixture
def evening(app: FastAPI) -> Iterator[datetime]:
    """Half past five in the afternoon of Greenwich, when the province has the next day."""
    now = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
    app.state.clock = lambda: now
    yield now
    app.state.clock = None


async def test_steps_are_kept_with_their_day(
    api: AsyncClient, stranger: AsyncClient, evening: datetime
) -> None:
    partner = await factories.made(api, "/partners", factories.partner())
    body = factories.relation(partner["id"], visibility="public")
    relation = await factories.made(api, "/partner-relations", body)
    address = f"/partner-relations/{relation['id']}"
    first = await api.post(
        f"{address}/transitions",
        json={"verb": "establish", "note": "x"},
        headers={"if-match": '"1"'},
    )
    assert first.headers["location"] == f"/api/v1{address}/transitions"
    assert first.headers["etag"].startswith('"2.')
    second = {"verb": "suspend", "on": "2025-02-03"}
    await api.post(f"{address}/transitions", json=second, headers={"if-match": '"2"'})
    steps = (await api.get(f"{address}/transitions")).json()["items"]
    oldest_first = await api.get(f"{address}/transitions", params={"sort": "at"})
    assert oldest_first.json()["items"] == steps[::-1]
    (suspended, established) = steps
    assert established == first.json()
    assert (established["from_state"], established["to_state"]) == ("exploring", "established")
    assert (established["on"], established["note"], established["version"]) == (
        "2027-01-01",
        "x",
        2,
    )
    assert established["at"].startswith("2026-12-31T17:30:00")
    assert (suspended["on"], suspended["version"]) == ("2025-02-03", 3)
    assert established["actor_id"] is not None
    seen = (await stranger.get(f"{address}/transitions")).json()["items"]
    assert [step["actor_id"] for step in seen] == [None, None]
    assert [step["verb"] for step in seen] == ["suspend", "establish"]


async def test_the_steps_of_a_hidden_record_are_hidden(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    visit = await factories.made(api, "/delegations", factories.delegation())
    assert (await stranger.get(f"/delegations/{visit['id']}/transitions")).status_code == 404
    step = {"verb": "cancel"}
    any_ = {"if-match": "*"}
    gone = f"/delegations/{visit['id']}"
    assert (await api.post(f"{gone}/transitions", json=step, headers=any_)).status_code == 201
    assert (await api.delete(gone, headers=any_)).status_code == 204
    assert (await api.get(f"{gone}/transitions")).status_code == 410
    assert (await api.post(f"{gone}/transitions", json=step, headers=any_)).status_code == 410


async def test_what_has_consequences_is_not_removed(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    visit = await factories.made(api, "/delegations", factories.delegation())
    address = f"/delegations/{visit['id']}"
    for state in sorted(set(DelegationState) - of_delegations.removable):
        await put_into(database, visit["id"], state, "outbound")
        answer = await api.delete(address, headers={"if-match": "*"})
        assert (answer.status_code, answer.json()["state"]) == (409, state)
    await put_into(database, visit["id"], "cancelled", "outbound")
    assert (await api.delete(address, headers={"if-match": "*"})).status_code == 204
