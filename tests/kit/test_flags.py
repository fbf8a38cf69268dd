"""A year that no source prints was taken from elsewhere, and every record says so."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests import factories
from tests.factories import made

ANY = {"If-Match": "*"}


async def raised(api: AsyncClient, path: str, id_: str) -> list[tuple[str, str]]:
    record = (await api.get(f"{path}/{id_}")).json()
    return [(flag["code"], flag["origin"]) for flag in record["flags"]]


@pytest.mark.parametrize(
    ("printed", "codes"),
    [
        ("17 February", ["year_inferred"]),
        ("27/8", ["year_inferred"]),
        ("30-1", ["year_inferred"]),
        ("mardi après-midi, 14.30", ["year_inferred"]),
        ("17 February 2020 / mardi après-midi", []),
        ("từ ngày 06/3/2024 đến ngày 08/3/2024", []),
        ("17/2/20", []),
        ("17.2.20", []),
    ],
)
async def test_a_year_that_is_not_printed_is_inferred(
    api: AsyncClient, printed: str, codes: list[str]
) -> None:
    body = factories.delegation(when="2020-02-17", printed={"when": printed})
    record = await made(api, "/delegations", body)
    assert [flag["code"] for flag in record["flags"]] == codes
    for flag in record["flags"]:
        assert flag["origin"] == "rule"
        assert "(when)" in flag["why"]["en"]
        assert "(when)" in flag["why"]["vi"]


async def test_the_doubt_goes_when_the_year_is_found(api: AsyncClient) -> None:
    """Also of a resource without rules of its own; an acknowledgement of it stays meanwhile."""
    body = factories.source(published_on="2024-11-06", printed={"published_on": "November 6"})
    id_ = (await made(api, "/sources", body))["id"]
    assert await raised(api, "/sources", id_) == [("year_inferred", "rule")]
    seen = {"resource": "sources", "id": id_, "code": "year_inferred", "origin": "rule"}
    act = {"verb": "acknowledge", "reason": "It stands in the address."}
    done = await api.post("/data-quality/transitions", json=seen | act, headers=ANY)
    assert done.status_code == 201, done.text

    async def patched(**changed: Any) -> list[Any]:
        answer = await api.patch(f"/sources/{id_}", json=changed, headers=ANY)
        assert answer.status_code == 200, answer.text
        return [bool(flag["acknowledged"]) for flag in answer.json()["flags"]]

    assert await patched(title="Another title") == [True]
    assert await patched(printed={"published_on": "6/11/2024"}) == []
    assert await patched(printed={"published_on": "6/11"}) == [False]
    assert await patched(published_on=None) == []


async def test_a_rule_adds_nothing_to_what_the_source_says(api: AsyncClient) -> None:
    said = [{"code": "year_inferred", "origin": "source"}]
    body = factories.delegation(printed={"when": "December 1"}, flags=said)
    record = await made(api, "/delegations", body)
    assert [flag["origin"] for flag in record["flags"]] == ["source"]


async def test_it_stays_beside_what_other_rules_find(api: AsyncClient) -> None:
    """When money is written, and when partners are merged."""
    body = factories.project(period="2024/2027", printed={"period": "bốn năm"})
    work = (await made(api, "/projects", body))["id"]
    paid = factories.transaction(work, type="disbursement", equivalents=[])
    await made(api, "/transactions", paid | {"value": {"amount": "2", "currency": "USD"}})
    meant = {"type": "incoming_commitment", "value": {"amount": "1", "currency": "USD"}}
    await made(api, "/transactions", factories.transaction(work, equivalents=[]) | meant)
    assert sorted(await raised(api, "/projects", work)) == [
        ("disbursed_above_committed", "rule"),
        ("year_inferred", "rule"),
    ]
    printed = {"registered": "tháng Ba"}
    kept = await made(api, "/partners", factories.partner("A", registered="2025", printed=printed))
    lost = await made(api, "/partners", factories.partner("Wholly other"))
    merge = {"into_id": kept["id"]}
    done = await api.post(f"/partners/{lost['id']}/merge", json=merge, headers=ANY)
    assert done.status_code == 201, done.text
    assert await raised(api, "/partners", kept["id"]) == [("year_inferred", "rule")]


async def test_a_length_that_floats_has_no_year(api: AsyncClient) -> None:
    floating = {"duration": "P4Y", "from": "signing of the agreement"}
    body = factories.project(period=floating, printed={"period": "4 years"})
    assert (await made(api, "/projects", body))["flags"] == []
