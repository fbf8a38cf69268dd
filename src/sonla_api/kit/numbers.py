"""Whole numbers in a body."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True)
class whole:  # noqa: N801 - reads as a rule beside a type, as kit.text.text does
    """A rule for a number: whole, at least and at most so much.

    JSON knows no integers: 5.0 is the number 5, and a schema that asks for one takes it.
    """

    least: int
    most: int

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            _integer, core_schema.int_schema(strict=True, ge=self.least, le=self.most)
        )


def _integer(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Count = Annotated[int, whole(0, 10_000_000)]
