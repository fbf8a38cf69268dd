"""From the proposal to the end of an agreement: who takes which step, and what must be there."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.agreements.steps import complete, patch, read, take, taken, told
from tests.factories import agency, agreement, document, made

UNTIL_SIGNED = ("consult", "approve", "sign")


async def test_the_whole_way(api: AsyncClient, today: Callable[[str], None]) -> None:
    today("2026-02-10")
    record = await complete(api)
    assert record["verbs"] == ["consult", "cancel", "record"]
    signed = await taken(api, record, *UNTIL_SIGNED)
    assert (signed["state"], signed["signed_on"]) == ("signed", "2026-02-10")
    running = await taken(api, record, "enter_into_force", "suspend", "resume", note="Vì lũ.")
    assert (running["state"], running["ended_on"]) == ("in_force", None)
    assert running["verbs"] == ["suspend", "expire", "renew", "terminate", "record"]
    over = await taken(api, record, "terminate", on="2026-06-30", note="Hai bên thống nhất.")
    assert (over["state"], over["ended_on"], over["ends_on"]) == (
        "terminated",
        "2026-06-30",
        "2026-06-29",
    )
    steps = (await api.get(f"/agreements/{record['id']}/transitions")).json()["items"]
    assert [step["verb"] for step in steps] == [
        "terminate",
        "resume",
        "suspend",
        "enter_into_force",
        "sign",
        "approve",
        "consult",
    ]


async def test_the_day_of_signing_that_is_known_stays(api: AsyncClient) -> None:
    record = await complete(api, signed_on="2026-H1")
    assert (await taken(api, record, *UNTIL_SIGNED))["signed_on"] == "2026-H1"


ASKED = {"answered_on": None, "opinion": None}


@pytest.mark.parametrize(
    ("before", "changed", "verb", "pointers"),
    [
        ((), {"parties": []}, "consult", ["/parties"]),
        (
            ("consult",),
            {"consultations": [], "documents": []},
            "approve",
            ["/consultations", "/documents"],
        ),
        (("consult", "approve"), {"parties": []}, "sign", ["/parties"]),
        (UNTIL_SIGNED, {"effective": None}, "enter_into_force", ["/effective"]),
        (UNTIL_SIGNED, {"effective": None}, "expire", ["/effective"]),
        (UNTIL_SIGNED, {"effective": "2012/.."}, "expire", ["/effective"]),
        (UNTIL_SIGNED, {"effective": {"duration": "P4Y", "from": "ký"}}, "expire", ["/effective"]),
        (UNTIL_SIGNED, {}, "terminate", ["/note"]),
        (UNTIL_SIGNED, {}, "renew", ["/renewed_by"]),
        ((), {"sources": []}, "record", ["/sources", "/state"]),
    ],
)
async def test_what_a_step_needs(
    api: AsyncClient, before: tuple[str, ...], changed: Any, verb: str, pointers: list[str]
) -> None:
    record = await complete(api)
    await taken(api, record, *before)
    assert (await patch(api, record, **changed)).status_code == 200
    refused = await take(api, record, verb)
    assert refused.status_code == 422, refused.text
    assert [error["pointer"] for error in refused.json()["errors"]] == pointers


async def test_who_was_asked_answers_or_it_is_noted_what_became_of_it(api: AsyncClient) -> None:
    record = await complete(api)
    (asked,) = record["consultations"]
    line = {"agency_id": asked["agency"]["id"], "asked_on": "2026-01-05"}
    await taken(api, record, "consult")
    await patch(api, record, consultations=[line])
    refused = await take(api, record, "approve")
    (error,) = refused.json()["errors"]
    assert error["pointer"] == "/consultations/0/answered_on"
    await patch(api, record, consultations=[line | {"opinion": "Quá hạn không trả lời."}])
    assert (await taken(api, record, "approve"))["state"] == "approved_to_sign"
    assert (await taken(api, record, "return"))["state"] == "proposed"


async def test_the_document_of_a_step_stands_in_the_agreement_once(api: AsyncClient) -> None:
    record = await complete(api, documents=[])
    paper = (await made(api, "/documents", document(symbol=None)))["id"]
    await taken(api, record, "consult")
    signed = await taken(api, record, "approve", "sign", document_id=paper)
    assert [cited["document"]["id"] for cited in signed["documents"]] == [paper]


async def test_it_expires_once_its_period_is_over(api: AsyncClient) -> None:
    record = await told(api, "signed", effective="2024/2025")
    early = await take(api, record, "expire", on="2025-12-31")
    (error,) = early.json()["errors"]
    assert (early.status_code, error["pointer"]) == (422, "/on")
    assert "2025-12-31" in error["message"]
    over = await taken(api, record, "expire", on="2026-01-01")
    assert (over["state"], over["ends_on"]) == ("expired", "2025-12-31")
    lasting = await told(api, "signed", effective="2024/2099")
    ahead = await take(api, lasting, "expire", on="2100-01-01")
    assert (ahead.status_code, ahead.json()["errors"][0]["pointer"]) == (422, "/on")


async def test_a_renewal_needs_a_successor_that_is_signed(api: AsyncClient) -> None:
    first = await told(api, "in_force", effective="2024/2026")
    second = await complete(api, renews_id=first["id"], effective="2026-06/2030")
    refused = await take(api, first, "renew")
    assert refused.json()["errors"][0]["code"] == "no_successor"
    await taken(api, second, *UNTIL_SIGNED)
    renewed = await taken(api, first, "renew", on="2026-06-01")
    assert (renewed["state"], renewed["ends_on"], renewed["renewed_by"]["id"]) == (
        "renewed",
        "2026-05-31",
        second["id"],
    )


async def test_a_source_tells_how_far_it_is(api: AsyncClient) -> None:
    record = await told(api, "in_force")
    again = await take(api, record, "record", state="in_force")
    assert again.json()["errors"][0]["code"] == "same_state"
    api.headers["Accept-Language"] = "vi"
    again = await take(api, record, "record", state="in_force")
    del api.headers["Accept-Language"]
    assert again.json()["errors"][0]["message"] == "thỏa thuận đang ở trạng thái này"
    unasked = await take(api, record, "suspend", state="suspended", note="x")
    assert unasked.json()["errors"][0]["code"] == "state_unasked"
    over = await taken(api, record, "record", state="terminated", on="2026-03-01")
    assert (over["state"], over["ended_on"]) == ("terminated", "2026-03-01")
    back = await taken(api, record, "record", state="in_force", on="2026-03-02")
    assert (back["state"], back["ended_on"]) == ("in_force", None)


async def test_what_is_decided_takes_an_approver(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    await made(api, "/agencies", agency(key="own"))
    officer = await as_actor(agency="own", role="officer")
    record = await complete(officer)
    assert record["verbs"] == ["consult", "cancel", "record"]
    await taken(officer, record, "consult")
    refused = await take(officer, record, "approve")
    assert (refused.status_code, refused.json()["permission"]) == (403, "agreements:approve")
    approver = await as_actor(agency="own", role="approver")
    await taken(approver, record, "approve")
    assert (await read(officer, record))["verbs"] == ["sign"]
    refused = await take(officer, record, "cancel")
    assert refused.json()["permission"] == "agreements:approve"
    assert (await taken(approver, record, "cancel"))["state"] == "cancelled"


async def test_only_what_was_never_agreed_is_removed(api: AsyncClient) -> None:
    signed, proposed = await told(api, "signed"), await made(api, "/agreements", agreement())
    cancelled = await taken(api, await complete(api), "cancel")
    for record, status in ((signed, 409), (proposed, 204), (cancelled, 204)):
        answer = await api.delete(f"/agreements/{record['id']}", headers={"If-Match": "*"})
        assert answer.status_code == status
