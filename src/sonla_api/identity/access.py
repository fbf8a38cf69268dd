"""The one door to the data: an endpoint declares a permission, and so receives a context."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import unquote_plus

from fastapi import Depends, Header, Request
from fastapi.exceptions import RequestValidationError
from starlette.routing import Match
from starlette.types import Scope

from sonla_api.kit.context import Actor, Context, WriteContext
from sonla_api.kit.database import Database
from sonla_api.kit.headers import header
from sonla_api.kit.idempotency import KEY_LENGTH, Held
from sonla_api.kit.limits import Share, network
from sonla_api.kit.problems import Problem, TooManyRequests, Unauthenticated
from sonla_api.kit.text import Message

CALENDAR = "/api/v1/calendar.ics"
"""The one address that takes a key in its query: calendars on telephones send no headers."""
_WRITES = {"POST", "PATCH", "DELETE"}
_TWICE = Message(
    "Send the key in the address or in the Authorization header, not both.",
    "Chỉ gửi khóa trong địa chỉ hoặc trong tiêu đề Authorization, không gửi cả hai.",
)


async def admit(scope: Scope) -> None:
    """Find out who asks before the body is read: a stranger's bad body is 401, not 422."""
    state, now = scope["app"].state, _now(scope)
    reads, address = state.database.reads, (scope.get("client") or ("",))[0]
    authorization, key = header(scope, b"authorization"), _key_taken_out(scope)
    if key is None:
        actor = await state.keyring.actor(reads, authorization, address, now)
    elif authorization is None:
        actor = await state.keyring.reader_of_calendar(reads, key, address, now)
    else:
        raise Unauthenticated(_TWICE)
    scope["state"] |= {"actor": actor, "now": now, "share": await _share(state, actor, address)}
    if actor.is_anonymous and scope["method"] in _WRITES and _has_route(scope):
        raise Unauthenticated


def _key_taken_out(scope: Scope) -> str | None:
    """The key in the address of a calendar; from here on it is in no address, log or error."""
    if scope["path"] != CALENDAR:
        return None
    pairs = [pair.partition("=") for pair in scope["query_string"].decode("latin-1").split("&")]
    keys = [unquote_plus(value) for name, _, value in pairs if unquote_plus(name) == "key"]
    kept = ["".join(pair) for pair in pairs if unquote_plus(pair[0]) != "key"]
    scope["query_string"] = "&".join(kept).encode("latin-1")
    return keys[-1] if keys else None


async def _share(state: Any, actor: Actor, address: str) -> Share | None:
    """What is left of this minute to the key, or to the address of a stranger."""
    limit = state.stranger_limit if actor.is_anonymous else state.key_limit
    if not limit.most:
        return None
    who = network(address) if actor.is_anonymous else actor.name
    share: Share = await state.limits.take(limit, who)
    if share.is_refused:
        raise TooManyRequests(share)
    return share


def _has_route(scope: Scope) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in scope["app"].routes)


def _now(scope: Scope) -> datetime:
    clock = getattr(scope["app"].state, "clock", None)
    now: datetime = clock() if clock else datetime.now(UTC)
    return now


def reading(permission: str, *, is_open: bool = True) -> Any:
    """A `Context` for a caller with this permission; where it is not open, for none without a key,
    whatever the setting allows.
    """

    async def door(request: Request) -> Context:
        ctx = _enter(request, permission)
        if ctx.actor.is_anonymous and not is_open:
            raise Unauthenticated
        return ctx

    return Depends(_named(door, permission, is_open=is_open))


def writing(permission: str) -> Any:
    """One transaction, committed after the answer is built and before it is sent."""

    async def door(request: Request) -> AsyncIterator[WriteContext]:
        async with _transaction(request, permission) as ctx:
            yield ctx

    return Depends(_named(door, permission), scope="function")


def creating(permission: str, *, is_short: bool = False) -> Any:
    """`writing` for a POST, which may carry an Idempotency-Key.

    A short one makes one record and writes nothing else: `store.create` then begins and ends the
    transaction in the same round trip.
    """
    Key = Annotated[  # noqa: N806  a type, as elsewhere
        str | None,
        Header(
            min_length=1,
            max_length=KEY_LENGTH,
            description="A name of your choice for this request: sent again, it acts once.",
            examples=["3f0c9a4e-delegation-42"],
        ),
    ]

    async def door(request: Request, idempotency_key: Key = None) -> AsyncIterator[WriteContext]:
        async with _transaction(request, permission, idempotency_key, is_short=is_short) as ctx:
            yield ctx

    return Depends(_named(door, permission), scope="function")


def _named(door: Any, permission: str, *, is_open: bool = True) -> Any:
    """So that rules over all routes can ask which permission each declares, and whether a caller
    without a key may have it.
    """
    door.permission, door.is_open = permission, is_open
    return door


def _enter(request: Request, permission: str) -> Context:
    state, app = request.scope["state"], request.scope["app"]
    actor: Actor = state["actor"]
    actor.require(permission)
    return Context(actor, state["now"], app.state.database.reads)


@asynccontextmanager
async def _transaction(
    request: Request, permission: str, key: str | None = None, *, is_short: bool = False
) -> AsyncIterator[WriteContext]:
    ctx = _enter(request, permission)
    if ctx.actor.id is None:
        raise Unauthenticated
    database: Database = request.app.state.database
    who = {"actor_id": str(ctx.actor.id), "request_id": request.state.request_id}
    held = Held.of(ctx.actor.id, request.url.path, key, request.state.body) if key else None
    async with database.transaction(who, held, is_short=is_short) as transaction:
        try:
            yield WriteContext(ctx.actor, ctx.now, transaction, transaction, held)
        except (Problem, RequestValidationError):
            if held:  # what was answered under this key is answered again, whatever is wrong now
                await transaction.begin()
            raise
