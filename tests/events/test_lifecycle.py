"""Every verb in every state of an event, and what a step asks for."""

from typing import Any

import pytest
from asyncpg import Connection
from httpx import AsyncClient, Response

from sonla_api.events.lifecycle import EventState, EventVerb
from tests.factories import event, made, source

HERE = {"If-Match": "*"}
TABLE = {
    ("planned", "hold"): "held",
    ("planned", "postpone"): "postponed",
    ("planned", "cancel"): "cancelled",
    ("planned", "record"): "recorded",
    ("postponed", "resume"): "planned",
    ("postponed", "cancel"): "cancelled",
    ("recorded", "cancel"): "cancelled",
}


async def take(api: AsyncClient, record: Any, verb: str) -> Response:
    address = f"/events/{record['id']}/transitions"
    return await api.post(address, json={"verb": verb}, headers=HERE)


@pytest.mark.parametrize("state", EventState)
async def test_verbs_in_a_state(
    api: AsyncClient, database: "Connection[Any]", state: EventState
) -> None:
    cited = await made(api, "/sources", source())
    body = event(sources=[{"source_id": cited["id"]}])
    record, after = None, ""
    for verb in EventVerb:
        record = await made(api, "/events", body)
        await database.execute(
            "update events set state = $1 where id = $2", state.value, record["id"]
        )
        possible = [v for s, v in TABLE if s == state]
        assert (await api.get(f"/events/{record['id']}")).json()["verbs"] == possible
        answer = await take(api, record, verb)
        after = (await api.get(f"/events/{record['id']}")).json()["state"]
        if verb in possible:
            assert (answer.status_code, after) == (201, TABLE[state, verb])
            steps = (await api.get(f"/events/{record['id']}/transitions")).json()["items"]
            assert [step["verb"] for step in steps] == [verb]
        else:
            assert (answer.status_code, after) == (409, state)
            assert answer.json()["possible"] == possible
    removed = await api.delete(f"/events/{record['id']}", headers=HERE)
    is_removed = after in {"planned", "recorded", "cancelled"}
    assert removed.status_code == (204 if is_removed else 409)


@pytest.mark.parametrize(
    ("state", "verb", "pointer"),
    [
        ("planned", "hold", "/when"),
        ("postponed", "resume", "/when"),
        ("planned", "record", "/sources"),
    ],
)
async def test_what_a_step_lacks(
    api: AsyncClient, database: "Connection[Any]", state: str, verb: str, pointer: str
) -> None:
    record = await made(api, "/events", event(when=None))
    await database.execute("update events set state = $1 where id = $2", state, record["id"])
    refused = await take(api, record, verb)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
