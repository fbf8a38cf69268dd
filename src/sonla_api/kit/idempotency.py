"""A POST sent twice with one Idempotency-Key acts once: the answer is kept with the act.

A second request waits for the first (at most `lock_timeout`, then 409) and gets its answer; a
failed one leaves no key. Kept for 24 hours; some of the later ones delete what has expired.
"""

from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Select,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.model import Model
from sonla_api.kit.problems import Conflict, Invalid
from sonla_api.kit.statement import Reader, Statement
from sonla_api.kit.text import Message

KEY_LENGTH = 255
_SWEEPERS = 4
"""Of 256 keys, by their digest."""
_UNUSED = "SELECT 0"


class SecretAlreadyShown(Conflict):
    """Of a repeated request: what it made is there, and its secret was kept nowhere."""

    title = Message("The secret was shown before", "Khóa bí mật đã được hiển thị trước đó")
    remedy = Message(
        "A secret is shown once and kept nowhere; make another, and revoke this one.",
        "Khóa chỉ hiển thị một lần và không được lưu; hãy tạo khóa khác và thu hồi khóa này.",
    )


class KeyReused(Invalid):
    title = Message("Idempotency-Key used before", "Idempotency-Key đã dùng")
    remedy = Message(
        "This key was used with another body; take a new key for a new request.",
        "Khóa này đã dùng với nội dung khác; hãy dùng khóa mới cho yêu cầu mới.",
    )


class IdempotencyKey(Model):
    __tablename__ = "idempotency_keys"

    place: Mapped[bytes] = mapped_column(primary_key=True)
    """A digest of who sent what key to which address."""
    fingerprint: Mapped[bytes]
    """A digest of the body that came with it."""
    version: Mapped[int]
    location: Mapped[str]
    body: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class Held(NamedTuple):
    """A key that this transaction holds, and the address it was sent to."""

    place: bytes
    fingerprint: bytes
    route: str

    @classmethod
    def of(cls, actor_id: UUID, route: str, key: str, body: bytes) -> "Held":
        place = sha256(b"\0".join((actor_id.bytes, route.encode(), key.encode())))
        return cls(place.digest(), sha256(body).digest(), route)

    @property
    def claim(self) -> str:
        """SQL that waits for the key, and finds a row if it was used."""
        return f"select from claim_key('\\x{self.place.hex()}')"

    @property
    def is_sweeper(self) -> bool:
        """Whether this one looks for expired keys; the others save the time."""
        return self.place[0] < _SWEEPERS


class Kept(NamedTuple):
    """What was answered: always 201, with these parts; no body where it showed a secret."""

    version: int
    location: str
    body: bytes


class Replay(Exception):  # noqa: N818  not an error: the answer was given before
    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self.kept = kept


_columns = IdempotencyKey.__table__.c
_binds = {c.key: bindparam(f"held_{c.key}", type_=c.type) for c in _columns if c.key != "at"}
_claimed = func.claim_key(_binds["place"]).alias("claimed")
is_unused = ~exists(select(true()).select_from(_claimed))
"""Waits for the key, and holds whether nobody used it; for the statement that uses it now."""

_GIVEN = ("place", "fingerprint", "version", "location", "body")


def keeping(rows: Select[Any]) -> Any:
    """The statement that keeps an answer; `rows`: one, with the version and the body."""
    named = {column.key: column for column in rows.selected_columns}
    values = rows.with_only_columns(*(named.get(name, _binds[name]) for name in _GIVEN))
    anew = insert(IdempotencyKey).from_select(_GIVEN, values)
    new = {name: anew.excluded[name] for name in _GIVEN}
    # The row that is there has expired: a claim finds the others.
    return anew.on_conflict_do_update(index_elements=["place"], set_={"at": func.now(), **new})


def held_values(held: Held, location: str) -> dict[str, Any]:
    """The parameters of `keeping`."""
    return {
        "held_place": held.place,
        "held_fingerprint": held.fingerprint,
        "held_location": location,
    }


_keep = Statement(keeping(select(_binds["version"].label("version"), _binds["body"].label("body"))))
_first = Statement(
    select(*(_columns[name] for name in ("fingerprint", *Kept._fields))).where(
        _columns.place == _binds["place"]
    )
)
_oldest = (
    select(_columns.place)
    .where(_columns.at < func.now() - text("interval '24 hours'"))
    .order_by(_columns.at)
    .limit(literal_column("1000"))
    .with_for_update(skip_locked=True)
)
_sweep = Statement(delete(IdempotencyKey).where(_columns.place.in_(_oldest)))


async def take(reader: Reader, held: Held, found: str) -> None:
    """Go on with a key that is claimed, or replay; `found`: what the database said of the claim."""
    if found == _UNUSED:
        if held.is_sweeper:
            await _sweep.fetch(reader)
        return
    ((fingerprint, *kept),) = await _first.fetch(reader, held_place=held.place)
    if fingerprint != held.fingerprint:
        raise KeyReused
    answer = Kept(*kept)
    if not answer.body:
        raise SecretAlreadyShown
    raise Replay(answer)


async def keep(reader: Reader, held: Held, kept: Kept) -> None:
    """Keep what was answered, for who sends the same again."""
    answer = {"held_version": kept.version, "held_body": kept.body}
    await _keep.fetch(reader, **held_values(held, kept.location), **answer)
