"""Amounts stay as sources print them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sonla_api.kit.money import MESSAGES, Money


def refused(value: Any) -> list[tuple[tuple[int | str, ...], str]]:
    with pytest.raises(ValidationError) as refusal:
        Money.model_validate(value)
    return [(error["loc"], error["type"]) for error in refusal.value.errors()]


@pytest.mark.parametrize(
    "amount",
    [
        "153600000.00",
        "970000000000",
        "0",
        "0.5",
        "-12.5",
        "1.100000",
        "9" * 20,
        f"-{'9' * 20}.999999",
    ],
)
def test_amount_stays_as_given(amount: str) -> None:
    money = {"amount": amount, "currency": "VND"}
    assert Money.model_validate(money).model_dump(mode="json") == money


@pytest.mark.parametrize(
    "amount",
    [
        "",
        "007",
        "00",
        "1.",
        ".5",
        "+1",
        "1e3",
        "1E3",
        "NaN",
        "Infinity",
        "1,5",
        "1 000",
        " 1",
        "1\n",
        "9" * 21,
        "1.1234567",
        "--1",
        "-",
        "١",
        "\ud800",
        1,
        1.5,
        Decimal(1),
        None,
        True,
    ],
)
def test_other_amounts_are_refused(amount: object) -> None:
    assert refused({"amount": amount, "currency": "VND"}) == [(("amount",), "money_amount")]


@pytest.mark.parametrize("currency", ["vnd", "VN", "ABC", "VND ", "", "DEM"])
def test_currencies_are_those_of_iso_4217(currency: str) -> None:
    assert refused({"amount": "1", "currency": currency}) == [(("currency",), "currency_unknown")]


def test_money_is_an_amount_and_a_currency() -> None:
    assert refused({"rate": "1"}) == [
        (("amount",), "missing"),
        (("currency",), "missing"),
        (("rate",), "extra_forbidden"),
    ]
    assert refused("1 VND")[0][1] == "model_type"


@given(st.decimals(-(10**20) + 1, 10**20 - 1, places=6))
def test_every_decimal_that_fits_is_an_amount(value: Decimal) -> None:
    money = Money.model_validate({"amount": f"{value:f}", "currency": "EUR"})
    assert Decimal(money.amount) == value


@given(st.from_regex(Money.model_json_schema()["properties"]["amount"]["pattern"], fullmatch=True))
def test_what_the_schema_allows_is_an_amount(amount: str) -> None:
    assert Money.model_validate({"amount": amount, "currency": "EUR"}).amount == amount


def test_schema_is_one_and_its_examples_hold() -> None:
    schema = Money.model_json_schema()
    assert schema == Money.model_json_schema(mode="serialization")
    for shown in schema["examples"]:
        assert Money.model_validate(shown).model_dump() == shown
    for amount in schema["properties"]["amount"]["examples"]:
        Money.model_validate({"amount": amount, "currency": "USD"})


def test_refusal_is_told_in_both_languages() -> None:
    with pytest.raises(ValidationError) as refusal:
        Money.model_validate({"amount": 1, "currency": "VND"})
    (error,) = refusal.value.errors()
    assert error["msg"] == MESSAGES["money_amount"].format().en
    assert "153600000.00" in MESSAGES["money_amount"].format().vi
