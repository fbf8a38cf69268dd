from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.transactions import service
from sonla_api.transactions.queries import TransactionListing, transactions
from sonla_api.transactions.schemas import TransactionCreate, TransactionUpdate, TransactionView

router = routes_of("transactions")

Read = Annotated[Context, reading("transactions:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("transactions:write")]
Write = Annotated[WriteContext, writing("transactions:write")]


@router.get("", response_model=Page[TransactionView])
async def list_transactions(ctx: Read, listing: Annotated[TransactionListing, Query()]) -> Response:
    """List the transactions that the caller may see."""
    return PageAnswer(await transactions.page(ctx, listing))


@router.get("/{id}", response_model=TransactionView)
async def get_transaction(ctx: Read, id: UUID) -> Response:
    """Read one transaction."""
    return RecordAnswer(await transactions.item(ctx, id))


@router.post("", response_model=TransactionView, status_code=201)
async def create_transaction(ctx: Create, body: TransactionCreate) -> Response:
    """Register a transaction of a project."""
    transaction = await service.register(ctx, body)
    return await created(ctx, transaction, f"/api/v1/transactions/{transaction.id}")


@router.patch("/{id}", response_model=TransactionView)
async def update_transaction(
    ctx: Write, id: UUID, expected: IfMatch, body: TransactionUpdate
) -> Response:
    """Change some fields of a transaction."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await transactions.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_transaction(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a transaction; the sums of its project no longer hold it."""
    await service.remove(ctx, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_transaction_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a transaction, newest first."""
    return PageAnswer(await history(ctx, transactions, id, listing))
