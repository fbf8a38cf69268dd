"""Who may call: API keys of systems, and addresses of calendars that show what such a key sees.

People with OIDC tokens will be actors beside them.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, true
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from sonla_api.identity.permissions import Role
from sonla_api.kit.model import Model


class ApiKey(Model):
    """A credential of a system; the secret itself is nowhere, only its SHA-256."""

    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[bytes]
    role: Mapped[Role]
    scopes: Mapped[list[str] | None]
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class CalendarKey(Model):
    """What stands in the address of a calendar: it shows what its owner sees, and opens nothing
    else. It ends with its owner.
    """

    __tablename__ = "calendar_keys"
    __table_args__ = (Index(None, "api_key_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    api_key_id: Mapped[UUID] = mapped_column(ForeignKey("api_keys.id"))
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[bytes]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    @classmethod
    def is_seen(cls) -> ColumnElement[bool]:
        """By its owner, whom every list of them names."""
        return true()


AnyKey = ApiKey | CalendarKey
