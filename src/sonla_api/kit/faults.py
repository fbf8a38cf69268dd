"""What the errors of the database mean to a caller: the name of a broken constraint says it.

So nothing is checked beforehand only to say "already exists", and nothing races.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.orm.exc import StaleDataError

from sonla_api.kit.model import Model
from sonla_api.kit.problems import (
    BadRequest,
    Busy,
    Duplicate,
    FieldError,
    Invalid,
    Problem,
    StaleVersion,
    Unavailable,
)
from sonla_api.kit.text import Message

_BROKEN = {
    "uq": Message("another record has this value", "bản ghi khác đã có giá trị này"),
    "pk": Message("another record has this value", "bản ghi khác đã có giá trị này"),
    "ex": Message("it overlaps with another record", "trùng khoảng với bản ghi khác"),
    "fk": Message("there is no such record", "không có bản ghi này"),
    "ck": Message("the value breaks a rule", "giá trị không đúng quy tắc"),
}
_OUT_OF_RANGE = Message("A value is out of range.", "Có giá trị vượt giới hạn.")


def of_database(error: DBAPIError) -> Problem:
    """The problem that an error of SQLAlchemy stands for."""
    return of_postgres(error.orig.__cause__ if error.orig else None)


def of_postgres(cause: BaseException | None) -> Problem:
    """The problem that an error of asyncpg stands for; anything unknown is 500."""
    if not isinstance(cause, asyncpg.PostgresError) or isinstance(cause, _AWAY):
        return Unavailable() if _is_away(cause) else Problem()
    if isinstance(cause, asyncpg.LockNotAvailableError | asyncpg.DeadlockDetectedError):
        return Busy()
    if isinstance(cause, asyncpg.QueryCanceledError | asyncpg.ReadOnlySQLTransactionError):
        return Unavailable()
    if isinstance(cause, asyncpg.DataError):
        return BadRequest(_OUT_OF_RANGE)
    return _of_constraint(cause)


class _Rule(NamedTuple):
    constraint_name: str
    table_name: str


def of_rule(table: str, name: str) -> Problem:
    """The problem that a broken constraint stands for, where nothing was written that breaks it."""
    return _of_constraint(_Rule(name, table))


def _of_constraint(cause: Any) -> Problem:
    kind, _, rest = (getattr(cause, "constraint_name", None) or "").partition("_")
    if kind not in _BROKEN:
        return Problem()
    field = rest.removeprefix(f"{getattr(cause, 'table_name', '')}_")
    error = FieldError(f"/{field}", kind, _told(cause) or _written(cause) or _BROKEN[kind])
    return (Duplicate if kind in ("uq", "pk", "ex") else Invalid)(errors=[error])


def _told(cause: Any) -> Message | None:
    """What a trigger of ours says of its refusal: in both languages, as JSON in the hint."""
    hint = getattr(cause, "hint", None) or ""
    return Message(**json.loads(hint)) if hint.startswith("{") else None


def _written(cause: Any) -> Message | None:
    """What a model says of one of its constraints or indexes, under `told` of its info."""
    table: Any = Model.metadata.tables.get(cause.table_name)
    rules = () if table is None else (*table.constraints, *table.indexes)
    said = (rule.info.get("told") for rule in rules if rule.name == cause.constraint_name)
    return next(said, None)


_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.DiskFullError,
)


_BROKEN_OFF = (asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What asyncpg itself says of a connection that was cut in the middle of something."""


def _is_away(cause: BaseException | None) -> bool:
    return cause is None or isinstance(cause, (*_AWAY, *_BROKEN_OFF, OSError, TimeoutError))


MEANINGS: Mapping[type[Exception], Callable[[Any], Problem]] = {
    Problem: lambda problem: problem,
    InterfaceError: lambda _: Unavailable(),
    DBAPIError: of_database,
    StaleDataError: lambda _: StaleVersion(),
    OSError: lambda _: Unavailable(),  # and TimeoutError
    asyncpg.InterfaceError: lambda _: Unavailable(),
    asyncpg.InternalClientError: lambda _: Unavailable(),
    asyncpg.PostgresError: of_postgres,
}
