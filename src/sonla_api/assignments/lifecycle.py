"""How an agency takes on a task and finishes it, as one table."""

from collections.abc import Sequence
from typing import Any

from sonla_api.kit.codes import CodeList
from sonla_api.kit.lifecycle import Lifecycle, Transition, needed
from sonla_api.kit.problems import FieldError
from sonla_api.tasks.lifecycle import ASSIGNED


class AssignmentState(CodeList):
    assigned = "assigned", "Assigned", "Đã giao"
    accepted = "accepted", "Accepted", "Đã nhận"
    in_progress = "in_progress", "In progress", "Đang thực hiện"
    submitted = "submitted", "Result submitted", "Đã trình kết quả"
    returned = "returned", "Returned for completion", "Trả lại để hoàn thiện"
    extension_requested = "extension_requested", "Extension requested", "Đã xin gia hạn"
    extended = "extended", "Extended", "Đã gia hạn"
    done = "done", "Done", "Đã hoàn thành"
    cancelled = "cancelled", "Withdrawn", "Đã rút"


class AssignmentVerb(CodeList):
    accept = "accept", "Accept", "Nhận"
    start = "start", "Start", "Bắt đầu thực hiện"
    submit = "submit", "Submit the result", "Trình kết quả"
    request_extension = "request_extension", "Request an extension", "Xin gia hạn"
    approve = "approve", "Approve the result", "Công nhận hoàn thành"
    return_ = "return", "Return for completion", "Trả lại"
    grant_extension = "grant_extension", "Grant the extension", "Cho gia hạn"
    refuse_extension = "refuse_extension", "Refuse the extension", "Không cho gia hạn"
    cancel = "cancel", "Withdraw", "Rút"


def _until_given(_: Any, body: Any) -> Sequence[FieldError]:
    return [] if body.until else [needed("until")]


S, V = AssignmentState, AssignmentVerb
_WRITE, _DECIDE = "assignments:write", "assignments:approve"
_AT_WORK = frozenset({S.in_progress, S.extended})
_ASKED = frozenset({S.extension_requested})
_OPEN = frozenset(S) - {S.done, S.cancelled}

lifecycle = Lifecycle(
    [
        Transition(V.accept, frozenset({S.assigned}), S.accepted, _WRITE, whose=ASSIGNED),
        Transition(
            V.start,
            frozenset({S.assigned, S.accepted, S.returned}),
            S.in_progress,
            _WRITE,
            whose=ASSIGNED,
        ),
        Transition(V.submit, _AT_WORK, S.submitted, _WRITE, whose=ASSIGNED),
        Transition(
            V.request_extension,
            _AT_WORK | {S.returned},
            S.extension_requested,
            _WRITE,
            _until_given,
            whose=ASSIGNED,
        ),
        Transition(V.approve, frozenset({S.submitted}), S.done, _DECIDE),
        Transition(V.return_, frozenset({S.submitted}), S.returned, _DECIDE),
        Transition(V.grant_extension, _ASKED, S.extended, _DECIDE),
        Transition(V.refuse_extension, _ASKED, S.in_progress, _DECIDE),
        Transition(V.cancel, _OPEN, S.cancelled, _WRITE),
    ],
    removable=frozenset({S.assigned, S.cancelled}),
)
