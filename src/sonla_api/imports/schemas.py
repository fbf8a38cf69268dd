from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, ValidationInfo

from sonla_api.agencies.models import AgencyKind
from sonla_api.agreements.models import AgreementKind, AgreementLevel
from sonla_api.delegations.lifecycle import Direction
from sonla_api.delegations.models import Channel, Level
from sonla_api.documents.types import DocumentType
from sonla_api.events.models import EventChannel, EventKind, EventRole
from sonla_api.imports.mapping import AGREEMENT_KINDS, LEVELS, PARTNER_KINDS, RELATION_KINDS
from sonla_api.indicators.models import Flow
from sonla_api.indicators.schemas import IndicatorCode, Unit
from sonla_api.kit.codes import Country, Language, Subdivision
from sonla_api.kit.money import Money
from sonla_api.kit.numbers import Count
from sonla_api.kit.period import Duration, PartialDate, Period, Precision, precision
from sonla_api.kit.schema import Body, Day, Key, Url
from sonla_api.kit.text import Line, LocalizedText, Message, Text, refusal
from sonla_api.observations.models import ObservationQualifier, ValueKind
from sonla_api.observations.schemas import Figure, Share
from sonla_api.partner_relations.models import RelationKind
from sonla_api.partners.models import PartnerKind
from sonla_api.projects.lifecycle import ProjectKind
from sonla_api.projects.models import TransactionType
from sonla_api.sites.models import GateLevel, SiteKind
from sonla_api.transactions.models import Qualifier
from sonla_api.transactions.schemas import EquivalentBody

MESSAGES = {
    "precision_differs": Message(
        "the date says {found}, this says {given}", "ngày ghi {found}, ở đây ghi {given}"
    ),
    "partner_differs": Message(
        "this is the one of `partners`, and null where they are none or several",
        "đây là đối tác duy nhất trong `partners`, hoặc null khi không có hay có nhiều đối tác",
    ),
    "period_twice": Message(
        "the line names a period beside it", "dòng này đã ghi thời gian ở trường period"
    ),
    "country_twice": Message(
        "the line names a country beside them", "dòng này đã ghi một quốc gia ở trường country"
    ),
}


Stage = Literal["proposed", "planning", "preparing", "approved", "implementing", "completed"]
ToldState = Literal["drafting", "negotiating", "signed", "assessed", "in_force", "expired"]


class Report(NamedTuple):
    """What became of a folder, in lines for a person."""

    lines: list[str]


def _renamed(codes: Mapping[str, str]) -> BeforeValidator:
    """Codes of the files as the service has them."""
    return BeforeValidator(lambda code: codes.get(code, code) if isinstance(code, str) else code)


def _beside(check: Callable[[Any, dict[str, Any]], None]) -> AfterValidator:
    """A rule over a field and those that stand before it in the format."""

    def checked(value: Any, info: ValidationInfo) -> Any:
        check(value, info.data)
        return value

    return AfterValidator(checked)


def _of_the_date(field: str) -> Callable[[Precision | None, dict[str, Any]], None]:
    def check(given: Precision | None, before: dict[str, Any]) -> None:
        date = before.get(field)
        found = precision(date) if isinstance(date, str) else None
        if field in before and given != found:
            raise refusal(
                MESSAGES, "precision_differs", found=found or "none", given=given or "none"
            )

    return check


def _without_a_period(duration: Any, before: dict[str, Any]) -> None:
    if duration and before.get("period"):
        raise refusal(MESSAGES, "period_twice")


def _of_the_partners(partner: str | None, before: dict[str, Any]) -> None:
    partners = before.get("partners", [])
    if partner != (partners[0] if len(partners) == 1 else None):
        raise refusal(MESSAGES, "partner_differs")


def _alone(countries: list[str], before: dict[str, Any]) -> None:
    if countries and before.get("country"):
        raise refusal(MESSAGES, "country_twice")


class RecordLine(Body):
    """What every line may say."""

    key: Key
    note: Text | None = None
    flags: list[str] = []


class SourceLine(RecordLine):
    title: Line
    publisher: Line | None = None
    url: Url | None = None
    published_on: Day | None = None
    published_as: Text | None = None
    covers: Period | None = None
    language: Language | None = None


class SourcedLine(RecordLine):
    """What every line says that rests on a source."""

    source: Key
    more_sources: list[Key] = []


class AgencyLine(SourcedLine):
    kind: AgencyKind
    name: LocalizedText
    parent: Key | None = None
    valid_to: Day | None = None


class PartnerLine(SourcedLine):
    kind: Annotated[PartnerKind, _renamed(PARTNER_KINDS)]
    name: LocalizedText
    aliases: list[Line] = []
    country: Country | None = None
    subdivision: Subdivision | None = None
    parent: Key | None = None
    relation: Annotated[RelationKind, _renamed(RELATION_KINDS)]


class DocumentLine(SourcedLine):
    number: Line | None = None
    type: DocumentType
    issuer: Key
    issued_on: PartialDate | None = None
    subject: LocalizedText
    implements: list[Key] = []


class AgreementLine(SourcedLine):
    kind: Annotated[AgreementKind, _renamed(AGREEMENT_KINDS)]
    level: AgreementLevel | None = None
    title: LocalizedText
    partners: list[Key] = []
    partner: Annotated[Key | None, _beside(_of_the_partners)] = None
    parties_vn: list[Key] = []
    country: Country | None = None
    subdivision: Subdivision | None = None
    signed: Period | None = None
    date_precision: Annotated[Precision | None, _beside(_of_the_date("signed"))] = None
    period: Period | None = None
    state: ToldState
    signatory_positions: list[Line] = []


class SiteLine(SourcedLine):
    """`class` is a word of Python's own."""

    kind: SiteKind
    name: LocalizedText
    level: Annotated[GateLevel | None, Field(alias="class")] = None
    country: Country | None = None
    subdivision: Subdivision | None = None
    borders: Country | None = None
    counterpart: Key | None = None
    part_of: Key | None = None
    established: PartialDate | None = None
    opened: PartialDate | None = None


class PlanLine(SourcedLine):
    document: Key
    tasks: list[dict[str, Any]] = []


class TaskLine(SourcedLine):
    plan: Key
    code: Line
    title: LocalizedText
    period: Period | None = None
    markets: list[Line] = []


class DelegationLine(SourcedLine):
    direction: Direction | None = None
    channel: Channel | None = None
    level: Annotated[Level | None, _renamed(LEVELS)] = None
    title: LocalizedText
    purpose: Text | None = None
    head_position: Line | None = None
    host_position: Line | None = None
    partners: list[Key] = []
    country: Country | None = None
    countries: Annotated[list[Country], _beside(_alone)] = []
    subdivision: Subdivision | None = None
    place: Line | None = None
    date: Period | None = None
    date_precision: Annotated[Precision | None, _beside(_of_the_date("date"))] = None
    date_as_printed: Text | None = None
    outcomes: list[Text] = []


class EventLine(SourcedLine):
    kind: EventKind
    name: LocalizedText
    role: EventRole | None = None
    country: Country | None = None
    place: Line | None = None
    partners: list[Key] = []
    channel: EventChannel | None = None
    date: Period | None = None
    date_precision: Annotated[Precision | None, _beside(_of_the_date("date"))] = None
    result: LocalizedText | None = None
    sites: list[Key] = []


class ProjectLine(SourcedLine):
    kind: ProjectKind
    title: LocalizedText
    stage: Stage
    construction_started: PartialDate | None = None
    date_precision: Annotated[Precision | None, _beside(_of_the_date("construction_started"))] = (
        None
    )
    days_ahead_of_plan: StrictInt | None = None
    period: Period | None = None
    duration: Annotated[Duration | None, _beside(_without_a_period)] = None
    duration_from: Line | None = None
    location: Text | None = None
    components: Count | None = None
    sector: Line | None = None
    part_of: Key | None = None
    donors: list[Key] = []
    investors: list[Key] = []
    contractors: list[Key] = []
    beneficiaries: list[Key] = []
    agencies: list[Key] = []
    documents: list[Key] = []
    agreements: list[Key] = []
    sites: list[Key] = []
    amounts: list[dict[str, Any]] = []


class TransactionLine(SourcedLine):
    project: Key
    type: TransactionType
    value: Money
    qualifier: Qualifier | None = None
    equivalents: list[EquivalentBody] = []


class IndicatorLine(RecordLine):
    code: IndicatorCode
    unit: Unit
    name: LocalizedText
    scope: Text
    flow: Flow | None = None
    part_of: Key | None = None


class ObservationLine(SourcedLine):
    indicator: Key
    period: Period | None = None
    value: Figure | None = None
    value_kind: ValueKind | None = None
    qualifier: ObservationQualifier | None = None
    change_yoy: Share | None = None
    as_of: Day | None = None
