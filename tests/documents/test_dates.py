"""A document's day of issue beside all else that is dated: contradictions are flagged."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import agency, document, made, source

HERE = {"If-Match": "*"}
PUBLIC = {"visibility": "public"}


async def cited(api: AsyncClient, **changed: Any) -> Any:
    return await made(api, "/sources", source(covers=None, **PUBLIC) | changed)


async def citing(api: AsyncClient, *sources: Any, **changed: Any) -> Any:
    body = {"sources": [{"source_id": one["id"]} for one in sources], **PUBLIC} | changed
    return await made(api, "/documents", document(**body))


def conflict(record: Any) -> dict[str, str] | None:
    found = [flag["why"] for flag in record["flags"] if flag["code"] == "date_conflict"]
    assert len(found) <= 1
    return {name: found[0][name] for name in ("en", "vi")} if found else None


async def now(client: AsyncClient, record: Any) -> Any:
    return (await client.get(f"/documents/{record['id']}")).json()


async def test_a_source_that_ends_before_tells_of_no_document(api: AsyncClient) -> None:
    """As the page on the first half of 2025 tells of Plan 220, printed 5 November 2025."""
    page = await cited(api, covers="2025-H1")
    plan = await citing(api, page, symbol="220/KH-UBND", issued_on="2025-11-05")
    (flag,) = plan["flags"]
    assert (flag["code"], flag["origin"]) == ("date_conflict", "rule")
    assert conflict(plan) == {
        "en": "It is dated 2025-11-05, but a source that tells of it reaches to 2025-06-30 only.",
        "vi": "Ghi ngày 2025-11-05 nhưng nguồn nói về văn bản này chỉ đến ngày 2025-06-30.",
    }
    assert plan["issued_on"] == "2025-11-05"


@pytest.mark.parametrize(
    ("told", "issued_on", "is_conflict"),
    [
        ({"covers": "2025-H1"}, "2025-06-30", False),
        ({"covers": "2025-H1"}, "2025-07-01", True),
        ({"covers": "2025-H1"}, "2025-07", True),
        ({"covers": "2025-H1"}, "2025", False),  # it may have been in the first half
        ({"covers": "2025-H1"}, None, False),
        ({"covers": "2025-03/.."}, "2025-07-01", False),
        ({"covers": {"duration": "P4Y", "from": "signing"}}, "2025-07-01", False),
        ({"covers": None}, "2025-07-01", False),
        # Printed later, it may tell of what came after the period that it covers.
        ({"covers": "2025-H1", "published_on": "2025-07-01"}, "2025-07-01", False),
        ({"covers": "2025-H1", "published_on": "2025-06-30"}, "2025-07-01", True),
        ({"covers": None, "published_on": "2025-06-30"}, "2025-07-01", True),
    ],
)
async def test_how_far_a_source_reaches(
    api: AsyncClient,
    told: dict[str, Any],
    issued_on: str | None,
    *,
    is_conflict: bool,
) -> None:
    plan = await citing(api, await cited(api, **told), issued_on=issued_on)
    assert (conflict(plan) is not None) is is_conflict


async def test_one_source_that_does_not_reach_is_enough(api: AsyncClient) -> None:
    long, short, shorter = [await cited(api, covers=c) for c in ("2025", "2024", "2023")]
    plan = await citing(api, long, shorter, short, issued_on="2025-06-26")
    found = conflict(plan)
    assert found is not None
    assert "2024-12-31" in found["en"]
    fits = await api.patch(
        f"/documents/{plan['id']}", json={"sources": [{"source_id": long["id"]}]}, headers=HERE
    )
    assert conflict(fits.json()) is None


@pytest.mark.parametrize("kind", ["implements", "amends", "replaces", "cites", "attached_to"])
async def test_what_it_rests_on_is_there_before(api: AsyncClient, kind: str) -> None:
    base = await citing(api, symbol="153/NQ-CP", type="resolution", issued_on="2025-07")
    links = [{"kind": kind, "document_id": base["id"]}]
    plan = await citing(api, links=links, issued_on="2025-06-26")
    assert conflict(plan) == {
        "en": "It is dated 2025-06-26, but rests on a document of 2025-07-01.",
        "vi": "Ghi ngày 2025-06-26 nhưng dựa trên văn bản ngày 2025-07-01.",
    }
    for later in ("2025", "2025-07", "2025-08-01", None):
        patch = {"issued_on": later}
        answer = await api.patch(f"/documents/{plan['id']}", json=patch, headers=HERE)
        assert conflict(answer.json()) is None, later


@pytest.mark.parametrize(
    ("effective", "is_conflict"),
    [
        ("2025-06-25/..", True),
        ("2025-06", True),
        ("2025-06-26/..", False),
        ("../2025", False),
        ({"duration": "P4Y", "from": "signing"}, False),
        (None, False),
    ],
)
async def test_it_takes_effect_when_it_is_issued(
    api: AsyncClient,
    effective: Any,
    *,
    is_conflict: bool,
) -> None:
    plan = await citing(api, issued_on="2025-06-26", effective=effective)
    assert (conflict(plan) is not None) is is_conflict
    if effective == "2025-06-25/..":
        assert conflict(plan) == {
            "en": "It takes effect on 2025-06-25, before it was issued (2025-06-26).",
            "vi": "Có hiệu lực từ 2025-06-25, trước khi ban hành (2025-06-26).",
        }


async def test_one_flag_says_all(api: AsyncClient) -> None:
    page = await cited(api, covers="2024")
    plan = await citing(
        api,
        page,
        symbol="80/2020/NĐ-CP",
        type="decree",
        effective="2020/..",
        issued_on="2025-06-26",
    )
    found = conflict(plan)
    assert found is not None
    for said in ("says 2020", "effect on 2020-01-01", "reaches to 2024-12-31"):
        assert said in found["en"]


async def test_where_the_source_of_the_document_says_the_same(api: AsyncClient) -> None:
    page = await cited(api, covers="2024")
    own = {"code": "date_conflict", "origin": "source"}
    plan = await citing(api, page, flags=[own])
    assert [flag["origin"] for flag in plan["flags"]] == ["source"]


@pytest.mark.parametrize(
    ("of_source", "of_document", "is_told"),
    [
        ("public", "public", True),
        ("public", "agency", True),
        ("internal", "internal", True),
        ("internal", "agency", True),
        ("internal", "public", False),
        ("agency", "public", False),
        ("agency", "internal", False),
        ("agency", "agency", False),
    ],
)
async def test_no_day_of_what_is_hidden_is_told(
    api: AsyncClient,
    of_source: str,
    of_document: str,
    *,
    is_told: bool,
) -> None:
    """It is flagged all the same, in words that say only what the document itself shows."""
    agency = (await made(api, "/agencies", {"name": {"vi": "Sở"}, "kind": "department"}))["id"]
    owned = {"owner_agency_id": agency}
    page = await cited(api, covers="2024-H1", visibility=of_source, **owned)
    base = await citing(
        api,
        symbol="1/NQ-CP",
        type="resolution",
        issued_on="2029-04-05",
        visibility=of_source,
        **owned,
    )
    links = [{"kind": "implements", "document_id": base["id"]}]
    plan = await citing(api, page, links=links, visibility=of_document, **owned)
    found = conflict(plan)
    assert found is not None
    for text in found.values():
        assert ("2024-06-30" in text, "2029-04-05" in text) == (is_told, is_told)
        assert "2025-06-26" in text
    if of_document == "public":
        return
    await api.patch(f"/documents/{plan['id']}", json={"visibility": "public"}, headers=HERE)
    found = conflict(await now(api, plan))
    assert found is not None
    assert ("2024-06-30" in found["en"]) is (of_source == "public")


async def test_flags_follow_a_source_that_is_corrected(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    """Also in the hands of somebody who may write the source alone; what else was found stays."""
    page = await cited(api, covers="2025-H1", visibility="internal")
    odd = {"symbol": "692-QD-TU", "issued_on": "2025-11-05", "visibility": "internal"}
    plan = await citing(api, page, **odd)
    early = await citing(api, page, symbol="1/KH-UBND", issued_on="2025-05", visibility="internal")
    acknowledged = {
        "verb": "acknowledge",
        "resource": "documents",
        "id": plan["id"],
        "code": "symbol_unread",
        "origin": "rule",
        "reason": "So it is printed.",
    }
    assert (await api.post("/data-quality/transitions", json=acknowledged, headers=HERE)).is_success
    editor = await as_actor("sources:read sources:write")

    async def correct(**changed: Any) -> tuple[Any, Any]:
        answer = await editor.patch(f"/sources/{page['id']}", json=changed, headers=HERE)
        assert answer.status_code == 200, answer.text
        return await now(api, plan), await now(api, early)

    whole, same = await correct(covers="2025")
    assert [flag["code"] for flag in whole["flags"]] == ["symbol_unread"]
    assert whole["flags"][0]["acknowledged"]["reason"] == "So it is printed."
    assert same == early
    again, flagged = await correct(covers="2025-Q1")
    assert conflict(again) is not None
    assert conflict(flagged) is not None
    assert {flag["code"] for flag in again["flags"]} == {"symbol_unread", "date_conflict"}
    told = conflict(again)
    assert told is not None
    assert "2025-03-31" in told["en"]
    before = (await now(api, plan))["version"]
    unchanged, _ = await correct(title="Another title")
    assert unchanged["version"] == before
    late, _ = await correct(published_on="2025-12-01")
    assert conflict(late) is None


async def test_what_a_source_hides_from_now_on_is_told_no_more(api: AsyncClient) -> None:
    page = await cited(api, covers="2025-H1")
    plan = await citing(api, page, issued_on="2025-11-05")
    await api.patch(f"/sources/{page['id']}", json={"visibility": "internal"}, headers=HERE)
    assert conflict(await now(api, plan)) == {
        "en": "It is dated 2025-11-05, but a source that tells of it does not reach so far.",
        "vi": "Ghi ngày 2025-11-05 nhưng nguồn nói về văn bản này chưa đến ngày đó.",
    }


async def test_flags_follow_what_the_document_rests_on(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    """Also in the hands of somebody who may not write what rests on it; all else stays."""
    await made(api, "/agencies", agency(key="ours"))
    editor = await as_actor("documents:read documents:write", agency="ours")
    base = await citing(editor, symbol="153/NQ-CP", type="resolution", issued_on="2025-07-01")
    links = [{"kind": "implements", "document_id": base["id"]}]
    plans = [
        await citing(api, links=links, issued_on="2025-06-26", symbol=s) for s in ("1/KH", "2")
    ]
    late = await citing(api, links=links, issued_on="2025-09-01")
    further = await citing(api, links=[{"kind": "cites", "document_id": late["id"]}])

    async def correct(**changed: Any) -> list[Any]:
        answer = await editor.patch(f"/documents/{base['id']}", json=changed, headers=HERE)
        assert answer.status_code == 200, answer.text
        return [await now(api, one) for one in (*plans, late, further)]

    for fits in ("2025-06-26", "2025-06", None):
        assert all(conflict(plan) for plan in (await correct(issued_on="2025-07-01"))[:2])
        *found, same, above = await correct(issued_on=fits)
        assert [conflict(plan) for plan in found] == [None, None], fits
        assert [flag["code"] for flag in found[0]["flags"]] == ["symbol_unread"]
        assert (same, above) == (late, further)
    *found, flagged, _ = await correct(issued_on="2025-10-01")
    told = [conflict(record) for record in (*found, flagged)]
    assert all(one is not None and "2025-10-01" in one["en"] for one in told)
    unchanged = await correct(note="x", issued_on="2025-10-01")
    assert [one["version"] for one in unchanged[:2]] == [one["version"] for one in found]


async def test_what_it_rests_on_hides_from_now_on_is_told_no_more(api: AsyncClient) -> None:
    owner = (await made(api, "/agencies", agency()))["id"]
    base = await citing(api, symbol="153/NQ-CP", type="resolution", issued_on="2025-07-01")
    links = [{"kind": "implements", "document_id": base["id"]}]
    plan = await citing(api, links=links, issued_on="2025-06-26")
    hidden = {"visibility": "agency", "owner_agency_id": owner}
    answer = await api.patch(f"/documents/{base['id']}", json=hidden, headers=HERE)
    assert answer.status_code == 200, answer.text
    assert conflict(await now(api, plan)) == {
        "en": "It is dated 2025-06-26, but rests on a later document.",
        "vi": "Ghi ngày 2025-06-26 nhưng dựa trên văn bản ban hành sau đó.",
    }
    await api.patch(f"/documents/{base['id']}", json={"visibility": "public"}, headers=HERE)
    found = conflict(await now(api, plan))
    assert found is not None
    assert "2025-07-01" in found["en"]
