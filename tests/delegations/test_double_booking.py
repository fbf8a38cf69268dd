"""Nobody is in two delegations at once: the database refuses, and says who and when."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from tests.delegations.steps import drafted, patch, read, take, taken
from tests.factories import agency, made

APPROVED = {
    "outbound": ["submit", "approve"],
    "domestic": ["submit", "approve"],
    "inbound": ["submit", "permit"],
}


@pytest.fixture
async def office(api: AsyncClient) -> Any:
    return await made(api, "/agencies", agency())


def person(office: Any, key: str = "nv-017", name: str = "Nguyễn Văn A") -> dict[str, Any]:
    return {"name": name, "agency_id": office["id"], "person_key": key}


async def going(api: AsyncClient, office: Any, when: Any, *verbs: str, **changed: Any) -> Any:
    """A delegation with the one person in it, after these steps."""
    changed = {"members": [person(office)]} | changed
    return await taken(api, await drafted(api, when=when, **changed), *verbs)


def clash(refused: Any) -> str:
    assert refused.status_code == 409, refused.text
    assert refused.json()["type"].endswith("/duplicate")
    (error,) = refused.json()["errors"]
    assert error["pointer"] == "/members"
    message: str = error["message"]
    return message


@pytest.mark.parametrize("direction", APPROVED)
async def test_the_second_is_refused_with_the_name_and_the_days(
    api: AsyncClient, office: Any, direction: str
) -> None:
    *_, approve = APPROVED[direction]
    await going(api, office, "2026-12-01/2026-12-05", "submit", "approve")
    second = await going(api, office, "2026-12-04/2026-12-08", "submit", direction=direction)
    message = clash(await take(api, second, approve))
    assert message == "Nguyễn Văn A (nv-017) is in another delegation on 2026-12-04 to 2026-12-05"
    assert (await read(api, second))["state"] == "submitted"
    api.headers["accept-language"] = "vi"
    message = clash(await take(api, second, approve))
    assert message == ("Nguyễn Văn A (nv-017) đã ở trong đoàn khác ngày 2026-12-04 đến 2026-12-05")


@pytest.mark.parametrize(
    ("first", "second", "is_free"),
    [
        ("2026-12-01/2026-12-05", "2026-12-05", False),
        ("2026-12-01", "2026-12-01", False),
        ("2026-12-01/2026-12-05", "2026-12-06", True),
        ("2026-12-01/2026-12-05", "2026-11-30", True),
        # Only what is known to the day at both ends binds.
        ("2026-12-01/2026-12-05", "2026-12", True),
        ("2026-12-01/2026-12", "2026-12-02", True),
        ("2026-12-01/..", "2026-12-02", True),
        ("../2026-12-05", "2026-12-02", True),
        ("2026-H2", "2026-12-02", True),
        ({"duration": "P1W", "from": "the invitation"}, "2026-12-02", True),
    ],
)
async def test_days_that_meet_bind_if_they_are_known(
    api: AsyncClient, office: Any, first: Any, second: Any, *, is_free: bool
) -> None:
    await going(api, office, first, "submit", "approve")
    record = await going(api, office, second, "submit")
    answer = await take(api, record, "approve")
    assert answer.status_code == (201 if is_free else 409), answer.text


@pytest.mark.parametrize(
    ("direction", "verbs"),
    [
        ("outbound", ["submit", "approve"]),
        ("outbound", ["submit", "approve", "depart"]),
        ("outbound", ["submit", "approve", "depart", "complete"]),
        ("outbound", ["submit", "approve", "depart", "complete", "report"]),
        ("outbound", ["submit", "approve", "depart", "complete", "report", "close"]),
        ("inbound", ["submit", "permit"]),
        ("inbound", ["submit", "permit", "approve_programme"]),
        ("inbound", ["submit", "permit", "approve_programme", "receive"]),
        ("inbound", ["submit", "permit", "approve_programme", "receive", "report"]),
    ],
)
async def test_from_the_approval_on_a_person_is_bound(
    api: AsyncClient, office: Any, direction: str, verbs: list[str]
) -> None:
    second = await going(api, office, "2026-12-01", "submit")
    await going(api, office, "2026-12-01", *verbs, direction=direction)
    clash(await take(api, second, "approve"))


@pytest.mark.parametrize(
    "verbs",
    [
        [],
        ["submit"],
        ["submit", "return"],
        ["submit", "reject"],
        ["submit", "approve", "postpone"],
        ["submit", "approve", "cancel"],
        ["record"],
        ["record", "cancel"],
    ],
)
async def test_what_is_not_approved_binds_nobody(
    api: AsyncClient, office: Any, verbs: list[str]
) -> None:
    await going(api, office, "2026-12-01", *verbs)
    await going(api, office, "2026-12-01", "submit", "approve")


async def test_only_the_same_key_of_the_same_agency_is_the_same_person(
    api: AsyncClient, office: Any
) -> None:
    other = await made(api, "/agencies", agency())
    await going(api, office, "2026-12-01", "submit", "approve")
    nobody = {"name": "Nguyễn Văn A", "agency_id": office["id"]}
    members = [person(other), person(office, "nv-018"), nobody, person(office, "NV-017")]
    await going(api, office, "2026-12-01", "submit", "approve", members=members)


async def test_one_person_twice_in_one_delegation_is_no_clash(
    api: AsyncClient, office: Any
) -> None:
    members = [person(office), person(office, name="Nguyễn Văn A, trưởng đoàn")]
    await going(api, office, "2026-12-01", "submit", "approve", members=members)


async def test_a_change_of_what_is_approved_is_checked_too(api: AsyncClient, office: Any) -> None:
    await going(api, office, "2026-12-01/2026-12-05", "submit", "approve")
    later = await going(api, office, "2026-12-10", "submit", "approve")
    clash(await patch(api, later, when="2026-12-05/2026-12-10"))
    free = await going(api, office, "2026-12-02", "submit", "approve", members=[])
    assert "Nguyễn" in clash(await patch(api, free, members=[person(office)]))
    assert (await patch(api, free, note="no change of members")).status_code == 200
    assert (await patch(api, later, when="2026-12-06/2026-12-10")).status_code == 200


async def test_who_leaves_a_delegation_is_free(api: AsyncClient, office: Any) -> None:
    first = await going(api, office, "2026-12-01", "submit", "approve")
    second = await going(api, office, "2026-12-01", "submit")
    clash(await take(api, second, "approve"))
    await patch(api, first, members=[])
    assert (await take(api, second, "approve")).status_code == 201
    third = await going(api, office, "2026-12-01", "submit")
    await taken(api, second, "cancel")
    assert (await take(api, third, "approve")).status_code == 201


async def test_of_racing_approvals_one_wins(api: AsyncClient, office: Any) -> None:
    """Several members in different orders: they wait for each other and do not deadlock."""
    people = [person(office, f"nv-{n}", name) for n, name in enumerate("ABCD")]
    records = [
        await going(
            api,
            office,
            f"2026-12-01/2026-12-0{n + 1}",
            "submit",
            members=people[n:] + people[:n],
        )
        for n in range(4)
    ]
    answers = await asyncio.gather(*(take(api, record, "approve") for record in records))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    for answer in answers:
        if answer.status_code == 409:
            assert clash(answer).startswith("A (nv-0) is in another delegation on 2026-12-01")


async def test_the_clash_shows_no_day_of_the_other_delegation_alone(
    api: AsyncClient, office: Any
) -> None:
    await going(api, office, "2026-12-01/2026-12-31", "submit", "approve", visibility="internal")
    second = await going(api, office, "2026-12-10", "submit")
    assert clash(await take(api, second, "approve")).endswith("on 2026-12-10")
