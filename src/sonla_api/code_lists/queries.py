"""Every list of codes that a field of the API takes, by its name in the address."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from sonla_api.agencies.models import AgencyKind
from sonla_api.agreements.lifecycle import AgreementState, AgreementVerb
from sonla_api.agreements.models import (
    AgreementKind,
    AgreementLevel,
    AgreementRole,
    AgreementStanding,
)
from sonla_api.assignments.lifecycle import AssignmentState, AssignmentVerb
from sonla_api.assignments.models import AssignmentRole
from sonla_api.calendar_days.models import CalendarStatus, DayKind
from sonla_api.changes.models import Action
from sonla_api.code_lists.schemas import CodeListView, CodeView, FlagCode
from sonla_api.compliance_rules.models import ComplianceResult, DayCount, RuleDay, RuleKind
from sonla_api.data_quality.lifecycle import FlagVerb
from sonla_api.delegations.lifecycle import DelegationState, DelegationVerb, Direction
from sonla_api.delegations.models import Channel, Funding, Level, PartnerRole
from sonla_api.documents.models import LinkKind
from sonla_api.documents.symbols import SymbolKind
from sonla_api.documents.types import DocumentType
from sonla_api.events.lifecycle import EventState, EventVerb
from sonla_api.events.models import EventChannel, EventKind, EventRole
from sonla_api.identity.permissions import Role
from sonla_api.indicators.models import Dimension, Flow, Frequency, ProductScheme
from sonla_api.kit import codes
from sonla_api.kit.codes import CodeLabel, CodeList
from sonla_api.kit.model import Visibility
from sonla_api.kit.schema import FlagOrigin
from sonla_api.kit.text import Message
from sonla_api.notice_acknowledgements.models import AcknowledgementMeans
from sonla_api.notices.lifecycle import NoticeState, NoticeVerb
from sonla_api.notices.models import NoticeTopic
from sonla_api.observations.models import ObservationQualifier, ValueKind
from sonla_api.partner_relations.lifecycle import RelationState, RelationVerb
from sonla_api.partner_relations.models import RelationKind
from sonla_api.partners.models import PartnerKind, RegistrationKind, RegistrationWarningCode
from sonla_api.projects.lifecycle import ParticipantRole, ProjectKind, ProjectState, ProjectVerb
from sonla_api.projects.models import RelatedResource, SectorScheme, TransactionType
from sonla_api.reports.figures import Placing, Unit
from sonla_api.reports.lifecycle import ReportState, ReportVerb
from sonla_api.reports.parts import Part
from sonla_api.sites.models import GateLevel, LevelDating, SiteKind
from sonla_api.tasks.health import Health
from sonla_api.tasks.models import DueKind, Priority
from sonla_api.transactions.models import EquivalentQualifier, Qualifier
from sonla_api.workloads.schemas import WorkReason

ENUMS: dict[str, type[CodeList]] = {
    "acknowledgement-means": AcknowledgementMeans,
    "agency-kinds": AgencyKind,
    "agreement-kinds": AgreementKind,
    "agreement-levels": AgreementLevel,
    "agreement-roles": AgreementRole,
    "agreement-standings": AgreementStanding,
    "agreement-states": AgreementState,
    "agreement-verbs": AgreementVerb,
    "assignment-roles": AssignmentRole,
    "assignment-states": AssignmentState,
    "assignment-verbs": AssignmentVerb,
    "calendar-day-kinds": DayKind,
    "calendar-statuses": CalendarStatus,
    "change-actions": Action,
    "compliance-days": RuleDay,
    "compliance-results": ComplianceResult,
    "compliance-rule-kinds": RuleKind,
    "day-counts": DayCount,
    "delegation-channels": Channel,
    "delegation-directions": Direction,
    "delegation-funding": Funding,
    "delegation-levels": Level,
    "delegation-partner-roles": PartnerRole,
    "delegation-states": DelegationState,
    "delegation-verbs": DelegationVerb,
    "document-link-kinds": LinkKind,
    "document-types": DocumentType,
    "equivalent-qualifiers": EquivalentQualifier,
    "event-channels": EventChannel,
    "event-kinds": EventKind,
    "event-roles": EventRole,
    "event-states": EventState,
    "event-verbs": EventVerb,
    "flag-codes": FlagCode,
    "flag-origins": FlagOrigin,
    "flag-verbs": FlagVerb,
    "gate-levels": GateLevel,
    "health": Health,
    "level-dating": LevelDating,
    "notice-states": NoticeState,
    "notice-topics": NoticeTopic,
    "notice-verbs": NoticeVerb,
    "indicator-dimensions": Dimension,
    "indicator-frequencies": Frequency,
    "observation-qualifiers": ObservationQualifier,
    "observation-value-kinds": ValueKind,
    "partner-kinds": PartnerKind,
    "partner-relation-kinds": RelationKind,
    "partner-relation-states": RelationState,
    "partner-relation-verbs": RelationVerb,
    "participant-roles": ParticipantRole,
    "product-schemes": ProductScheme,
    "project-kinds": ProjectKind,
    "project-states": ProjectState,
    "project-verbs": ProjectVerb,
    "registration-kinds": RegistrationKind,
    "registration-warnings": RegistrationWarningCode,
    "report-parts": Part,
    "report-placings": Placing,
    "report-states": ReportState,
    "report-units": Unit,
    "report-verbs": ReportVerb,
    "related-resources": RelatedResource,
    "roles": Role,
    "sector-schemes": SectorScheme,
    "site-kinds": SiteKind,
    "symbol-kinds": SymbolKind,
    "task-due-kinds": DueKind,
    "task-priorities": Priority,
    "trade-flows": Flow,
    "transaction-qualifiers": Qualifier,
    "transaction-types": TransactionType,
    "visibilities": Visibility,
    "work-reasons": WorkReason,
}
_STANDARDS: dict[str, Callable[[], Iterable[CodeLabel]]] = {
    "currencies": codes.currencies,
    "languages": codes.languages,
    "subdivisions": codes.subdivisions,
}
_COUNTRIES = "countries"
NAMES = sorted([*ENUMS, *_STANDARDS, _COUNTRIES])


@lru_cache(maxsize=64)
def code_list(name: str, country_labels: tuple[tuple[str, tuple[str, str]], ...]) -> str | None:
    """The list of this name as JSON; None if there is none.

    `country_labels`: what a deployment calls countries, code and label in English and Vietnamese.
    """
    if name in ENUMS:
        items = [CodeView(code=code.value, en=code.en, vi=code.vi) for code in ENUMS[name]]
    elif name in _STANDARDS:
        items = [CodeView(**label._asdict()) for label in _STANDARDS[name]()]
    elif name == _COUNTRIES:
        ours = {code: Message(*label) for code, label in country_labels}
        items = [CodeView(**label._asdict()) for label in codes.countries({**codes.LABELS, **ours})]
    else:
        return None
    return CodeListView(name=name, items=items).model_dump_json()
