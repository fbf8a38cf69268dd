"""How a project of each kind goes on, as one table."""

from collections.abc import Sequence
from typing import Any

from sonla_api.kit.codes import CodeList
from sonla_api.kit.lifecycle import Guard, Lifecycle, Transition, needed, told_by_a_source
from sonla_api.kit.problems import FieldError
from sonla_api.kit.text import Message


class ProjectKind(CodeList):
    fdi = "fdi", "Foreign direct investment", "Đầu tư trực tiếp nước ngoài"
    oda_loan = "oda_loan", "ODA loan", "Vốn vay ODA"
    oda_grant = "oda_grant", "ODA grant", "ODA không hoàn lại"
    oda_technical = "oda_technical", "ODA technical assistance", "Hỗ trợ kỹ thuật ODA"
    ngo_aid = "ngo_aid", "Foreign NGO aid", "Viện trợ phi chính phủ nước ngoài"
    outgoing_aid = "outgoing_aid", "Aid given abroad", "Viện trợ, hỗ trợ nước ngoài"
    infrastructure = "infrastructure", "Infrastructure", "Hạ tầng"
    domestic_investment = "domestic_investment", "Domestic investment", "Đầu tư trong nước"


class ProjectState(CodeList):
    pipeline = "pipeline", "Pipeline", "Đề xuất"
    preparation = "preparation", "In preparation", "Chuẩn bị"
    approved = "approved", "Approved", "Đã phê duyệt"
    implementing = "implementing", "Implementing", "Đang thực hiện"
    completed = "completed", "Completed", "Đã hoàn thành"
    closed = "closed", "Closed", "Đã đóng"
    suspended = "suspended", "Suspended", "Tạm dừng"
    cancelled = "cancelled", "Cancelled", "Đã hủy"
    terminated = "terminated", "Terminated", "Đã chấm dứt"


class ParticipantRole(CodeList):
    funding = "funding", "Funding", "Tài trợ"
    accountable = "accountable", "Accountable", "Cơ quan chủ quản"
    extending = "extending", "Extending", "Trung gian"
    implementing = "implementing", "Implementing", "Thực hiện"
    investor = "investor", "Investor", "Nhà đầu tư"
    contractor = "contractor", "Contractor", "Nhà thầu"
    beneficiary = "beneficiary", "Beneficiary", "Bên thụ hưởng"


class ProjectVerb(CodeList):
    prepare = "prepare", "Prepare", "Chuẩn bị"
    approve = "approve", "Approve", "Phê duyệt"
    start = "start", "Start implementation", "Triển khai thực hiện"
    complete = "complete", "Complete", "Hoàn thành"
    close = "close", "Close", "Đóng"
    suspend = "suspend", "Suspend", "Tạm dừng"
    resume = "resume", "Resume", "Tiếp tục"
    cancel = "cancel", "Cancel", "Hủy"
    terminate = "terminate", "Terminate", "Chấm dứt"
    record = "record", "Record as a source tells it", "Ghi nhận theo nguồn"


_ROLE_NEEDED = Message(
    "a participant with the role {role} is needed for this step",
    "cần có bên tham gia với vai trò {role} để thực hiện bước này",
)


def _needs(*either: str, role: ParticipantRole | None = None) -> Guard:
    """A guard: one of these fields has a value, or the step names a document; and somebody takes
    part in this role.
    """

    def guard(record: Any, body: Any) -> Sequence[FieldError]:
        lacking = []
        if not body.document_id and not any(getattr(record, name) for name in either):
            lacking += [needed(name) for name in either]
        if role and all(one.get("role") != role for one in record.participants):
            message = Message(
                _ROLE_NEEDED.en.format(role=role), _ROLE_NEEDED.vi.format(role=role.vi)
            )
            lacking.append(needed("participants", message))
        return lacking

    return guard


S, V, K, R = ProjectState, ProjectVerb, ProjectKind, ParticipantRole
_WRITE, _DECIDE = "projects:write", "projects:approve"
_told = told_by_a_source("dự án")
_INVESTED = frozenset({K.fdi.value, K.domestic_investment.value})
_AIDED = frozenset({K.oda_loan.value, K.oda_grant.value, K.oda_technical.value, K.ngo_aid.value})
_GIVEN = frozenset({K.outgoing_aid.value})
_BUILT = frozenset({K.infrastructure.value})
_PROPOSED = frozenset({S.pipeline, S.preparation})
_UNDER_WAY = frozenset({S.implementing})
_STOPPED = frozenset({S.suspended})
_PREPARED = frozenset({S.preparation})

lifecycle = Lifecycle(
    [
        Transition(V.prepare, frozenset({S.pipeline}), S.preparation, _WRITE),
        # An investor is given a certificate, or an approval in principle, without studies of ours.
        Transition(
            V.approve,
            _PROPOSED,
            S.approved,
            _DECIDE,
            _needs("certificate", "legal_basis", role=R.investor),
            _INVESTED,
        ),
        Transition(
            V.approve,
            _PREPARED,
            S.approved,
            _DECIDE,
            _needs("legal_basis", role=R.funding),
            _AIDED,
        ),
        Transition(
            V.approve,
            _PREPARED,
            S.approved,
            _DECIDE,
            _needs("legal_basis", role=R.beneficiary),
            _GIVEN,
        ),
        Transition(V.approve, _PREPARED, S.approved, _DECIDE, _needs("legal_basis"), _BUILT),
        Transition(V.start, frozenset({S.approved}), S.implementing, _WRITE),
        Transition(V.complete, _UNDER_WAY, S.completed, _WRITE),
        Transition(V.close, frozenset({S.completed}), S.closed, _DECIDE),
        Transition(V.suspend, _UNDER_WAY, S.suspended, _DECIDE),
        Transition(V.resume, _STOPPED, S.implementing, _DECIDE),
        Transition(V.cancel, _PROPOSED, S.cancelled, _WRITE),
        # What was decided is undone by a decision.
        Transition(V.cancel, frozenset({S.approved}), S.cancelled, _DECIDE),
        Transition(V.terminate, _UNDER_WAY | _STOPPED, S.terminated, _DECIDE),
        Transition(V.record, frozenset({S.pipeline}), None, _WRITE, _told),
        Transition(V.record, frozenset(S) - {S.pipeline}, None, _DECIDE, _told),
    ],
    track="kind",
    tracks=tuple(ProjectKind),
    removable=frozenset({S.pipeline, S.cancelled}),
)
