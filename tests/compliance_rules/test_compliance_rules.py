"""Rules as records: what they say, who writes them, and that one version is valid at a time."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asyncpg import Connection
from httpx import AsyncClient

from sonla_api.imports.service import load_folder
from sonla_api.preparing import EXAMPLE_RULES
from sonla_api.settings import Settings
from tests.factories import compliance_rule, document, made

WHOLE = {
    "key": "nghi-dinh-1:tra-loi",
    "note": "Điều 5.",
    "code": "consultation-reply",
    "edition": 2,
    "kind": "consultation_reply",
    "title": {"vi": "Thời hạn trả lời lấy ý kiến", "en": None, "lo": "ກຳນົດເວລາຕອບ"},
    "valid": "2025-07-01/..",
    "directions": ["outbound"],
    "levels": ["province_leader", "department"],
    "limit": 5,
    "counted_in": "working",
    "positions": [],
    "country_count": None,
    "is_example": False,
    "visibility": "public",
}
HERE = {"If-Match": "*"}


async def codes(api: AsyncClient, query: str) -> list[tuple[str, int]]:
    found = await api.get(f"/compliance-rules?sort=code&{query}")
    assert found.status_code == 200, found.text
    return [(item["code"], item["edition"]) for item in found.json()["items"]]


async def refused(api: AsyncClient, status: int, **changed: Any) -> list[str]:
    answer = await api.post("/compliance-rules", json=compliance_rule(**changed))
    assert answer.status_code == status, answer.text
    return [error["pointer"] for error in answer.json()["errors"]]


async def test_a_rule_is_shown_as_it_was_given_with_its_legal_basis(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    paper = await made(api, "/documents", document(symbol="1/QC-UBND", visibility="internal"))
    basis = [{"document_id": paper["id"]}, {"symbol": "9/NQ-TW", "issued_on": "2025-01-02"}]
    created = await made(api, "/compliance-rules", WHOLE | {"legal_basis": basis})
    assert {name: created[name] for name in WHOLE} == WHOLE
    named = {"id": paper["id"], "symbol": "1/QC-UBND", "subject": paper["subject"]}
    shown, printed = created["legal_basis"]
    assert (shown["document"], printed["symbol"]) == (named, "9/NQ-TW")
    seen = (await stranger.get(f"/compliance-rules/{created['id']}")).json()
    assert seen["legal_basis"][0]["document"] is None
    kept = await api.delete(f"/documents/{paper['id']}", headers=HERE)
    assert kept.json()["referred_by"] == [{"resource": "compliance_rules", "count": 1}]
    assert await codes(api, f"document_id={paper['id']}") == [("consultation-reply", 2)]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"code": "Chuyến đi"}, "/code"),
        ({"edition": 0}, "/edition"),
        ({"limit": -1}, "/limit"),
        ({"valid": {"duration": "P4Y", "from": "signing"}}, "/valid"),
        ({"valid": "2025-06-31"}, "/valid"),
        ({"counted_in": "working"}, "/counted_in"),
        ({"kind": "report_due"}, "/counted_in"),
        ({"kind": "leaders_at_once"}, "/positions"),
        ({"kind": "headcount", "positions": ["Chủ tịch UBND tỉnh"]}, "/positions"),
        ({"kind": "headcount", "country_count": 1}, "/country_count"),
        ({"legal_basis": [{}]}, "/legal_basis/0/symbol"),
    ],
)
async def test_each_kind_takes_what_is_its_own(
    api: AsyncClient, changed: dict[str, Any], pointer: str
) -> None:
    assert await refused(api, 422, **changed) == [pointer]


async def test_one_version_of_a_rule_is_valid_on_a_day(api: AsyncClient) -> None:
    """Also when two enter it at the same time, or move another version onto it."""
    both = [{"edition": n, "valid": "2020-01-01/2024-12-31"} for n in (1, 2)]
    answers = await asyncio.gather(
        *(api.post("/compliance-rules", json=compliance_rule(**body)) for body in both)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    (first,) = [answer.json() for answer in answers if answer.is_success]
    assert await refused(api, 409, edition=3, valid="2024-12-31/..") == ["/valid"]
    later = await made(api, "/compliance-rules", compliance_rule(edition=3, valid="2025/.."))
    assert await refused(api, 409, edition=3, valid="2019") == ["/edition"]
    assert await refused(api, 409, edition=4, valid="2019", kind="headcount") == ["/kind"]
    address = f"/compliance-rules/{later['id']}"
    moved = await api.patch(address, json={"valid": "2024-12-31/.."}, headers=HERE)
    assert moved.status_code == 409
    said = {error["message"] for error in moved.json()["errors"]}
    assert said == {"another version of the rule is valid on some of these days"}
    await made(api, "/compliance-rules", compliance_rule("another-rule"))
    assert await codes(api, "period=2024-12-31&code=trips-per-year") == [
        ("trips-per-year", first["edition"])
    ]
    assert await codes(api, "period=2025-01-01") == [("another-rule", 1), ("trips-per-year", 3)]


async def test_rules_are_narrowed_by_every_filter(api: AsyncClient) -> None:
    await made(api, "/compliance-rules", WHOLE)
    await made(api, "/compliance-rules", compliance_rule(is_example=True))
    reply, trips = ("consultation-reply", 2), ("trips-per-year", 1)
    assert await codes(api, "key=nghi-dinh-1:tra-loi") == [reply]
    assert await codes(api, "kind=trips_per_year") == [trips]
    assert await codes(api, "is_example=true") == [trips]
    assert await codes(api, "is_example=false") == [reply]
    assert await codes(api, "q=chuyen di") == [trips]
    assert await codes(api, "period=2024") == [trips]


async def test_an_example_is_flagged_until_it_is_none(api: AsyncClient) -> None:
    example = await made(api, "/compliance-rules", compliance_rule(is_example=True))
    assert [flag["code"] for flag in example["flags"]] == ["example_rule"]
    address = f"/compliance-rules/{example['id']}"
    changed = {"is_example": False, "legal_basis": [{"symbol": "12/QĐ-UBND"}]}
    in_force = await api.patch(address, json=changed, headers=HERE)
    assert in_force.json()["flags"] == []
    history = (await api.get(f"{address}/history")).json()["items"]
    fields = {field["field"] for field in history[0]["fields"]}
    assert fields >= {"is_example", "legal_basis"}
    assert (await api.delete(address, headers=HERE)).status_code == 204


async def test_only_administrators_write_rules(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    rule = await made(api, "/compliance-rules", compliance_rule())
    caller = await as_actor("compliance_rules:read compliance_rules:write", role="approver")
    address = f"/compliance-rules/{rule['id']}"
    assert (await caller.get(address)).status_code == 200
    answer = await caller.patch(address, json={"limit": 3}, headers=HERE)
    assert answer.json()["permission"] == "compliance_rules:write"


async def test_the_examples_come_with_the_service(
    settings: Settings, api: AsyncClient, database: "Connection[Any]"
) -> None:
    """One of each kind at least, all marked, and a second load writes nothing."""

    async def load() -> list[str]:
        return (await load_folder(str(settings.database_url), EXAMPLE_RULES, lambda _: None)).lines

    await load()
    assert await load() == [
        "sources: 0 new, 0 changed, 0 unchanged",
        "compliance_rules: 0 new, 0 changed, 12 unchanged",
    ]
    rules = (await api.get("/compliance-rules?limit=200")).json()["items"]
    assert len({rule["kind"] for rule in rules}) == 8
    assert {rule["is_example"] for rule in rules} == {True}
    assert {flag["code"] for rule in rules for flag in rule["flags"]} == {"example_rule"}
    assert [rule["legal_basis"] for rule in rules] == [[]] * 12
