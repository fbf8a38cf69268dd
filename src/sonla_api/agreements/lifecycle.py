"""How an agreement comes about, holds and ends, as one table."""

from collections.abc import Sequence
from typing import Any

from sonla_api.kit.codes import CodeList
from sonla_api.kit.lifecycle import Lifecycle, Transition, needed, told_by_a_source
from sonla_api.kit.problems import FieldError
from sonla_api.kit.text import Message


class AgreementState(CodeList):
    proposed = "proposed", "Proposed", "Đề xuất"
    consulting = "consulting", "Opinions being asked", "Đang lấy ý kiến"
    approved_to_sign = "approved_to_sign", "Approved to be signed", "Đã cho phép ký"
    signed = "signed", "Signed", "Đã ký"
    in_force = "in_force", "In force", "Đang có hiệu lực"
    suspended = "suspended", "Suspended", "Tạm đình chỉ"
    expired = "expired", "Expired", "Hết hiệu lực"
    renewed = "renewed", "Renewed by another one", "Đã được gia hạn bằng văn kiện khác"
    terminated = "terminated", "Terminated", "Đã chấm dứt"
    cancelled = "cancelled", "Cancelled before signing", "Đã hủy trước khi ký"


class AgreementVerb(CodeList):
    consult = "consult", "Ask for opinions", "Lấy ý kiến"
    return_ = "return", "Return for completion", "Trả lại"
    approve = "approve", "Approve the signing", "Cho phép ký"
    sign = "sign", "Sign", "Ký"
    enter_into_force = "enter_into_force", "Enter into force", "Có hiệu lực"
    suspend = "suspend", "Suspend", "Tạm đình chỉ"
    resume = "resume", "Resume", "Khôi phục hiệu lực"
    expire = "expire", "Expire", "Hết hiệu lực"
    renew = "renew", "Renew by another one", "Gia hạn bằng văn kiện khác"
    terminate = "terminate", "Terminate", "Chấm dứt"
    cancel = "cancel", "Cancel", "Hủy"
    record = "record", "Record as a source tells it", "Ghi nhận theo nguồn"


_PARTIES = Message(
    "a partner and an agency of ours are needed for this step",
    "cần có một đối tác và một cơ quan phía ta để thực hiện bước này",
)
_UNANSWERED = Message(
    "this agency has not answered; note in its opinion what became of the question",
    "cơ quan này chưa trả lời; hãy ghi kết quả vào phần ý kiến",
)
_WHY = Message(
    "say why in a note, or name the document that says so",
    "hãy nêu lý do trong phần ghi chú hoặc nêu văn bản làm căn cứ",
)


def _between_parties(record: Any, _: Any) -> Sequence[FieldError]:
    sides = [
        any(party.get(side) for party in record.parties) for side in ("partner_id", "agency_id")
    ]
    return [] if all(sides) else [needed("parties", _PARTIES)]


def _consulted(record: Any, body: Any) -> Sequence[FieldError]:
    """A guard: all who were asked have answered, and a document says that it may be signed."""
    lacking = [
        FieldError(f"/consultations/{place}/answered_on", "unanswered", _UNANSWERED)
        for place, asked in enumerate(record.consultations)
        if not asked.get("answered_on") and not asked.get("opinion")
    ]
    if not record.consultations:
        lacking.append(needed("consultations"))
    if not body.document_id and not record.documents:
        lacking.append(needed("documents"))
    return lacking


def _dated(record: Any, _: Any) -> Sequence[FieldError]:
    return [] if record.effective else [needed("effective")]


def _reasoned(_: Any, body: Any) -> Sequence[FieldError]:
    is_said = body.note or body.document_id
    return [] if is_said else [needed("note", _WHY)]


S, V = AgreementState, AgreementVerb
_WRITE, _DECIDE = "agreements:write", "agreements:approve"
_told = told_by_a_source("thỏa thuận")
UNSIGNED = (S.proposed, S.consulting, S.approved_to_sign)
RUNNING = (S.signed, S.in_force, S.suspended)
"""The states in which an agreement has been signed and nobody has ended it."""
CLOSED = (S.expired, S.renewed, S.terminated)
_RUNNING = frozenset(RUNNING)
_IN_FORCE = frozenset({S.in_force})

lifecycle = Lifecycle(
    [
        Transition(V.consult, frozenset({S.proposed}), S.consulting, _WRITE, _between_parties),
        Transition(V.return_, frozenset({S.consulting, S.approved_to_sign}), S.proposed, _DECIDE),
        Transition(V.approve, frozenset({S.consulting}), S.approved_to_sign, _DECIDE, _consulted),
        Transition(V.sign, frozenset({S.approved_to_sign}), S.signed, _WRITE, _between_parties),
        Transition(V.enter_into_force, frozenset({S.signed}), S.in_force, _WRITE, _dated),
        Transition(V.suspend, _IN_FORCE, S.suspended, _DECIDE, _reasoned),
        Transition(V.resume, frozenset({S.suspended}), S.in_force, _DECIDE),
        Transition(V.expire, _RUNNING, S.expired, _WRITE, _dated),
        Transition(V.renew, _RUNNING | {S.expired}, S.renewed, _WRITE),
        Transition(V.terminate, _RUNNING, S.terminated, _DECIDE, _reasoned),
        Transition(V.cancel, frozenset({S.proposed, S.consulting}), S.cancelled, _WRITE),
        # What was decided is undone by a decision.
        Transition(V.cancel, frozenset({S.approved_to_sign}), S.cancelled, _DECIDE),
        Transition(V.record, frozenset({S.proposed}), None, _WRITE, _told),
        Transition(V.record, frozenset(S) - {S.proposed}, None, _DECIDE, _told),
    ],
    removable=frozenset({S.proposed, S.cancelled}),
)
