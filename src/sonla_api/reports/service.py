"""The rules of reports: what is frozen when, who is shown it, what replaces what."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sonla_api.agencies.models import AgencyKind
from sonla_api.kit.context import WriteContext
from sonla_api.kit.model import Visibility
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.problems import Conflict, FieldError, Invalid
from sonla_api.kit.records import Item
from sonla_api.kit.steps import take
from sonla_api.kit.store import Expected, create, load, update
from sonla_api.kit.text import Message
from sonla_api.reports.lifecycle import ReportState, ReportVerb, lifecycle
from sonla_api.reports.models import Report
from sonla_api.reports.periodic import periodic_report
from sonla_api.reports.periods import ReportPeriod
from sonla_api.reports.queries import is_replaceable, reports
from sonla_api.reports.schemas import ReportCreate, ReportStepCreate, ReportUpdate

_NOT_DRAFT = Message(
    "Only a draft is changed; a published report is restated by a new one.",
    "Chỉ sửa được dự thảo; báo cáo đã ban hành được thay bằng báo cáo mới.",
)
_NOT_OF_THE_SAME = Message(
    "a report replaces a published one of the same period",
    "báo cáo chỉ thay thế báo cáo đã ban hành của cùng kỳ",
)


async def register(ctx: WriteContext, body: ReportCreate) -> Item:
    """A new draft, with the figures of now."""
    await _check_replaced(ctx, body.replaces_id, body.period)
    return await create(ctx, reports, body, **await _frozen(ctx, body.period, body.kinds))


async def revise(ctx: WriteContext, id_: UUID, expected: Expected, body: ReportUpdate) -> None:
    """Change a draft; of another period, or with other agencies, it is counted anew."""
    record = await load(ctx, Report, id_, expected)
    if record.state is not ReportState.draft:
        raise Conflict(_NOT_DRAFT, state=record.state.value)
    given = body.model_fields_set
    period = PeriodFilter(body.period if "period" in given else record.period)
    if given & {"replaces_id", "period"}:
        replaced = body.replaces_id if "replaces_id" in given else record.replaces_id
        await _check_replaced(ctx, replaced, period)
    more: dict[str, Any] = {}
    if given & {"period", "kinds"}:
        kinds = body.kinds if "kinds" in given else record.kinds
        more = await _frozen(ctx, period, kinds)
    await update(ctx, Report, id_, expected, ReportCreate, body, **more)


async def step(ctx: WriteContext, id_: UUID, expected: Expected, body: ReportStepCreate) -> Item:
    return await take(ctx, Report, lifecycle, id_, expected, body, _effect)


async def _effect(ctx: WriteContext, record: Report, body: ReportStepCreate) -> dict[str, Any]:
    """What is counted anew; what is published is for everybody to read."""
    if body.verb is ReportVerb.recount:
        return await _frozen(ctx, record.period, record.kinds)
    return {"visibility": Visibility.public} if body.verb is ReportVerb.publish else {}


async def _frozen(ctx: WriteContext, period: str, kinds: Sequence[str]) -> dict[str, Any]:
    """The figures of now, as the columns that keep them."""
    asked = ReportPeriod.known(period)
    found = await periodic_report(ctx, asked, [AgencyKind(kind) for kind in kinds], is_kept=True)
    return {
        "sections": found.model_dump(mode="json")["sections"],
        "cut_off": found.cut_off,
        "frozen_at": ctx.now,
    }


async def _check_replaced(ctx: WriteContext, id_: UUID | None, period: str) -> None:
    if id_ and not await is_replaceable(ctx, id_, period):
        raise Invalid(errors=[FieldError("/replaces_id", "not_replaceable", _NOT_OF_THE_SAME)])
