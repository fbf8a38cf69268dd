"""Every verb in every state of every direction, and what each still asks for."""

from typing import Any

import pytest
from asyncpg import CheckViolationError, Connection
from httpx import AsyncClient

from sonla_api.delegations.lifecycle import BINDING, DelegationState, DelegationVerb, lifecycle
from tests.delegations.steps import HERE, complete, drafted, patch, put, read, take, taken
from tests.factories import agency, delegation, made

SENT = {
    "draft": {"submit": "submitted", "record": "recorded"},
    "submitted": {
        "return": "returned",
        "approve": "approved",
        "reject": "rejected",
        "postpone": "postponed",
    },
    "returned": {"submit": "submitted"},
    "postponed": {"submit": "submitted"},
    "approved": {"depart": "under_way", "postpone": "postponed"},
    "under_way": {"complete": "completed"},
    "completed": {"report": "reported"},
    "reported": {"close": "closed"},
    "recorded": {},
}
RECEIVED = {
    "draft": {"submit": "submitted", "record": "recorded"},
    "submitted": {
        "return": "returned",
        "permit": "permitted",
        "refuse": "refused",
        "postpone": "postponed",
    },
    "returned": {"submit": "submitted"},
    "postponed": {"submit": "submitted"},
    "permitted": {"approve_programme": "programme_approved", "postpone": "postponed"},
    "programme_approved": {"receive": "received", "postpone": "postponed"},
    "received": {"report": "reported"},
    "reported": {"close": "closed"},
    "recorded": {},
}
UNKNOWN = {
    "draft": {"record": "recorded"},
    "recorded": {"set_direction": "recorded"},
}
TABLES: dict[str | None, dict[str, dict[str, str]]] = {
    "outbound": SENT,
    "inbound": RECEIVED,
    "domestic": SENT,
    None: UNKNOWN,
}
CANCELLED_FROM = {
    "draft",
    "submitted",
    "returned",
    "postponed",
    "approved",
    "permitted",
    "programme_approved",
    "recorded",
}
DECIDED = {"return", "approve", "reject", "permit", "refuse", "approve_programme", "close"}
WITHOUT_DIRECTION = {"draft", "recorded", "cancelled"}
FOREIGN: dict[str | None, set[str]] = {
    "outbound": {"permitted", "refused", "programme_approved", "received"},
    "domestic": {"permitted", "refused", "programme_approved", "received"},
    "inbound": {"approved", "rejected", "under_way", "completed"},
    None: {state.value for state in DelegationState} - WITHOUT_DIRECTION,
}
PLACES = [
    (direction, state.value)
    for direction in TABLES
    for state in DelegationState
    if state not in FOREIGN[direction]
]


def verbs_of(direction: str | None, state: str) -> dict[str, str]:
    """What is possible, and where it leads."""
    cancel = {"cancel": "cancelled"} if state in CANCELLED_FROM else {}
    return TABLES[direction].get(state, {}) | cancel


@pytest.mark.parametrize(("direction", "state"), PLACES)
async def test_every_verb_in_a_state(
    api: AsyncClient, database: "Connection[Any]", direction: str | None, state: str
) -> None:
    record = await drafted(api, direction=direction)
    possible = verbs_of(direction, state)
    await put(database, record, state)
    before = await read(api, record)
    assert (before["state"], set(before["verbs"])) == (state, set(possible))
    for verb in set(DelegationVerb) - set(possible):
        answer = await take(api, record, verb, **asked_with(verb))
        assert answer.status_code == 409, (verb, answer.text)
        assert answer.json()["state"] == state
        assert set(answer.json()["possible"]) == set(possible)
    assert await read(api, record) == before
    for name, target in possible.items():
        answer = await take(api, record, name, **asked_with(name))
        assert answer.status_code == 201, (name, answer.text)
        step, after = answer.json(), await read(api, record)
        assert (step["verb"], step["from_state"], step["to_state"]) == (name, state, target)
        assert (after["state"], after["version"]) == (target, step["version"])
        await put(database, record, state, direction=direction)


def asked_with(verb: str) -> dict[str, str]:
    return {"direction": "inbound"} if verb == "set_direction" else {}


@pytest.mark.parametrize("direction", TABLES)
def test_a_direction_reaches_its_own_states(direction: str | None) -> None:
    reached: set[str] = set()
    new = {"draft"}
    while new - reached:
        reached |= new
        new = {
            line.target.value
            for line in lifecycle.transitions
            if line.target and line.holds_for(direction or "") and line.sources & reached
        }
    assert reached == {state for place, state in PLACES if place == direction}


@pytest.mark.parametrize("state", sorted(FOREIGN[None]))
async def test_a_delegation_on_its_way_has_a_direction(
    api: AsyncClient, database: "Connection[Any]", state: str
) -> None:
    record = await drafted(api, direction=None)
    with pytest.raises(CheckViolationError, match="direction_known"):
        await put(database, record, state)


@pytest.mark.parametrize(
    ("direction", "verbs"),
    [
        ("outbound", ["submit", "approve", "depart", "complete", "report", "close"]),
        ("domestic", ["submit", "approve", "depart", "complete", "report", "close"]),
        ("inbound", ["submit", "permit", "approve_programme", "receive", "report", "close"]),
        ("outbound", ["submit", "return", "submit", "postpone", "submit", "reject"]),
        ("inbound", ["submit", "permit", "postpone", "submit", "refuse"]),
        ("inbound", ["submit", "permit", "approve_programme", "cancel"]),
        (None, ["record", "cancel"]),
    ],
)
async def test_a_journey_is_kept_step_by_step(
    api: AsyncClient, direction: str | None, verbs: list[str]
) -> None:
    record = await drafted(api, direction=direction)
    await taken(api, record, *verbs)
    listed = (await api.get(f"/delegations/{record['id']}/transitions")).json()["items"]
    assert [step["verb"] for step in reversed(listed)] == verbs
    assert [step["version"] for step in reversed(listed)] == list(range(2, len(verbs) + 2))


@pytest.mark.parametrize(
    ("direction", "state", "verb", "missing"),
    [
        ("outbound", "draft", "submit", ["when", "head_position", "lead_agency_id", "countries"]),
        ("inbound", "returned", "submit", ["when"]),
        ("domestic", "postponed", "submit", ["countries", "lead_agency_id"]),
        ("outbound", "submitted", "approve", ["decision"]),
        ("inbound", "submitted", "permit", ["decision"]),
        ("inbound", "permitted", "approve_programme", ["programme"]),
        ("outbound", "completed", "report", ["report"]),
        ("inbound", "received", "report", ["report"]),
        (None, "draft", "record", ["sources"]),
    ],
)
async def test_a_step_names_what_it_still_asks_for(
    api: AsyncClient,
    database: "Connection[Any]",
    direction: str | None,
    state: str,
    verb: str,
    missing: list[str],
) -> None:
    body = await complete(api, direction=direction)
    left = {name: value for name, value in body.items() if name not in missing}
    record = await made(api, "/delegations", left)
    await put(database, record, state)
    before = await read(api, record)
    refused = await take(api, record, verb)
    assert refused.status_code == 422
    assert {e["pointer"] for e in refused.json()["errors"]} == {f"/{name}" for name in missing}
    assert {e["code"] for e in refused.json()["errors"]} == {"needed"}
    assert await read(api, record) == before
    changed = await patch(api, record, **{name: body[name] for name in missing})
    assert changed.status_code == 200, changed.text
    assert (await take(api, record, verb)).status_code == 201


async def test_a_visit_at_home_needs_no_decision(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    record = await drafted(api, direction="domestic", countries=["VN"], decision=[])
    assert (await taken(api, record, "submit", "approve"))["state"] == "approved"


async def test_a_direction_that_was_unknown_is_set_once(api: AsyncClient) -> None:
    record = await drafted(api, direction=None)
    await taken(api, record, "record")
    refused = await take(api, record, "set_direction")
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/direction"]
    assert (await patch(api, record, direction="inbound")).status_code == 422
    assert (await take(api, record, "set_direction", direction="inbound")).status_code == 201
    after = await read(api, record)
    assert (after["direction"], after["state"], after["code"]) == ("inbound", "recorded", None)
    assert after["verbs"] == ["cancel"]
    again = await take(api, record, "set_direction", direction="outbound")
    assert again.status_code == 409


@pytest.mark.parametrize("verb", sorted(set(DelegationVerb) - {"set_direction"}))
async def test_other_steps_take_no_direction(api: AsyncClient, verb: str) -> None:
    record = await drafted(api)
    refused = await take(api, record, verb, direction="inbound")
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/direction", "direction_unasked")
    assert error["message"] == "only set_direction takes a direction"


async def test_the_direction_changes_only_in_the_draft(api: AsyncClient) -> None:
    record = await drafted(api)
    assert (await patch(api, record, direction="inbound")).status_code == 200
    assert (await patch(api, record, direction=None)).status_code == 200
    assert (await patch(api, record, direction="domestic")).status_code == 200
    await taken(api, record, "submit", "return")
    for direction in ("inbound", None):
        refused = await patch(api, record, direction=direction)
        assert [e["pointer"] for e in refused.json()["errors"]] == ["/direction"]
    assert (await patch(api, record, direction="domestic", note="x")).status_code == 200


@pytest.mark.parametrize("state", DelegationState)
async def test_only_what_is_draft_recorded_or_cancelled_is_removed(
    api: AsyncClient, database: "Connection[Any]", state: str
) -> None:
    record = await drafted(api)
    await put(database, record, state)
    answer = await api.delete(f"/delegations/{record['id']}", headers=HERE)
    if state in WITHOUT_DIRECTION:
        assert answer.status_code == 204
        assert (await api.get(f"/delegations/{record['id']}")).status_code == 410
    else:
        assert answer.status_code == 409
        assert answer.json()["state"] == state


async def test_decisions_need_their_own_permission(
    api: AsyncClient, database: "Connection[Any]", as_actor: Any
) -> None:
    writer = await as_actor("delegations:read delegations:write")
    approver = await as_actor("delegations:read delegations:approve")
    for direction, table in TABLES.items():
        record = await drafted(api, direction=direction)
        for state in table:
            await put(database, record, state)
            possible = set(verbs_of(direction, state))
            assert set((await read(writer, record))["verbs"]) == possible - DECIDED
            assert set((await read(approver, record))["verbs"]) == possible & DECIDED
            for verb in possible:
                clerk = writer if verb in DECIDED else approver
                more = {"direction": "inbound"} if verb == "set_direction" else {}
                refused = await take(clerk, record, verb, **more)
                permission = "delegations:approve" if verb in DECIDED else "delegations:write"
                assert (refused.status_code, refused.json()["permission"]) == (403, permission)


async def test_the_lead_is_asked_for_again_at_submit(api: AsyncClient) -> None:
    """An agency may have ended between the draft and its submission, or the days have moved."""
    lead = await made(api, "/agencies", agency())
    record = await drafted(api, lead_agency_id=lead["id"], when="2026-12-01/2026-12-03")
    ended = await api.patch(
        f"/agencies/{lead['id']}", json={"valid_to": "2026-12-01"}, headers=HERE
    )
    assert ended.status_code == 200
    refused = await take(api, record, "submit")
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/lead_agency_id"]
    assert (await patch(api, record, when="2026-12-02")).status_code == 422
    assert (await patch(api, record, when="2026-11-30/2026-12-03")).status_code == 200
    assert (await taken(api, record, "submit"))["state"] == "submitted"


async def test_the_database_binds_in_the_same_states(database: "Connection[Any]") -> None:
    source = await database.fetchval("select prosrc from pg_proc where proname = 'keep_members'")
    named = {state for state in DelegationState if f"'{state.value}'" in source}
    assert named == set(BINDING)


async def test_a_plain_draft_can_be_made_without_anything_but_a_title(api: AsyncClient) -> None:
    record = await made(api, "/delegations", {"title": {"vi": "Đoàn công tác"}})
    assert (record["state"], record["direction"], record["code"]) == ("draft", None, None)
    assert set(record["verbs"]) == {"record", "cancel"}
    assert delegation()["direction"] == "outbound"
