"""The symbol of a document: read as people write it, brought to one form, never guessed.

| kind | form | example |
|---|---|---|
| state | number/TYPE-ISSUER | 152/KH-UBND |
| legal | number/year/TYPE-ISSUER | 80/2020/NĐ-CP |
| national_assembly | number/year/ISSUER and term | 70/2020/QH14 |
| official_letter | number/ISSUER-UNIT | 809/BNG-LS |
| party | number-TYPE/ISSUER | 311-KH/TU |

A symbol without diacritics is understood, as are stray spaces, other dashes and small letters.
One that is written in the form of another kind, or whose parts have run together, is not: there
the reading offers what may be meant.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from sonla_api.documents import organs, types
from sonla_api.documents.abbreviations import Abbreviations
from sonla_api.documents.types import Types
from sonla_api.kit.codes import CodeList

LONGEST = 100
"""Characters of a symbol at most; a longer text is none."""


class SymbolKind(CodeList):
    state = "state", "Administrative", "Hành chính"
    legal = "legal", "Legal", "Quy phạm pháp luật"
    national_assembly = "national_assembly", "National Assembly", "Quốc hội"
    official_letter = "official_letter", "Official letter", "Công văn"
    party = "party", "Party", "Đảng"


@dataclass(frozen=True)
class Symbol:
    """The parts of a symbol; as text it is in its one canonical form.

    `mark`: the abbreviation of the type, "" where the form has none. `types`: what it may stand
    for. `issuers`: several of a joint document. `unit`: of the issuer's that drafted it, or "".
    """

    kind: SymbolKind
    number: int
    letter: str
    year: int | None
    mark: str
    types: Types
    issuers: tuple[str, ...]
    unit: str = ""

    def __str__(self) -> str:
        number = f"{self.number:02}{self.letter}"
        by = "-".join((*self.issuers, self.unit) if self.unit else self.issuers)
        if self.kind is SymbolKind.party:
            return f"{number}-{self.mark}/{by}"
        year = f"/{self.year}" if self.year else ""
        return f"{number}{year}/{self.mark}-{by}" if self.mark else f"{number}{year}/{by}"


class Reading(NamedTuple):
    """What a text says: a symbol, or none; `suggestions` are what else may be meant."""

    symbol: Symbol | None
    suggestions: tuple[str, ...] = ()


def read(printed: str) -> Reading:
    """The symbol that a text is, or what it may have been meant to be."""
    if len(printed) > LONGEST:
        return Reading(None)
    text = _plain(printed)
    symbol = _parsed(text)
    offered = _namesakes(symbol) if symbol else _offers(text)
    return Reading(symbol, tuple(dict.fromkeys(str(offer) for offer in offered)))


def canonical(printed: str) -> str | None:
    """The one form of a symbol; None for a text that is none."""
    symbol = read(printed).symbol
    return str(symbol) if symbol else None


_ODD = {
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    **dict.fromkeys("∕⁄／", "/"),
    **dict.fromkeys("ÐƉ", "Đ"),
    **dict.fromkeys("ðɖ", "đ"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"),
}
_STRAIGHT = str.maketrans(_ODD)
_PREFIX = re.compile(r"(số( ký hiệu| hiệu)?|so|no|nr)( ?[:.] ?| |(?=[0-9]))", re.IGNORECASE)
_LETTER = "A-Za-zÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ"
_WORD = re.compile(f"[{_LETTER}][{_LETTER}0-9&]{{0,29}}")
_WHOLE = re.compile("([0-9]{1,6})([a-eA-E]?)([-/])(.+)")
_YEAR = re.compile("19[4-9][0-9]|20[0-9]{2}")
_DATED = re.compile(f"({_YEAR.pattern})/(.+)")
_TERM = re.compile("([A-Za-z]+)([0-9]{1,2})")
_CENTRE = re.compile(f"[Tt][Ưư](?![{_LETTER}])")
"""An older way to write TW, the Party's centre, and not TU, which is a provincial committee."""
_PIECE = re.compile(f"[0-9]+(?:[a-e](?![{_LETTER}]))?|[{_LETTER}][{_LETTER}&]*[0-9]*")
_APART = re.compile("(QH)[ -]([0-9]{1,2})(?![0-9])", re.IGNORECASE)
_TYPES = (types.ADMINISTRATIVE, types.PARTY, types.LEGAL)
_UNITS = 4
"""How many words may follow the type of a joint document."""


def _plain(printed: str) -> str:
    """Straight dashes, no stray spaces, letters whole, nothing that stands before a number."""
    text = " ".join(unicodedata.normalize("NFC", printed).translate(_STRAIGHT).split())
    for sign in "-/":
        text = text.replace(f" {sign}", sign).replace(f"{sign} ", sign)
    text = _CENTRE.sub("TW", text)
    found = _PREFIX.match(text)
    return text[found.end() :] if found else text


def _parsed(text: str) -> Symbol | None:
    whole = _WHOLE.fullmatch(text)
    if not whole or not int(whole[1]):
        return None
    number, letter, sign, rest = int(whole[1]), whole[2].lower(), whole[3], whole[4]
    if sign == "-":
        return _of_party(number, letter, rest)
    dated = _DATED.fullmatch(rest)
    words = (dated[2] if dated else rest).split("-")
    if len(words) > _UNITS + 1 or not all(_WORD.fullmatch(word) for word in words):
        return None
    if dated:
        return _of_year(number, letter, int(dated[1]), words)
    return _of_state(number, letter, words)


def _of_party(number: int, letter: str, rest: str) -> Symbol | None:
    word, slash, by = rest.partition("/")
    words = by.split("-")
    if not slash or len(words) > _UNITS or not all(map(_WORD.fullmatch, (word, *words))):
        return None
    mark, meant, is_joint = _mark(word, types.PARTY)
    issued = _issued(words, is_joint=is_joint)
    if not mark or not issued or (not is_joint and organs.STATE.known(issued[0][0])):
        return None
    return Symbol(SymbolKind.party, number, letter, None, mark, meant, *issued)


def _of_year(number: int, letter: str, year: int, words: list[str]) -> Symbol | None:
    if len(words) == 1:
        term = _TERM.fullmatch(words[0])
        name = term and types.NATIONAL_ASSEMBLY.known(term[1])
        if not term or not name:
            return None
        meant, issuer = types.NATIONAL_ASSEMBLY.meanings[name], f"{name}{int(term[2])}"
        return Symbol(SymbolKind.national_assembly, number, letter, year, "", meant, (issuer,))
    mark = types.LEGAL.known(words[0])
    if not mark:
        return None
    issued = _issued(words[1:], is_joint=True)
    meant = types.LEGAL.meanings[mark]
    return issued and Symbol(SymbolKind.legal, number, letter, year, mark, meant, *issued)


def _of_state(number: int, letter: str, words: list[str]) -> Symbol | None:
    if len(words) == 1:
        return None
    mark, meant, is_joint = _mark(words[0], types.ADMINISTRATIVE)
    by = words[1:] if mark else words
    issued = _issued(by, is_joint=is_joint)
    if not issued or (not is_joint and organs.PARTY.known(issued[0][0])):
        return None
    if mark:
        return Symbol(SymbolKind.state, number, letter, None, mark, meant, *issued)
    if not _may_send_letters(words):
        return None
    meant = (types.T.official_letter,)
    return Symbol(SymbolKind.official_letter, number, letter, None, "", meant, *issued)


def _mark(word: str, table: Abbreviations[Types]) -> tuple[str, Types, bool]:
    """The abbreviation of a type, what it stands for, and whether several issued the document."""
    if found := table.known(word):
        return found, table.meanings[found], False
    base = table.known(word[:-2])
    if base and word[-2:].upper() in types.JOINT:
        return base + word[-2:].upper(), table.meanings[base], True
    return "", (), False


def _issued(words: list[str], *, is_joint: bool) -> tuple[tuple[str, ...], str] | None:
    """Who issued a document, and which unit of theirs drafted it."""
    names = [_name(word) for word in words]
    if not all(names):
        return None
    found = [name for name in names if name]
    return (tuple(found), "") if is_joint else (tuple(found[:1]), "-".join(found[1:]))


def _name(word: str) -> str | None:
    """An issuer or unit as it is abbreviated; None where its diacritics are of no known one."""
    if found := organs.ALL.known(word):
        return found
    stem = word.rstrip("0123456789")
    if found := organs.ALL.known(stem):  # UBTVQH15, BCĐ389
        return found + word[len(stem) :]
    if not word.isascii() and organs.ALL.near(word):
        return None
    return word.upper() if word.islower() else word


def _may_send_letters(words: list[str]) -> bool:
    """Whether the first is somebody: an abbreviation of a type that is not known is nobody."""
    if organs.STATE.known(words[0]):
        return True
    if types.LEGAL.known(words[0]) or types.PARTY.known(words[0]):
        return False
    begins = any(words[0].upper().startswith(name.upper()) for name in organs.CLASSES)
    return begins and not organs.STATE.known(words[1])


def _namesakes(symbol: Symbol) -> Iterator[Symbol]:
    """The same without diacritics: HD may be HĐ, and DA may be ĐA."""
    if symbol.kind not in (SymbolKind.state, SymbolKind.party) or not symbol.mark.isascii():
        return
    table = types.PARTY if symbol.kind is SymbolKind.party else types.ADMINISTRATIVE
    for mark in table.alike(symbol.mark):
        yield replace(symbol, mark=mark, types=table.meanings[mark])


def _offers(text: str) -> Iterator[Symbol]:
    """What a text that is no symbol may be: one that stands in it, or its parts in their places."""
    within = [found for part in text.split() if (found := _parsed(part.strip(".,;:()[]\"'“”")))]
    if within:
        yield from within
        return
    pieces = _PIECE.findall(_APART.sub(r"\1\2", text))
    start = next((n for n, piece in enumerate(pieces) if piece[0].isdigit()), len(pieces))
    number, *rest = pieces[start : start + _UNITS + 3] or [""]
    years = [piece for piece in rest if _YEAR.fullmatch(piece)]
    words = [piece for piece in rest if not piece[0].isdigit()]
    for count in range(len(words), 0, -1):
        for form in _forms(number, years, [_meant(word) for word in words[:count]]):
            if symbol := _parsed(form):
                yield symbol
                return


def _forms(number: str, years: list[str], words: list[str]) -> Iterator[str]:
    """The parts of a symbol put together in every form that may be meant, the likeliest first."""
    words = _parted(words[0]) + words[1:]
    by = "-".join(words[1:])
    if years:
        yield f"{number}/{years[0]}/{'-'.join(words)}"
    if by and organs.PARTY.known(words[1]):
        yield f"{number}-{words[0]}/{by}"
    yield f"{number}/{'-'.join(words)}"
    if by:
        yield f"{number}-{words[0]}/{by}"


def _parted(word: str) -> list[str]:
    """A type and an issuer that have run together, as two."""
    for table in _TYPES:
        for mark in table.meanings:
            rest = organs.ALL.near(word[len(mark) :])
            if rest and table.near(word[: len(mark)]) == mark:
                return [mark, rest]
    return [word]


def _meant(word: str) -> str:
    """A word whose diacritics are wrong, with those of the abbreviation that it resembles."""
    if word.isascii():
        return word
    return next((found for table in (*_TYPES, organs.ALL) if (found := table.near(word))), word)
