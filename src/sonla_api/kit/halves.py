"""The half of a year, by which the province reports."""

from typing import Any

from sqlalchemy import case, func, literal_column

from sonla_api.kit.model import constant


def half_year(days: Any) -> Any:
    """The half-year, as 2024-H1, in which a range of days lies whole; null where it lies in none,
    or may do so.
    """
    first = _half_of(func.lower(days))
    return case((first == _half_of(func.upper(days) - literal_column("1")), first))


def _half_of(day: Any) -> Any:
    is_first = func.date_part(constant("month"), day) < literal_column("7")
    half = case((is_first, constant("1")), else_=constant("2"))
    return func.to_char(day, constant('YYYY"-H"')).op("||")(half)
