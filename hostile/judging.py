"""What is wrong with an answer: nothing, or why it should not have been given."""

import json
import re
import unicodedata
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import jsonschema_rs

from hostile.contract import CONTRACT, Operation
from hostile.wire import Answer

_PROBLEM = jsonschema_rs.validator_for(
    {"$ref": "#/components/schemas/Problem", "components": CONTRACT["components"]}
)
_OURS = re.compile(
    rb"Traceback|asyncpg|sqlalchemy|pydantic|starlette|uvicorn|fastapi|psycopg|jsonschema"
    rb"|\.py\b|site-packages|/usr/|/home/|/var/|/root/|/tmp/"
    rb"|\bselect\b.{1,80}\bfrom\b|\binsert into\b|\bupdate\b.{1,40}\bset\b|\$\d+::"
    rb"|\brelation \"|\bcolumn \"|\bconstraint\b|\bpg_|\bck_|\bfk_|\bix_|duplicate key"
    rb"|detail:|hint:|sqlstate|object at 0x|(?-i:[A-Z]\w*Error\b)",
    re.IGNORECASE,
)
"""Words of what the service is made of, and of the machine that it runs on."""
_HELD = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
}
FAULT = 500


def judged(answer: Answer, operation: Operation | None, said: bytes) -> Iterator[str]:
    """What is wrong with an answer, whoever asked; `said`: all that the request held.

    400 need not be described: what is no HTTP has no operation.
    """
    if answer.status >= FAULT:
        yield f"{answer.status}"
    for name, value in _HELD.items():
        if answer.headers.get(name) != value:
            yield f"without {name}"
    if "x-injected" in answer.headers:
        yield "a header of the caller's"
    if operation and str(answer.status) not in {"400", *operation.about["responses"]}:
        yield f"{answer.status} is not described"
    if answer.status >= HTTPStatus.BAD_REQUEST and answer.content:
        yield from _problem(answer, said)


def _problem(answer: Answer, said: bytes) -> Iterator[str]:
    if answer.headers.get("content-type") != "application/problem+json":
        yield f"an error as {answer.headers.get('content-type')}"
        return
    try:
        body = json.loads(answer.content.decode())
    except ValueError:
        yield "a problem that is no JSON"
        return
    yield from (f"a problem that {it.message}" for it in _PROBLEM.iter_errors(body))
    if body.get("status") != answer.status:
        yield f"a problem that says {body.get('status')}"
    body.pop("instance", None)  # the address that was asked for
    for found in _OURS.finditer(json.dumps(body, ensure_ascii=False).encode(errors="replace")):
        if found[0].lower() not in said.lower():
            yield f"tells of {found[0].decode(errors='replace')!r}"


def lost(sent: Any, read: Any, at: str = "") -> Iterator[str]:
    """Where a record does not hold what was sent, which the answer said it took.

    Text is compared in NFC, and a reference with the record that stands in its place.
    """
    if isinstance(sent, dict) and isinstance(read, dict):
        for name, value in sent.items():
            yield from _member_lost(name, value, read, f"{at}/{name}")
    elif isinstance(sent, list) and isinstance(read, list) and len(sent) == len(read):
        for n, (one, other) in enumerate(zip(sent, read, strict=True)):
            yield from lost(one, other, f"{at}/{n}")
    elif isinstance(sent, str) and isinstance(read, str):
        if unicodedata.normalize("NFC", sent) != read and sent.lower() != read:
            yield f"{at or '/'} was altered: {sent[:60]!r} is {read[:60]!r}"
    elif sent != read or isinstance(sent, bool) != isinstance(read, bool):
        yield f"{at or '/'} was altered: {str(sent)[:60]} is {str(read)[:60]}"


def _member_lost(name: str, value: Any, read: dict[str, Any], at: str) -> Iterator[str]:
    if name == "flags" and isinstance(value, list) and isinstance(read.get(name), list):
        yield from lost(value, [it for it in read[name] if it["origin"] != "rule"], at)
    elif name in read:
        yield from lost(value, read[name], at)
    elif (stem := name.removesuffix("_id")) in read:
        named = read[stem]
        yield from lost(value, named and named["id"], at)
    elif value is not None:
        yield f"{at} was taken and is nowhere"
