"""Who of the businesses told has confirmed a notice, and who is outstanding."""

from collections.abc import Callable
from typing import Any

from httpx import AsyncClient

from tests.factories import a_firm, a_sent_notice, acknowledgement, agency, made, notice, partner

ANY = {"if-match": "*"}
PATH = "/notice-acknowledgements"


async def recipients(api: AsyncClient, told: Any, **query: Any) -> list[tuple[str, str | None]]:
    page = await api.get(f"/notices/{told['id']}/recipients", params=query)
    items = page.json()["items"]
    assert [it["has_acknowledged"] for it in items if it["acknowledged_on"]] == [True] * sum(
        it["acknowledged_on"] is not None for it in items
    )
    return [(it["partner"]["id"], it["acknowledged_on"]) for it in items]


async def test_confirmed_and_outstanding_are_counted_and_listed(api: AsyncClient) -> None:
    """Once each, however often it confirmed; who is registered later was not told."""
    firms = [(await a_firm(api, name, visibility="public"))["id"] for name in ("Takii", "Satoen")]
    hidden = (await a_firm(api, "CJ CGV"))["id"]
    told = await a_sent_notice(api, visibility="public")
    await a_firm(api, "Dream Plastic")
    await made(api, PATH, acknowledgement(told["id"], firms[0]))
    await made(api, PATH, acknowledgement(told["id"], firms[0], acknowledged_on="2026-01-06"))
    shown = (await api.get("/notices")).json()["items"][0]
    assert (shown["acknowledged"], shown["outstanding"], shown["version"]) == (1, 2, 2)
    assert await recipients(api, told) == [
        (hidden, None),
        (firms[1], None),
        (firms[0], "2026-01-06"),
    ]
    assert await recipients(api, told, has_acknowledged=True) == [(firms[0], "2026-01-06")]
    left = await recipients(api, told, has_acknowledged=False, sort="created_at")
    assert left == [(firms[1], None), (hidden, None)]


async def test_a_stranger_counts_the_partners_that_it_sees(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    """Confirmations count also where nobody but the own agency sees who recorded them."""
    firm = (await a_firm(api, visibility="public"))["id"]
    hidden = (await a_firm(api, "CJ CGV"))["id"]
    named = [{"partner_id": firm}, {"partner_id": hidden}]
    told = await a_sent_notice(api, is_to_all=False, recipients=named, visibility="public")
    said = await made(api, PATH, acknowledgement(told["id"], firm))
    assert said["visibility"] == "internal"
    shown = (await stranger.get(f"/notices/{told['id']}")).json()
    assert (shown["acknowledged"], shown["outstanding"]) == (1, 0)
    page = (await stranger.get(f"/notices/{told['id']}/recipients")).json()["items"]
    assert page == [
        {
            "partner": {"id": firm, "name": {"vi": None, "en": "Takii Vietnam", "lo": None}},
            "has_acknowledged": True,
            "acknowledged_on": None,
        }
    ]
    inner = await a_sent_notice(api)
    lost = await stranger.get(f"/notices/{inner['id']}/recipients")
    assert lost.status_code == 404


async def test_a_hidden_partner_is_answered_for_as_none(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    """Of a notice to all it was told, which nobody learns who may not see it."""
    owner = (await made(api, "/agencies", agency()))["id"]
    hidden = await a_firm(api, visibility="agency", owner_agency_id=owner)
    other = (await made(api, "/agencies", agency(key="other")))["id"]
    told = await a_sent_notice(api, is_to_all=True, owner_agency_id=other)
    officer = await as_actor(
        "notice_acknowledgements:read notice_acknowledgements:write notices:read notices:write",
        agency=other,
    )
    nobody = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
    answers = [
        (await officer.post(PATH, json=acknowledgement(told["id"], id_))).json().get("errors")
        for id_ in (hidden["id"], nobody)
    ]
    assert answers[0] == answers[1]
    assert answers[0]


async def test_only_who_was_told_confirms_and_not_before(api: AsyncClient) -> None:
    firm, province = await a_firm(api), await made(api, "/partners", partner())
    told, draft = await a_sent_notice(api), await made(api, "/notices", notice())
    late = await a_firm(api, "Dream Plastic")
    nobody = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
    body = acknowledgement(told["id"], firm["id"])
    for changed, pointer, code in (
        ({"notice_id": draft["id"]}, "/notice_id", "not_sent"),
        ({"notice_id": nobody}, "/notice_id", "reference"),
        ({"partner_id": province["id"]}, "/partner_id", "not_told"),
        ({"partner_id": late["id"]}, "/partner_id", "not_told"),
        ({"acknowledged_on": "2026-01-04"}, "/acknowledged_on", "before_sent"),
        ({"acknowledged_on": "9999-12-30"}, "/acknowledged_on", "ahead"),
    ):
        answer = await api.post(PATH, json=body | changed)
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["pointer"], error["code"]) == (422, pointer, code)
    said = await made(api, PATH, body)
    address = f"{PATH}/{said['id']}"
    wrong = await api.patch(address, json={"acknowledged_on": "2026-01-04"}, headers=ANY)
    assert wrong.json()["errors"][0]["code"] == "before_sent"
    right = await api.patch(address, json={"means": "letter"}, headers=ANY)
    assert (right.json()["means"], right.json()["notice"]["id"]) == ("letter", told["id"])
    for query, count in (
        ({"notice_id": told["id"]}, 1),
        ({"means": "telephone"}, 0),
        ({"acknowledged_from": "2026-01-20", "acknowledged_to": "2026-01-20"}, 1),
    ):
        page = (await api.get(PATH, params={"count": "exact", **query})).json()
        assert page["total"] == count, query
    held = await api.delete(f"/partners/{firm['id']}", headers=ANY)
    assert held.json()["referred_by"] == [{"resource": "notice_acknowledgements", "count": 1}]
    assert (await api.delete(address, headers=ANY)).status_code == 204
    assert (await api.get(f"/notices/{told['id']}")).json()["acknowledged"] == 0


async def test_officers_of_the_owner_record_them(api: AsyncClient, as_actor: Any) -> None:
    for key in ("dept", "guards"):
        await made(api, "/agencies", {"key": key, "kind": "department", "name": {"vi": key}})
    rights = "notices:read notices:write notice_acknowledgements:write partners:read"
    mine, others = await as_actor(rights, "dept"), await as_actor(rights, "guards")
    firm = await a_firm(api)
    told = await a_sent_notice(mine)
    body = acknowledgement(told["id"], firm["id"])
    refused = await others.post(PATH, json=body)
    assert (refused.status_code, refused.json()["type"]) == (403, "/docs/problems/not-yours")
    assert (await mine.post(PATH, json=body)).status_code == 201
