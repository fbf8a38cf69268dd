"""How a relation with a partner grows and ends, as one table."""

from sonla_api.kit.codes import CodeList
from sonla_api.kit.lifecycle import Lifecycle, Transition


class RelationState(CodeList):
    recorded = "recorded", "Recorded from a source", "Ghi nhận theo nguồn"
    exploring = "exploring", "Exploring", "Đang tìm hiểu"
    established = "established", "Established", "Đã thiết lập"
    dormant = "dormant", "Dormant", "Tạm lắng"
    ended = "ended", "Ended", "Đã chấm dứt"
    cancelled = "cancelled", "Cancelled", "Đã hủy"


class RelationVerb(CodeList):
    establish = "establish", "Establish", "Thiết lập"
    suspend = "suspend", "Let rest", "Tạm dừng"
    resume = "resume", "Resume", "Nối lại"
    end = "end", "End", "Chấm dứt"
    cancel = "cancel", "Cancel", "Hủy"


S, V = RelationState, RelationVerb
_WRITE = "partner_relations:write"

lifecycle = Lifecycle(
    [
        Transition(V.establish, frozenset({S.exploring}), S.established, _WRITE),
        Transition(V.suspend, frozenset({S.established}), S.dormant, _WRITE),
        Transition(V.resume, frozenset({S.dormant}), S.established, _WRITE),
        Transition(V.end, frozenset({S.established, S.dormant}), S.ended, _WRITE),
        Transition(V.cancel, frozenset({S.exploring, S.recorded}), S.cancelled, _WRITE),
    ],
    removable=frozenset({S.exploring, S.recorded, S.cancelled}),
)
