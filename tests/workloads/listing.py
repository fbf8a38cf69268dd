"""Figures compared with what they say they count."""

from collections.abc import Iterator
from typing import Any

from httpx import AsyncClient

from tests.listing import listed


def figures(answer: Any) -> Iterator[tuple[int, str]]:
    """Each number with its address, wherever it stands in an answer."""
    if isinstance(answer, list):
        for part in answer:
            yield from figures(part)
    elif isinstance(answer, dict):
        for name in ("tasks", "assignments"):
            if name in answer:
                yield answer[name], answer["href"]
        if answer.get("coordinating") is not None:
            yield answer["coordinating"], answer["coordinating_href"]
        for part in answer.values():
            yield from figures(part)


async def check_figures(api: AsyncClient, answer: Any) -> int:
    """Every number of an answer counts what its address lists; how many numbers there are."""
    pairs = list(figures(answer))
    for number, href in pairs:
        assert (len(await listed(api, href)), href) == (number, href)
    return len(pairs)
