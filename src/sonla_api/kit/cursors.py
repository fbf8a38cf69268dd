"""Pages of lists, and where each ended, as callers send it back for the next."""

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sonla_api.kit.problems import BadRequest, FieldError
from sonla_api.kit.text import Message

_WRONG_CURSOR = Message(
    "the cursor belongs to another list, order or set of filters",
    "con trỏ thuộc danh sách, thứ tự hoặc bộ lọc khác",
)

_NO_DAY = "-infinity"


class Rows(NamedTuple):
    bodies: list[bytes]
    next_cursor: str | None
    total: int | None


def page_of(rows: Sequence[Any], limit: int, total: int | None, *bound_to: Any) -> Rows:
    """A page of what was read, one row more than it takes where there are more.

    A row begins with its body, the value sorted by, if it has one, and the id.
    """
    cursor = None
    if len(rows) > limit:
        _, key, id_, *_ = rows[limit - 1]
        cursor = seal([key if key is None else str(key), str(id_)], *bound_to)
    return Rows([row[0] for row in rows[:limit]], cursor, total)


def seal(position: list[Any], *bound_to: Any) -> str:
    """A cursor that is good for one resource, order and set of filters only."""
    body = json.dumps(position).encode()
    return base64.urlsafe_b64encode(_digest(body, bound_to) + body).decode().rstrip("=")


def unseal(cursor: str, *bound_to: Any) -> tuple[str | None, str]:
    """Where the last page ended: the value sorted by, None where there was none, and the id."""
    try:
        raw = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        if raw[:9] == _digest(raw[9:], bound_to):
            key, id_ = json.loads(raw[9:])
            if isinstance(key, str | None) and isinstance(id_, str):
                return key, id_
    except (ValueError, TypeError, RecursionError):
        pass  # whoever reads this file can make a checksum for anything
    raise wrong_cursor()


def place_of(place: str | None, id_: str) -> tuple[UUID, int]:
    """A position that is a place in a record with an id."""
    try:
        return UUID(id_), int(place or "")
    except ValueError:  # whoever reads this file can make a cursor of anything
        raise wrong_cursor() from None


def dated(day: str | None, id_: str) -> tuple[str, UUID]:
    """A position that is a day, or that of what has none, and an id."""
    try:
        if day and day != _NO_DAY:
            date.fromisoformat(day)
        return day or _NO_DAY, UUID(id_)
    except ValueError:
        raise wrong_cursor() from None


def wrong_cursor() -> BadRequest:
    return BadRequest(errors=[FieldError("/cursor", "wrong_cursor", _WRONG_CURSOR)])


def _digest(body: bytes, bound_to: Any) -> bytes:
    return hashlib.sha256(body + json.dumps(bound_to, default=str).encode()).digest()[:9]
