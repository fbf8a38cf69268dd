"""How a report becomes an official one, as one table.

`restated` is what a published report is once another one that replaces it is published: its own row
never changes, so no verb leads there.
"""

from sonla_api.kit.codes import CodeList
from sonla_api.kit.lifecycle import Lifecycle, Transition, needs


class ReportState(CodeList):
    draft = "draft", "Draft", "Dự thảo"
    submitted = "submitted", "Submitted", "Đã trình"
    approved = "approved", "Approved", "Đã duyệt"
    published = "published", "Published", "Đã ban hành"
    restated = "restated", "Restated", "Đã được thay thế"


class ReportVerb(CodeList):
    recount = "recount", "Count anew", "Tổng hợp lại số liệu"
    submit = "submit", "Submit", "Trình"
    return_ = "return", "Return", "Trả lại"
    approve = "approve", "Approve", "Duyệt"
    publish = "publish", "Publish", "Ban hành"


S, V = ReportState, ReportVerb
_WRITE, _DECIDE = "reports:write", "reports:approve"

lifecycle = Lifecycle(
    [
        Transition(V.recount, frozenset({S.draft}), S.draft, _WRITE),
        Transition(V.submit, frozenset({S.draft}), S.submitted, _WRITE, needs("issuer_id")),
        Transition(V.return_, frozenset({S.submitted, S.approved}), S.draft, _DECIDE),
        Transition(V.approve, frozenset({S.submitted}), S.approved, _DECIDE),
        Transition(
            V.publish,
            frozenset({S.approved}),
            S.published,
            _DECIDE,
            needs("symbol", "place", "issued_on", "signer"),
        ),
    ],
    removable=frozenset({S.draft}),
)
