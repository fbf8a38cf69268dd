"""A doubt is acknowledged with a reason, and so for as long as it stands."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from httpx import AsyncClient

from tests import factories
from tests.data_quality.test_data_quality import HERE, flag, flagged, listed

AT = "/data-quality/transitions"
REASON = "Checked with the printed paper."


def saying(record: Any, resource: str = "documents", **changed: Any) -> dict[str, Any]:
    return {
        "verb": "acknowledge",
        "resource": resource,
        "id": record["id"],
        "code": "symbol_unread",
        "origin": "rule",
        "reason": REASON,
    } | changed


@pytest.fixture
async def paper(api: AsyncClient) -> Any:
    """A document that a rule flags."""
    return await factories.made(
        api, "/documents", factories.document(symbol="692-QD-TU", visibility="public")
    )


async def said(api: AsyncClient, record: Any, **changed: Any) -> Any:
    answer = await api.post(AT, json=saying(record, **changed), headers=HERE)
    assert answer.status_code == 201, answer.text
    return answer


async def now(client: AsyncClient, record: Any) -> Any:
    return (await client.get(f"/documents/{record['id']}")).json()


async def test_a_flag_is_acknowledged_and_that_is_taken_back(
    api: AsyncClient, paper: Any, today: Callable[[str], None]
) -> None:
    today("2026-11-26")
    answer = await said(api, paper)
    assert answer.headers["location"] == f"/api/v1/documents/{paper['id']}"
    assert answer.headers["etag"].startswith('"2.')
    shown = answer.json()
    assert shown["acknowledged"]["reason"] == REASON
    assert datetime.fromisoformat(shown["acknowledged"]["at"]).isoformat()[:10] == "2026-11-26"
    record = await now(api, paper)
    assert record["version"] == shown["version"] == 2
    assert record["flags"][0]["acknowledged"] == shown["acknowledged"]
    assert record["updated_by"] == shown["acknowledged"]["by"] is not None
    assert await listed(api, is_acknowledged=True) == [shown]
    assert await listed(api, is_acknowledged=False) == []
    total = (await api.get("/data-quality/summary")).json()["total"]
    assert (total["flags"], total["acknowledged"]) == (1, 1)
    back = (await said(api, paper, verb="withdraw", reason=None)).json()
    assert (back["acknowledged"], back["version"]) == (None, 3)
    (last, first, _) = (await api.get(f"/documents/{paper['id']}/history")).json()["items"]
    for change, side in ((first, "after"), (last, "before")):
        (field,) = [one for one in change["fields"] if one["field"] == "flags"]
        assert field[side][0]["acknowledged"]["reason"] == REASON
        assert change["actor"]["name"] == "Test"


async def test_it_stays_when_rules_run_again(api: AsyncClient, paper: Any) -> None:
    await said(api, paper)
    address = f"/documents/{paper['id']}"
    for patch in ({"note": "x"}, {"symbol": "693-QD-TU"}, {"flags": [flag("doubtful")]}):
        assert (await api.patch(address, json=patch, headers=HERE)).status_code == 200
        flags = (await now(api, paper))["flags"]
        (kept,) = [one for one in flags if one["code"] == "symbol_unread"]
        assert kept["acknowledged"]["reason"] == REASON
    await api.patch(address, json={"symbol": "692-QĐ/TU"}, headers=HERE)
    await api.patch(address, json={"symbol": "692-QD-TU"}, headers=HERE)
    (new,) = [one for one in (await now(api, paper))["flags"] if one["code"] == "symbol_unread"]
    assert new["acknowledged"] is None  # it was settled in between


async def test_flags_of_sources_and_persons_too(api: AsyncClient) -> None:
    record = await flagged(api, "/partners", factories.partner(), "year_inferred", "year_unknown")
    about = {"resource": "partners", "origin": "source", "code": "year_unknown"}
    await said(api, record, **about)
    after = (await api.get(f"/partners/{record['id']}")).json()["flags"]
    assert [one["acknowledged"] is not None for one in after] == [False, True]
    given = [flag("year_unknown"), flag("doubtful", origin="person")]
    await api.patch(f"/partners/{record['id']}", json={"flags": given}, headers=HERE)
    after = (await api.get(f"/partners/{record['id']}")).json()["flags"]
    assert [one["acknowledged"] is not None for one in after] == [True, False]


async def test_who_acknowledged_is_nothing_for_strangers(
    api: AsyncClient, stranger: AsyncClient, paper: Any
) -> None:
    by = (await said(api, paper)).json()["acknowledged"]["by"]
    await said(api, paper, verb="withdraw", reason=None)
    await said(api, paper)
    addresses = [f"/documents/{paper['id']}", f"/documents/{paper['id']}/history"]
    for address in [*addresses, "/documents", "/data-quality"]:
        assert by in (await api.get(address)).text
        text = (await stranger.get(address)).text
        assert by not in text
        assert REASON in text
    unread = (await now(stranger, paper))["flags"][0]["acknowledged"]
    assert (unread["by"], unread["reason"]) == (None, REASON)


async def test_what_is_not_possible_now(api: AsyncClient, paper: Any) -> None:
    withdrawing = saying(paper, verb="withdraw", reason=None)
    early = await api.post(AT, json=withdrawing, headers=HERE)
    assert (early.status_code, early.json()["state"], early.json()["possible"]) == (
        409,
        "open",
        ["acknowledge"],
    )
    await said(api, paper)
    twice = await api.post(AT, json=saying(paper), headers=HERE)
    assert (twice.status_code, twice.json()["state"], twice.json()["possible"]) == (
        409,
        "acknowledged",
        ["withdraw"],
    )


async def test_what_was_read_is_what_is_acknowledged(api: AsyncClient, paper: Any) -> None:
    body = saying(paper)
    assert (await api.post(AT, json=body)).status_code == 428
    await api.patch(f"/documents/{paper['id']}", json={"note": "x"}, headers=HERE)
    stale = await api.post(AT, json=body, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["version"]) == (412, 2)
    (item,) = await listed(api)
    taken = await api.post(AT, json=body, headers={"If-Match": f'"{item["version"]}"'})
    assert taken.status_code == 201


async def test_sent_again_it_acts_once(api: AsyncClient, paper: Any) -> None:
    headers = HERE | {"Idempotency-Key": "once"}
    first, again = [await api.post(AT, json=saying(paper), headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert (await now(api, paper))["version"] == 2


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"reason": None}, "/reason", "reason_needed"),
        ({"reason": " "}, "/reason", "text_blank"),
        ({"reason": "x" * 2001}, "/reason", "string_too_long"),
        ({"reason": "(MẬT) checked"}, "/reason", "state_secret"),
        ({"verb": "withdraw"}, "/reason", "reason_unasked"),
        ({"verb": "forget"}, "/verb", "enum"),
        ({"resource": "changes"}, "/resource", "unknown_resource"),
        ({"resource": "partners"}, "/id", "reference"),
        ({"id": "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"}, "/id", "reference"),
        ({"code": "doubtful"}, "/code", "no_flag"),
        ({"origin": "person"}, "/code", "no_flag"),
    ],
)
async def test_what_is_wrong_is_said_where(
    api: AsyncClient, paper: Any, changed: dict[str, Any], pointer: str, code: str
) -> None:
    for language, place in (("en", 0), ("vi", 1)):
        answer = await api.post(
            AT, json=saying(paper, **changed), headers=HERE | {"Accept-Language": language}
        )
        assert answer.status_code == 422, answer.text
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == (pointer, code), place
    assert (await now(api, paper))["version"] == 1


async def test_who_may_say_so(
    api: AsyncClient, as_actor: Callable[..., Any], stranger: AsyncClient
) -> None:
    """Who may write the record, with the scopes for both."""
    agency = await factories.made(api, "/agencies", factories.agency(key="so"))
    body = factories.document(symbol="692-QD-TU", owner_agency_id=agency["id"])
    paper = await factories.made(api, "/documents", body)
    hidden = await factories.made(api, "/documents", body | {"visibility": "agency"})
    scopes = "documents:read documents:write data_quality:read data_quality:write"
    own, other = await as_actor(scopes, agency="so"), await as_actor(scopes)
    elsewhere = await factories.made(api, "/agencies", factories.agency(key="khac"))
    assert elsewhere
    sibling = await as_actor(scopes, agency="khac")
    for client, permission in (
        (await as_actor("documents:write data_quality:read"), "data_quality:write"),
        (await as_actor("documents:read data_quality:write"), "documents:write"),
    ):
        answer = await client.post(AT, json=saying(paper), headers=HERE)
        assert (answer.status_code, answer.json()["permission"]) == (403, permission)
    refused = await sibling.post(AT, json=saying(paper), headers=HERE)
    assert (refused.status_code, refused.json()["type"]) == (403, "/docs/problems/not-yours")
    assert (await stranger.post(AT, json=saying(paper), headers=HERE)).status_code == 401
    unseen = await sibling.post(AT, json=saying(hidden), headers=HERE)
    unreal = saying({"id": "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"})
    unknown = await sibling.post(AT, json=unreal, headers=HERE)
    assert unseen.status_code == unknown.status_code == 422
    assert unseen.json()["errors"] == unknown.json()["errors"]
    assert (await own.post(AT, json=saying(hidden), headers=HERE)).status_code == 201
    assert (await other.post(AT, json=saying(paper), headers=HERE)).status_code == 201


async def test_of_a_record_that_was_removed(api: AsyncClient, paper: Any) -> None:
    assert (await api.delete(f"/documents/{paper['id']}", headers=HERE)).status_code == 204
    answer = await api.post(AT, json=saying(paper), headers=HERE)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/id")
    assert await listed(api) == []
