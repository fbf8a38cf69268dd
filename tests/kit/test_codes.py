"""Codes are those of their lists, and every code has a label in both languages."""

import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from pydantic import TypeAdapter, ValidationError

from sonla_api.kit.codes import (
    MESSAGES,
    CodeLabel,
    CodeList,
    Country,
    Currency,
    Language,
    Subdivision,
    countries,
    currencies,
    languages,
    subdivisions,
)
from sonla_api.kit.text import Message


class Channel(CodeList):
    party = "party", "Party", "Đảng"
    people_to_people = "people_to_people", "People to people", "Đối ngoại nhân dân"


COUNTRY: TypeAdapter[str] = TypeAdapter(Country)
SUBDIVISION: TypeAdapter[str] = TypeAdapter(Subdivision)
CURRENCY: TypeAdapter[str] = TypeAdapter(Currency)
LANGUAGE: TypeAdapter[str] = TypeAdapter(Language)

LISTS = [
    (COUNTRY, countries),
    (SUBDIVISION, subdivisions),
    (CURRENCY, currencies),
    (LANGUAGE, languages),
]


def refused(adapter: TypeAdapter[str], value: object) -> str:
    with pytest.raises(ValidationError) as refusal:
        adapter.validate_python(value)
    (error,) = refusal.value.errors()
    if error["type"] in MESSAGES:
        assert error["msg"] == MESSAGES[error["type"]].en
        assert MESSAGES[error["type"]].vi
    return error["type"]


def labels(listed: list[CodeLabel]) -> dict[str, tuple[str, str]]:
    return {label.code: (label.en, label.vi) for label in listed}


def test_a_code_is_its_value_and_carries_labels() -> None:
    assert Channel("party") is Channel.party
    assert (str(Channel.party), Channel.party.value) == ("party", "party")
    assert (Channel.party.en, Channel.party.vi) == ("Party", "Đảng")
    assert [str(channel) for channel in Channel] == ["party", "people_to_people"]
    with pytest.raises(ValueError, match="state"):
        Channel("state")


def test_schema_of_a_code_list_names_its_codes() -> None:
    channel = TypeAdapter(Channel)
    assert channel.json_schema()["enum"] == ["party", "people_to_people"]
    assert channel.dump_json(channel.validate_json('"party"', strict=True)) == b'"party"'


def test_a_code_without_labels_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="'party' needs a label"):

        class Unlabelled(CodeList):
            party = "party"


@pytest.mark.parametrize(("adapter", "listed"), LISTS)
def test_what_is_listed_is_accepted_and_labelled(
    adapter: TypeAdapter[str], listed: Callable[[], list[CodeLabel]]
) -> None:
    codes = [label.code for label in listed()]
    assert codes == sorted(set(codes))
    assert [adapter.validate_python(code) for code in codes] == codes
    assert all(label.en and label.vi for label in listed())
    assert listed() is not listed()


@pytest.mark.parametrize(("adapter", "listed"), LISTS)
def test_schema_allows_all_that_is_listed(
    adapter: TypeAdapter[str], listed: Callable[[], list[CodeLabel]]
) -> None:
    schema = adapter.json_schema()
    assert schema == adapter.json_schema(mode="serialization")
    assert all(re.fullmatch(schema["pattern"], label.code) for label in listed())
    assert [adapter.validate_python(shown) for shown in schema["examples"]] == schema["examples"]


@pytest.mark.parametrize(
    ("adapter", "code", "values"),
    [
        (COUNTRY, "country_unknown", ["la", "LAO", "XX", "EU", "SU", "", "LA ", "L\x00"]),
        (SUBDIVISION, "subdivision_unknown", ["LA", "LA-ZZ", "la-ho", "HO", "XX-01", "LA-HO\n"]),
        (CURRENCY, "currency_unknown", ["vnd", "VN", "ABC", ""]),
        (LANGUAGE, "language_unknown", ["VI", "xx", "vi-VN", "vietnamese", "zzz", ""]),
    ],
)
def test_other_codes_are_refused(adapter: TypeAdapter[str], code: str, values: list[str]) -> None:
    assert {refused(adapter, value) for value in values} == {code}


@pytest.mark.parametrize("adapter", [COUNTRY, SUBDIVISION, CURRENCY, LANGUAGE])
@pytest.mark.parametrize("value", [1, None, b"LA", ["LA"]])
def test_codes_are_strings(adapter: TypeAdapter[str], value: object) -> None:
    assert refused(adapter, value) == "string_type"


def test_countries_are_labelled_by_cldr_unless_we_say_otherwise() -> None:
    shown = labels(countries())
    assert shown["LA"] == ("Laos", "Lào")
    assert shown["TW"] == ("Taiwan (China)", "Đài Loan (Trung Quốc)")
    assert labels(countries({"LA": Message("Lao PDR", "CHDCND Lào")}))["LA"][0] == "Lao PDR"
    assert labels(countries({}))["TW"] == ("Taiwan", "Đài Loan")


def test_subdivisions_are_named_as_in_their_country() -> None:
    shown = labels(subdivisions())
    assert shown["LA-HO"] == ("Houaphan", "Houaphan")
    assert shown["VN-05"] == ("Sơn La", "Sơn La")


def test_languages_go_by_two_letters_or_three() -> None:
    shown = labels(languages())
    assert shown["lo"] == shown["lao"] == ("Lao", "Tiếng Lào")
    assert shown["blt"] == ("Tai Dam", "Tai Dam")


def test_currencies_are_labelled() -> None:
    assert labels(currencies())["VND"][0] == "Vietnamese Dong"


def test_importing_the_codes_reads_no_list() -> None:
    """A service that never sees a subdivision does not hold five thousand of them."""
    check = (
        "import sonla_api.kit.codes, pycountry;"
        "print(*(getattr(pycountry, name)._is_loaded"
        " for name in ('countries', 'subdivisions', 'currencies', 'languages')))"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"] * 4
