"""Codes that stand for something: our own lists, and those of ISO for countries and the like."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, NamedTuple, Self

import pycountry
from babel import Locale
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
    """A list is read when the first value is checked: the longest takes 30 ms and 5 MB."""
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


def _listed(database: Any) -> Sequence[Any]:
    """What pycountry knows of a list, by a reader of our own that is let go of: what its own keeps
    is ten times as much as the codes.
    """
    return [*type(database)(database.filename)]


def _country_names() -> dict[str, str]:
    return {country.alpha_2: country.name for country in _listed(pycountry.countries)}


def _subdivision_names() -> dict[str, str]:
    return {subdivision.code: subdivision.name for subdivision in _listed(pycountry.subdivisions)}


def _currency_names() -> dict[str, str]:
    return {currency.alpha_3: currency.name for currency in _listed(pycountry.currencies)}


def _language_names() -> dict[str, str]:
    languages = _listed(pycountry.languages)
    names = {language.alpha_3: language.name for language in languages}
    return names | {two: names[three] for two, three in _two_letters(languages).items()}


def _two_letters(languages: Iterable[Any]) -> dict[str, str]:
    """The three letters of each language that has two."""
    with_two = (language for language in languages if hasattr(language, "alpha_2"))
    return {language.alpha_2: language.alpha_3 for language in with_two}


@cache
def _countries() -> tuple[CodeLabel, ...]:
    en, vi = _locales()
    return _labelled(_country_names(), en.territories, vi.territories)


@cache
def _subdivisions() -> tuple[CodeLabel, ...]:
    return _labelled(_subdivision_names(), {}, {})


@cache
def _currencies() -> tuple[CodeLabel, ...]:
    en, vi = _locales()
    return _labelled(_currency_names(), en.currencies, vi.currencies)


@cache
def _languages() -> tuple[CodeLabel, ...]:
    """CLDR names a language by its two letters where it has them, so three go by way of two."""
    threes = _two_letters(_listed(pycountry.languages))
    en, vi = (
        {**names, **{three: names[two] for two, three in threes.items() if two in names}}
        for names in (locale.languages for locale in _locales())
    )
    return _labelled(_language_names(), en, vi)


def _labelled(
    names: Mapping[str, str], en: Mapping[str, str], vi: Mapping[str, str]
) -> tuple[CodeLabel, ...]:
    """Each code by CLDR's label, in English where there is none in Vietnamese."""
    english = {code: en.get(code, names[code]) for code in sorted(names)}
    return tuple(CodeLabel(code, name, vi.get(code, name)) for code, name in english.items())


def _locales() -> tuple[Locale, Locale]:
    return Locale("en"), Locale("vi")


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
