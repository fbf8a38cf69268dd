"""Twice the input, at most three times the work: every text and list, near its limit.

Work is processor time, of the service and of its database, so that a busy machine counts for
little. What looks like more is measured again before it is believed.
"""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from hostile.attacks import address
from hostile.callers import ANY, JSON, Callers, as_json
from hostile.contract import (
    BASE,
    NOTHING,
    OPERATIONS,
    Operation,
    Place,
    Schema,
    creation,
    filled,
    places,
    resolved,
)
from hostile.contract import with_value as put
from hostile.victims import Victims

MOST = 3.0
"""Times the work for twice the input."""
NOTICED = 4.0
"""Milliseconds below which nobody notices, and no clock tells the difference."""
LONGEST = 1500.0
"""Milliseconds of work for one request of any kind."""
TIMES, AGAIN = 2, 5
LONG_TEXT, LONG_LIST = 10_000, 100
"""Where the description names no limit."""
SHAPES = ["a", "ế ", "a b ", "1/KH-", "((", "..", "12/2025-", "Đ\u0323"]
"""Repeated, they are words, symbols of documents, periods, nothing but brackets, and marks."""
TAKEN = ["a b ", "1/KH-"]
"""Those that most fields take."""
QUOTED = {"ế ": "%E1%BA%BF+", "a b ": "a+b+", "((": "((", "Đ\u0323": "%C4%90%CC%A3"}
RULES = [
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;INTERVAL=1",
    "FREQ=SECONDLY",
    "FREQ=MINUTELY;INTERVAL=1",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;BYSETPOS=366",
    "FREQ=DAILY;COUNT=999999999",
    "FREQ=DAILY;INTERVAL=999999999",
    "FREQ=DAILY;BYSETPOS=-366;BYDAY=MO",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU;BYMONTH=1;BYMONTHDAY=4",
    "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2,4,6",
    "FREQ=DAILY;UNTIL=99991231",
    "FREQ=YEARLY;BYDAY=" + ",".join(f"{n}MO" for n in range(1, 54)),
    "FREQ=YEARLY;BYYEARDAY=366;INTERVAL=1000",
    "FREQ=YEARLY;BYMONTHDAY=" + ",".join(str(n) for n in range(1, 32)),
    "RRULE:FREQ=DAILY\nRRULE:FREQ=DAILY",
    "FREQ=DAILY;" * 30,
]
"""Rules of RFC 5545 that never end, never begin, or are true on no day."""


class Grown(NamedTuple):
    """Something that can be made longer, and what was measured."""

    what: str
    sizes: tuple[int, int, int]
    milliseconds: tuple[float, float, float]

    @property
    def ratio(self) -> float:
        first, second, third = (max(it, NOTICED) for it in self.milliseconds)
        return max(second / first, third / second)


class Work:
    """How much work a request makes."""

    def __init__(self, callers: Callers, service: int, database: str) -> None:
        self.callers, self._service, self._database = callers, service, database
        self._pids: list[int] = []

    async def find(self) -> None:
        """The processes of the database that work for the service."""
        connection = await asyncpg.connect(self._database)
        rows = await connection.fetch(
            "select pid from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid()"
        )
        await connection.close()
        self._pids = [self._service, *(pid for (pid,) in rows)]

    async def of(self, method: bytes, target: bytes, content: bytes, times: int) -> float:
        """Milliseconds of processor time, the least of several."""
        found = []
        for _ in range(times):
            before = self._spent()
            await self.callers.ask("owner", method, target, (JSON, ANY), content)
            found.append(self._spent() - before)
        return min(found)

    def _spent(self) -> float:
        total = 0
        for pid in self._pids:
            for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                try:
                    total += int(path.read_text().split()[0])
                except OSError:
                    continue  # the thread has ended
        return total / 1e6


Made = Callable[[int], tuple[bytes, bytes, bytes]]
"""Method, address and body of the request of a size."""


async def grown(work: Work, what: str, most: int, made: Made) -> Grown:
    """The same at a quarter, half and the whole of its limit."""
    sizes = (most // 4, most // 2, most)
    found = await _measured(work, what, sizes, made, TIMES)
    for times in (AGAIN, 2 * AGAIN):
        if found.ratio > MOST:
            found = await _measured(work, what, sizes, made, times)
    return found


async def _measured(
    work: Work, what: str, sizes: tuple[int, int, int], made: Made, times: int
) -> Grown:
    first, second, third = [await work.of(*made(size), times) for size in sizes]
    return Grown(what, sizes, (first, second, third))


async def all_grown(work: Work, victims: Victims, chosen: Collection[str]) -> list[Grown]:
    """All that can be made longer, of these resources."""
    found = []
    for operation in (it for it in OPERATIONS if it.resource in chosen):
        body = None if operation.example is None else await victims.body(operation)
        for what, most, made in (*_texts(operation, body), *_lists(operation, body)):
            found.append(await grown(work, f"{operation}: {what}", most, made))
        for what, most, made in _queries(operation):
            found.append(await grown(work, f"{operation}: {what}", most, made))
    return found


async def endless(work: Work, victims: Victims) -> list[tuple[str, float]]:
    """Rules of recurrence, with the milliseconds of each."""
    operation = next(it for it in OPERATIONS if it.path == f"{BASE}/tasks" and it.method == "POST")
    found = []
    for n, rule in enumerate(RULES):
        body = await victims.body(operation) | {"code": f"R{n}"}
        body["due"] = {"kind": "recurring", "rule": rule}
        spent = await work.of(b"POST", operation.path.encode(), as_json(body), 1)
        found.append((rule[:60], spent))
    return found


def _target(operation: Operation) -> bytes:
    return address(operation).replace(b"{id}", NOTHING.encode())


def _texts(operation: Operation, body: Any) -> Iterator[tuple[str, int, Made]]:
    """All texts of a body at once, of which some will be refused; where a record is made, each in a
    body that is taken, too.
    """
    if body is None:
        return
    every = [
        (place, limit) for place, schema in places(operation.schema) if (limit := _limit(schema))
    ]
    chosen = [(shape, every) for shape in SHAPES if every]
    if operation is creation(operation.resource):
        chosen += [(shape, [text]) for shape in TAKEN for text in every]
    for shape, texts in chosen:

        def made(
            size: int, shape: str = shape, texts: list[tuple[Place, int]] = texts
        ) -> tuple[bytes, bytes, bytes]:
            sent = body
            for place, limit in texts:
                length = min(limit, LONG_TEXT) * size // 1000
                sent = put(sent, operation.schema, place, (shape * length)[:length])
            return operation.method.encode(), _target(operation), as_json(sent)

        one = "/".join(map(str, texts[0][0])) if len(texts) == 1 else f"{len(texts)} texts"
        yield f"{one} of {shape!r}", 1000, made


def _limit(schema: Schema) -> int:
    """The greatest length of a text; 0 where it is none, or not free."""
    shape = resolved(schema)
    if shape.get("type") != "string" or "enum" in shape or "format" in shape:
        return 0
    limit: int = shape.get("maxLength", 200)
    return limit


def _lists(operation: Operation, body: Any) -> Iterator[tuple[str, int, Made]]:
    if body is None:
        return
    for place, schema in places(operation.schema):
        shape = resolved(schema)
        if shape.get("type") != "array" or 0 in place:
            continue

        def made(
            size: int, place: Place = place, shape: Schema = shape
        ) -> tuple[bytes, bytes, bytes]:
            elements = [_varied(filled(shape["items"]), n) for n in range(size)]
            sent = put(body, operation.schema, place, elements)
            return operation.method.encode(), _target(operation), as_json(sent)

        yield "/".join(map(str, place)), shape.get("maxItems", LONG_LIST), made


def _varied(element: Any, n: int) -> Any:
    """No two alike, where that is possible without breaking a rule."""
    if isinstance(element, dict):
        return {
            name: f"{n}" if name in {"code", "name"} and isinstance(value, str) else value
            for name, value in element.items()
        }
    return element


def _queries(operation: Operation) -> Iterator[tuple[str, int, Made]]:
    for name, schema in operation.queries.items():
        shape = resolved(schema)
        if shape.get("type") == "array":
            value = str(filled(shape["items"]))

            def several(
                size: int, name: str = name, value: str = value
            ) -> tuple[bytes, bytes, bytes]:
                query = "&".join(f"{name}={value}" for _ in range(size))
                return b"GET", _with(operation, query), b""

            yield f"?{name}, repeated", shape.get("maxItems", LONG_LIST), several
        elif limit := _limit(schema):
            for text in SHAPES:

                def long(
                    size: int, name: str = name, text: str = text
                ) -> tuple[bytes, bytes, bytes]:
                    value = QUOTED.get(text, text) * max(1, size // len(text))
                    return b"GET", _with(operation, f"{name}={value}"), b""

                yield f"?{name} of {text!r}", limit, long


def _with(operation: Operation, query: str) -> bytes:
    needed = {name: value for name, value in operation.needed.items() if f"{name}=" not in query}
    rest = "".join(f"&{name}={value}" for name, value in needed.items())
    return f"{_target(operation).decode().partition('?')[0]}?{query}{rest}".encode()
