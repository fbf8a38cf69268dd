"""Every number of a report, with what its address lists."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from httpx import AsyncClient

from tests.listing import listed


class Told(NamedTuple):
    """A number of a report, wherever it stands."""

    unit: str
    currency: str | None
    value: str
    records: int
    hidden: int
    href: str


def numbers(report: Any) -> Iterator[Told]:
    """Figures and cells, what is not placed beside them, and the year before."""
    for section in report["sections"]:
        for figure in section["figures"]:
            unit, currency = figure["unit"], figure["currency"]
            for one in (figure, figure["not_placed"], figure["year_before"]):
                if one:
                    yield _told(one, unit, currency)
        for table in section["tables"]:
            units = [column["unit"] for column in table["columns"]]
            for row in [*table["rows"], table["total"]]:
                for unit, cell in zip(units, row["cells"], strict=True):
                    for one in (cell, cell["not_placed"]):
                        if one:
                            yield _told(one, unit, None)


def _told(one: Any, unit: str, currency: str | None) -> Told:
    return Told(unit, currency, one["value"], one["records"], one.get("hidden", 0), one["href"])


class Lists:
    """What addresses list, each read once."""

    def __init__(self, api: AsyncClient) -> None:
        self._api = api
        self._read: dict[str, list[Any]] = {}

    async def at(self, href: str) -> list[Any]:
        if href not in self._read:
            self._read[href] = await listed(self._api, href, limit=200)
        return self._read[href]

    async def check(self, told: Told) -> None:
        """The number is what its records come to, less those that this caller does not see."""
        records = await self.at(told.href)
        assert len(records) == told.records - told.hidden, told
        if not told.hidden:
            assert Decimal(told.value) == recomputed(told, records), told


SUMMED: dict[str, Any] = {
    "person_trip": lambda record: record["headcount"],
    "enterprise": lambda record: record["enterprise_count"],
    "contract": lambda record: (record["results"] or {}).get("contracts"),
    "visitor": lambda record: (record["results"] or {}).get("visitors"),
    "observed": lambda record: record["value"],
}


def recomputed(told: Told, records: list[Any]) -> Decimal:
    if told.unit in SUMMED:
        return sum((Decimal(SUMMED[told.unit](it) or 0) for it in records), Decimal(0))
    if told.unit == "partner":
        return Decimal(len({record["partner"]["id"] for record in records}))
    if told.unit == "money" and "/events?" in told.href:
        orders = [money for record in records for money in record["results"]["orders"]]
        return sum(
            (Decimal(it["amount"]) for it in orders if it["currency"] == told.currency), Decimal(0)
        )
    if told.unit == "money":
        assert {record["value"]["currency"] for record in records} <= {told.currency}
        return sum((_signed(record) for record in records), Decimal(0))
    return Decimal(len(records))


def _signed(transaction: Any) -> Decimal:
    amount = Decimal(transaction["value"]["amount"])
    return -amount if transaction["type"] == "decrease" else amount
