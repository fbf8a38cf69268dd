"""The text of a calendar by RFC 5545, one entry at a time, so that none is held whole.

A library would build the whole calendar of objects before the first byte of it can be sent.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sonla_api.delegations.lifecycle import DelegationState, Direction
from sonla_api.events.lifecycle import EventState
from sonla_api.events.models import EventKind, EventRole
from sonla_api.kit.codes import CodeList
from sonla_api.kit.model import Visibility
from sonla_api.kit.text import Message

_OCTETS = 75
_ESCAPED = (
    ("\\", "\\\\"),
    (";", "\\;"),
    (",", "\\,"),
    ("\r\n", "\\n"),
    ("\n", "\\n"),
    ("\r", "\\n"),
    ("\x7f", ""),
)
_LANGUAGES = ("vi", "en", "lo")

_NAME = Message("Sơn La foreign affairs", "Đối ngoại Sơn La")
_CATEGORIES = {
    "events": Message("Event", "Sự kiện"),
    "delegations": Message("Delegation", "Đoàn"),
}
_KINDS: Mapping[str, type[CodeList]] = {"events": EventKind, "delegations": Direction}
_STATES: Mapping[str, type[CodeList]] = {"events": EventState, "delegations": DelegationState}
_LABELS = {
    "code": Message("Code", "Mã đoàn"),
    "role": Message("Role", "Vai trò"),
    "partners": Message("Partners", "Đối tác"),
    "lead_agency": Message("Led by", "Cơ quan chủ trì"),
    "head_position": Message("Headed by", "Trưởng đoàn"),
    "state": Message("State", "Trạng thái"),
}
_TENTATIVE = {"draft", "submitted", "returned", "postponed", "planned"}
_CANCELLED = {"rejected", "refused", "cancelled"}
_CLASSES = {
    Visibility.public: "PUBLIC",
    Visibility.internal: "PRIVATE",
    Visibility.agency: "CONFIDENTIAL",
}
# A calendar must have a component, and one without entries would be none without this.
_ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Ho_Chi_Minh",
    "BEGIN:STANDARD",
    "DTSTART:19750613T000000",
    "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0700",
    "TZNAME:+07",
    "END:STANDARD",
    "END:VTIMEZONE",
)
END = b"END:VCALENDAR\r\n"


class Style(NamedTuple):
    """In which language a calendar speaks, what countries are called, and where its records are."""

    language: str
    countries: Mapping[str, str]
    base: str

    def say(self, words: Message | CodeList) -> str:
        return words.vi if self.language == "vi" else words.en

    def pick(self, text: Mapping[str, str | None]) -> tuple[str, str]:
        """A text in the language of the calendar, or else in one that it has; which one it is."""
        named = [name for name in (self.language, *_LANGUAGES) if text[name]]
        return named[0], str(text[named[0]])


def beginning(style: Style, not_placed: int) -> bytes:
    """What stands before the entries. There is no METHOD: it would make every fetch a message."""
    name = _text(style.say(_NAME))
    return _lines(
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//sonla-api//calendar//VI",
        "CALSCALE:GREGORIAN",
        f"NAME:{name}",
        f"X-WR-CALNAME:{name}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        f"X-SONLA-NOT-PLACED:{not_placed}",
        *_ZONE,
    )


def entry(style: Style, resource: str, record: Mapping[str, Any]) -> bytes:
    """An event or a delegation; DTEND is the day after its last."""
    language, title = style.pick(record["title"])
    state = record["state"]
    status = "CANCELLED" if state in _CANCELLED else "CONFIRMED"
    location = [record["place"], *(style.countries.get(c, c) for c in record["countries"])]
    categories = [style.say(_CATEGORIES[resource])]
    if record["kind"]:
        categories.append(style.say(_KINDS[resource](record["kind"])))
    return _lines(
        "BEGIN:VEVENT",
        f"UID:{record['id']}",
        f"DTSTAMP:{record['changed']}",
        f"CREATED:{record['created']}",
        f"LAST-MODIFIED:{record['changed']}",
        f"SEQUENCE:{record['version']}",
        f"DTSTART;VALUE=DATE:{record['first']}",
        f"DTEND;VALUE=DATE:{record['until']}",
        f"SUMMARY;LANGUAGE={language}:{_text(title)}",
        f"DESCRIPTION:{_text(chr(10).join(_told(style, resource, record)))}",
        *([f"LOCATION:{_text(', '.join(filter(None, location)))}"] if any(location) else []),
        f"STATUS:{'TENTATIVE' if state in _TENTATIVE else status}",
        f"CATEGORIES:{','.join(map(_text, categories))}",
        f"CLASS:{_CLASSES[record['visibility']]}",
        "TRANSP:TRANSPARENT",
        f"URL:{style.base}/{resource}/{record['id']}",
        "END:VEVENT",
    )


def _told(style: Style, resource: str, record: Mapping[str, Any]) -> Iterator[str]:
    """The title in the other languages, and a line for whatever else is known."""
    shown, _ = style.pick(record["title"])
    yield from (text for name, text in record["title"].items() if text and name != shown)
    partners = [named["partner"] for named in record["partners"]]
    lead = record["lead_agency"]
    known = {
        "code": record["code"],
        "role": record["role"] and style.say(EventRole(record["role"])),
        "partners": ", ".join(style.pick(it["name"])[1] for it in partners if it),
        "lead_agency": lead and style.pick(lead["name"])[1],
        "head_position": record["head_position"],
        "state": style.say(_STATES[resource](record["state"])),
    }
    yield from (f"{style.say(_LABELS[name])}: {said}" for name, said in known.items() if said)


def _text(value: str) -> str:
    """Escaped, each kind of line break as one; a deleting character is no text there."""
    for written, read in _ESCAPED:  # str.translate would take three times as long
        value = value.replace(written, read)
    return value


def _lines(*lines: str) -> bytes:
    return b"".join(map(_folded, lines))


def _folded(line: str) -> bytes:
    """In lines of at most 75 octets, no character of which is torn apart."""
    octets = line.encode()
    parts, begin, room = [], 0, _OCTETS
    while len(octets) - begin > room:
        end = begin + room
        while octets[end] & 0xC0 == 0x80:  # noqa: PLR2004  inside a character
            end -= 1
        parts.append(octets[begin:end])
        begin, room = end, _OCTETS - 1
    return b"\r\n ".join([*parts, octets[begin:]]) + b"\r\n"
