"""What every function of a feature receives: who acts, at what time, on which connection."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from sonla_api.kit.database import Transaction
from sonla_api.kit.idempotency import Held
from sonla_api.kit.model import Visibility
from sonla_api.kit.problems import Forbidden, Unauthenticated
from sonla_api.kit.statement import Reader

_NONE = UUID(int=0)
_GUESSED = 10
"""Values that PostgreSQL supposes in an array which it does not know. With fewer, it would hold a
plan made for them alone to be cheaper, and make it anew at every request."""

PROVINCE_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
_NOON = time(12)


@dataclass(frozen=True)
class Actor:
    """Who calls. `agencies`: its own and all below it; `sight`: what it sees of any agency."""

    id: UUID | None
    permissions: frozenset[str]
    sight: tuple[Visibility, ...] = (Visibility.public, Visibility.internal)
    agency_id: UUID | None = None
    agencies: tuple[UUID, ...] = ()
    is_administrator: bool = False
    agency_ends_on: date | None = None

    @property
    def is_anonymous(self) -> bool:
        return self.id is None

    @property
    def writes_all(self) -> bool:
        """A key of no agency writes what its scopes allow."""
        return self.is_administrator or (self.agency_id is None and not self.is_anonymous)

    @cached_property
    def name(self) -> str:
        """The id as text, for what is counted."""
        return str(self.id)

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """What row filters and views ask about the actor, as bind parameters."""
        return {
            "actor_sight": _filled(self.sight, self.sight[0]),
            "actor_agencies": _filled(self.agencies, self.agencies[0] if self.agencies else _NONE),
            "actor_writes_all": self.writes_all,
        }

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def require(self, permission: str) -> None:
        if not self.may(permission):
            raise Unauthenticated if self.is_anonymous else Forbidden(permission)


@dataclass(frozen=True)
class Context:
    """Enough to read, on a connection that cannot write."""

    actor: Actor
    now: datetime
    reader: Reader

    @property
    def today(self) -> date:
        return self.now.astimezone(PROVINCE_TIME).date()

    @property
    def parameters(self) -> dict[str, Any]:
        return {**self.actor.parameters, "today": self.today}

    def on(self, day: date | None) -> "Context":
        """The same to read by, at noon of another day; unchanged where none is given."""
        if day is None:
            return self
        return Context(self.actor, datetime.combine(day, _NOON, PROVINCE_TIME), self.reader)


@dataclass(frozen=True)
class WriteContext(Context):
    """Enough to write: `reader` is the connection of the open transaction."""

    transaction: Transaction
    key: Held | None = None

    @property
    def session(self) -> AsyncSession:
        return self.transaction.session


def _filled(values: tuple[Any, ...], more: Any) -> tuple[Any, ...]:
    return values + (more,) * (_GUESSED - len(values))
