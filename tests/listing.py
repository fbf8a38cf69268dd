"""What figures are compared with: the records that their addresses list."""

from typing import Any

from httpx import AsyncClient


async def listed(api: AsyncClient, href: str | None, limit: int = 3) -> list[Any]:
    """The records behind an address, page by page, each once; none where there is no address."""
    if href is None:
        return []
    records: list[Any] = []
    address = f"{_below(href)}{'&' if '?' in href else '?'}limit={limit}&count=exact"
    total = 0
    while address:
        page = await api.get(address)
        assert page.status_code == 200, (href, page.text)
        records += page.json()["items"]
        total = page.json()["total"]
        address = _below(page.links["next"]["url"]) if page.links else ""
    assert total == len(records) == len({record["id"] for record in records})
    return records


def _below(href: str) -> str:
    return href.removeprefix("/api/v1")
