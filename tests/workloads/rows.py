"""Plans, tasks and assignments as rows, with states and days that no caller could give them."""

import json
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from tests.conftest import Connection

_NUMBERS = count(1)


async def row(database: "Connection[Any]", table: str, **values: Any) -> UUID:
    """A new record of a table; objects and lists of objects become JSON."""
    record = {"id": uuid4(), "version": 1, "visibility": "public"} | {
        name: json.dumps(value) if _is_json(value) else _day(value)
        for name, value in values.items()
    }
    places = ", ".join(f"${n}" for n in range(1, len(record) + 1))
    names = ", ".join(f'"{name}"' for name in record)
    await database.execute(f"insert into {table} ({names}) values ({places})", *record.values())
    id_ = record["id"]
    assert isinstance(id_, UUID)
    return id_


async def plan(database: "Connection[Any]", **values: Any) -> UUID:
    """A plan with the document that it belongs to."""
    if "document_id" not in values:
        subject = {"vi": "Kế hoạch", "en": "Plan", "lo": None}
        values["document_id"] = await row(
            database, "documents", type="plan", symbol="152/KH-UBND", subject=subject
        )
    return await row(database, "plans", **values)


async def task(database: "Connection[Any]", plan_id: UUID, **values: Any) -> UUID:
    number = next(_NUMBERS)
    title = {"vi": f"Nhiệm vụ {number}", "en": f"Task {number}", "lo": None}
    named = {"plan_id": plan_id, "code": str(number), "title": title, "weight": 1}
    return await row(database, "tasks", **named | values)


async def assignment(
    database: "Connection[Any]", task_id: UUID, agency_id: UUID, **values: Any
) -> UUID:
    """In the state that its days tell."""
    state = "done" if values.get("done_on") else None
    state = state or ("cancelled" if values.get("cancelled_on") else "assigned")
    named = {"role": "lead", "state": state, "assigned_on": "2026-01-05"}
    return await row(
        database, "assignments", task_id=task_id, agency_id=agency_id, **named | values
    )


async def agency(database: "Connection[Any]", **values: Any) -> UUID:
    number = next(_NUMBERS)
    named = {"name": {"vi": f"Sở {number}", "en": f"Department {number}", "lo": None}}
    return await row(database, "agencies", **named | {"kind": "department"} | values)


def _is_json(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and isinstance(value[0], dict))


def _day(value: Any) -> Any:
    is_day = isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-"
    return date.fromisoformat(value) if is_day else value
