"""How a notice reaches businesses and is taken back, as one table."""

from collections.abc import Sequence
from typing import Any

from sonla_api.kit.codes import CodeList
from sonla_api.kit.lifecycle import Lifecycle, Transition, needed
from sonla_api.kit.problems import FieldError
from sonla_api.kit.text import Message


class NoticeState(CodeList):
    draft = "draft", "Draft", "Dự thảo"
    sent = "sent", "Sent", "Đã gửi"
    withdrawn = "withdrawn", "Withdrawn", "Đã thu hồi"


class NoticeVerb(CodeList):
    send = "send", "Send", "Gửi"
    withdraw = "withdraw", "Withdraw", "Thu hồi"


_REASON = Message("say why it is withdrawn", "hãy nêu lý do thu hồi")


def _says_what_to_whom(record: Any, _: Any) -> Sequence[FieldError]:
    lacking = []
    if not record.body and not record.documents:
        lacking.append(needed("body"))
    if not record.is_to_all and not record.recipients:
        lacking.append(needed("recipients"))
    return lacking


def _says_why(_: Any, body: Any) -> Sequence[FieldError]:
    return [] if body.note else [needed("note", _REASON)]


S, V = NoticeState, NoticeVerb
_WRITE = "notices:write"

lifecycle = Lifecycle(
    [
        Transition(V.send, frozenset({S.draft}), S.sent, _WRITE, _says_what_to_whom),
        Transition(V.withdraw, frozenset({S.sent}), S.withdrawn, _WRITE, _says_why),
    ],
    removable=frozenset({S.draft}),
)
