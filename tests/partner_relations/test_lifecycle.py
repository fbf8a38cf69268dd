"""Every verb in every state of a relation, and what ending one does to its period."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asyncpg import Connection
from httpx import AsyncClient

from sonla_api.partner_relations.lifecycle import RelationState, RelationVerb
from tests.factories import made, partner, relation

HERE = {"If-Match": "*"}
TABLE = {
    ("exploring", "establish"): "established",
    ("exploring", "cancel"): "cancelled",
    ("established", "suspend"): "dormant",
    ("established", "end"): "ended",
    ("dormant", "resume"): "established",
    ("dormant", "end"): "ended",
    ("recorded", "cancel"): "cancelled",
}


async def tie(api: AsyncClient, **changed: Any) -> Any:
    other = await made(api, "/partners", partner())
    return await made(api, "/partner-relations", relation(other["id"], **changed))


async def put(database: "Connection[Any]", record: Any, state: str) -> None:
    changed = "update partner_relations set state = $1 where id = $2"
    await database.execute(changed, state, record["id"])


async def take(api: AsyncClient, record: Any, verb: str, **more: Any) -> Any:
    address = f"/partner-relations/{record['id']}/transitions"
    return await api.post(address, json={"verb": verb} | more, headers=HERE)


@pytest.mark.parametrize("verb", RelationVerb)
@pytest.mark.parametrize("state", RelationState)
async def test_a_verb_in_a_state(
    api: AsyncClient, database: "Connection[Any]", state: RelationState, verb: RelationVerb
) -> None:
    record = await tie(api)
    await put(database, record, state)
    possible = [v for s, v in TABLE if s == state]
    read = (await api.get(f"/partner-relations/{record['id']}")).json()
    assert (read["state"], sorted(read["verbs"])) == (state, sorted(possible))
    answer = await take(api, record, verb, on="2026-03-01", note="as agreed")
    after = (await api.get(f"/partner-relations/{record['id']}")).json()
    if verb in possible:
        assert answer.status_code == 201, answer.text
        step = answer.json()
        target = TABLE[state, verb]
        assert (step["verb"], step["from_state"], step["to_state"]) == (verb, state, target)
        assert (step["on"], step["note"]) == ("2026-03-01", "as agreed")
        assert (after["state"], after["version"]) == (target, step["version"])
        listed = (await api.get(answer.headers["location"].removeprefix("/api/v1"))).json()
        assert listed["items"] == [step]
    else:
        assert answer.status_code == 409
        assert answer.json()["state"] == state
        assert sorted(answer.json()["possible"]) == sorted(possible)
        assert after == read


@pytest.mark.parametrize(
    ("valid", "ended_as"),
    [
        ("2020/..", "2020/2026-03-01"),
        ("2020-05-06/2030", "2020-05-06/2026-03-01"),
        ("2026", "2026/2026-03-01"),
        ("2026-03-01", "2026-03-01"),
        ("../2030", "../2026-03-01"),
        (None, "../2026-03-01"),
        ({"duration": "P4Y", "from": "signing"}, "../2026-03-01"),
        # Over by then: nothing is added to what the period says.
        ("2018/2020", "2018/2020"),
        ("../2026-02", "../2026-02"),
        ("2020/2026-03-01", "2020/2026-03-01"),
    ],
)
async def test_ending_a_relation_ends_its_period(
    api: AsyncClient, valid: Any, ended_as: str
) -> None:
    record = await tie(api, valid=valid)
    await take(api, record, "establish")
    assert (await take(api, record, "end", on="2026-03-01")).status_code == 201
    after = (await api.get(f"/partner-relations/{record['id']}")).json()
    assert (after["state"], after["valid"]) == ("ended", ended_as)


async def test_a_relation_ends_today_where_no_day_is_given(api: AsyncClient) -> None:
    record = await tie(api, valid="2020/..")
    await take(api, record, "establish")
    step = (await take(api, record, "end")).json()
    after = (await api.get(f"/partner-relations/{record['id']}")).json()
    assert after["valid"] == f"2020/{step['on']}"
    now = datetime.now(UTC) + timedelta(hours=7)
    assert step["on"] == now.date().isoformat()


async def test_a_relation_does_not_end_before_it_begins(api: AsyncClient) -> None:
    record = await tie(api, valid="2026-05/..")
    await take(api, record, "establish")
    refused = await take(api, record, "end", on="2026-04-30")
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/on", "not_begun")
    assert "2026-05-01" in error["message"]
    assert (await take(api, record, "end", on="9999-12-30")).status_code == 201


async def test_an_ended_relation_keeps_an_end(api: AsyncClient) -> None:
    record = await tie(api, valid="2020/..")
    await take(api, record, "establish")
    await take(api, record, "end", on="2026-03-01")
    address = f"/partner-relations/{record['id']}"
    for valid in ("2020/..", None, {"duration": "P4Y", "from": "signing"}):
        refused = await api.patch(address, json={"valid": valid}, headers=HERE)
        assert refused.status_code == 422
        assert [e["pointer"] for e in refused.json()["errors"]] == ["/valid"]
    for patch in ({"valid": "2020/2026-02-28"}, {"note": "ended early"}):
        assert (await api.patch(address, json=patch, headers=HERE)).status_code == 200


@pytest.mark.parametrize("state", RelationState)
async def test_only_a_relation_without_consequence_is_removed(
    api: AsyncClient, database: "Connection[Any]", state: RelationState
) -> None:
    record = await tie(api)
    await put(database, record, state)
    answer = await api.delete(f"/partner-relations/{record['id']}", headers=HERE)
    if state in ("exploring", "recorded", "cancelled"):
        assert answer.status_code == 204
        read = await api.get(f"/partner-relations/{record['id']}/transitions")
        assert read.status_code == 410
    else:
        assert answer.status_code == 409
        assert answer.json()["state"] == state


async def test_who_may_only_read_has_no_verbs_and_takes_no_step(
    api: AsyncClient, as_actor: Any
) -> None:
    record = await tie(api)
    reader = await as_actor("partner_relations:read")
    read = (await reader.get(f"/partner-relations/{record['id']}")).json()
    assert read["verbs"] == []
    refused = await take(reader, record, "establish")
    assert (refused.status_code, refused.json()["permission"]) == (403, "partner_relations:write")
