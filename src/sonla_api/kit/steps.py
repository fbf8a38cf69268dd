"""The steps that records have taken through their lifecycles: one table for all of them."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import ColumnElement, ForeignKey, Index, true
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.lifecycle import Lifecycle
from sonla_api.kit.listing import Listing
from sonla_api.kit.mentions import check_references, references
from sonla_api.kit.model import Model, Resource
from sonla_api.kit.problems import Conflict, Invalid
from sonla_api.kit.records import Item, Records
from sonla_api.kit.schema import Body, Day, DocumentSummary, View
from sonla_api.kit.store import Expected, change, delete, load, load_acting
from sonla_api.kit.text import Message, Text, refusal

MESSAGES = {
    "state_unasked": Message("only record takes a state", "chỉ record mới nhận trạng thái"),
}
_KEPT = Message(
    "In the state {state} a record stays; cancel it instead.",
    "Ở trạng thái {state} bản ghi được giữ lại; hãy hủy thay vì xóa.",
)


class Step(Model):
    """One step: which verb, by whom, effective on which day."""

    __tablename__ = "transitions"
    __table_args__ = (
        Index(None, "record_id", "at", "id"),
        Index(None, "document_id", postgresql_where="document_id is not null"),
    )
    internal = frozenset({"actor_id"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    resource: Mapped[str]
    record_id: Mapped[UUID]
    verb: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    on: Mapped[date]
    note: Mapped[str | None]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    version: Mapped[int]
    actor_id: Mapped[UUID | None]
    at: Mapped[datetime]

    @classmethod
    def is_seen(cls) -> ColumnElement[bool]:
        """By whoever sees the record, which every caller of this list has read before."""
        return true()


class StepBody(Body):
    """Base of what a transition is sent; the feature adds its `verb`.

    `on` is the day on which the step took effect: today where it is left out. `document_id` names
    the document that it rests on.
    """

    on: Annotated[Day | None, Field(examples=["2026-10-15"])] = None
    note: Annotated[Text | None, Field(examples=["With the invitation of 1 October."])] = None
    document_id: UUID | None = None


class ToldStepBody(StepBody):
    """Base where `record`, and no other verb, leads to the state that the caller names; the feature
    adds its `verb` and `state`.
    """

    verb: Any
    state: Any = None

    @model_validator(mode="after")
    def _state_where_asked(self) -> Self:
        if self.state and self.verb != "record":
            raise refusal(MESSAGES, "state_unasked", at="/state")
        return self


class StepView(View):
    """A step: from which state to which, by which verb, effective on which day."""

    id: UUID
    verb: Annotated[str, Field(examples=["submit"])]
    from_state: Annotated[str, Field(examples=["draft"])]
    to_state: Annotated[str, Field(examples=["submitted"])]
    on: Annotated[date, Field(examples=["2026-10-15"])]
    note: Annotated[str | None, Field(examples=["With the invitation of 1 October."])]
    document: DocumentSummary | None
    version: Annotated[int, Field(description="Of the record, after the step.")]
    actor_id: UUID | None
    at: datetime


class StepListing(Listing):
    orders: ClassVar = {"at": Step.at}
    sort: str = "-at"


steps = Records(Step, StepView)

Effect = Callable[[WriteContext, Any, Any], Awaitable[dict[str, Any]]]
"""What else a verb changes: from the record and the body, the fields to set."""


async def take(  # noqa: PLR0913, PLR0917  all that a step consists of
    ctx: WriteContext,
    model: type[Resource],
    lifecycle: Lifecycle[Any, Any],
    id_: UUID,
    expected: Expected,
    body: Any,
    effect: Effect | None = None,
) -> Item:
    """Take one step, if the table, the actor and the guards allow it; answers the step."""
    found = await load_acting(ctx, model, id_, expected)
    record: Any = found[0]
    source = record.state
    line = lifecycle.find(ctx, lifecycle.track_of(record), source, body.verb, found[1])
    await check_references(ctx, [*references(Step, "document_id", vars(body), "document_id")])
    if lacking := line.guard(record, body):
        raise Invalid(errors=lacking)
    more = await effect(ctx, record, body) if effect else {}
    target = line.target or body.state
    await change(ctx, record, **{"state": target, **more})
    step = Step(
        resource=model.__tablename__,
        record_id=id_,
        verb=body.verb,
        from_state=source,
        to_state=target,
        on=body.on or ctx.today,
        note=body.note,
        document_id=body.document_id,
        version=record.version,
        actor_id=ctx.actor.id,
        at=ctx.now,
    )
    ctx.session.add(step)
    await ctx.session.flush()
    return await steps.item(ctx, step.id)


async def remove(
    ctx: WriteContext,
    model: type[Resource],
    lifecycle: Lifecycle[Any, Any],
    id_: UUID,
    expected: Expected,
) -> None:
    """Delete a record that is still, or again, without consequence."""
    record: Any = await load(ctx, model, id_, expected)
    if record.state not in lifecycle.removable:
        raise Conflict(_KEPT.format(state=record.state.value), state=record.state.value)
    await delete(ctx, model, id_, expected)


async def read_steps(ctx: Context, records: Records, id_: UUID, listing: StepListing) -> Any:
    """The steps of a record that the caller may see, newest first."""
    await records.item(ctx, id_)
    return await steps.page(ctx, listing, resource=records.model.__tablename__, record_id=id_)
