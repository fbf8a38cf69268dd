"""Figures compared with what they say they count."""

from collections.abc import Iterator
from typing import Any

from httpx import AsyncClient


async def ids_at(api: AsyncClient, href: str) -> list[str]:
    """The records behind an address, page by page, each once."""
    found: list[str] = []
    address = href.removeprefix("/api/v1") + "&limit=3&count=exact"
    total = 0
    while address:
        page = await api.get(address)
        assert page.status_code == 200, page.text
        found += [record["id"] for record in page.json()["items"]]
        total = page.json()["total"]
        address = page.links["next"]["url"].removeprefix("/api/v1") if page.links else ""
    assert total == len(found) == len(set(found))
    return found


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
        assert (len(await ids_at(api, href)), href) == (number, href)
    return len(pairs)
