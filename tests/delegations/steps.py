"""A delegation with all that any step asks for, and the steps themselves."""

from typing import Any

from asyncpg import Connection
from httpx import AsyncClient, Response

from tests.factories import agency, delegation, made, source

HERE = {"If-Match": "*"}
DECISION = [{"symbol": "152/QĐ-UBND", "issuer": "UBND tỉnh", "issued_on": "2026-11-01"}]
REPORT = {"document": {"symbol": "12/BC-SNgV"}, "submitted_on": "2026-12-10"}


async def complete(api: AsyncClient, **changed: Any) -> dict[str, Any]:
    """A body that meets every guard."""
    lead = await made(api, "/agencies", agency())
    cited = await made(api, "/sources", source())
    return (
        delegation(
            lead_agency_id=lead["id"],
            sources=[{"source_id": cited["id"]}],
            decision=DECISION,
            programme=[{"activity": "Talks"}],
            report=REPORT,
        )
        | changed
    )


async def drafted(api: AsyncClient, **changed: Any) -> Any:
    return await made(api, "/delegations", await complete(api, **changed))


async def take(api: AsyncClient, record: Any, verb: str, **more: Any) -> Response:
    address = f"/delegations/{record['id']}/transitions"
    return await api.post(address, json={"verb": verb} | more, headers=HERE)


async def taken(api: AsyncClient, record: Any, *verbs: str) -> Any:
    """The record after these steps."""
    for verb in verbs:
        answer = await take(api, record, verb)
        assert answer.status_code == 201, answer.text
    return await read(api, record)


async def read(api: AsyncClient, record: Any) -> Any:
    found = await api.get(f"/delegations/{record['id']}")
    assert found.status_code == 200, found.text
    return found.json()


async def patch(api: AsyncClient, record: Any, **changed: Any) -> Response:
    return await api.patch(f"/delegations/{record['id']}", json=changed, headers=HERE)


async def put(database: "Connection[Any]", record: Any, state: str, **more: Any) -> None:
    """Set the state, and plain columns beside it, without any step."""
    names = ["state", *more]
    columns = ", ".join(f"{name} = ${n}" for n, name in enumerate(names, 2))
    await database.execute(
        f"update delegations set {columns} where id = $1", record["id"], state, *more.values()
    )
