"""Documents that delegations, relations and their steps name: of the register, or as printed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from httpx import AsyncClient

from tests.delegations.steps import HERE, drafted, patch, read, take, taken
from tests.factories import agency, delegation, document, made, partner, relation

NOTHING = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
PRINTED = {"symbol": "05/GM", "issuer": "Houaphanh", "issued_on": "2026-10-01"}
UNKNOWN = {"document": None, "symbol": None, "issuer": None, "issued_on": None}


def summary(paper: Any) -> dict[str, Any]:
    return {name: paper[name] for name in ("id", "symbol", "subject")}


async def naming(api: AsyncClient, cited: Any, **changed: Any) -> list[tuple[str, dict[str, Any]]]:
    """A body for each place that names a document, with this one in it."""
    other = await made(api, "/partners", partner())
    asked = await made(api, "/agencies", agency())
    consultations = [{"agency_id": asked["id"], "document": cited}]
    report = {"document": cited, "submitted_on": "2026-12-10"}
    return [
        ("/partner-relations", relation(other["id"], established_by=cited, **changed)),
        ("/delegations", delegation(invitation=[PRINTED, cited], **changed)),
        ("/delegations", delegation(decision=[cited], **changed)),
        ("/delegations", delegation(consultations=consultations, **changed)),
        ("/delegations", delegation(report=report, **changed)),
    ]


def cited_in(record: Any) -> Iterator[dict[str, Any]]:
    """What a record shows in those places."""
    yield from (record.get("invitation") or [])[1:]
    yield from record.get("decision", [])
    yield from (asked["document"] for asked in record.get("consultations") or [])
    if record.get("report"):
        yield record["report"]["document"]
    if record.get("established_by"):
        shown = {**record["established_by"]}
        assert shown.pop("agreement") is None
        yield shown


async def test_a_document_of_the_register_is_shown_where_it_is_named(api: AsyncClient) -> None:
    paper = await made(api, "/documents", document())
    given = {"document_id": paper["id"], "symbol": "Số 152/KH-UBND", "issuer": "UBND tỉnh"}
    for path, body in await naming(api, given):
        record = await made(api, path, body)
        (shown,) = cited_in(record)
        assert shown == {
            "document": summary(paper),
            "symbol": "Số 152/KH-UBND",
            "issuer": "UBND tỉnh",
            "issued_on": None,
        }
        assert (await api.get(f"{path}/{record['id']}")).json() == record
    refused = await api.delete(f"/documents/{paper['id']}", headers=HERE)
    assert refused.json()["referred_by"] == [
        {"resource": "delegations", "count": 4},
        {"resource": "partner_relations", "count": 1},
    ]


async def test_one_of_the_register_and_one_as_printed_stand_side_by_side(api: AsyncClient) -> None:
    paper = await made(api, "/documents", document())
    record = await made(
        api, "/delegations", delegation(decision=[PRINTED, {"document_id": paper["id"]}])
    )
    both = [{**UNKNOWN, **PRINTED}, {**UNKNOWN, "document": summary(paper)}]
    assert record["decision"] == both
    changed = await patch(api, record, decision=[PRINTED])
    assert changed.json()["decision"] == both[:1]
    assert (await api.delete(f"/documents/{paper['id']}", headers=HERE)).status_code == 204


async def test_a_document_that_one_may_not_see_is_null(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    paper = await made(api, "/documents", document())
    given = {"document_id": paper["id"], "symbol": "152/KH-UBND"}
    for path, body in await naming(api, given, visibility="public"):
        record = await made(api, path, body)
        address = f"{path}/{record['id']}"
        for shown in cited_in((await stranger.get(address)).json()):
            assert shown == {**UNKNOWN, "symbol": "152/KH-UBND"}
        for way in (address, f"{address}/history", path):
            assert paper["id"] not in (await stranger.get(way)).text
        assert paper["id"] in (await api.get(f"{address}/history")).text


POINTERS = [
    "/established_by/document_id",
    "/invitation/1/document_id",
    "/decision/0/document_id",
    "/consultations/0/document/document_id",
    "/report/document/document_id",
]


async def test_a_document_that_is_not_there_is_refused(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    """In the same words as one that the caller may not see."""
    await made(api, "/agencies", agency(key="elsewhere"))
    owner = await made(api, "/agencies", agency())
    hidden = await made(
        api, "/documents", document(visibility="agency", owner_agency_id=owner["id"])
    )
    reads = "delegations:read agencies:read partners:read partner_relations:read documents:read"
    writes = "delegations:write partner_relations:write"
    caller = await as_actor(f"{reads} {writes}", agency="elsewhere")
    told = []
    for id_ in (NOTHING, hidden["id"]):
        bodies = await naming(api, {"document_id": id_})
        for (path, body), pointer in zip(bodies, POINTERS, strict=True):
            answer = await caller.post(path, json=body)
            (error,) = answer.json()["errors"]
            assert (answer.status_code, error["pointer"]) == (422, pointer)
            told.append(error)
    assert told[: len(POINTERS)] == told[len(POINTERS) :]


@pytest.mark.parametrize("cited", [{}, {"issuer": "UBND tỉnh"}, {"document_id": None}])
async def test_a_document_is_named_somehow(api: AsyncClient, cited: dict[str, Any]) -> None:
    for (path, body), pointer in zip(await naming(api, cited), POINTERS, strict=True):
        answer = await api.post(path, json=body)
        (error,) = answer.json()["errors"]
        assert error["pointer"] == pointer.replace("document_id", "symbol")
        by = "document by document_id or by its symbol"
        others = "agreement, or the " if path == "/partner-relations" else ""
        assert error["message"] == f"name the {others}{by}"


async def test_a_step_keeps_the_document_that_it_rests_on(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    record = await drafted(api, visibility="public")
    paper = await made(api, "/documents", document())
    answer = await take(api, record, "submit", document_id=paper["id"])
    assert answer.status_code == 201
    assert answer.json()["document"] == summary(paper)
    steps = f"/delegations/{record['id']}/transitions"
    (shown,) = (await api.get(steps)).json()["items"]
    assert shown == answer.json()
    (hidden,) = (await stranger.get(steps)).json()["items"]
    assert hidden == {**shown, "document": None, "actor_id": None}
    assert (await read(api, record))["decision"] == record["decision"]
    unknown = await take(api, record, "return", document_id=NOTHING)
    assert [error["pointer"] for error in unknown.json()["errors"]] == ["/document_id"]
    assert (await read(api, record))["state"] == "submitted"


@pytest.mark.parametrize(
    ("direction", "verb"), [("outbound", "approve"), ("inbound", "permit"), ("domestic", "approve")]
)
async def test_the_document_of_a_decision_becomes_the_decision(
    api: AsyncClient, direction: str, verb: str
) -> None:
    """Once, also where it stands there already; what else was decided stays."""
    paper = await made(api, "/documents", document(symbol="9/QĐ-UBND", type="decision"))
    decided = {**UNKNOWN, "document": summary(paper)}
    for before, after in (
        ([], [decided]),
        ([PRINTED], [{**UNKNOWN, **PRINTED}, decided]),
        ([{"document_id": paper["id"]}], [decided]),
    ):
        record = await drafted(api, direction=direction, countries=["LA"], decision=before)
        await taken(api, record, "submit")
        answer = await take(api, record, verb, document_id=paper["id"])
        assert answer.status_code == 201, answer.text
        shown = await read(api, record)
        assert shown["decision"] == after
        assert shown["version"] == answer.json()["version"] == 3


async def test_a_step_holds_its_document_as_long_as_there_is_the_record(api: AsyncClient) -> None:
    record = await drafted(api)
    paper = await made(api, "/documents", document())
    assert (await take(api, record, "submit", document_id=paper["id"])).status_code == 201
    refused = await api.delete(f"/documents/{paper['id']}", headers=HERE)
    assert refused.json()["referred_by"] == [{"resource": "delegations", "count": 1}]
    await taken(api, record, "cancel")
    assert (await api.delete(f"/delegations/{record['id']}", headers=HERE)).status_code == 204
    assert (await api.delete(f"/documents/{paper['id']}", headers=HERE)).status_code == 204
