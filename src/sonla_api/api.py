"""The table of contents of /api/v1.

A flat list, the busiest first: FastAPI walks routes in order, 2 µs each, and nested routers at
every request.
"""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from sonla_api.agencies.endpoints import router as agencies
from sonla_api.agreements.endpoints import router as agreements
from sonla_api.assignments.endpoints import of_tasks as assignments_of_tasks
from sonla_api.assignments.endpoints import router as assignments
from sonla_api.calendar.endpoints import mine as calendar_keys
from sonla_api.calendar.endpoints import router as calendar
from sonla_api.calendar_days.endpoints import router as calendar_days
from sonla_api.changes.endpoints import router as changes
from sonla_api.code_lists.endpoints import router as code_lists
from sonla_api.compliance_rules.endpoints import of_delegations as compliance_of_delegations
from sonla_api.compliance_rules.endpoints import router as compliance_rules
from sonla_api.data_quality.endpoints import router as data_quality
from sonla_api.delegations.endpoints import router as delegations
from sonla_api.documents.endpoints import router as documents
from sonla_api.dossiers.endpoints import router as dossiers
from sonla_api.events.endpoints import router as events
from sonla_api.evidence.endpoints import router as evidence
from sonla_api.indicators.endpoints import router as indicators
from sonla_api.kit.routes import API
from sonla_api.kit.schema import View
from sonla_api.notice_acknowledgements.endpoints import of_notices as recipients_of_notices
from sonla_api.notice_acknowledgements.endpoints import router as notice_acknowledgements
from sonla_api.notices.endpoints import router as notices
from sonla_api.observations.endpoints import of_indicators as series_of_indicators
from sonla_api.observations.endpoints import router as observations
from sonla_api.partner_relations.endpoints import router as partner_relations
from sonla_api.partners.endpoints import router as partners
from sonla_api.plans.endpoints import router as plans
from sonla_api.progress_reports.endpoints import router as progress_reports
from sonla_api.projects.endpoints import router as projects
from sonla_api.reports.endpoints import router as reports
from sonla_api.search.endpoints import router as search
from sonla_api.sites.endpoints import router as sites
from sonla_api.sources.endpoints import router as sources
from sonla_api.tasks.endpoints import of_agreements as tasks_of_agreements
from sonla_api.tasks.endpoints import of_plans as tasks_of_plans
from sonla_api.tasks.endpoints import router as tasks
from sonla_api.trade.endpoints import router as trade
from sonla_api.transactions.endpoints import router as transactions
from sonla_api.workloads.endpoints import router as workloads

v1 = [
    delegations,
    partners,
    documents,
    events,
    projects,
    transactions,
    observations,
    indicators,
    trade,
    workloads,  # before what reads the word summary as an id
    tasks,
    assignments,
    plans,
    progress_reports,
    evidence,
    agreements,
    partner_relations,
    sites,
    notices,
    recipients_of_notices,
    notice_acknowledgements,
    reports,
    agencies,
    sources,
    calendar_days,
    compliance_rules,
    changes,
    calendar,
    calendar_keys,
    dossiers,
    compliance_of_delegations,
    tasks_of_plans,
    tasks_of_agreements,
    assignments_of_tasks,
    series_of_indicators,
    search,
    data_quality,
    code_lists,
]

contents = APIRouter(tags=["contents"])


class ResourceLink(View):
    name: Annotated[str, Field(examples=["partners"])]
    href: Annotated[str, Field(examples=["/api/v1/partners"])]


class Contents(View):
    """The resources of this API, and where its description and its explanation are."""

    resources: list[ResourceLink]
    openapi: Annotated[str, Field(examples=["/openapi.json"])]
    docs: Annotated[str, Field(examples=["/docs"])]


@contents.get(API)
async def get_contents(request: Request) -> Contents:
    """List the resources that there are."""
    base = request.scope.get("root_path", "")
    names = [router.prefix.removeprefix(f"{API}/") for router in v1 if router.prefix != API]
    return Contents(
        resources=[ResourceLink(name=n, href=f"{base}/api/v1/{n}") for n in names],
        openapi=f"{base}/openapi.json",
        docs=f"{base}/docs",
    )
