"""What writing money means for its project: whether its sums still fit each other."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from sonla_api.kit import flags
from sonla_api.kit.context import WriteContext
from sonla_api.kit.owners import visibility_of_part
from sonla_api.kit.problems import Busy
from sonla_api.kit.records import Item
from sonla_api.kit.store import Expected, change, create, delete, hold, load, update
from sonla_api.projects.models import Project
from sonla_api.projects.queries import doubts
from sonla_api.transactions.models import Transaction
from sonla_api.transactions.queries import project_of, transactions
from sonla_api.transactions.schemas import TransactionCreate, TransactionUpdate

_WEIGHED = ("sectors", "participants", "visibility", "owner_agency_id")
"""What the doubts about a project rest on, beside its money."""


async def register(ctx: WriteContext, body: TransactionCreate) -> Item:
    async with _weighed(ctx, {body.project_id}) as held:
        as_whole = (visibility_of_part(body, project) for project in held)
        seen = next(as_whole, body.visibility)  # of no project: it is refused below
        return await create(ctx, transactions, body, visibility=seen)


async def revise(ctx: WriteContext, id_: UUID, expected: Expected, body: TransactionUpdate) -> None:
    before = await project_of(ctx, id_)
    after = {body.project_id} if "project_id" in body.model_fields_set else set()
    async with _weighed(ctx, {*before} | after):
        await _stays(ctx, id_, expected, before)
        await update(ctx, Transaction, id_, expected, TransactionCreate, body)


async def remove(ctx: WriteContext, id_: UUID, expected: Expected) -> None:
    before = await project_of(ctx, id_)
    async with _weighed(ctx, before):
        await _stays(ctx, id_, expected, before)
        await delete(ctx, Transaction, id_, expected)


async def _stays(
    ctx: WriteContext, id_: UUID, expected: Expected, before: Collection[UUID]
) -> None:
    """Whether a transaction still belongs to the project that is held for it."""
    record = await load(ctx, Transaction, id_, expected)
    if record.project_id not in before:
        raise Busy


@asynccontextmanager
async def _weighed(ctx: WriteContext, ids: Collection[UUID]) -> AsyncIterator[Sequence[Project]]:
    """Projects are held while their money is written, so that the last writer sees all of it.

    A project whose flags stay as they are keeps its version.
    """
    held = await hold(ctx, Project, ids)
    yield held
    for project in held:
        values = {name: getattr(project, name) for name in _WEIGHED}
        found = await doubts(ctx, project.id, values)
        weighed = flags.ruled(project.flags, found, apart=flags.OF_PRINTED)
        await change(ctx, project, flags=weighed)
