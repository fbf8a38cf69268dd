from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from sonla_api.changes.queries import HistoryListing, history
from sonla_api.changes.schemas import ChangeView
from sonla_api.compliance_rules import service
from sonla_api.compliance_rules.models import ComplianceRule
from sonla_api.compliance_rules.queries import ComplianceRuleListing, compliance_rules
from sonla_api.compliance_rules.schemas import (
    ComplianceRuleCreate,
    ComplianceRuleUpdate,
    ComplianceRuleView,
    DelegationCompliance,
)
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit.answers import IfMatch, PageAnswer, RecordAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.store import delete

router = routes_of("compliance-rules")
of_delegations = routes_of(tag="delegations")

Read = Annotated[Context, reading("compliance_rules:read")]
Delegations = Annotated[Context, reading("delegations:read", is_open=False)]
Audit = Annotated[Context, reading("changes:read")]
Create = Annotated[WriteContext, creating("compliance_rules:write")]
Write = Annotated[WriteContext, writing("compliance_rules:write")]


@router.get("", response_model=Page[ComplianceRuleView])
async def list_compliance_rules(
    ctx: Read, listing: Annotated[ComplianceRuleListing, Query()]
) -> Response:
    """List the rules that delegations are held to, each version of them."""
    return PageAnswer(await compliance_rules.page(ctx, listing))


@router.get("/{id}", response_model=ComplianceRuleView)
async def get_compliance_rule(ctx: Read, id: UUID) -> Response:
    """Read one version of a rule."""
    return RecordAnswer(await compliance_rules.item(ctx, id))


@router.post("", response_model=ComplianceRuleView, status_code=201)
async def create_compliance_rule(ctx: Create, body: ComplianceRuleCreate) -> Response:
    """Register a version of a rule, for days on which no other version of it is valid."""
    rule = await service.register(ctx, body)
    return await created(ctx, rule, f"/api/v1/compliance-rules/{rule.id}")


@router.patch("/{id}", response_model=ComplianceRuleView)
async def update_compliance_rule(
    ctx: Write, id: UUID, expected: IfMatch, body: ComplianceRuleUpdate
) -> Response:
    """Change some fields of a version of a rule, such as the end of its validity."""
    await service.revise(ctx, id, expected, body)
    return RecordAnswer(await compliance_rules.item(ctx, id))


@router.delete("/{id}", status_code=204)
async def delete_compliance_rule(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Remove a version of a rule that was entered by mistake."""
    await delete(ctx, ComplianceRule, id, expected)


@router.get("/{id}/history", response_model=Page[ChangeView])
async def list_compliance_rule_history(
    ctx: Audit, id: UUID, listing: Annotated[HistoryListing, Query()]
) -> Response:
    """List who changed what of a version of a rule, newest first."""
    return PageAnswer(await history(ctx, compliance_rules, id, listing))


@of_delegations.get("/delegations/{id}/compliance")
async def get_delegation_compliance(ctx: Delegations, id: UUID) -> DelegationCompliance:
    """Say which rules a delegation keeps, by the versions valid on its days, with the numbers."""
    return await service.compliance(ctx, id)
