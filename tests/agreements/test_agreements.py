"""Agreements over HTTP: what they hold, what is refused, what is doubted, how they are found."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.agreements.steps import HERE, patch
from tests.factories import agency, agreement, document, full_agreement, made, partner, relation

NOBODY = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
TITLE = {"vi": "Mở tuyến xe"}


async def keys_of(api: AsyncClient, **query: Any) -> list[str]:
    found = await api.get("/agreements", params={"sort": "created_at", **query})
    assert found.status_code == 200, found.text
    return [item["key"] for item in found.json()["items"]]


async def test_an_agreement_is_shown_as_it_was_given(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    shown = {"visibility": "public"}
    ours = await made(api, "/agencies", agency(**shown))
    theirs = await made(api, "/partners", partner(**shown))
    paper = await made(api, "/documents", document(**shown))
    body = full_agreement(theirs["id"], ours["id"], paper["id"], **shown)
    created = await made(api, "/agreements", body)
    plain = set(body) - {"title", "parties", "signatories", "fields", "documents", "commitments"}
    plain -= {"consultations"}
    assert {name: created[name] for name in plain} == {name: body[name] for name in plain}
    assert (created["state"], created["ends_on"]) == ("proposed", "2026-12-31")
    named = {"id": theirs["id"], "name": theirs["name"]}
    home = {"id": ours["id"], "name": ours["name"]}
    assert created["parties"] == [
        {"partner": named, "agency": None, "role": "signatory"},
        {"partner": None, "agency": home, "role": "implementing"},
    ]
    assert [one["agency"] or one["partner"] for one in created["signatories"]] == [
        home,
        named,
        None,
    ]
    assert created["fields"] == [{"vi": "Giáo dục", "en": None, "lo": "ການສຶກສາ"}]
    assert created["documents"][0]["document"]["id"] == paper["id"]
    first, second = created["commitments"]
    assert (first["agency"], first["partner"], first["due"], first["tasks"]) == (
        home,
        None,
        None,
        [],
    )
    assert (second["partner"], second["clause"], second["due"]) == (named, "Điều 2", "2026-Q2")
    assert created["consultations"][0]["opinion"] == "Nhất trí"
    address = f"/agreements/{created['id']}"
    assert (await api.get(address)).json() == created
    seen = (await stranger.get(address)).json()
    assert (seen["consultations"], seen["parties"]) == (None, created["parties"])
    assert (await api.delete(address, headers=HERE)).status_code == 204


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"parties": [{"role": "signatory"}]}, "/parties/0/partner_id"),
        (
            {"signatories": [{"position": "A", "partner_id": NOBODY, "agency_id": NOBODY}]},
            "/signatories/0/agency_id",
        ),
        (
            {"commitments": [{"code": "1", "title": TITLE}, {"code": "1", "title": TITLE}]},
            "/commitments/1/code",
        ),
        ({"signed_on": {"duration": "P1Y", "from": "ratification"}}, "/signed_on"),
        ({"subdivision": "VN-05", "countries": ["LA"]}, "/subdivision"),
        ({"printed": {"state": "đã ký", "verbs": "x"}}, "/printed/verbs"),
        ({"renews_id": NOBODY}, "/renews_id"),
        ({"state": "signed"}, "/state"),
    ],
)
async def test_what_does_not_fit_is_named(
    api: AsyncClient, changed: dict[str, Any], pointer: str
) -> None:
    refused = await api.post("/agreements", json=agreement(**changed))
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_a_length_that_floats_is_kept_as_such(api: AsyncClient) -> None:
    """It has no days, and so no end."""
    floating = {"duration": "P4Y", "from": "ngày ký"}
    created = await made(api, "/agreements", agreement(effective=floating))
    assert (created["effective"], created["ends_on"]) == (floating, None)


async def test_a_signing_after_the_end_is_doubted(api: AsyncClient) -> None:
    late = await made(api, "/agreements", agreement(effective="2020/2022", signed_on="2023-01"))
    (flag,) = late["flags"]
    assert (flag["code"], flag["origin"]) == ("date_conflict", "rule")
    assert "2022-12-31" in flag["why"]["vi"]
    assert (await patch(api, late, signed_on="2022-12")).json()["flags"] == []


async def test_an_agreement_renews_another_once_and_never_itself(api: AsyncClient) -> None:
    first = await made(api, "/agreements", agreement())
    second = await made(api, "/agreements", agreement(renews_id=first["id"]))
    named = {"id": first["id"], "title": first["title"]}
    assert (second["renews"], second["renewed_by"]) == (named, None)
    third = await made(api, "/agreements", agreement(renews_id=second["id"]))
    for record, later in ((first, second), (second, third)):
        shown = (await api.get(f"/agreements/{record['id']}")).json()
        assert shown["renewed_by"]["id"] == later["id"]
    again = await api.post("/agreements", json=agreement(renews_id=first["id"]))
    (error,) = again.json()["errors"]
    assert (again.status_code, error["pointer"]) == (409, "/renews_id")
    assert error["message"] == "another agreement renews this one already"
    for record in (first, third):
        refused = await patch(api, record, renews_id=third["id"])
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["pointer"]) == (422, "/renews_id")
        assert "renew itself" in error["message"]
    held = await api.delete(f"/agreements/{first['id']}", headers=HERE)
    assert held.json()["referred_by"] == [{"resource": "agreements", "count": 1}]


async def test_lists_are_narrowed_by_every_filter(api: AsyncClient) -> None:
    ours = (await made(api, "/agencies", agency()))["id"]
    theirs = (await made(api, "/partners", partner()))["id"]
    paper = (await made(api, "/documents", document(symbol=None)))["id"]
    body = full_agreement(theirs, ours, paper, key="a", auto_renew=True)
    first = await made(api, "/agreements", body)
    second = agreement(
        key="b",
        kind="twinning",
        on_behalf_of="district",
        effective="2012/..",
        signed_on="2012-06",
        renews_id=first["id"],
        title={"en": "Twinning of districts"},
    )
    await made(api, "/agreements", second)
    for query, expected in (
        ({"kind": "twinning"}, ["b"]),
        ({"key": "a"}, ["a"]),
        ({"state": "signed"}, []),
        ({"on_behalf_of": ["district", "village"]}, ["b"]),
        ({"without": "on_behalf_of"}, []),
        ({"country": "LA"}, ["a"]),
        ({"subdivision": "LA-LP"}, ["a"]),
        ({"language": "lo"}, ["a"]),
        ({"auto_renew": True}, ["a"]),
        ({"partner_id": theirs}, ["a"]),
        ({"agency_id": ours}, ["a"]),
        ({"document_id": paper}, ["a"]),
        ({"renews_id": first["id"]}, ["b"]),
        ({"period": "2026-12-31/2030"}, ["a", "b"]),
        ({"period": "2013"}, ["b"]),
        ({"signed_within": "2012-H1"}, ["b"]),
        ({"signing_not_placed_in": "2023-10"}, ["a"]),
        ({"ends_on_from": "2026-12-31"}, ["a"]),
        ({"ends_on_to": "2026-12-30"}, []),
        ({"q": "day tieng lao"}, ["a"]),
        ({"q": "1/BGN"}, ["a"]),
        ({"q": "giao duc mo tuyen"}, ["a"]),
        ({"sort": "signed_on"}, ["b", "a"]),
        ({"sort": "ends_on"}, ["a", "b"]),
    ):
        assert await keys_of(api, **query) == expected, query


async def test_a_relation_and_a_project_rest_on_an_agreement(api: AsyncClient) -> None:
    accord = await made(api, "/agreements", agreement())
    named = {"agreement_id": accord["id"]}
    shown = {"id": accord["id"], "title": accord["title"]}
    other = await made(api, "/partners", partner())
    tie = await made(api, "/partner-relations", relation(other["id"], established_by=named))
    assert tie["established_by"] == {
        "agreement": shown,
        "document": None,
        "symbol": None,
        "issuer": None,
        "issued_on": None,
    }
    work = {"kind": "outgoing_aid", "title": {"vi": "Nhà lưu trú"}, "agreements": [named]}
    project = await made(api, "/projects", work)
    assert project["agreements"] == [{"agreement": shown}]
    found = await api.get("/projects", params={"agreement_id": accord["id"]})
    assert [item["id"] for item in found.json()["items"]] == [project["id"]]
    held = await api.delete(f"/agreements/{accord['id']}", headers=HERE)
    assert held.json()["referred_by"] == [
        {"resource": "partner_relations", "count": 1},
        {"resource": "projects", "count": 1},
    ]
