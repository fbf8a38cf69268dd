"""What is left of a removed record: its address says 410, or leads to its survivor."""

from datetime import datetime
from functools import cache
from typing import NoReturn
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.mentions import model_of
from sonla_api.kit.model import Model, Visible, constant
from sonla_api.kit.problems import Gone, Merged, Moved, NotFound
from sonla_api.kit.statement import Statement


class Tombstone(Visible, Model):
    """Written by the database when a row of a resource is deleted; keeps who could see it."""

    __tablename__ = "tombstones"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    resource: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    successor_id: Mapped[UUID | None]


@cache
def _find(resource: str) -> Statement:
    """The survivor of a removed record, if the actor may see it; no row, if not what is removed."""
    that = aliased(model_of(resource))
    survivor = select(that.id).where(that.id == Tombstone.successor_id, that.is_seen())
    return Statement(
        select(survivor.scalar_subquery()).where(
            Tombstone.id == bindparam("id", type_=Tombstone.id.type),
            Tombstone.resource == constant(resource),
            Tombstone.is_seen(),
        )
    )


async def missing(ctx: Context, resource: str, id_: UUID) -> NoReturn:
    """Say what became of a record that is not there: merged, removed, or never known.

    Only who reads is led on: a client that follows would else change, with `If-Match: *`, a
    survivor that it has never seen.
    """
    for (survivor,) in await _find(resource).fetch(ctx.reader, id=id_, **ctx.actor.parameters):
        if survivor is None:
            raise Gone
        raise (Merged if isinstance(ctx, WriteContext) else Moved)(survivor)
    raise NotFound
