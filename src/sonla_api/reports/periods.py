"""The period of a report: a half-year or a year as it is called, or explicit days."""

from datetime import date, timedelta
from typing import Annotated, NamedTuple, Self

from pydantic import Field, model_validator

from sonla_api.agencies.models import AgencyKind
from sonla_api.kit.context import Context
from sonla_api.kit.formats import PaperFormat
from sonla_api.kit.listing import Parameters
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.schema import Day
from sonla_api.kit.text import Message, refusal
from sonla_api.reports.figures import Span

MESSAGES = {
    "period_needed": Message(
        "give a period with a first and a last day, since 1900, or from and to",
        "hãy nêu kỳ có ngày đầu và ngày cuối, từ năm 1900, hoặc from và to",
    ),
    "published_by_a_step": Message(
        "a report becomes public by being published", "báo cáo chỉ công khai khi được ban hành"
    ),
    "period_order": Message("the last day lies before the first", "ngày cuối ở trước ngày đầu"),
}
AGENCY_KINDS = [AgencyKind.department, AgencyKind.locality]
"""Those that a report lists with nothing too."""
_FIRST_YEAR = 1900
_LEAP_DAY = "-02-29"


class ReportPeriod(NamedTuple):
    """The days of a report; `last` is its cut-off."""

    period: PeriodFilter
    first: date
    last: date

    @classmethod
    def of(cls, period: PeriodFilter, since: int = _FIRST_YEAR) -> Self | None:
        """None where it is open, or older than there are records."""
        first, end = period.days
        if first is None or end is None or first.year < since:
            return None
        return cls(period, first, end - timedelta(days=1))

    @classmethod
    def known(cls, period: str, since: int = _FIRST_YEAR) -> Self:
        """Of a period that was found to be one a report can be about."""
        found = cls.of(PeriodFilter(period), since)
        assert found  # noqa: S101  it was checked before
        return found

    def as_of(self, ctx: Context) -> date:
        """The day on which things are looked at: the cut-off, or today while the period lasts."""
        return max(self.first, min(self.last, ctx.today))

    def span(self, ctx: Context) -> Span:
        return Span(self.period, str(self.as_of(ctx)))

    def year_before(self) -> "ReportPeriod":
        """The same a year before; of 29 February the day before it."""
        parts = str(self.period).split("/")
        earlier = "/".join(f"{int(part[:4]) - 1}{part[4:]}" for part in parts)
        return ReportPeriod.known(earlier.replace(_LEAP_DAY, "-02-28"), since=_FIRST_YEAR - 1)

    def compared(self, ctx: Context) -> "ReportPeriod":
        """The year before as it is looked at: under its own name, and while this one lasts on the
        same day of it, as a part is not compared with a whole.
        """
        before, on = self.year_before(), self.as_of(ctx)
        if on == self.last:
            return before
        return before._replace(last=ReportPeriod(PeriodFilter(f"{on}"), on, on).year_before().last)


class ReportQuery(Parameters):
    """In which form one report is given."""

    format: PaperFormat = None


class PeriodicQuery(Parameters):
    """Which period a report is about."""

    period: Annotated[
        PeriodFilter | None,
        Field(description="Such as 2024-H1, or with explicit days 2024-12-15/2025-06-14."),
    ] = None
    from_: Annotated[Day | None, Field(alias="from", description="The first day, with `to`.")] = (
        None
    )
    to: Annotated[Day | None, Field(description="The last day, with `from`.")] = None
    kind: Annotated[
        list[AgencyKind],
        Field(description="Agencies of these kinds are listed with nothing too.", max_length=100),
    ] = AGENCY_KINDS
    format: PaperFormat = None

    @model_validator(mode="after")
    def _one_period(self) -> Self:
        given = (self.period is not None, self.from_ is not None, self.to is not None)
        if given not in {(True, False, False), (False, True, True)}:
            raise refusal(MESSAGES, "period_needed", at="/period")
        if self.from_ and self.to and self.to < self.from_:
            raise refusal(MESSAGES, "period_order", at="/to")
        if ReportPeriod.of(self._asked) is None:
            raise refusal(MESSAGES, "period_needed", at="/period")
        return self

    @property
    def reported(self) -> ReportPeriod:
        """The period, which was found to be one that a report can be about."""
        return ReportPeriod.known(self._asked)

    @property
    def _asked(self) -> PeriodFilter:
        return self.period or PeriodFilter(f"{self.from_}/{self.to}")
