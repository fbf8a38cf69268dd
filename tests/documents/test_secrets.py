"""A document marked as a state secret is refused, and nothing of it stays anywhere."""

from typing import Any

import pytest
from httpx import AsyncClient

from sonla_api.kit.secrecy import is_marked
from tests.conftest import Connection
from tests.factories import document, made, source

WORD = "Khoanhkhac"
MARKED = [
    {"symbol": "12-KH/TU (MẬT)"},
    {"symbol": "Mật: 12-KH/TU"},
    {"subject": {"vi": f"TUYỆT MẬT - {WORD}"}},
    {"subject": {"vi": f"[Mật] {WORD}"}},
    {"subject": {"vi": f"MẬT Phương án {WORD}"}},
    {"subject": {"vi": f"Phương án {WORD} (M\u1ea1\u0302t)"}},
    {"note": f"Độ mật: Tối mật. {WORD}"},
    {"printed": {"symbol": f"toi mat {WORD}"}},
    {"subject": {"vi": f"MẬT KẾ HOẠCH BẢO VỆ BIÊN GIỚI {WORD.upper()}"}},
    {"links": [], "signer_position": f"{WORD} (Mật)"},
    {"flags": [{"code": "x1", "origin": "person", "why": {"vi": f"Tối mật {WORD}"}}]},
    {"classification": "secret"},
    {"classification": "Tuye\u0323\u0302t ma\u0323\u0302t"},
    {"classification": "top_secret"},
]


@pytest.mark.parametrize("changed", MARKED, ids=str)
async def test_nothing_of_a_secret_stays(
    api: AsyncClient, database: "Connection[Any]", changed: dict[str, Any], caplog: Any
) -> None:
    held = await made(api, "/documents", document(note="before"))
    tables = await database.fetch("select tablename from pg_tables where schemaname = 'public'")
    count = "select " + " + ".join(f"(select count(*) from {name})" for (name,) in tables)
    before = await database.fetchval(count)
    keyed = {"Idempotency-Key": "k-1", "If-Match": "*"}
    body = document(key=WORD) | changed
    for answer in (
        await api.post("/documents", json=body, headers=keyed),
        await api.patch(f"/documents/{held['id']}", json=changed, headers=keyed),
    ):
        assert answer.status_code == 422
        is_patch_of_unknown = answer.request.method == "PATCH" and "classification" in changed
        codes = {error["code"] for error in answer.json()["errors"]}
        assert codes == {"extra_forbidden" if is_patch_of_unknown else "state_secret"}
        assert WORD not in answer.text
    assert await database.fetchval(count) == before
    assert caplog.text == ""
    # The key was not burnt either.
    await made(api, "/documents", document(key=WORD))


@pytest.mark.parametrize(
    "text",
    [
        "Xuất khẩu mật ong",
        "KẾ HOẠCH XUẤT KHẨU MẬT ONG",
        "MẬT ONG SƠN LA",
        "PHÁT TRIỂN NGHỀ NUÔI ONG LẤY MẬT",
        "MẬT ĐỘ DÂN CƯ VÙNG BIÊN",
        "QUAN HỆ MẬT THIẾT VIỆT NAM - LÀO",
        "GẶP MẶT THÂN MẬT",
        "HỘI CHỢ KHOAI MẬT, CHUỐI MẬT",
        "PHÒNG BẢO MẬT",
        "LỄ HỘI XOÀI MẬT VÂN HỒ",
        "Secretary of State, confidential of nothing",
        "format, matrix",
        "Mật độ dân cư vùng biên",
        "Luật Bảo vệ bí mật nhà nước",
        "LUẬT BẢO VỆ BÍ MẬT NHÀ NƯỚC",
        "Bảo mật thông tin",
        "quan hệ mật thiết",
        "Secretariat of the Party",
        "152/KH-UBND",
        "12-KH/TU",
        "",
    ],
)
async def test_words_that_only_sound_like_it_pass(api: AsyncClient, text: str) -> None:
    assert not is_marked(text)
    if text:
        await made(api, "/documents", document(subject={"vi": text}))


@pytest.mark.parametrize(
    "text",
    [
        "Mật",
        "MẬT",
        "tối mật",
        "Tuyệt  mật",
        "(Mật)",
        "12/KH-UBND-Mật",
        "Kế hoạch MẬT",
        "SECRET",
        "KẾ HOẠCH MẬT",
        "KẾ HOẠCH MẬT, NĂM 2025",
        "KẾ HOẠCH MẬT về biên giới",
        "MẬT KẾ HOẠCH BẢO VỆ BIÊN GIỚI",
        "MẬT\nBÁO CÁO VỀ MẬT ONG",
        "BÁO CÁO VỀ MẬT ONG (TÀI LIỆU MẬT)",
    ],
)
def test_the_marks_are_known(text: str) -> None:
    assert is_marked(text)


@pytest.mark.parametrize("field", ["locator", "as_printed"])
async def test_what_a_source_says_is_looked_at_too(api: AsyncClient, field: str) -> None:
    cited = await made(api, "/sources", source())
    held = await made(api, "/documents", document())
    changed = {"sources": [{"source_id": cited["id"], field: "Số 12-KH/TU (MẬT)"}]}
    for answer in (
        await api.post("/documents", json=document(**changed)),
        await api.patch(f"/documents/{held['id']}", json=changed, headers={"If-Match": "*"}),
    ):
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == (f"/sources/0/{field}", "state_secret")


def test_a_long_text_is_looked_at_in_one_go() -> None:
    """Where each capital was looked at from each before it, this took hours."""
    assert not is_marked("A" * 300_000 + "x MẬT ONG")
    assert is_marked("A" * 300_000 + " MẬT")
