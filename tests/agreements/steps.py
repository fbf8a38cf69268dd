"""Agreements with all that a step asks for, and the steps themselves."""

from typing import Any

from httpx import AsyncClient, Response

from tests.factories import agency, agreement, made, partner, source

HERE = {"If-Match": "*"}
ANSWERED = {"answered_on": "2026-01-20"}


async def complete(api: AsyncClient, **changed: Any) -> Any:
    """An agreement that meets every guard."""
    ours = (await made(api, "/agencies", agency()))["id"]
    theirs = (await made(api, "/partners", partner()))["id"]
    cited = (await made(api, "/sources", source()))["id"]
    body = agreement(
        parties=[{"partner_id": theirs}, {"agency_id": ours}],
        consultations=[{"agency_id": ours, **ANSWERED}],
        documents=[{"symbol": "12/QĐ-UBND"}],
        sources=[{"source_id": cited}],
        effective="2026/2028",
    )
    return await made(api, "/agreements", body | changed)


async def take(api: AsyncClient, record: Any, verb: str, **more: Any) -> Response:
    address = f"/agreements/{record['id']}/transitions"
    return await api.post(address, json={"verb": verb} | more, headers=HERE)


async def taken(api: AsyncClient, record: Any, *verbs: str, **more: Any) -> Any:
    """The record after these steps."""
    for verb in verbs:
        answer = await take(api, record, verb, **more)
        assert answer.status_code == 201, answer.text
    return await read(api, record)


async def read(api: AsyncClient, record: Any) -> Any:
    found = await api.get(f"/agreements/{record['id']}")
    assert found.status_code == 200, found.text
    return found.json()


async def patch(api: AsyncClient, record: Any, **changed: Any) -> Response:
    return await api.patch(f"/agreements/{record['id']}", json=changed, headers=HERE)


async def told(api: AsyncClient, state: str, **changed: Any) -> Any:
    """An agreement of which a source tells this state."""
    return await taken(api, await complete(api, **changed), "record", state=state)
