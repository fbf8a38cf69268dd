from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from sonla_api.assignments.models import Assignment
from sonla_api.kit.asked import Asked
from sonla_api.kit.filters import Filter, one_of, overlaps, through
from sonla_api.kit.listing import Listing
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.shapes import summary
from sonla_api.kit.text import Line
from sonla_api.progress_reports.models import ProgressReport
from sonla_api.progress_reports.schemas import ProgressReportSummary, ProgressReportView

R = ProgressReport


def _corrected_by(of: Any) -> Any:
    later = aliased(R)
    # The summary stands in between, and SQLAlchemy looks no further by itself.
    id_ = select(later.id).where(later.corrects_id == of.id).correlate(of).scalar_subquery()
    return summary(ProgressReportSummary, id_)


progress_reports = Records(R, ProgressReportView, corrected_by=_corrected_by)


def _is_corrected(asked: Asked) -> Any:
    later = aliased(R)
    found = exists().where(later.corrects_id == R.id, later.is_seen())
    return found == asked.value()


class ProgressReportListing(Listing):
    orders: ClassVar = {"created_at": R.created_at}

    key: Annotated[list[Line], one_of(R.key)] = []
    assignment_id: Annotated[list[UUID], one_of(R.assignment_id)] = []
    task_id: Annotated[
        list[UUID],
        through(R.assignment_id, one_of(Assignment.task_id)),
        Field(description="Reports on this task, by whichever agency."),
    ] = []
    agency_id: Annotated[
        list[UUID],
        through(R.assignment_id, one_of(Assignment.agency_id)),
        Field(description="Reports of this agency."),
    ] = []
    period: Annotated[PeriodFilter | None, overlaps(R.period_days)] = None
    is_corrected: Annotated[
        bool | None,
        Filter(_is_corrected, R.corrects_id),
        Field(description="False lists what holds now."),
    ] = None
