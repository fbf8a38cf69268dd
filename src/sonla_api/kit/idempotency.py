"""A POST sent twice with one Idempotency-Key acts once: the key is written with the act.

A second request waits for the first (at most `lock_timeout`, then 409) and gets its answer; a
failed one leaves no key. Kept for 24 hours; later claims delete a hundred expired ones each.
"""

import hashlib
import json
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    LargeBinary,
    Text,
    bindparam,
    cast,
    delete,
    func,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.model import Model
from sonla_api.kit.problems import KeyReused
from sonla_api.kit.statement import Reader, Statement

_KEPT = text("interval '24 hours'")


class IdempotencyKey(Model):
    __tablename__ = "idempotency_keys"

    actor_id: Mapped[UUID] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    answer: Mapped[dict[str, Any] | None]
    at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class Replay(Exception):  # noqa: N818  not an error: the answer was given before
    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__()
        self.answer = answer


class Held(NamedTuple):
    """A key that this transaction has taken."""

    actor_id: UUID
    route: str
    key: str

    @property
    def place(self) -> dict[str, Any]:
        return {f"held_{name}": value for name, value in self._asdict().items()}


_place = tuple(IdempotencyKey.__table__.primary_key)
_held = [bindparam(f"held_{column.key}", type_=column.type) for column in _place]
_is_held = tuple_(*_place) == tuple_(*_held)
_is_expired = IdempotencyKey.at < func.now() - _KEPT
_oldest = (
    select(*_place)
    .where(_is_expired)
    .order_by(IdempotencyKey.at)
    .limit(100)
    .with_for_update(skip_locked=True)
)
_expired = delete(IdempotencyKey).where(tuple_(*_place).in_(_oldest)).cte("expired")
_fingerprint = bindparam("held_fingerprint", type_=LargeBinary())
_anew = {"fingerprint": _fingerprint, "answer": None, "at": func.now()}
_take = Statement(
    insert(IdempotencyKey)
    .values({**dict(zip(_place, _held, strict=True)), IdempotencyKey.fingerprint: _fingerprint})
    .on_conflict_do_update(index_elements=_place, set_=_anew, where=_is_expired)
    .returning(IdempotencyKey.key)
    .add_cte(_expired)  # passes over the row that this very statement writes
)
_answer = cast(IdempotencyKey.answer, Text)
_first = Statement(select(IdempotencyKey.fingerprint, _answer).where(_is_held))
_given = cast(bindparam("given", type_=Text()), JSONB)
_answered = Statement(update(IdempotencyKey).where(_is_held).values(answer=_given))


async def claim(reader: Reader, actor_id: UUID, route: str, key: str, body: bytes) -> Held:
    """Take the key for this transaction, or replay what its first holder answered."""
    fingerprint = hashlib.sha256(body).digest()
    held = Held(actor_id, route, key)
    if await _take.fetch(reader, **held.place, held_fingerprint=fingerprint):
        return held
    ((first, answer),) = await _first.fetch(reader, **held.place)
    if first != fingerprint or answer is None:
        raise KeyReused
    raise Replay(json.loads(answer))


async def keep(reader: Reader, held: Held, answer: dict[str, Any]) -> None:
    """Keep what was answered, for who sends the same again."""
    await _answered.fetch(reader, **held.place, given=json.dumps(answer))
