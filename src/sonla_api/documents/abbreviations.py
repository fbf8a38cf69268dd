"""Abbreviations as people type them: in other letters, without diacritics, with wrong ones."""

import unicodedata
from collections.abc import Iterable
from typing import Generic, TypeVar

M = TypeVar("M")


class Abbreviations(Generic[M]):
    """Abbreviations with what each stands for; of two that look alike the first one wins."""

    def __init__(self, meanings: dict[str, M]) -> None:
        self.meanings = meanings
        turned = [*meanings][::-1]
        self._lower = {name.lower(): name for name in turned}
        self._plain = {_plain(name): name for name in turned}

    def known(self, word: str) -> str | None:
        """The abbreviation that a word is: exactly, but for case, or wholly without diacritics."""
        if word in self.meanings:
            return word
        lower = word.lower()
        return self._lower.get(lower) or (self._plain.get(lower) if word.isascii() else None)

    def near(self, word: str) -> str | None:
        """The abbreviation that a word is but for its diacritics, also wrong ones."""
        return self.known(word) or self._plain.get(_plain(word))

    def alike(self, name: str) -> list[str]:
        """The other abbreviations that are the same without diacritics."""
        plain = _plain(name)
        return [other for other in self.meanings if other != name and _plain(other) == plain]


def names(*groups: Iterable[str]) -> Abbreviations[None]:
    """Abbreviations that stand for nothing but themselves."""
    return Abbreviations(dict.fromkeys(name for group in groups for name in group))


def _plain(word: str) -> str:
    parts = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
    return "".join(part for part in parts if not unicodedata.combining(part))
