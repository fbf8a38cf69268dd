"""State secrets have no place here: what is marked as one is refused before anything is kept."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Self

from pydantic import BaseModel, model_validator

from sonla_api.kit.text import Message, refusal

MESSAGES = {
    "state_secret": Message(
        "this is marked as a state secret, which this register must not hold; nothing was kept",
        "nội dung này có dấu chỉ độ mật; hệ thống không lưu bí mật nhà nước và đã không lưu gì",
    ),
}

_LABEL = 100
"""Characters of a mark at most that stands in a field by itself."""
_EDGE = r"[\[\](){}<>.,;:|/\\*_\"'“”–—-]"
# Not "mật ong" (honey) and "mật độ" (density), nor "bí mật nhà nước" as in the law on them.
_MARK = re.compile(
    rf"\b(t[ốo]i|tuy[ệe]t) m[ậa]t\b|(^|{_EDGE}) ?mật ?($|{_EDGE})"
    r"|^((state|top) ?)?secret$|^confidential$",
    re.IGNORECASE,
)
_SIGN = re.compile("m[ậa]t|secret|confidential", re.IGNORECASE)
"""Nothing is marked without; most texts are passed over by this alone."""
_IN_CAPITALS = re.compile(r"(?:(?<!\w)(\w+) )?(?<!\w)MẬT(?!\w)(?:(?= (\w+)))?")
# Words with "mật" that are no mark: those for close, for the law on secrets, for honey and gall.
_BEHIND = {
    *("bí", "bảo", "thân", "nghiêm", "cẩn", "độ", "giải", "trăng"),
    *("ong", "lấy", "đường", "hoa", "rỉ", "nước", "túi", "sỏi", "ống", "gan"),
    *("chè", "mít", "mía", "khoai", "chuối", "bưởi", "dưa"),
}
_BEFORE = {
    *("ong", "mía", "hoa", "rừng", "dừa", "gấu"),
    *("độ", "thiết", "khẩu", "mã", "vụ", "thám", "tông"),
}


def is_marked(text: str) -> bool:
    """Whether a text (NFC) bears one of the marks Mật, Tối mật, Tuyệt mật."""
    if not _SIGN.search(text):
        return False
    words = " ".join(text.replace("_", " ").split())
    return bool(_MARK.search(words)) or any(map(_is_mark, _IN_CAPITALS.finditer(words)))


def _is_mark(found: re.Match[str]) -> bool:
    """MẬT at an end of what is written in capitals, unless it makes a word with the next one."""
    before, after = (word or "" for word in found.groups())
    is_word = before.lower() in _BEHIND or after.lower() in _BEFORE
    return not is_word and not (before.isupper() and after.isupper())


class Unclassified(BaseModel):
    """Base of a body that is refused where anything in it, also an unknown field, is marked."""

    @model_validator(mode="before")
    @classmethod
    def _no_marked_field(cls, given: Any) -> Any:
        for name, value in given.items() if isinstance(given, dict) else ():
            is_label = isinstance(value, str) and len(value) <= _LABEL
            if name not in cls.model_fields and is_label:
                refuse_marked(unicodedata.normalize("NFC", value))
        return given

    @model_validator(mode="after")
    def _no_marked_text(self) -> Self:
        refuse_marked(self.model_dump())
        return self


def refuse_marked(value: Any) -> None:
    """Raise an error of validation that repeats nothing of the value, if any text is marked."""
    for pointer, text in _texts(value, ""):
        if is_marked(text):
            raise refusal(MESSAGES, "state_secret", at=pointer)


def _texts(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _texts(part, f"{pointer}/{name}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _texts(part, f"{pointer}/{number}")
