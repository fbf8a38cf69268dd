"""Cursors that nobody gave out: flipped, cut, of another list or order, and made by whoever has
read how they are made.
"""

import base64
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from hostile.attacks import Attack, address
from hostile.callers import Callers
from hostile.contract import Operation
from sonla_api.kit.cursors import seal

_POSITIONS: list[Any] = [
    None,
    [],
    {},
    0,
    "x",
    [None, None],
    ["x", "y"],
    ["", ""],
    [1, 2],
    [None, "x"],
    ["2025-01-01", "x"],
    ["' or 1=1", "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"],
    ["infinity", "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"],
    ["\x00", "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"],
    ["\ud800", "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"],
    ["9" * 900, "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"],
    ["NaN", "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"],
    ["2025-01-01T00:00:00+99:99", "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"],
    ["1", "2", "3"],
    [[[[[]]]], "x"],
    [None, "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"],
    ["294277-01-01", "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"],
    ["-5000-01-01", "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"],
    ["-1", "-1"],
    ["1e400", "1e400"],
    [True, False],
]
_PLAIN = [
    "",
    "x",
    "=",
    "====",
    "a" * 2000,
    "a" * 2001,
    "%00",
    "%ff",
    "-infinity",
    "0-0-0",
    "1-2",
    "-1-0-0",
    "9-9-99999999999999999999",
    "0-0-0-0",
    "null",
    "../..",
    "W10",
    "bnVsbA",
]
_FLIPS = 24


async def cursors(operation: Operation, callers: Callers) -> list[Attack]:
    """For one list. An honest cursor is asked for first; where there is but one page, none."""
    answer = await callers.ask("administrator", b"GET", address(operation, b"limit=1"))
    given = answer.json.get("next_cursor") if answer.status == HTTPStatus.OK else None
    found = [(text, False) for text in (*_PLAIN, *_forged(operation))]
    if given:
        is_sealed = "cursor" in operation.queries  # the feed goes on from any number
        found += [(text, is_sealed) for text in _changed(given)]
        found += [(given, False)]
    return [
        Attack(
            "cursors",
            b"GET",
            address(operation, b"limit=1&" + _name(operation) + quote(text, safe="%").encode()),
            operation=operation,
            is_refused=is_refused,
        )
        for text, is_refused in found
    ]


def _name(operation: Operation) -> bytes:
    return b"cursor=" if "cursor" in operation.queries else b"after="


def _changed(cursor: str) -> Iterator[str]:
    """A bit of it flipped, here and there, and a part of it."""
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    for n in range(_FLIPS):
        changed = bytearray(raw)
        changed[n * len(raw) // _FLIPS] ^= 1 << n % 8
        yield base64.urlsafe_b64encode(changed).decode().rstrip("=")
    yield from (cursor[1:], cursor[: len(cursor) // 2], cursor + cursor)


def _forged(operation: Operation) -> Iterator[str]:
    """With a checksum that is right, for every order that the list has."""
    table = operation.subject.replace("-", "_")
    pattern = operation.queries.get("sort", {}).get("pattern", "")
    orders = pattern.partition("(")[2].rstrip(")$").split("|")
    yield from (
        seal(position, table, sort, {}, {})
        for sort in [*orders, *(f"-{order}" for order in orders)]
        for position in _POSITIONS
    )
