"""Which field of a line becomes which field of a record: the table that a reader can see.

docs/dataset.md says the same in plain words.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

Ids = Mapping[str, Mapping[str, str]]
"""The id of a record by resource and key."""


class Row(NamedTuple):
    """One line of the table.

    `to`: `name` is set, `name.member` is one text of an object, `name[]` and `name[].member` add
    elements to a list, in the order of the rows; rows of `name[0]` speak of one element. `of`: the
    value is the key of a record there, or else one of the row `otherwise`. `beside`: what else
    each element says. `codes`: those that the service calls otherwise.
    """

    field: str
    to: str
    of: str = ""
    beside: Mapping[str, Any] = {}
    codes: Mapping[str, str] = {}
    otherwise: "Row | None" = None

    @property
    def place(self) -> str:
        return self.to.partition(".")[0]

    @property
    def name(self) -> str:
        """The field of the record."""
        return self.place.partition("[")[0]

    @property
    def member(self) -> str:
        return self.to.partition(".")[2]


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
    Row("agreements", "related[].key", beside={"resource": "agreements"}),
    Row("sites", "related[].key", beside={"resource": "sites"}),
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
RULES = {
    "delegations.json": {
        "date_precision": "the precision of `when`; a line in which it is another is refused",
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
RELATION_KINDS = {"investor": "investment", "twinned": "twinning"}
LEVELS = {"province": "province_leader"}
"""Codes that differ; all others are the same in the files and in the service."""

CREATED_WITH = {"visibility": "public"}
"""What every new record gets: the lines come from public pages."""


def record_of(rows: Sequence[Row], line: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    """What a line says of a record, under the names of the API."""
    record: dict[str, Any] = {}
    shared: dict[str, dict[str, Any]] = {}
    for row in rows:
        value = line.get(row.field)
        if value is None:
            continue
        for part in value if isinstance(value, list) and "[" in row.to else [value]:
            known, said = _meant(row, part, ids)
            if "[" not in known.to:
                _put(record, known, said)
            elif known.place in shared:
                shared[known.place] |= _element(known, said)
            else:
                element, elements = _element(known, said), record.setdefault(known.name, [])
                if element not in elements:
                    elements.append(element)
                if not known.place.endswith("[]"):
                    shared[known.place] = element
    return record


def _meant(row: Row, value: Any, ids: Ids) -> tuple[Row, Any]:
    """The row that holds for a value, and what the service has for it."""
    if row.otherwise and value not in ids[row.of]:
        row = row.otherwise
    if row.of:
        return row, ids[row.of][value]
    return row, row.codes.get(value, value) if row.codes else value


def _put(record: dict[str, Any], row: Row, value: Any) -> None:
    if row.member:
        record.setdefault(row.name, {})[row.member] = value
    else:
        record[row.name] = value


def _element(row: Row, value: Any) -> Any:
    """What a row adds to a list: the value itself, or an object with it inside."""
    if not row.member:
        return value
    for name in reversed(row.member.split(".")):
        value = {name: value}
    return {**value, **row.beside}


def references(
    rows: Sequence[Row], line: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """The records that a line names: (field of the line, resources of one of which it is, key)."""
    for row in rows:
        named = line.get(row.field)
        resources = (row.of, row.otherwise.of) if row.otherwise else (row.of,)
        for key in named if isinstance(named, list) else [named]:
            if row.of and is_key(key):
                yield row.field, resources, key


def is_key(value: Any) -> TypeGuard[str]:
    """Whether the register may be asked for it: half a surrogate pair is in no key."""
    return isinstance(value, str) and value.isprintable()


def field_of(rows: Sequence[Row], line: Mapping[str, Any], pointer: str) -> str:
    """The field of a line that a JSON pointer into its record is about."""
    name = pointer.split("/")[1] if pointer else ""
    said = (row.field for row in rows if row.name == name and line.get(row.field) is not None)
    return next(said, pointer.strip("/"))


def news(
    rows: Sequence[Row],
    line: Mapping[str, Any],
    loaded: Mapping[str, Any],
    now: Mapping[str, Any],
) -> dict[str, Any]:
    """The merge patch that a line means for a record: what it did not say at the last load.

    All three are fields of the record: as the line has them, as a load wrote them last, and as
    they stand. So what people changed since stays, until the line itself changes there.
    """
    wanted, before, present = (_sayable(rows, record) for record in (line, loaded, now))
    patch = {
        name: line[name] for name in wanted if wanted[name] not in (before[name], present[name])
    }
    if "flags" in patch:
        patch["flags"] = [*line["flags"], *(f for f in now["flags"] if f["origin"] != "source")]
    if "printed" in patch:
        patch["printed"] = wanted["printed"]
    return patch


def _sayable(rows: Sequence[Row], record: Mapping[str, Any]) -> dict[str, Any]:
    """What of a record a line can say: no flag of a rule or person, no other printed text."""
    own: dict[str, Any] = {}
    for row in rows:
        value = record.get(row.name) or None
        if row.name == "flags":
            value = [flag["code"] for flag in value or [] if flag["origin"] == "source"]
        elif row.name == "printed":
            value = {row.member: (value or {}).get(row.member)}
        own[row.name] = value
    return own
