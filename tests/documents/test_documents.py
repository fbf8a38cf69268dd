"""Documents over HTTP: what they hold, what their symbols tell, how they are found."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import agency, document, made
from tests.sight import TOLD_OF_ANOTHER

HERE = {"If-Match": "*"}
WHOLE = {
    "key": "368/QĐ-TTg",
    "note": "The programme was extended.",
    "symbol": "368/QÐ - TTg",
    "type": "decision",
    "issuer_name": "Thủ tướng Chính phủ",
    "issued_on": "2013-02-28",
    "effective": "2013-02-28/2020",
    "subject": {"vi": "Thông tin đối ngoại", "en": "External information", "lo": None},
    "signer_position": "Prime Minister",
    "visibility": "public",
}


def flags(record: Any) -> dict[str, str]:
    return {flag["code"]: flag["why"]["en"] for flag in record["flags"]}


async def symbols(api: AsyncClient, query: str) -> list[str]:
    found = await api.get(f"/documents?sort=created_at&{query}")
    assert found.status_code == 200, found.text
    return [item["symbol"] for item in found.json()["items"]]


async def test_a_document_is_shown_as_it_was_given(
    api: AsyncClient, today: Callable[[str], None]
) -> None:
    today("2020-12-31")
    created = await made(api, "/documents", WHOLE)
    assert {name: created[name] for name in WHOLE} == WHOLE
    assert (created["canonical"], created["number"], created["year"]) == (
        "368/QĐ-TTg",
        "368",
        2013,
    )
    assert (created["issuer"], created["flags"], created["is_expired"]) == (None, [], False)
    address = f"/documents/{created['id']}"
    assert (await api.get(address)).json() == created
    today("2021-01-01")
    assert (await api.get(address)).json()["is_expired"] is True


async def test_a_document_may_have_no_number_and_no_date(api: AsyncClient) -> None:
    body = document(symbol=None, issued_on=None)
    created = await made(api, "/documents", body)
    for name in ("symbol", "canonical", "number", "year", "issued_on"):
        assert created[name] is None
    assert created["flags"] == []


@pytest.mark.parametrize("known", ["2025", "2025-06", "2025-06-26"])
async def test_a_date_is_as_precise_as_it_is_known(api: AsyncClient, known: str) -> None:
    created = await made(api, "/documents", document(issued_on=known))
    assert (created["issued_on"], created["year"]) == (known, 2025)
    for period, is_in in (("2025-06-26", True), ("2025", True), ("2024/2024-12", False)):
        assert bool(await symbols(api, f"period={period}")) is is_in


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"type": "page"}, "/type"),
        ({"subject": {}}, "/subject"),
        ({"symbol": ""}, "/symbol"),
        ({"symbol": "152\nKH"}, "/symbol"),
        ({"issued_on": "2025-H1"}, "/issued_on"),
        ({"issued_on": "2025-02-30"}, "/issued_on"),
        ({"issued_on": "2025/2026"}, "/issued_on"),
        ({"issued_on": 2025}, "/issued_on"),
        ({"effective": "soon"}, "/effective"),
        ({"issuer_id": "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"}, "/issuer_id"),
        ({"canonical": "152/KH-UBND"}, "/canonical"),
        ({"number": "152"}, "/number"),
        ({"key": "a b"}, "/key"),
        ({"key": "e\u0302"}, "/key"),
    ],
)
async def test_a_wrong_field_is_named(
    api: AsyncClient, changed: dict[str, Any], pointer: str
) -> None:
    answer = await api.post("/documents", json=document(**changed))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_an_issuer_is_an_agency_or_a_name(api: AsyncClient) -> None:
    ppc = await made(api, "/agencies", agency(kind="peoples_committee"))
    both = document(issuer_id=ppc["id"], issuer_name="UBND tỉnh")
    answer = await api.post("/documents", json=both)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/issuer_name")
    created = await made(api, "/documents", document(issuer_id=ppc["id"]))
    assert created["issuer"] == {"id": ppc["id"], "name": ppc["name"]}
    assert await symbols(api, f"issuer_id={ppc['id']}") == ["152/KH-UBND"]
    refused = await api.delete(f"/agencies/{ppc['id']}", headers=HERE)
    assert refused.json()["referred_by"] == [{"resource": "documents", "count": 1}]


async def test_what_a_symbol_contradicts_is_flagged_and_no_more(api: AsyncClient) -> None:
    async def flagged(**changed: Any) -> dict[str, str]:
        return flags(await made(api, "/documents", document(**changed)))

    assert await flagged(symbol="692-QD-TU") == {
        "symbol_unread": "The symbol cannot be read; 692-QĐ/TU may be meant."
    }
    assert await flagged(symbol="Kế hoạch") == {"symbol_unread": "The symbol cannot be read."}
    assert await flagged(type="decision") == {"type_differs": "The symbol is that of a plan."}
    assert await flagged(symbol="80/2020/NĐ-CP", type="decree") == {
        "date_conflict": "The symbol says 2020, its date 2025-06-26."
    }
    assert await flagged(symbol="66-QĐ/TW", type="rules") == {}
    assert await flagged(symbol="70/2020/QH14", type="law", issued_on="2020") == {}


async def test_a_number_given_twice_is_flagged(api: AsyncClient) -> None:
    ppc = (await made(api, "/agencies", agency()))["id"]
    body = document(issuer_id=ppc)
    assert flags(await made(api, "/documents", body)) == {}
    for apart in (
        {"issued_on": "2024-06-26"},
        {"issued_on": None},
        {"issuer_id": None},
        {"issuer_id": None, "issuer_name": "UBND tỉnh Lai Châu"},
        {"symbol": "153/KH-UBND"},
        {"symbol": "152a/KH-UBND"},
    ):
        assert flags(await made(api, "/documents", body | apart)) == {}, apart
    twice = await made(api, "/documents", body | {"symbol": "0152/kh – ubnd", "issued_on": "2025"})
    said = {"number_reused": "Another document of this issuer, type and year has the number 152."}
    assert flags(twice) == said
    named = body | {"issuer_id": None, "issuer_name": "ubnd tinh lai chau"}
    assert flags(await made(api, "/documents", named)) == said
    put_right = await api.patch(
        f"/documents/{twice['id']}", json={"symbol": "154/KH-UBND"}, headers=HERE
    )
    assert put_right.json()["flags"] == []


@TOLD_OF_ANOTHER
async def test_no_number_of_what_is_hidden_is_told(
    api: AsyncClient,
    as_actor: Callable[..., Any],
    of_other: str,
    of_one: str,
    *,
    is_same: bool,
    is_told: bool,
) -> None:
    """Whoever writes: some who see the document may not know of the other one."""
    ours, theirs = [(await made(api, "/agencies", agency(key=k)))["id"] for k in ("ours", "theirs")]
    owner, issued = ours if is_same else theirs, {"issuer_name": "UBND tỉnh"}
    await made(api, "/documents", document(visibility=of_other, owner_agency_id=owner, **issued))
    body = document(visibility=of_one, owner_agency_id=ours, **issued)
    twice = await made(api, "/documents", body)
    assert ("number_reused" in flags(twice)) is is_told
    editor = await as_actor("documents:read documents:write", agency="ours")
    for client in (editor, api):
        patch = {"note": f"of {client is editor}"}
        answer = await client.patch(f"/documents/{twice['id']}", json=patch, headers=HERE)
        assert answer.status_code == 200, answer.text
        assert answer.json()["flags"] == twice["flags"]


async def test_the_symbol_is_read_again_when_it_changes(api: AsyncClient) -> None:
    created = await made(api, "/documents", document())
    address = f"/documents/{created['id']}"

    async def patched(**changed: Any) -> tuple[Any, ...]:
        answer = await api.patch(address, json=changed, headers=HERE)
        assert answer.status_code == 200, answer.text
        record = answer.json()
        return record["version"], record["canonical"], record["number"], record["year"]

    assert await patched(symbol="12a/KH-UBND") == (2, "12a/KH-UBND", "12a", 2025)
    assert await patched(issued_on="2024") == (3, "12a/KH-UBND", "12a", 2024)
    assert await patched(note="x") == (4, "12a/KH-UBND", "12a", 2024)
    assert await patched(symbol=None) == (5, None, None, 2024)
    assert await patched(issued_on=None) == (6, None, None, None)
    fields = (await api.get(f"{address}/history")).json()["items"][-2]["fields"]
    assert {field["field"] for field in fields} == {"symbol", "canonical", "number"}


async def test_documents_are_found(api: AsyncClient) -> None:
    for symbol, type_, issued_on, effective in (
        ("152/KH-UBND", "plan", "2025-06-26", "2025-06-26/.."),
        ("12/GP-UBND", "other", "2024", None),
        ("311-KH/TU", "plan", None, "2024"),
    ):
        body = document(symbol=symbol, type=type_, issued_on=issued_on, effective=effective)
        await made(api, "/documents", body)
    for query, expected in (
        ("symbol=152+/+kh–ubnd", ["152/KH-UBND"]),
        ("symbol=152-KH-UBND", []),
        ("symbol=12/GP-UBND", ["12/GP-UBND"]),
        ("symbol=311-KH/TU&symbol=12/GP-UBND", ["12/GP-UBND", "311-KH/TU"]),
        ("number=152", ["152/KH-UBND"]),
        ("year=2024", ["12/GP-UBND"]),
        ("type=plan", ["152/KH-UBND", "311-KH/TU"]),
        ("period=2025-H1", ["152/KH-UBND"]),
        ("in_force_on=2026-01-01", ["152/KH-UBND"]),
        ("in_force_on=2024-12-31", ["311-KH/TU"]),
        ("q=152/kh", ["152/KH-UBND"]),
        ("q=integration+gp", ["12/GP-UBND"]),
    ):
        assert await symbols(api, query) == expected, query
    page = (await api.get("/documents?sort=-issued_on")).json()["items"]
    assert [item["symbol"] for item in page] == ["152/KH-UBND", "12/GP-UBND", "311-KH/TU"]


async def test_a_key_holds_the_letters_of_a_symbol(api: AsyncClient) -> None:
    for key in ("157/NQ-HĐND", "368/QĐ-TTg", "18/QĐ-SGD&ĐT", "Điện-Biên"):
        created = await made(api, "/documents", document(key=key))
        found = (await api.get("/documents", params={"key": key})).json()["items"]
        assert [item["id"] for item in found] == [created["id"]]


@pytest.mark.parametrize("year", ["999", "10000", "99999999999999999999"])
async def test_a_year_that_is_none_is_named(api: AsyncClient, year: str) -> None:
    refused = await api.get(f"/documents?year={year}")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/year/0"
