"""The kinds of records that a folder brings, and the rules by which each is written."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sonla_api.agencies.models import Agency
from sonla_api.agencies.queries import agencies
from sonla_api.agencies.schemas import AgencyCreate, AgencyUpdate
from sonla_api.agreements import service as agreements
from sonla_api.agreements.lifecycle import AgreementVerb
from sonla_api.agreements.models import Agreement
from sonla_api.agreements.schemas import AgreementStepCreate, AgreementUpdate
from sonla_api.calendar_days.models import CalendarDay
from sonla_api.calendar_days.queries import calendar_days
from sonla_api.calendar_days.schemas import CalendarDayCreate, CalendarDayUpdate
from sonla_api.compliance_rules import service as compliance_rules
from sonla_api.compliance_rules.models import ComplianceRule
from sonla_api.compliance_rules.schemas import ComplianceRuleCreate, ComplianceRuleUpdate
from sonla_api.delegations import service as delegations
from sonla_api.delegations.lifecycle import DelegationState, DelegationVerb
from sonla_api.delegations.models import Delegation
from sonla_api.delegations.schemas import DelegationCreate, DelegationStepCreate, DelegationUpdate
from sonla_api.documents import service as documents
from sonla_api.documents.models import Document
from sonla_api.documents.schemas import DocumentCreate, DocumentUpdate
from sonla_api.events import service as events
from sonla_api.events.lifecycle import EventState
from sonla_api.events.models import Event
from sonla_api.events.schemas import EventCreate, EventUpdate
from sonla_api.imports import inside, mapping
from sonla_api.imports.bundled import CalendarDayLine, ComplianceRuleLine
from sonla_api.imports.recorded import RecordedAgreement, RecordedProject
from sonla_api.imports.rows import Row
from sonla_api.imports.schemas import (
    AgencyLine,
    AgreementLine,
    DelegationLine,
    DocumentLine,
    EventLine,
    IndicatorLine,
    ObservationLine,
    PartnerLine,
    PlanLine,
    ProjectLine,
    RecordLine,
    SiteLine,
    SourceLine,
    TaskLine,
    TransactionLine,
)
from sonla_api.indicators import service as indicator_rules
from sonla_api.indicators.models import Indicator
from sonla_api.indicators.queries import indicators
from sonla_api.indicators.schemas import IndicatorCreate, IndicatorUpdate
from sonla_api.kit.context import WriteContext
from sonla_api.kit.model import Resource
from sonla_api.kit.records import Item, Records
from sonla_api.kit.schema import Body, ResourceBody
from sonla_api.kit.store import create, update
from sonla_api.observations import service as observations
from sonla_api.observations.models import Observation
from sonla_api.observations.schemas import ObservationCreate, ObservationUpdate
from sonla_api.partner_relations import service as partner_relations
from sonla_api.partner_relations.lifecycle import RelationState
from sonla_api.partner_relations.models import PartnerRelation
from sonla_api.partner_relations.queries import relations
from sonla_api.partner_relations.schemas import PartnerRelationCreate, PartnerRelationUpdate
from sonla_api.partners import service as partners
from sonla_api.partners.models import Partner
from sonla_api.partners.schemas import PartnerCreate, PartnerUpdate
from sonla_api.plans.models import Plan
from sonla_api.plans.queries import plans
from sonla_api.plans.schemas import PlanCreate, PlanUpdate
from sonla_api.projects import service as projects
from sonla_api.projects.lifecycle import ProjectVerb
from sonla_api.projects.models import Project
from sonla_api.projects.schemas import ProjectStepCreate, ProjectUpdate
from sonla_api.sites import service as sites
from sonla_api.sites.models import Site
from sonla_api.sites.schemas import SiteCreate, SiteUpdate
from sonla_api.sources.models import Source
from sonla_api.sources.queries import sources
from sonla_api.sources.schemas import SourceCreate, SourceUpdate
from sonla_api.tasks import service as tasks
from sonla_api.tasks.models import Task
from sonla_api.tasks.schemas import TaskCreate, TaskUpdate
from sonla_api.transactions import service as transactions
from sonla_api.transactions.models import Transaction
from sonla_api.transactions.schemas import TransactionCreate, TransactionUpdate


class Part(NamedTuple):
    """One kind of record in a folder: its file, its table of fields, and the rules it obeys.

    `records`: those that a line of the file holds; the file is named with `#` and what in it is
    meant, where another part has the lines themselves.
    """

    resource: str
    file: str
    line: type[RecordLine]
    rows: Sequence[Row]
    model: type[Any]
    whole: type[ResourceBody]
    register: Callable[[WriteContext, Any], Awaitable[Item]]
    revise: Callable[[WriteContext, Any, Any], Awaitable[Any]]
    records: Callable[[Any], Iterable[tuple[str, Any]]] = inside.whole_line


def _plain(records: Records, whole: type[ResourceBody], patch: type[Body]) -> tuple[Any, Any]:
    """Registering and revising of a resource without rules of its own."""

    async def register(ctx: WriteContext, body: ResourceBody) -> Item:
        return await create(ctx, records, body)

    async def revise(ctx: WriteContext, record: Resource, changed: dict[str, Any]) -> None:
        await update(ctx, records.model, record.id, None, whole, patch.model_validate(changed))

    return register, revise


def _revising(revise: Callable[..., Awaitable[Any]], patch: type[Body]) -> Any:
    """Revising by the rules of a service."""

    async def revised(ctx: WriteContext, record: Resource, changed: dict[str, Any]) -> None:
        await revise(ctx, record.id, None, patch.model_validate(changed))

    return revised


async def _revise_source(ctx: WriteContext, record: Source, changed: dict[str, Any]) -> None:
    body = SourceUpdate.model_validate(changed)
    await update(ctx, Source, record.id, None, SourceCreate, body)
    await documents.follow_source(ctx, record.id)


async def _record_relation(ctx: WriteContext, body: PartnerRelationCreate) -> Item:
    return await create(ctx, relations, body, state=RelationState.recorded)


async def _record_delegation(ctx: WriteContext, body: DelegationCreate) -> Item:
    """As having taken place: the source says so."""
    return await delegations.register(ctx, body, DelegationState.recorded)


async def _revise_delegation(
    ctx: WriteContext, record: Delegation, changed: dict[str, Any]
) -> None:
    """A direction that comes to be known is set by its verb, as everybody sets it."""
    is_unknown = record.state is DelegationState.recorded and record.direction is None
    if is_unknown and "direction" in changed:
        body = {"verb": DelegationVerb.set_direction, "direction": changed.pop("direction")}
        await delegations.step(ctx, record.id, None, DelegationStepCreate.model_validate(body))
    await delegations.revise(ctx, record.id, None, DelegationUpdate.model_validate(changed))


async def _record_agreement(ctx: WriteContext, body: RecordedAgreement) -> Item:
    return await agreements.register(ctx, body, body.state)


async def _revise_agreement(ctx: WriteContext, record: Agreement, changed: dict[str, Any]) -> None:
    """Another state is a step, as of projects."""
    if "state" in changed:
        body = {"verb": AgreementVerb.record, "state": changed.pop("state")}
        await agreements.step(ctx, record.id, None, AgreementStepCreate.model_validate(body))
    await agreements.revise(ctx, record.id, None, AgreementUpdate.model_validate(changed))


async def _record_event(ctx: WriteContext, body: EventCreate) -> Item:
    """As having taken place: the source says so."""
    return await events.register(ctx, body, EventState.recorded)


async def _record_project(ctx: WriteContext, body: RecordedProject) -> Item:
    return await projects.register(ctx, body, body.state)


async def _revise_project(ctx: WriteContext, record: Project, changed: dict[str, Any]) -> None:
    """Another stage is a step, as whoever knows a source records it."""
    if "state" in changed:
        body = {"verb": ProjectVerb.record, "state": changed.pop("state")}
        await projects.step(ctx, record.id, None, ProjectStepCreate.model_validate(body))
    await projects.revise(ctx, record.id, None, ProjectUpdate.model_validate(changed))


PARTS = (
    Part("sources", "sources.json", SourceLine, mapping.SOURCES, Source, SourceCreate,
         _plain(sources, SourceCreate, SourceUpdate)[0], _revise_source),
    Part("agencies", "agencies.json", AgencyLine, mapping.AGENCIES, Agency, AgencyCreate,
         *_plain(agencies, AgencyCreate, AgencyUpdate)),
    Part("partners", "partners.json", PartnerLine, mapping.PARTNERS, Partner, PartnerCreate,
         partners.register, _revising(partners.revise, PartnerUpdate)),
    Part("partner_relations", "partners.json", PartnerLine, mapping.PARTNER_RELATIONS,
         PartnerRelation, PartnerRelationCreate, _record_relation,
         _revising(partner_relations.revise, PartnerRelationUpdate)),
    Part("documents", "documents.json", DocumentLine, mapping.DOCUMENTS, Document, DocumentCreate,
         documents.register, _revising(documents.revise, DocumentUpdate)),
    Part("agreements", "agreements.json", AgreementLine, mapping.AGREEMENTS, Agreement,
         RecordedAgreement, _record_agreement, _revise_agreement),
    Part("calendar_days", "calendar_days.json", CalendarDayLine, mapping.CALENDAR_DAYS, CalendarDay,
         CalendarDayCreate, *_plain(calendar_days, CalendarDayCreate, CalendarDayUpdate)),
    Part("indicators", "indicators.json", IndicatorLine, mapping.INDICATORS, Indicator,
         IndicatorCreate, _plain(indicators, IndicatorCreate, IndicatorUpdate)[0],
         _revising(indicator_rules.revise, IndicatorUpdate), inside.indicator_of),
    Part("observations", "observations.json", ObservationLine, mapping.OBSERVATIONS, Observation,
         ObservationCreate, observations.register,
         _revising(observations.revise, ObservationUpdate), inside.observation_of),
    Part("compliance_rules", "compliance_rules.json", ComplianceRuleLine, mapping.COMPLIANCE_RULES,
         ComplianceRule, ComplianceRuleCreate, compliance_rules.register,
         _revising(compliance_rules.revise, ComplianceRuleUpdate)),
    Part("delegations", "delegations.json", DelegationLine, mapping.DELEGATIONS, Delegation,
         DelegationCreate, _record_delegation, _revise_delegation),
    Part("sites", "sites.json", SiteLine, mapping.SITES, Site, SiteCreate,
         sites.register, _revising(sites.revise, SiteUpdate)),
    Part("projects", "projects.json", ProjectLine, mapping.PROJECTS, Project, RecordedProject,
         _record_project, _revise_project),
    Part("transactions", "projects.json#amounts", TransactionLine, mapping.TRANSACTIONS,
         Transaction, TransactionCreate, transactions.register,
         _revising(transactions.revise, TransactionUpdate), inside.transactions_of),
    Part("plans", "plans.json", PlanLine, mapping.PLANS, Plan, PlanCreate,
         _plain(plans, PlanCreate, PlanUpdate)[0],
         _revising(tasks.revise_plan, PlanUpdate), inside.plan_of),
    Part("tasks", "plans.json#tasks", TaskLine, mapping.TASKS, Task, TaskCreate,
         tasks.register, _revising(tasks.revise, TaskUpdate), inside.tasks_of),
    Part("events", "events.json", EventLine, mapping.EVENTS, Event, EventCreate, _record_event,
         _revising(events.revise, EventUpdate)),
)  # a part of the input each, as a table  # fmt: skip
