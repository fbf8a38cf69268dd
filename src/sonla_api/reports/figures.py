"""What a figure is: records of one list, chosen by the very filters that its address names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from sonla_api.kit.codes import CodeList
from sonla_api.kit.listing import Listing, list_address
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.tallies import Counts
from sonla_api.kit.text import Message
from sonla_api.reports.parts import Part


class Unit(CodeList):
    delegation = "delegation", "Delegations", "Đoàn"
    person_trip = "person_trip", "Person-trips", "Lượt người"
    relation = "relation", "Relations", "Quan hệ"
    partner = "partner", "Partners", "Đối tác"
    agreement = "agreement", "Agreements", "Thỏa thuận"
    project = "project", "Projects", "Dự án"
    money = "money", "Money", "Tiền"
    event = "event", "Events", "Sự kiện"
    enterprise = "enterprise", "Enterprises", "Doanh nghiệp"
    contract = "contract", "Contracts", "Hợp đồng"
    visitor = "visitor", "Visitors", "Lượt khách"
    observed = "observed", "As a source prints it", "Theo số liệu công bố"
    plan = "plan", "Plans", "Kế hoạch"
    task = "task", "Tasks", "Nhiệm vụ"
    assignment = "assignment", "Tasks assigned", "Nhiệm vụ được giao"


class Span(NamedTuple):
    """The days of a report, written as lists are asked for them."""

    period: PeriodFilter
    last: str
    """The last day, or today while the period lasts."""

    @property
    def days(self) -> tuple[date, date]:
        first, end = self.period.days
        assert first  # noqa: S101  a report has both
        assert end  # noqa: S101  for the types
        return first, end


class Placing(CodeList):
    """How a record comes to count in a period."""

    within = "within", "Lying wholly in the period", "Nằm trọn trong kỳ"
    overlapping = "overlapping", "Lasting in the period", "Diễn ra trong kỳ"
    at_end = "at_end", "As of the end of the period", "Tính đến cuối kỳ"


class Placed(NamedTuple):
    """How a list is asked for the records that count in a period."""

    filters: Callable[[Span], Mapping[str, Any]]
    beside: Callable[[Span], Mapping[str, Any]]
    """For those that cannot be placed, and may belong to it."""


PLACED: Mapping[Placing, Placed] = {
    Placing.within: Placed(
        lambda span: {"within": span.period}, lambda span: {"not_placed_in": span.period}
    ),
    Placing.overlapping: Placed(
        lambda span: {"period": span.period}, lambda _: {"without": ["period"]}
    ),
    Placing.at_end: Placed(lambda span: {"as_of": span.last}, lambda _: {"undated": True}),
}


class Measure(NamedTuple):
    """What is added up of the records: each once, or a number that they hold."""

    unit: Unit
    column: str = ""
    """Of the tally, or the field whose different values are counted."""
    where: Mapping[str, Any] = {}
    """Filters of the records that have such a number, where it is about them alone."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A list that figures are taken from; `fixed`: filters that all of them have."""

    path: str
    listing: type[Listing]
    tally: Counts | None = None
    """Without one the list itself is asked, which suits lists of thousands and a count of each."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    implied: Mapping[str, Any] = field(default_factory=dict)
    """Filters that hold of all that is read for it, and its addresses name."""
    without: str = "without"
    """The filter that asks for what is unknown."""
    currency: str = ""
    """The filter that tells currencies apart: money is summed in each by itself."""
    placed: Mapping[Placing, Placed] = field(default_factory=lambda: PLACED)

    def href(self, *chosen: Mapping[str, Any]) -> str:
        """Where records with these filters are listed."""
        filters = merged(self.without, self.fixed, self.implied, *chosen)
        return list_address(self.path, **filters)


@dataclass(frozen=True, eq=False)
class Line:
    """One figure of a section, or one column of a table."""

    code: str
    label: Message
    of: Subject
    measure: Measure
    where: Mapping[str, Any] = field(default_factory=dict)
    placing: Placing = Placing.within
    split: str = ""
    """The filter for which it is read value by value."""

    def among(self, chosen: Mapping[str, Any]) -> "Line":
        """The same of fewer records."""
        return replace(self, where=merged(self.of.without, self.where, chosen))

    def each(self, by: str) -> "Line":
        """The same, read for every value of a filter."""
        return replace(self, split=by)

    @property
    def chosen(self) -> Mapping[str, Any]:
        """The filters of this figure beside those that all of its subject have."""
        return merged(self.of.without, self.where, self.measure.where)

    def placed(self, span: Span) -> Mapping[str, Any]:
        """The filters of those records that count in a period."""
        return self.of.placed[self.placing].filters(span)

    def beside(self, span: Span) -> Mapping[str, Any]:
        """The filters of those that cannot be placed."""
        return self.of.placed[self.placing].beside(span)


@dataclass(frozen=True, eq=False)
class Grid:
    """A table: lines for the codes of one field, columns for figures."""

    code: str
    label: Message
    by: str
    """The filter that tells the lines apart."""
    codes: Sequence[CodeList]
    """What the lines stand for; none: agencies."""
    unknown: str
    """What asks for records of which that field is unknown; empty where it always has a value."""
    columns: Sequence[Line]

    @property
    def of(self) -> Subject:
        return self.columns[0].of

    def chosen(self, value: str | None) -> Mapping[str, Any]:
        """The filter of a line of the table."""
        return {self.of.without: [self.unknown]} if value is None else {self.by: [value]}


@dataclass(frozen=True, eq=False)
class Section:
    part: Part
    lines: Sequence[Line]
    grids: Sequence[Grid] = ()


def merged(without: str, *chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Filters together; what is asked for as unknown adds up."""
    found: dict[str, Any] = {}
    for some in chosen:
        for name, value in some.items():
            found[name] = [*found.get(name, []), *value] if name == without else value
    return found
