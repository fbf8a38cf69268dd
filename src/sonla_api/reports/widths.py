"""How wide the columns of a table on A4 are, by what stands in them; in points."""

from collections.abc import Sequence

from sonla_api.reports.paper import Cell, Table

SIZE = 11
"""Of letters in tables."""
_MM = 72 / 25.4
TEXT_WIDTH = 165 * _MM
"""Of a page of 210 mm: 30 mm are left free on the left, 15 mm on the right."""
_PADDING = 4.5 * _MM
_LEAST, _MOST = 15 * _MM, 32 * _MM
_LEAST_NAME, _MOST_NAME = 40 * _MM, 75 * _MM
_UPPER, _LOWER, _SPACE = 0.72, 0.5, 0.25
"""How wide letters are, in parts of their size."""


def width_of(text: str, size: float) -> float:
    """How wide a text in bold letters is, roughly."""
    parts = (_SPACE if it == " " else _UPPER if it.isupper() else _LOWER for it in text)
    return size * sum(parts)


def widths(table: Table) -> list[float]:
    """What their numbers need, and the rest for the names in the first column."""
    lines = table.lines
    needed = [
        _needed(head, [line[n] for line in lines]) for n, head in enumerate(table.heads[1:], 1)
    ]
    left = TEXT_WIDTH - sum(needed)
    if left < _LEAST_NAME:
        part = (TEXT_WIDTH - _LEAST_NAME) / sum(needed)
        needed = [it * part for it in needed]
    elif left > _MOST_NAME:
        more = (left - _MOST_NAME) / len(needed)
        needed = [max(it, min(it + more, _MOST)) for it in needed]
    return [TEXT_WIDTH - sum(needed), *needed]


def _needed(head: str, cells: Sequence[Cell]) -> float:
    """For the longest word of the head, and the longest line below it."""
    texts = [*head.split(), *(line for cell in cells for line in cell.text.split("\n"))]
    return max(_LEAST, *(width_of(text, SIZE) + _PADDING for text in texts))
