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
from sonla_api.kit.steps import StepListing, StepView, read_steps, remove
from sonla_api.kit.store import create
from sonla_api.partner_relations import service
from sonla_api.partner_relations.lifecycle import lifecycle
from sonla_api.partner_relations.models import PartnerRelation
from sonla_api.partner_relations.queries import (
    PartnerRelationListing,
    RelationFiguresQuery,
    relation_figures,
    relations,
)
from sonla_api.partner_relations.schemas import (
    PartnerRelationCreate,
    PartnerRelationStepCreate,
    PartnerRelationUpdate,
    PartnerRelationView,
    RelationFigures,
)

router = routes_of("partner-relations")

Read = Annotated[Context, reading("partner_relations:read")]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("partner_relations:write", is_short=True)]
Write = Annotated[WriteContext, writing("partner_relations:write")]
Step = Annotated[WriteContext, creating("partner_relations:read")]


@router.get("", response_model=Page[PartnerRelationView])
async def list_partner_relations(
    ctx: Read, listing: Annotated[PartnerRelationListing, Query()]
) -> Response:
    """List the relations with partners, also as they counted on a day."""
    return PageAnswer(await relations.page(ctx, listing))


@router.get("/summary")
async def summarize_partner_relations(
    ctx: Read, query: Annotated[RelationFiguresQuery, Query()]
) -> RelationFigures:
    """Count the relations that hold on a day."""
    return await relation_figures(ctx, query)


@router.get("/{id}", response_model=PartnerRelationView)
async def get_partner_relation(ctx: Read, id: UUID) -> Response:
    """Read one relation."""
    return RecordAnswer(await relations.item(ctx, id))


@router.post("", response_model=PartnerRelationView, status_code=201)
async def create_partner_relation(ctx: Create, body: PartnerRelationCreate) -> Response:
    """Register a relation with a partner."""
    relation = await create(ctx, relations, body)
    return await created(ctx, relation, f"/api/v1/partner-relations/{relation.id}")


@router.patch("/{id}", response_model=PartnerRelationView)
async def update_partner_relation(
    ctx: Write, id: UUID, expected: IfMatch, body: PartnerRelationUpdate
) -> Response:
    """Change some fields of a relation."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await relations.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_partner_relation(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a relation that never came about."""
    await remove(ctx, PartnerRelation, lifecycle, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_partner_relation_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a relation, newest first."""
    return PageAnswer(await history(ctx, relations, id, listing))


@router.get("/{id}/transitions", response_model=Page[StepView])
async def list_partner_relation_transitions(
    ctx: Read, id: UUID, listing: Annotated[StepListing, Query()]
) -> Response:
    """List the steps that a relation has taken, newest first."""
    return PageAnswer(await read_steps(ctx, relations, id, listing))


@router.post("/{id}/transitions", response_model=StepView, status_code=201)
async def transition_partner_relation(
    ctx: Step, id: UUID, expected: IfMatch, body: PartnerRelationStepCreate
) -> Response:
    """Establish, let rest, resume, end or cancel a relation."""
    step = await service.step(ctx, id, expected, body)
    return await created(ctx, step, f"/api/v1/partner-relations/{id}/transitions")
