"""Search among partners: no diacritics, no case, đ = d, through aliases, words in any order."""

import pytest
from httpx import AsyncClient

from tests.factories import made, partner

NAMES = {
    "la-ho": ({"en": "Houaphanh Province", "vi": "Tỉnh Hủa Phăn", "lo": "ແຂວງຫົວພັນ"}, ["Huaphan"]),
    "dien": ({"vi": "Công ty Điện Biên Đông"}, ["ĐBĐ"]),
    "rate": ({"en": "Growth 100% a_b C:\\Temp"}, []),
    "plain": ({"en": "Growth 1000 axb C:Temp"}, []),
}


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("hua phan", ["la-ho"]),
        ("Houaphanh", ["la-ho"]),
        ("Hủa Phăn", ["la-ho"]),
        ("HUAPHAN", ["la-ho"]),
        ("phan hua", ["la-ho"]),
        ("province  tinh", ["la-ho"]),
        ("ຫົວພັນ", ["la-ho"]),
        ("hu\u0309a phăn", ["la-ho"]),
        ("dien bien", ["dien"]),
        ("ĐIỆN", ["dien"]),
        ("dbd", ["dien"]),
        ("100%", ["rate"]),
        ("a_b", ["rate"]),
        ("c:\\temp", ["rate"]),
        ("%", ["rate"]),
        ("_", ["rate"]),
        ("\\", ["rate"]),
        ("growth", ["rate", "plain"]),
        ("houaphanh nowhere", []),
        ("'; drop table partners; --", []),
    ],
)
async def test_a_search_finds(api: AsyncClient, q: str, expected: list[str]) -> None:
    for key, (name, aliases) in NAMES.items():
        await made(
            api, "/partners", partner(key, key=key, aliases=aliases, country=None) | {"name": name}
        )
    found = await api.get("/partners", params={"q": q, "sort": "created_at", "count": "exact"})
    assert found.status_code == 200, found.text
    assert [item["key"] for item in found.json()["items"]] == expected
    assert found.json()["total"] == len(expected)


@pytest.mark.parametrize("q", ["", " ", "\t \u00a0", "a\nb", "x" * 501])
async def test_a_search_has_words(api: AsyncClient, q: str) -> None:
    refused = await api.get("/partners", params={"q": q})
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/q"]


@pytest.mark.parametrize("q", ["\u0301", "\u200b"])
async def test_marks_alone_find_nothing(api: AsyncClient, q: str) -> None:
    await made(api, "/partners", partner())
    found = await api.get("/partners", params={"q": q})
    assert (found.status_code, found.json()["items"]) == (200, [])
