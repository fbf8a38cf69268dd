"""Who changed what: written by the database, so that loads, bulk statements and psql count too."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Identity, Index, any_, false, func, or_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import AGENCIES, SIGHT, Model, Visibility, Visible, constant


class Xid8(UserDefinedType[str]):
    """The number of a transaction: unlike a row number it says what a commit can still bring."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class Action(CodeList):
    created = "created", "Created", "Tạo mới"
    updated = "updated", "Updated", "Cập nhật"
    deleted = "deleted", "Deleted", "Xóa"


class FeedEpoch(Model):
    """Rises at a restore, where transaction numbers start anew."""

    __tablename__ = "feed_epochs"

    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    began_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Change(Visible, Model):
    """One version of one row; in the order (epoch, xid, id) nothing appears later below what is
    settled. It keeps who could see the row before and after, as a deleted row cannot be asked.
    """

    __tablename__ = "changes"
    __table_args__ = (
        Index(None, "epoch", "xid", "id"),
        Index(None, "record_id", "at", "id"),
    )
    internal = frozenset({"actor"})

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    epoch: Mapped[int] = mapped_column(server_default=func.feed_epoch())
    xid: Mapped[str] = mapped_column(Xid8, server_default=func.pg_current_xact_id())
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    actor_id: Mapped[UUID | None]
    request_id: Mapped[str | None]
    resource: Mapped[str]
    record_id: Mapped[UUID]
    version: Mapped[int]
    action: Mapped[Action]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    was_visibility: Mapped[Visibility | None]
    was_owner_agency_id: Mapped[UUID | None]
    was_taking_part: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))

    @classmethod
    def was_seen(cls) -> ColumnElement[bool]:
        """The row filter, on the row as it was before; false for a new one."""
        takes_part = or_(
            cls.was_owner_agency_id == any_(AGENCIES), cls.was_taking_part.bool_op("&&")(AGENCIES)
        )
        of_agency = (cls.was_visibility == constant(Visibility.agency)) & takes_part
        return func.coalesce(or_(cls.was_visibility == any_(SIGHT), of_agency), false())
