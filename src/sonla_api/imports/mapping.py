"""Which field of a line becomes which field of a record: the table that a reader can see.

docs/dataset.md says the same in plain words.
"""

from sonla_api.imports.rows import Row


def _same(*names: str) -> tuple[Row, ...]:
    return tuple(Row(name, name) for name in names)


_CITED = (
    Row("source", "sources[].source_id", of="sources"),
    Row("more_sources", "sources[].source_id", of="sources"),
)
_FLAGGED = Row("flags", "flags[].code", beside={"origin": "source"})

SOURCES = (
    *_same("key", "title", "publisher", "url", "published_on", "covers", "language", "note"),
    Row("published_as", "printed.published_on"),
    _FLAGGED,
)
AGENCIES = (
    *_same("key", "kind", "name", "valid_to", "note"),
    Row("parent", "parent_id", of="agencies"),
    *_CITED,
    _FLAGGED,
)
PARTNERS = (
    *_same("key", "kind", "name", "aliases", "country", "subdivision", "note"),
    Row("parent", "parent_id", of="partners"),
    *_CITED,
    _FLAGGED,
)
PARTNER_RELATIONS = (
    Row("key", "key"),
    Row("key", "partner_id", of="partners"),
    Row("relation", "kind"),
    *_CITED,
)
DOCUMENTS = (
    *_same("key", "type", "issued_on", "subject", "note"),
    Row("number", "symbol"),
    Row("issuer", "issuer_id", of="agencies"),
    Row("implements", "links[].document_id", of="documents", beside={"kind": "implements"}),
    *_CITED,
    _FLAGGED,
)
STATES = {"assessed": "in_force", "drafting": "proposed", "negotiating": "proposed"}
AGREEMENTS = (
    *_same("key", "kind", "title", "subdivision", "note"),
    Row("level", "on_behalf_of"),
    Row("parties_vn", "parties[].agency_id", of="agencies"),
    Row("partners", "parties[].partner_id", of="partners"),
    Row("signatory_positions", "signatories[].position"),
    Row("country", "countries[]"),
    Row("signed", "signed_on"),
    Row("period", "effective"),
    Row("state", "state", codes=STATES),
    Row("state", "printed.state"),
    *_CITED,
    _FLAGGED,
)
CALENDAR_DAYS = (
    *_same("key", "day", "kind", "name", "announcement", "note"),
    *_CITED,
    _FLAGGED,
)
COMPLIANCE_RULES = (
    *_same("key", "code", "edition", "kind", "title", "valid", "legal_basis", "directions"),
    *_same("levels", "limit", "counted_in", "positions", "country_count", "is_example", "note"),
    *_CITED,
    _FLAGGED,
)
DELEGATIONS = (
    *_same("key", "direction", "channel", "level", "title", "purpose", "head_position"),
    *_same("host_position", "subdivision", "place", "outcomes", "note"),
    Row("country", "countries[]"),
    Row("countries", "countries[]"),
    Row("partners", "partners[].partner_id", of="partners"),
    Row("date", "when"),
    Row("date_as_printed", "printed.when"),
    *_CITED,
    _FLAGGED,
)
SITES = (
    *_same("key", "kind", "name", "country", "subdivision", "borders", "note"),
    Row("class", "status[].level"),
    Row("counterpart", "pair_id", of="sites", is_mutual=True),
    Row("part_of", "parent_id", of="sites"),
    Row("established", "established_on"),
    Row("opened", "opened_on"),
    *_CITED,
    _FLAGGED,
)
_STARTED = {"name": {"en": "Start of construction", "vi": "Khởi công"}}


def _parties(field: str, **beside: str) -> Row:
    """Those who take part: partners, or agencies of ours."""
    ours = Row(field, "participants[].agency_id", of="agencies", beside=beside)
    return ours._replace(to="participants[].partner_id", of="partners", otherwise=ours)


STAGES = {"proposed": "pipeline", "planning": "preparation", "preparing": "preparation"}
PROJECTS = (
    *_same("key", "kind", "title", "period", "components", "note"),
    Row("stage", "state", codes=STAGES),
    Row("stage", "printed.state"),
    Row("construction_started", "milestones[0].actual", beside=_STARTED),
    Row("days_ahead_of_plan", "milestones[0].days_early_as_stated", beside=_STARTED),
    Row("duration", "period.duration"),
    Row("duration_from", "period.from"),
    Row("location", "locations[].name.en"),
    Row("sector", "sectors[].code", beside={"scheme": "other"}),
    Row("part_of", "parent_id", of="projects"),
    _parties("donors", role="funding"),
    _parties("investors", role="investor"),
    _parties("contractors", role="contractor"),
    _parties("beneficiaries", role="beneficiary"),
    Row("agencies", "participants[].agency_id", of="agencies"),
    Row("documents", "legal_basis[].document_id", of="documents"),
    Row("agreements", "agreements[].agreement_id", of="agreements"),
    Row("sites", "sites[].site_id", of="sites"),
    *_CITED,
    _FLAGGED,
)
TRANSACTIONS = (
    *_same("key", "type", "value", "qualifier", "note"),
    Row("project", "project_id", of="projects"),
    Row("equivalents", "equivalents[]"),
    *_CITED,
    _FLAGGED,
)
PLANS = (
    *_same("key", "note"),
    Row("document", "document_id", of="documents"),
    *_CITED,
    _FLAGGED,
)
TASKS = (
    *_same("key", "code", "title", "period", "markets", "note"),
    Row("plan", "plan_id", of="plans"),
    *_CITED,
    _FLAGGED,
)
EVENTS = (
    *_same("key", "kind", "name", "role", "country", "place", "channel", "note"),
    Row("date", "when"),
    Row("partners", "partners[].partner_id", of="partners"),
    Row("result", "results.text"),
    Row("sites", "sites[].site_id", of="sites"),
    *_CITED,
    _FLAGGED,
)
INDICATORS = (
    *_same("key", "code", "unit", "name", "flow", "note"),
    Row("scope", "coverage.en"),
    Row("part_of", "parent_id", of="indicators"),
    _FLAGGED,
)
OBSERVATIONS = (
    *_same("key", "period", "value", "value_kind", "qualifier", "change_yoy", "as_of", "note"),
    Row("indicator", "indicator_id", of="indicators"),
    *_CITED,
    _FLAGGED,
)
RULES = {
    "agreements.json": {
        "partner": "the one of `partners`, if there is exactly one; another is refused",
        "date_precision": "the precision of `signed`; likewise",
    },
    "delegations.json": {
        "date_precision": "the precision of `when`; a line in which it is another is refused",
    },
    "events.json": {
        "date_precision": "the precision of `when`; likewise",
    },
    "projects.json": {
        "date_precision": "the precision of `construction_started`; likewise",
        "amounts": "records of their own: the part after this one",
    },
    "plans.json": {
        "tasks": "records of their own: the part after this one",
    },
}
"""Fields without a place of their own, and what says the same."""

PARTNER_KINDS = {"international_organisation": "international_organization"}
AGREEMENT_KINDS = {"cooperation_agreement": "agreement", "memorandum": "mou"}
RELATION_KINDS = {"investor": "investment", "twinned": "twinning"}
LEVELS = {"province": "province_leader"}
"""Codes that differ; all others are the same in the files and in the service."""

CREATED_WITH = {"visibility": "public"}
"""What every new record gets: the lines come from public pages."""
