"""The lifecycle of a delegation, by direction, as one table."""

from collections.abc import Sequence
from typing import Any

from sonla_api.kit.codes import CodeList
from sonla_api.kit.lifecycle import Lifecycle, Transition, needed, needs
from sonla_api.kit.problems import FieldError


class Direction(CodeList):
    outbound = "outbound", "Outbound", "Đoàn ra"
    inbound = "inbound", "Inbound", "Đoàn vào"
    domestic = "domestic", "Domestic", "Trong nước"


class DelegationState(CodeList):
    draft = "draft", "Draft", "Dự thảo"
    submitted = "submitted", "Submitted", "Đã trình"
    returned = "returned", "Returned for completion", "Trả lại để hoàn thiện"
    postponed = "postponed", "Postponed", "Hoãn"
    approved = "approved", "Approved", "Đã phê duyệt"
    rejected = "rejected", "Rejected", "Không phê duyệt"
    under_way = "under_way", "Under way", "Đang thực hiện"
    completed = "completed", "Completed", "Đã hoàn thành"
    permitted = "permitted", "Permitted", "Đã cho phép"
    refused = "refused", "Refused", "Không cho phép"
    programme_approved = "programme_approved", "Programme approved", "Đã duyệt chương trình"
    received = "received", "Received", "Đã đón tiếp"
    reported = "reported", "Reported", "Đã báo cáo"
    closed = "closed", "Closed", "Đã kết thúc"
    cancelled = "cancelled", "Cancelled", "Đã hủy"
    recorded = "recorded", "Recorded from a source", "Ghi nhận theo nguồn"


class DelegationVerb(CodeList):
    submit = "submit", "Submit", "Trình"
    return_ = "return", "Return for completion", "Trả lại"
    approve = "approve", "Approve", "Phê duyệt"
    reject = "reject", "Reject", "Không phê duyệt"
    depart = "depart", "Depart", "Khởi hành"
    complete = "complete", "Complete", "Hoàn thành"
    permit = "permit", "Permit", "Cho phép"
    refuse = "refuse", "Refuse", "Không cho phép"
    approve_programme = "approve_programme", "Approve the programme", "Duyệt chương trình"
    receive = "receive", "Receive", "Đón tiếp"
    report = "report", "Report", "Báo cáo"
    close = "close", "Close", "Kết thúc"
    postpone = "postpone", "Postpone", "Hoãn"
    cancel = "cancel", "Cancel", "Hủy"
    record = "record", "Record as having taken place", "Ghi nhận đã diễn ra"
    set_direction = "set_direction", "Set the direction", "Xác định đoàn ra, đoàn vào"


def _decided(record: Any, body: Any) -> Sequence[FieldError]:
    """A guard: a decision stands in the record, or the step names its document."""
    return [] if body.document_id else needs("decision")(record, body)


def _direction_given(_: Any, body: Any) -> Sequence[FieldError]:
    return [] if body.direction else [needed("direction")]


S, V = DelegationState, DelegationVerb
_WRITE, _DECIDE = "delegations:write", "delegations:approve"
_OUT, _IN, _HOME = (frozenset({d.value}) for d in Direction)
_SENT = _OUT | _HOME
_KNOWN = _SENT | _IN
_UNKNOWN = frozenset({""})

TOOK_PLACE = (
    S.recorded,
    S.under_way,
    S.completed,
    S.received,
    S.reported,
    S.closed,
)
"""The states in which a delegation counts in figures."""
BINDING = (
    S.approved,
    S.under_way,
    S.completed,
    S.permitted,
    S.programme_approved,
    S.received,
    S.reported,
    S.closed,
)
"""The states in which nobody may be in two delegations at once."""

lifecycle = Lifecycle(
    [
        Transition(
            V.submit,
            frozenset({S.draft, S.returned, S.postponed}),
            S.submitted,
            _WRITE,
            needs("when", "head_position", "lead_agency_id", "countries"),
            _KNOWN,
        ),
        Transition(V.return_, frozenset({S.submitted}), S.returned, _DECIDE, tracks=_KNOWN),
        Transition(V.approve, frozenset({S.submitted}), S.approved, _DECIDE, _decided, _OUT),
        Transition(V.approve, frozenset({S.submitted}), S.approved, _DECIDE, tracks=_HOME),
        Transition(V.reject, frozenset({S.submitted}), S.rejected, _DECIDE, tracks=_SENT),
        Transition(V.depart, frozenset({S.approved}), S.under_way, _WRITE, tracks=_SENT),
        Transition(V.complete, frozenset({S.under_way}), S.completed, _WRITE, tracks=_SENT),
        Transition(V.permit, frozenset({S.submitted}), S.permitted, _DECIDE, _decided, _IN),
        Transition(V.refuse, frozenset({S.submitted}), S.refused, _DECIDE, tracks=_IN),
        Transition(
            V.approve_programme,
            frozenset({S.permitted}),
            S.programme_approved,
            _DECIDE,
            needs("programme"),
            _IN,
        ),
        Transition(V.receive, frozenset({S.programme_approved}), S.received, _WRITE, tracks=_IN),
        Transition(
            V.report,
            frozenset({S.completed, S.received}),
            S.reported,
            _WRITE,
            needs("report"),
            _KNOWN,
        ),
        Transition(V.close, frozenset({S.reported}), S.closed, _DECIDE, tracks=_KNOWN),
        Transition(
            V.postpone,
            frozenset({S.submitted, S.approved, S.permitted, S.programme_approved}),
            S.postponed,
            _WRITE,
            tracks=_KNOWN,
        ),
        Transition(
            V.cancel,
            frozenset(
                {
                    S.draft,
                    S.submitted,
                    S.returned,
                    S.postponed,
                    S.approved,
                    S.permitted,
                    S.programme_approved,
                    S.recorded,
                }
            ),
            S.cancelled,
            _WRITE,
        ),
        Transition(V.record, frozenset({S.draft}), S.recorded, _WRITE, needs("sources")),
        Transition(
            V.set_direction,
            frozenset({S.recorded}),
            S.recorded,
            _WRITE,
            _direction_given,
            _UNKNOWN,
        ),
    ],
    track="direction",
    tracks=("", *Direction),
    removable=frozenset({S.draft, S.recorded, S.cancelled}),
)
