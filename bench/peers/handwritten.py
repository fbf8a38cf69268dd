"""The yardstick: delegations by hand with asyncpg and orjson on bare ASGI.

The same SQL and indexes as the service has, and as many connections, in asyncpg's own pool; no
key, row filter, ETag, audit or idempotency.
"""

import os
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import asyncpg
import orjson
from orjson import Fragment
from uuid_utils.compat import uuid7

from bench.peers.sql import AS_JSON, CREATE, EMPTY, ITEM, LIST, PLAIN, UNDATED, VERSION

Headers = list[tuple[bytes, bytes]]

OWNER = os.environ["BENCH_OWNER"]
VERBS: dict[str, list[str]] = orjson.loads(os.environ["BENCH_VERBS"])
MINE = frozenset(os.environ["BENCH_MINE"].split())
OWES_REPORT = {"under_way", "completed", "received"}
ADDRESS = re.compile("/api/v1/delegations/([0-9a-f-]{36})$")
JSON = (b"content-type", b"application/json")

pool: "asyncpg.Pool[Any]"


def raw(value: str | None) -> Any:
    return None if value is None else Fragment(value)


def shown(row: Any) -> dict[str, Any]:
    state, due_on = row["state"], row["report_due_on"]
    return {
        "id": row["id"],
        "version": row["version"],
        "key": row["key"],
        "note": row["note"],
        "sources": raw(row["sources"]),
        "flags": raw(row["flags"]),
        "printed": raw(row["printed"]),
        "owner_agency": raw(row["owner_agency"]),
        "visibility": row["visibility"],
        "created_at": row["created_at"],
        "created_by": row["created_by"],
        "updated_at": row["updated_at"],
        "updated_by": row["updated_by"],
        "code": row["code"],
        "direction": row["direction"],
        "channel": row["channel"],
        "level": row["level"],
        "title": raw(row["title"]),
        "purpose": row["purpose"],
        "lead_agency": raw(row["lead_agency"]),
        "head_position": row["head_position"],
        "host_position": row["host_position"],
        "headcount": row["headcount"],
        "members": raw(row["members"]),
        "countries": row["countries"],
        "subdivision": row["subdivision"],
        "place": row["place"],
        "partners": raw(row["partners"]),
        "when": raw(row["when"]),
        "programme": raw(row["programme"]),
        "invitation": raw(row["invitation"]),
        "decision": raw(row["decision"]),
        "consultations": raw(row["consultations"]),
        "funding": row["funding"],
        "cost": raw(row["cost"]),
        "in_annual_plan": row["in_annual_plan"],
        "outcomes": row["outcomes"],
        "report": raw(row["report"]),
        "report_due_on": due_on,
        "report_due_calendar": row["report_due_calendar"],
        "is_report_overdue": state in OWES_REPORT
        and row["report"] is None
        and due_on is not None
        and due_on < row["today"],
        "state": state,
        "verbs": verbs(row),
    }


def verbs(row: Any) -> list[str]:
    if row["owner_agency_id"] not in MINE:
        return []
    return VERBS.get(f"{row['direction'] or ''}.{row['state']}", [])


async def listed(scope: Any, _: Any) -> tuple[int, Headers, bytes]:
    query = parse_qs(scope["query_string"].decode())
    limit, state = int(query["limit"][0]), query["state"][0]
    rows = await pool.fetch(LIST, state)
    if len(rows) <= limit:
        rows += await pool.fetch(UNDATED, state)
    after = f"{rows[limit - 1]['when_from']}_{rows[limit - 1]['id']}" if len(rows) > limit else None
    page = {"items": [shown(row) for row in rows[:limit]], "next_cursor": after, "total": None}
    return 200, [JSON], orjson.dumps(page)


async def item(scope: Any, _: Any) -> tuple[int, Headers, bytes]:
    id_ = scope["path"][-36:]
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            tag = b'"%d"' % await pool.fetchval(VERSION, id_)
            if tag == value:
                return 304, [(b"etag", tag)], b""
    row: Any = await pool.fetchrow(ITEM, id_)
    return 200, [JSON, (b"etag", b'"%d"' % row["version"])], orjson.dumps(shown(row))


async def create(_: Any, receive: Any) -> tuple[int, Headers, bytes]:
    body, more = b"", True
    while more:
        message = await receive()
        body += message["body"]
        more = message["more_body"]
    given = EMPTY | orjson.loads(body) | {"id": uuid7()}
    values = [OWNER, *(given.get(name) for name in PLAIN)]
    for name in AS_JSON:
        value = given.get(name)
        values.append(None if value is None else orjson.dumps(value).decode())
    return 201, [JSON], orjson.dumps(shown(await pool.fetchrow(CREATE, *values)))


Answer = Callable[[Any, Any], Awaitable[tuple[int, Headers, bytes]]]


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await live(receive, send)
        return
    answer: Answer = listed
    if scope["method"] == "POST":
        answer = create
    elif ADDRESS.match(scope["path"]):
        answer = item
    status, headers, body = await answer(scope, receive)
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def live(receive: Any, send: Any) -> None:
    global pool
    await receive()
    async with asyncpg.create_pool(
        os.environ["BENCH_URL"],
        min_size=8,
        max_size=8,
        reset=kept_as_it_is,
        server_settings={"jit": "off", "timezone": "UTC", "random_page_cost": "1.1"},
    ) as pool:
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def kept_as_it_is(_: object) -> None:
    """Nothing changes the state of a connection, so its return costs no round trip."""
