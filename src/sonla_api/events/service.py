"""The rules of events beside their fields: what does not fit is flagged, never refused."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sonla_api.events.lifecycle import EventState, lifecycle
from sonla_api.events.models import Event
from sonla_api.events.queries import events
from sonla_api.events.schemas import EventCreate, EventStepCreate, EventUpdate
from sonla_api.kit.context import WriteContext
from sonla_api.kit.records import Item
from sonla_api.kit.steps import take
from sonla_api.kit.store import Expected, create, update
from sonla_api.kit.text import Message

_MORE_ENTERPRISES = Message(
    "{named} enterprises are named, but {count} were taken along.",
    "Có {named} doanh nghiệp được nêu tên nhưng số doanh nghiệp tham gia là {count}.",
)


async def register(
    ctx: WriteContext, body: EventCreate, state: EventState = EventState.planned
) -> Item:
    """A new event: planned, or one that a source tells of."""
    return await create(ctx, events, body, _judge, state=state)


async def revise(ctx: WriteContext, id_: UUID, expected: Expected, body: EventUpdate) -> None:
    await update(ctx, Event, id_, expected, EventCreate, body, _judge)


async def step(ctx: WriteContext, id_: UUID, expected: Expected, body: EventStepCreate) -> Item:
    return await take(ctx, Event, lifecycle, id_, expected, body)


async def _judge(_: WriteContext, __: UUID | None, values: dict[str, Any]) -> Mapping[str, Message]:
    named, count = len(values["enterprises"]), values["enterprise_count"]
    if count is None or named <= count:
        return {}
    return {"enterprises_differ": _MORE_ENTERPRISES.format(named=named, count=count)}
