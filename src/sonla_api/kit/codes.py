"""Codes that stand for something: our own lists, and those of ISO for countries and the like."""

import json
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self

import pycountry
from babel import localedata
from pydantic import AfterValidator, Strict, WithJsonSchema

from sonla_api.kit.text import Message, refusal

MESSAGES: Mapping[str, Message] = {
    "country_unknown": Message(
        "Write a country as its two capital letters in ISO 3166-1, such as LA.",
        "Hãy ghi quốc gia bằng hai chữ cái in hoa theo ISO 3166-1, như LA.",
    ),
    "subdivision_unknown": Message(
        "Write a province or state as its code in ISO 3166-2, such as LA-HO.",
        "Hãy ghi tỉnh hoặc bang bằng mã theo ISO 3166-2, như LA-HO.",
    ),
    "subdivision_elsewhere": Message(
        "{subdivision} lies in none of the countries named",
        "{subdivision} không thuộc quốc gia nào đã nêu",
    ),
    "currency_unknown": Message(
        "Write a currency as its three capital letters in ISO 4217, such as VND.",
        "Hãy ghi loại tiền bằng ba chữ cái in hoa theo ISO 4217, như VND.",
    ),
    "language_unknown": Message(
        "Write a language as its two small letters in ISO 639-1, such as vi, or its three in "
        "ISO 639-3, such as hmn.",
        "Hãy ghi ngôn ngữ bằng hai chữ cái thường theo ISO 639-1, như vi, hoặc ba chữ cái theo "
        "ISO 639-3, như hmn.",
    ),
}

LABELS: Mapping[str, Message] = {"TW": Message("Taiwan (China)", "Đài Loan (Trung Quốc)")}
"""Countries whose label is ours and not CLDR's; a setting may replace it."""


class CodeList(StrEnum):
    """A list of codes, each with its labels: `party = "party", "Party", "Đảng"`."""

    en: str
    vi: str

    # The labels have defaults for type checkers alone, which take a look-up for a new member.
    def __new__(cls, value: str, en: str = "", vi: str = "") -> Self:
        if not (en and vi):
            raise TypeError(f"{cls.__name__} {value!r} needs a label in English and Vietnamese")
        member = str.__new__(cls, value)
        member._value_ = value
        member.en = en
        member.vi = vi
        return member


class CodeLabel(NamedTuple):
    """A code of a list with its labels."""

    code: str
    en: str
    vi: str


def countries(labels: Mapping[str, Message] = LABELS) -> list[CodeLabel]:
    """The countries of ISO 3166-1, by code; `labels` replaces those of CLDR."""
    return [
        CodeLabel(country.code, *labels.get(country.code, Message(country.en, country.vi)))
        for country in _countries()
    ]


def subdivisions() -> list[CodeLabel]:
    """The provinces and states of ISO 3166-2, by code, each named as in its own country."""
    return list(_subdivisions())


def currencies() -> list[CodeLabel]:
    """The currencies of ISO 4217, by code."""
    return list(_currencies())


def languages() -> list[CodeLabel]:
    """The languages of ISO 639-1 and 639-3, by code; one that has both codes is listed by both."""
    return list(_languages())


def _known(codes: Callable[[], Mapping[str, str]], refused_as: str) -> AfterValidator:
    """A list is read when the first value is checked: the longest takes 20 ms."""
    known = cache(lambda: frozenset(codes()))

    def check(value: str) -> str:
        if value not in known():
            raise refusal(MESSAGES, refused_as)
        return value

    return AfterValidator(check)


def _schema(format_: str, description: str, pattern: str, example: str) -> WithJsonSchema:
    """`format_` says what a pattern cannot: that it is one of a list, which `/code-lists` has."""
    return WithJsonSchema(
        {
            "type": "string",
            "format": format_,
            "description": description,
            "pattern": pattern,
            "examples": [example],
        }
    )


def _listed(database: Any, *fields: str) -> list[Any]:
    """These fields of each entry of a list, from pycountry's file: what itself makes of the longest
    takes 5 MB, ten times as much as the codes.
    """

    def slim(entry: dict[str, Any]) -> Any:
        return [entry.get(field) for field in fields] if fields[0] in entry else entry

    with Path(database.filename).open(encoding="utf-8") as file:
        (entries,) = json.load(file, object_hook=slim).values()
    return [*entries]


def _country_names() -> dict[str, str]:
    return dict(_listed(pycountry.countries, "alpha_2", "name"))


def _subdivision_names() -> dict[str, str]:
    return dict(_listed(pycountry.subdivisions, "code", "name"))


def _currency_names() -> dict[str, str]:
    return dict(_listed(pycountry.currencies, "alpha_3", "name"))


def _language_names() -> dict[str, str]:
    languages = _listed(pycountry.languages, "alpha_3", "alpha_2", "name")
    names = {three: name for three, _, name in languages}
    return names | {two: name for _, two, name in languages if two}


@cache
def _countries() -> tuple[CodeLabel, ...]:
    return _labelled(_country_names(), *_from_cldr("territories"))


@cache
def _subdivisions() -> tuple[CodeLabel, ...]:
    return _labelled(_subdivision_names(), {}, {})


@cache
def _currencies() -> tuple[CodeLabel, ...]:
    return _labelled(_currency_names(), *_from_cldr("currency_names"))


@cache
def _languages() -> tuple[CodeLabel, ...]:
    """CLDR names a language by its two letters where it has them, so three go by way of two."""
    with_two = _listed(pycountry.languages, "alpha_3", "alpha_2")
    threes = {two: three for three, two in with_two if two}
    en, vi = (
        {**names, **{three: names[two] for two, three in threes.items() if two in names}}
        for names in _from_cldr("languages")
    )
    return _labelled(_language_names(), en, vi)


def _labelled(
    names: Mapping[str, str], en: Mapping[str, str], vi: Mapping[str, str]
) -> tuple[CodeLabel, ...]:
    """Each code by CLDR's label, in English where there is none in Vietnamese."""
    english = {code: en.get(code, names[code]) for code in sorted(names)}
    return tuple(CodeLabel(code, name, vi.get(code, name)) for code, name in english.items())


def _from_cldr(names: str) -> Iterator[Mapping[str, str]]:
    """What CLDR calls these in English and in Vietnamese, from babel's files; babel itself would
    keep all that stands in them, and in those of all languages together: 5 MB.
    """
    for language in ("en", "vi"):
        with Path(localedata.resolve_locale_filename(language)).open("rb") as file:
            yield pickle.load(file)[names]  # noqa: S301  of the package


Country = Annotated[
    str,
    Strict(),
    _known(_country_names, "country_unknown"),
    _schema("country", "A country by ISO 3166-1 alpha-2.", "^[A-Z]{2}$", "LA"),
]

Subdivision = Annotated[
    str,
    Strict(),
    _known(_subdivision_names, "subdivision_unknown"),
    _schema(
        "subdivision", "A province or state by ISO 3166-2.", "^[A-Z]{2}-[A-Z0-9]{1,3}$", "LA-HO"
    ),
]

Currency = Annotated[
    str,
    Strict(),
    _known(_currency_names, "currency_unknown"),
    _schema("currency", "A currency by ISO 4217.", "^[A-Z]{3}$", "VND"),
]

Language = Annotated[
    str,
    Strict(),
    _known(_language_names, "language_unknown"),
    _schema(
        "language",
        "A language by ISO 639-1, or by the three letters of ISO 639-3.",
        "^[a-z]{2,3}$",
        "vi",
    ),
]


def within_country(subdivision: str | None, countries: Sequence[str]) -> None:
    """Refuse a province of another country than those named."""
    if subdivision and subdivision[:2] not in countries:
        raise refusal(MESSAGES, "subdivision_elsewhere", subdivision=subdivision, at="/subdivision")
