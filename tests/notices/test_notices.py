"""What businesses are told: to whom, until when, and that it stays as it was sent."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import (
    a_firm,
    a_sent_notice,
    acknowledgement,
    document,
    full_outreach,
    made,
    notice,
    partner,
)

ANY = {"if-match": "*"}


async def step(api: AsyncClient, told: Any, **body: Any) -> Any:
    return await api.post(f"/notices/{told['id']}/transitions", json=body, headers=ANY)


async def test_a_notice_keeps_what_it_says(api: AsyncClient) -> None:
    paper = await made(api, "/documents", document())
    ids = await full_outreach(api, None, paper["id"])
    shown = (await api.get(f"/notices/{ids['notices']}")).json()
    assert shown["title"]["vi"] == "Quy định mới về mã số vùng trồng"
    assert (shown["markets"], shown["products"], shown["valid"]) == (["CN"], ["Xoài"], "2027")
    assert (shown["languages"], shown["is_to_all"]) == (["vi", "lo"], False)
    assert [it["partner"]["name"]["en"] for it in shown["recipients"]] == ["Takii Vietnam"]
    assert [it["document"]["id"] for it in shown["documents"]] == [paper["id"]]
    assert shown["replaces"]["title"] == shown["title"]
    assert (shown["state"], shown["sent_on"], shown["verbs"]) == (
        "sent",
        "2026-01-05",
        ["withdraw"],
    )
    assert (shown["acknowledged"], shown["outstanding"]) == (1, 0)
    hits = (await api.get("/search", params={"q": "ma so vung trong"})).json()["items"]
    assert {hit["resource"] for hit in hits} == {"notices"}


async def test_notices_are_found_by_what_they_are_about(api: AsyncClient) -> None:
    firm = await a_firm(api)
    mango = {"topic": "sps", "markets": ["CN", "KR"], "products": ["Xoài"], "valid": "2027/.."}
    one = await made(api, "/notices", notice(languages=["vi"], **mango))
    to_it = {"is_to_all": False, "recipients": [{"partner_id": firm["id"]}]}
    steel = {"topic": "trade_defence", "products": ["Thép", "Nhôm"], "valid": "2026-H1"}
    two = await a_sent_notice(api, **to_it, **steel)
    for query, found in (
        ({"topic": "sps"}, [one]),
        ({"market": "KR"}, [one]),
        ({"market": ["US", "CN"]}, [one]),
        ({"product": "Nhôm"}, [two]),
        ({"product": ["Nhôm", "Xoài"]}, [two, one]),
        ({"language": "vi"}, [one]),
        ({"valid_on": "2026-06-30"}, [two]),
        ({"valid_on": "2026-07-01"}, []),
        ({"valid_on": "2031-01-01"}, [one]),
        ({"period": "2026/2027"}, [two, one]),
        ({"partner_id": firm["id"]}, [two]),
        ({"state": "draft"}, [one]),
        ({"sent_from": "2026-01-05", "sent_to": "2026-01-05"}, [two]),
        ({"sent_from": "2026-01-06"}, []),
        ({"q": "xoai"}, [one]),
        ({"sort": "-sent_on"}, [two, one]),
    ):
        page = (await api.get("/notices", params=query)).json()
        assert [it["id"] for it in page["items"]] == [it["id"] for it in found], query


async def test_a_notice_is_sent_whole_and_withdrawn_with_a_reason(api: AsyncClient) -> None:
    bare = await made(api, "/notices", notice(body=None, is_to_all=False))
    assert (bare["acknowledged"], bare["outstanding"], bare["verbs"]) == (None, None, ["send"])
    refused = await step(api, bare, verb="send")
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/body", "/recipients"]
    assert (await step(api, bare, verb="withdraw", note="x")).json()["possible"] == ["send"]
    told = await a_sent_notice(api)
    refused = await step(api, told, verb="withdraw")
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/note"]
    assert (await step(api, told, verb="withdraw", note="Đã có văn bản mới")).status_code == 201
    shown = (await api.get(f"/notices/{told['id']}")).json()
    assert (shown["state"], shown["sent_on"], shown["verbs"]) == ("withdrawn", "2026-01-05", [])
    for one, status in ((told, 409), (bare, 204)):
        answer = await api.delete(f"/notices/{one['id']}", headers=ANY)
        assert answer.status_code == status


async def test_what_was_sent_stays_as_it_was(api: AsyncClient) -> None:
    told = await a_sent_notice(api)
    address = f"/notices/{told['id']}"
    for changed, named in (
        ({"title": {"en": "Other"}}, "title"),
        ({"valid": "2030", "topic": "fta"}, "topic, valid"),
        ({"is_to_all": False}, "is_to_all"),
    ):
        answer = await api.patch(address, json=changed, headers=ANY)
        assert (answer.status_code, answer.json()["state"]) == (409, "sent")
        assert f"so {named} stay" in answer.json()["detail"]
    own = {"note": "Gửi kèm công văn", "title": told["title"], "visibility": "public"}
    assert (await api.patch(address, json=own, headers=ANY)).json()["note"] == own["note"]
    draft = await made(api, "/notices", notice())
    changed = {"title": {"vi": "Bản mới"}, "replaces_id": told["id"]}
    shown = await api.patch(f"/notices/{draft['id']}", json=changed, headers=ANY)
    assert shown.json()["replaces"]["id"] == told["id"]
    for unsent in (draft["id"], (await made(api, "/notices", notice()))["id"]):
        changed = {"replaces_id": unsent}
        answer = await api.patch(f"/notices/{draft['id']}", json=changed, headers=ANY)
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["code"]) == (422, "not_sent")


async def test_recipients_are_enterprises_or_all(api: AsyncClient) -> None:
    firm, province = await a_firm(api), await made(api, "/partners", partner())
    both = [{"partner_id": firm["id"]}, {"partner_id": province["id"]}]
    answer = await api.post("/notices", json=notice(recipients=both, is_to_all=False))
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/recipients/1/partner_id", "no_enterprise")
    answer = await api.post("/notices", json=notice(recipients=both[:1]))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/recipients")
    named = await made(api, "/notices", notice(recipients=both[:1], is_to_all=False))
    await api.patch(f"/partners/{firm['id']}", json={"kind": "other"}, headers=ANY)
    kept = await api.patch(f"/notices/{named['id']}", json={"note": "x"}, headers=ANY)
    assert kept.status_code == 200, kept.text


@pytest.mark.parametrize("is_to_all", [True, False])
async def test_a_partner_shows_what_it_received(api: AsyncClient, *, is_to_all: bool) -> None:
    """Merged into another, its notices and confirmations go with it."""
    firm, other = await a_firm(api, "Satoen"), await a_firm(api, "Satoen Vietnam")
    province = await made(api, "/partners", partner())
    to = {} if is_to_all else {"is_to_all": False, "recipients": [{"partner_id": firm["id"]}]}
    await made(api, "/notices", notice(**to))
    told = await a_sent_notice(api, **to)
    late = await a_firm(api, "Dream Plastic")
    said = await made(api, "/notice-acknowledgements", acknowledgement(told["id"], firm["id"]))

    async def timeline(who: Any) -> list[Any]:
        items = (await api.get(f"/partners/{who['id']}/timeline")).json()["items"]
        return [(it["resource"], it["kind"], it["id"], it["when"]) for it in items]

    received = ("notices", "sps", told["id"], "2026-01-05")
    confirmed = ("notice_acknowledgements", "telephone", said["id"], "2026-01-20")
    assert await timeline(firm) == [confirmed, received]
    assert await timeline(other) == ([received] if is_to_all else [])
    assert await timeline(province) == await timeline(late) == []
    into = {"into_id": other["id"]}
    merge = await api.post(f"/partners/{firm['id']}/merge", json=into, headers=ANY)
    assert merge.status_code == 201, merge.text
    assert await timeline(other) == [confirmed, received]
    shown = (await api.get(f"/notices/{told['id']}")).json()
    assert (shown["acknowledged"], shown["outstanding"]) == (1, 0)
    assert [it["partner"]["id"] for it in shown["recipients"]] == (
        [] if is_to_all else [other["id"]]
    )
