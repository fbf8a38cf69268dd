"""Money of a project as it is printed, by type and currency, and the sums that come of it."""

from typing import Any

import pytest
from httpx import AsyncClient

from sonla_api.projects.models import TransactionType
from tests.factories import agency, made, partner, project, transaction

ANY = {"If-Match": "*"}
IATI = {
    "1": "incoming_funds",
    "2": "outgoing_commitment",
    "3": "disbursement",
    "4": "expenditure",
    "5": "interest_payment",
    "6": "loan_repayment",
    "7": "reimbursement",
    "8": "purchase_of_equity",
    "9": "sale_of_equity",
    "10": "credit_guarantee",
    "11": "incoming_commitment",
    "12": "outgoing_pledge",
    "13": "incoming_pledge",
}
MONEY = ("committed", "disbursed", "registered", "realised", "stated")


@pytest.fixture
async def work(api: AsyncClient) -> Any:
    return await made(api, "/projects", project(visibility="public"))


def money(amount: str, currency: str = "VND") -> Any:
    return {"amount": amount, "currency": currency}


async def paid(api: AsyncClient, work: Any, type_: str, *value: str, **more: Any) -> Any:
    body = transaction(work["id"], type=type_, value=money(*value), equivalents=[], **more)
    return await made(api, "/transactions", body)


async def sums(client: AsyncClient, work: Any) -> dict[str, Any]:
    shown = (await client.get(f"/projects/{work['id']}")).json()
    by_name = {name: [(s[name], s["currency"]) for s in shown["sums"] if s[name]] for name in MONEY}
    return {name: found for name, found in by_name.items() if found}


async def test_an_amount_and_its_conversion_are_both_kept(api: AsyncClient, work: Any) -> None:
    donor = await made(api, "/partners", partner("AFD"))
    board = await made(api, "/agencies", agency())
    body = transaction(
        work["id"],
        qualifier="about",
        provider={"partner_id": donor["id"]},
        receiver={"agency_id": board["id"]},
        description="Loan",
    )
    shown = await made(api, "/transactions", body)
    assert shown["project"] == {"id": work["id"], "title": work["title"]}
    assert shown["value"] == money("970000000000")
    assert shown["equivalents"] == [
        {"amount": "35200000", "currency": "EUR", "qualifier": "equivalent"}
    ]
    assert (shown["on"], shown["qualifier"], shown["iati_code"]) == ("2024-06-26", "about", "11")
    assert shown["provider"] == {
        "partner": {"id": donor["id"], "name": donor["name"]},
        "agency": None,
    }
    assert shown["receiver"]["agency"]["id"] == board["id"]
    assert await sums(api, work) == {"committed": [("970000000000", "VND")]}
    assert (await api.get("/transactions")).json()["items"] == [shown]


@pytest.mark.parametrize("type_", TransactionType)
async def test_types_have_their_codes_of_iati(api: AsyncClient, work: Any, type_: str) -> None:
    shown = await paid(api, work, type_, "5")
    codes = {name: code for code, name in IATI.items()}
    assert shown["iati_code"] == codes.get(type_)
    assert (shown["provider"], shown["on"]) == (None, "2024-06-26")


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"equivalents": [money("1")]}, "/equivalents/0/currency", "same_currency"),
        ({"value": {"amount": 970, "currency": "VND"}}, "/value/amount", "money_amount"),
        ({"value": money("1e9")}, "/value/amount", "money_amount"),
        ({"value": money("1", "XXY")}, "/value/currency", "currency_unknown"),
        ({"value": None}, "/value", "model_attributes_type"),
        ({"provider": {}}, "/provider/partner_id", "one_party"),
        ({"type": "grant"}, "/type", "enum"),
        ({"amount": "1"}, "/amount", "extra_forbidden"),
    ],
)
async def test_what_does_not_fit_is_named(
    api: AsyncClient, work: Any, changed: Any, pointer: str, code: str
) -> None:
    answer = await api.post("/transactions", json=transaction(work["id"], **changed))
    assert answer.status_code == 422, answer.text
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


async def test_money_without_a_project_is_refused(api: AsyncClient) -> None:
    answer = await api.post(
        "/transactions", json=transaction("019a7c1e-5b60-7cc3-98c4-dc0c0c07398f")
    )
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/project_id"]


async def test_the_id_of_another_kind_of_record_is_no_reference(
    api: AsyncClient, work: Any
) -> None:
    """Although a record with this id is there, and named in the same body."""
    body = transaction(work["id"], provider={"partner_id": work["id"]})
    answer = await api.post("/transactions", json=body)
    assert answer.status_code == 422, answer.text
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/provider/partner_id"]


async def test_sums_are_by_currency_and_exact(api: AsyncClient, work: Any) -> None:
    for type_, *value in (
        ("incoming_commitment", "99999999999999999999.999999"),
        ("outgoing_commitment", "0.000001"),
        ("incoming_commitment", "10", "EUR"),
        ("incoming_funds", "0.1", "USD"),
        ("disbursement", "0.2", "USD"),
        ("registered", "100"),
        ("increase", "50.5"),
        ("decrease", "20"),
        ("realised", "7"),
        ("stated", "3", "LAK"),
        ("expenditure", "1000"),
        ("incoming_pledge", "1000"),
    ):
        await paid(api, work, type_, *value)
    assert await sums(api, work) == {
        "committed": [("10", "EUR"), ("100000000000000000000.000000", "VND")],
        "disbursed": [("0.3", "USD")],
        "registered": [("130.5", "VND")],
        "realised": [("7", "VND")],
        "stated": [("3", "LAK")],
    }
    shown = (await api.get(f"/projects/{work['id']}")).json()
    assert [
        (t["type"], t["currency"], t["amount"], t["transactions"]) for t in shown["totals"]
    ] == [
        ("decrease", "VND", "20", 1),
        ("disbursement", "USD", "0.2", 1),
        ("expenditure", "VND", "1000", 1),
        ("incoming_commitment", "EUR", "10", 1),
        ("incoming_commitment", "VND", "99999999999999999999.999999", 1),
        ("incoming_funds", "USD", "0.1", 1),
        ("incoming_pledge", "VND", "1000", 1),
        ("increase", "VND", "50.5", 1),
        ("outgoing_commitment", "VND", "0.000001", 1),
        ("realised", "VND", "7", 1),
        ("registered", "VND", "100", 1),
        ("stated", "LAK", "3", 1),
    ]
    assert (await api.get("/projects")).json()["items"] == [shown]


async def test_sums_hold_what_the_caller_may_see(
    api: AsyncClient, stranger: AsyncClient, work: Any
) -> None:
    await paid(api, work, "realised", "1", visibility="public")
    await paid(api, work, "realised", "10", visibility="internal")
    assert await sums(api, work) == {"realised": [("11", "VND")]}
    assert await sums(stranger, work) == {"realised": [("1", "VND")]}


@pytest.mark.parametrize(
    ("of_project", "of_money"),
    [("agency", "agency"), ("internal", "internal"), ("public", "internal")],
)
async def test_money_is_seen_by_whoever_sees_its_project_but_no_strangers(
    api: AsyncClient, of_project: str, of_money: str
) -> None:
    """Where nothing is said."""
    owner = {"owner_agency_id": (await made(api, "/agencies", agency()))["id"]}
    work = await made(api, "/projects", project(visibility=of_project, **owner))
    assert (await paid(api, work, "stated", "1", **owner))["visibility"] == of_money
    said = await paid(api, work, "stated", "1", visibility="public", **owner)
    assert said["visibility"] == "public"


async def test_public_money_of_an_internal_project_does_not_name_it(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    inner = await made(api, "/projects", project(kind="fdi", countries=["KR"]))
    shown = await paid(api, inner, "registered", "5", visibility="public")
    seen = (await stranger.get(f"/transactions/{shown['id']}")).json()
    assert (seen["project"], seen["value"]) == (None, money("5"))
    for query in (f"project_id={inner['id']}", "project_kind=fdi", "project_country=KR"):
        assert (await stranger.get(f"/transactions?{query}")).json()["items"] == []
        assert len((await api.get(f"/transactions?{query}")).json()["items"]) == 1
    total = (await stranger.get("/projects/summary")).json()["total"]
    assert (total["projects"], total["transactions"], total["sums"]) == (0, 0, [])


async def test_money_that_changes_changes_the_sums(api: AsyncClient, work: Any) -> None:
    other = await made(api, "/projects", project())
    shown = await paid(api, work, "realised", "5")
    address = f"/transactions/{shown['id']}"
    for patch, here, there in (
        ({"value": {"amount": "6"}}, [("6", "VND")], []),
        ({"value": {"currency": "USD"}}, [("6", "USD")], []),
        ({"type": "stated"}, [], []),
        ({"type": "realised", "project_id": other["id"]}, [], [("6", "USD")]),
    ):
        answer = await api.patch(address, json=patch, headers=ANY)
        assert answer.status_code == 200, answer.text
        assert (await sums(api, work)).get("realised", []) == here
        assert (await sums(api, other)).get("realised", []) == there
    assert (await api.delete(address, headers=ANY)).status_code == 204
    assert await sums(api, other) == {}
    assert (await api.patch(address, json={}, headers=ANY)).status_code == 410
    assert (await api.delete(address, headers=ANY)).status_code == 410


async def test_money_is_found_by_what_it_is(api: AsyncClient, work: Any) -> None:
    donor = await made(api, "/partners", partner())
    board = await made(api, "/agencies", agency())
    loan = project(
        kind="fdi",
        countries=["FR"],
        sectors=[{"scheme": "other", "code": "mining"}],
        participants=[{"partner_id": donor["id"]}, {"agency_id": board["id"]}],
    )
    mine = await made(api, "/projects", loan)
    first = await paid(
        api, work, "disbursement", "1", on="2024", provider={"partner_id": donor["id"]}, key="a"
    )
    second = await paid(
        api, mine, "stated", "2", "USD", on=None, provider={"agency_id": board["id"]}
    )
    third = await paid(
        api, mine, "registered", "3", "USD", on="2024-03", receiver={"agency_id": board["id"]}
    )
    for query, found in (
        ("sort=on", [first, third, second]),
        ("sort=-on", [third, first, second]),
        ("key=a", [first]),
        (f"project_id={mine['id']}", [second, third]),
        ("type=stated&type=registered", [second, third]),
        ("currency=VND", [first]),
        ("period=2024-H2", [first]),
        ("within=2024-H1", [third]),
        ("not_placed_in=2024-H1", [first, second]),
        (f"provider_partner_id={donor['id']}", [first]),
        (f"provider_agency_id={board['id']}", [second]),
        (f"receiver_agency_id={board['id']}", [third]),
        (f"receiver_partner_id={donor['id']}", []),
        ("project_kind=fdi", [second, third]),
        ("project_state=pipeline&project_without=country", [first]),
        ("project_country=FR", [second, third]),
        ("project_sector=other:mining&currency=USD", [second, third]),
        (f"project_partner_id={donor['id']}", [second, third]),
        (f"project_agency_id={board['id']}", [second, third]),
    ):
        answer = await api.get(
            f"/transactions?sort=created_at&{query}".replace("sort=created_at&sort", "sort")
        )
        assert answer.status_code == 200, answer.text
        assert [t["id"] for t in answer.json()["items"]] == [t["id"] for t in found], query
