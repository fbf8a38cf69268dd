"""Lines of what comes with the service beside the dataset: working days, and examples of rules."""

from pydantic import StrictInt

from sonla_api.calendar_days.models import DayKind
from sonla_api.compliance_rules.models import DayCount, RuleKind
from sonla_api.delegations.lifecycle import Direction
from sonla_api.delegations.models import Level
from sonla_api.imports.schemas import RecordLine, SourcedLine
from sonla_api.kit.citations import DocumentCited
from sonla_api.kit.numbers import Count
from sonla_api.kit.period import DatedPeriod
from sonla_api.kit.schema import Day, Key, Truth
from sonla_api.kit.text import Line, LocalizedText


class CalendarDayLine(SourcedLine):
    day: Day
    kind: DayKind
    name: LocalizedText
    announcement: DocumentCited | None = None


class ComplianceRuleLine(RecordLine):
    code: Line
    edition: StrictInt
    kind: RuleKind
    title: LocalizedText
    valid: DatedPeriod
    legal_basis: list[DocumentCited] = []
    directions: list[Direction] = []
    levels: list[Level] = []
    limit: Count
    counted_in: DayCount | None = None
    positions: list[Line] = []
    country_count: StrictInt | None = None
    is_example: Truth = False
    source: Key | None = None
    more_sources: list[Key] = []
