"""Where a number of a table stands: a workbook and a restatement call one place the same."""

from collections.abc import Iterator
from typing import Any


def cells_of(table: Any) -> Iterator[tuple[str, Any, Any, Any]]:
    """Each cell of a table in JSON: its place, its row, its column, itself; the total last."""
    for row in [*table["rows"], table["total"] | {"code": "total"}]:
        line = row["agency"]["id"] if row["agency"] else row["code"] or "unknown"
        for column, cell in zip(table["columns"], row["cells"], strict=True):
            yield f"{table['code']}/{line}/{column['code']}", row, column, cell
