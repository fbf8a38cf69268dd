"""What is left of a removed record: its address says 410, or leads to its survivor."""

from datetime import datetime
from typing import NoReturn
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from sonla_api.kit.context import Context
from sonla_api.kit.model import Model, Visible
from sonla_api.kit.problems import Gone, Moved, NotFound
from sonla_api.kit.statement import Statement


class Tombstone(Visible, Model):
    """Written by the database when a row of a resource is deleted; keeps who could see it."""

    __tablename__ = "tombstones"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    resource: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    successor_id: Mapped[UUID | None]


_find = Statement(
    select(Tombstone.successor_id).where(
        Tombstone.id == bindparam("id", type_=Tombstone.id.type),
        Tombstone.resource == bindparam("resource"),
        Tombstone.is_seen(),
    )
)


async def missing(ctx: Context, resource: str, id_: UUID) -> NoReturn:
    """Say what became of a record that is not there: merged, removed, or never known."""
    for row in await _find.fetch(ctx.reader, id=id_, resource=resource, **ctx.actor.parameters):
        if row[0] is None:
            raise Gone
        raise Moved(headers={"Location": f"/api/v1/{resource.replace('_', '-')}/{row[0]}"})
    raise NotFound
