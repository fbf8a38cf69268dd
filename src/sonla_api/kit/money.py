"""A sum of money as a source states it: a decimal and its currency, nothing converted."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from sonla_api.kit.codes import Currency
from sonla_api.kit.text import Message, refusal

MESSAGES: Mapping[str, Message] = {
    "money_amount": Message(
        'Write the amount as a string such as "153600000.00": at most 20 digits before the point '
        "and 6 after it, no exponent, no separators, no leading zeros.",
        'Hãy ghi số tiền dưới dạng chuỗi như "153600000.00": tối đa 20 chữ số trước dấu chấm '
        "và 6 chữ số sau dấu chấm, không có số mũ, không có dấu phân cách, "
        "không có số 0 ở đầu.",
    ),
}

_PATTERN = r"^-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,6})?$"
_AMOUNT = re.compile(_PATTERN.removesuffix("$"))


def _amount(value: object) -> str:
    """A number is refused too: JSON numbers pass through floats and lose digits."""
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        raise refusal(MESSAGES, "money_amount")
    return value


Amount = Annotated[
    str,
    BeforeValidator(_amount),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": _PATTERN,
            "description": "A decimal, kept exactly as given.",
            "examples": ["153600000.00", "970000000000", "-12.5"],
        }
    ),
]
"""A decimal string: digits, and a point where there are fractions."""


Percent = Annotated[
    str,
    Field(
        pattern=r"^(100(\.0{1,4})?|[1-9]?[0-9](\.[0-9]{1,4})?)$",
        description="0 to 100 as a decimal, kept exactly as given.",
        examples=["62.5"],
    ),
]
"""A share, as a string for the reason for which amounts are."""


Sum = Annotated[
    str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["35200000.00"], description="Computed.")
]


class Money(BaseModel):
    """An amount in one currency; the amount is a decimal string and stays as given."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"amount": "153600000.00", "currency": "USD"}]},
    )

    amount: Amount
    currency: Currency
