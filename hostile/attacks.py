"""What is sent to a resource: the tables of values crossed with what the description names."""

import gzip
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from hostile import values
from hostile.callers import ANY, JSON, as_json
from hostile.contract import Operation, filled, places, resolved, with_value
from hostile.wire import Head

BUDGET = 1600
"""Requests for one resource."""
ROUND = ("administrator", "owner", "administrator", "other", "administrator", "reader", "stranger")
"""Who asks, in turn: those who may do most come furthest, so most attacks are theirs."""
ID = b"{id}"


class Attack(NamedTuple):
    """One request, with `{id}` where that of the record belongs that is attacked."""

    kind: str
    method: bytes
    target: bytes
    headers: Head = ()
    written: bytes = b""
    caller: str = "administrator"
    operation: Operation | None = None
    """What is asked for, where the description has it."""
    sent: Any = None
    """The body, to be written as JSON, and to be found again if it is taken."""
    is_refused: bool = False
    """Whether nobody may have an answer other than a refusal."""
    raw: bytes = b""
    """A head and a body as they are, instead of all this but the method and the target."""

    @property
    def content(self) -> bytes:
        """The body. Of thousands only those that are sent are ever written."""
        return self.written if self.sent is None else as_json(self.sent)


def address(operation: Operation, query: bytes = b"") -> bytes:
    """Where an operation stands, with what its query must say."""
    path = operation.path.replace("{name}", "partner-kinds").encode()
    needed = urlencode(operation.needed).encode()
    both = b"&".join(filter(None, (needed, query)))
    return path + (b"?" + both if both else b"")


def sending(operation: Operation, kind: str, **body: Any) -> Attack:
    method, target = operation.method.encode(), address(operation)
    return Attack(kind, method, target, (JSON, ANY), operation=operation, **body)


def fields(operation: Operation, body: Any) -> Iterator[Attack]:
    """Every value in every place of a body."""
    for value in values.FIELDS:
        for place, _ in places(operation.schema):
            sent = with_value(body, operation.schema, place, value)
            yield sending(operation, "fields", sent=sent)


def raws(operation: Operation) -> Iterator[Attack]:
    for content in (*values.RAW, values.LARGE):
        yield sending(operation, "raw bodies", written=content)


def truncated(operation: Operation, body: Any) -> Iterator[Attack]:
    """The body broken off, with a byte that is wrong, and twice."""
    whole = as_json(body)
    for at in range(1, len(whole), max(1, len(whole) // 12)):
        for wrong in (whole[:at], whole[:at] + b"\xff" + whole[at:]):
            yield sending(operation, "raw bodies", written=wrong, is_refused=True)
    yield sending(operation, "raw bodies", written=whole + whole, is_refused=True)


def owned(operation: Operation, body: Any, view: Iterable[str]) -> Iterator[Attack]:
    """What the service writes itself: each field of the view that the body does not name, too."""
    named = resolved(operation.schema).get("properties", {})
    of_view = {name: filled({}) for name in view}
    for name, value in (of_view | values.OWNED).items():
        if name not in named:
            sent = {**body, name: value}
            yield sending(operation, "mass assignment", sent=sent, is_refused=True)
    for name, value in values.OWNED_INSIDE.items():
        if name in named:
            sent = {**body, name: value}
            yield sending(operation, "mass assignment", sent=sent, is_refused=True)


def queries(operation: Operation) -> Iterator[Attack]:
    method = operation.method.encode()
    names = [name.encode() for name in operation.queries]
    for value in values.QUERIES:
        for name in (*names, b"%00", b"a[b]"):
            if name == b"limit" and not value.strip(b"%0"):
                continue
            query = name + b"=" + value
            yield Attack("queries", method, address(operation, query), operation=operation)
    for whole in values.WHOLE_QUERIES:
        yield Attack("queries", method, address(operation, whole), operation=operation)
    for name in names:
        many = b"&".join(name + b"=" + str(n).encode() for n in range(150))
        twice = name + b"=1&" + name + b"=2&" + name + b"[]=3"
        for query in (many, twice, name.upper() + b"=1", name + b"[0]=1"):
            yield Attack("queries", method, address(operation, query), operation=operation)


def headers(operation: Operation, content: bytes) -> Iterator[Attack]:
    method = operation.method.encode()
    body = content if operation.example is not None else b""
    base: Head = (JSON, ANY) if body else ()
    for value in values.HEADERS:
        for name in values.HEADER_NAMES:
            kept = tuple(pair for pair in base if pair[0].lower() != name.lower())
            for times in (1, 3):
                yield Attack(
                    "headers", method, address(operation), (*kept, *[(name, value)] * times), body
                )


def content_types(operation: Operation, content: bytes) -> Iterator[Attack]:
    method, target = operation.method.encode(), address(operation)
    for kind in values.CONTENT_TYPES:
        headers_: Head = ((b"Content-Type", kind), ANY)
        yield Attack("content types", method, target, headers_, content)
    yield Attack("content types", method, target, (ANY,), content)
    for encoding in values.ENCODINGS:
        told: Head = (JSON, ANY, (b"Content-Encoding", encoding))
        is_refused = encoding.lower() not in {b"", b"identity"}
        for sent in (content, gzip.compress(content), gzip.compress(b"0" * 5_000_000)):
            yield Attack("encodings", method, target, told, sent, is_refused=is_refused)


def framings(operation: Operation) -> Iterator[Attack]:
    method, target = operation.method.encode(), address(operation)
    for raw in values.FRAMINGS:
        yield Attack("framing", method, target, raw=raw)
    for raw in values.BROKEN_OFF if operation.schema else ():
        yield Attack("broken off", method, target, raw=raw)


def paths(base: bytes, all_paths: Iterable[str]) -> Iterator[Attack]:
    for path in sorted(set(all_paths)):
        if "{" in path:
            for id_ in values.IDS:
                target = path.replace("{id}", "{}").replace("{name}", "{}").encode()
                target = target.replace(b"{}", id_)
                for method in (b"GET", b"PATCH", b"POST", b"DELETE"):
                    yield Attack("paths", method, target, (JSON, ANY), b"{}")
    for rest in values.PATHS:
        for method in (b"GET", b"POST", b"DELETE"):
            yield Attack("paths", method, base + rest, (JSON, ANY), b"{}")


def methods(all_paths: Iterable[str]) -> Iterator[Attack]:
    for path in sorted(set(all_paths)):
        target = path.replace("{name}", "partner-kinds").encode()
        for method in values.METHODS:
            if method != b"DELETE":
                yield Attack("methods", method, target)


def keys(operation: Operation, secrets: dict[str, bytes]) -> Iterator[Attack]:
    """Credentials that open nothing; those that do but for their form stand among them."""
    key = secrets["administrator"]
    flipped = key[:-1] + (b"a" if key[-1:] != b"a" else b"b")
    made = {
        b"{key}": key,
        b"{short}": key[:-1],
        b"{upper}": key.upper(),
        b"{revoked}": secrets["revoked"],
        b"{rest}": key[6:],
        b"{flipped}": flipped,
    }
    for form in values.KEYS:
        value = form
        for name, secret in made.items():
            value = value.replace(name, secret)
        head: Head = ((b"Authorization", value),)
        yield Attack("keys", operation.method.encode(), address(operation), head)


def in_turn(attacks: Iterable[Attack]) -> list[Attack]:
    """Sent by one kind of caller after another, but for those who name themselves."""
    return [
        it._replace(caller=ROUND[n % len(ROUND)]) if it.kind != "keys" and not it.raw else it
        for n, it in enumerate(attacks)
    ]


def within(budget: int, kinds: dict[str, list[Attack]]) -> list[Attack]:
    """As many as the budget has, the same number of each kind; of a larger kind every n-th."""
    chosen: dict[str, list[Attack]] = {}
    left = budget
    smallest_first = sorted(kinds, key=lambda kind: len(kinds[kind]))
    for n, kind in enumerate(smallest_first):
        share = left // (len(smallest_first) - n)
        chosen[kind] = thinned(kinds[kind], share)
        left -= len(chosen[kind])
    return [attack for kind in kinds for attack in chosen[kind]]


def thinned(attacks: list[Attack], count: int) -> list[Attack]:
    """So many of them, spread over the whole."""
    if len(attacks) <= count:
        return attacks
    return [attacks[n * len(attacks) // count] for n in range(count)]
