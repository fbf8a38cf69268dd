"""How an event is planned and takes place, as one table."""

from sonla_api.kit.codes import CodeList
from sonla_api.kit.lifecycle import Lifecycle, Transition, needs


class EventState(CodeList):
    planned = "planned", "Planned", "Dự kiến"
    postponed = "postponed", "Postponed", "Hoãn"
    held = "held", "Held", "Đã tổ chức"
    recorded = "recorded", "Recorded from a source", "Ghi nhận theo nguồn"
    cancelled = "cancelled", "Cancelled", "Đã hủy"


class EventVerb(CodeList):
    hold = "hold", "Say that it was held", "Xác nhận đã tổ chức"
    postpone = "postpone", "Postpone", "Hoãn"
    resume = "resume", "Plan again", "Lên lịch lại"
    cancel = "cancel", "Cancel", "Hủy"
    record = "record", "Record as a source tells it", "Ghi nhận theo nguồn"


S, V = EventState, EventVerb
_WRITE = "events:write"

TOOK_PLACE = (S.held, S.recorded)
"""The states in which an event counts in figures."""

lifecycle = Lifecycle(
    [
        Transition(V.hold, frozenset({S.planned}), S.held, _WRITE, needs("when")),
        Transition(V.postpone, frozenset({S.planned}), S.postponed, _WRITE),
        Transition(V.resume, frozenset({S.postponed}), S.planned, _WRITE, needs("when")),
        Transition(V.cancel, frozenset({S.planned, S.postponed, S.recorded}), S.cancelled, _WRITE),
        Transition(V.record, frozenset({S.planned}), S.recorded, _WRITE, needs("sources")),
    ],
    removable=frozenset({S.planned, S.recorded, S.cancelled}),
)
