"""What waits for the caller's agency, and why; nobody else's."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from httpx import AsyncClient

from sonla_api.kit.cursors import seal
from sonla_api.workloads.schemas import WorkReason
from tests.conftest import Connection
from tests.factories import agency, delegation, made
from tests.kit.test_records import assert_no_default_is_left_out, counted, documented
from tests.routes import MINE, Operation
from tests.test_hostile import QUERIES, is_plain
from tests.workloads import rows

WORK = [operation for operation in MINE if operation.about["tags"] == ["assignments"]]

ALL = "assignments:read assignments:approve delegations:read delegations:approve"


class House(NamedTuple):
    ids: dict[str, str]
    department: AsyncClient
    office: AsyncClient
    sibling: AsyncClient


@pytest.fixture
async def house(
    api: AsyncClient, as_actor: Callable[..., Any], today: Callable[[str], None]
) -> House:
    """A department with an office below it, and another department."""
    today("2026-11-26")
    ids: dict[str, str] = {}
    for key, above in (("department", None), ("office", "department"), ("sibling", None)):
        body = agency(key=key, parent_id=above and ids[above])
        ids[key] = (await made(api, "/agencies", body))["id"]
    return House(ids, *[await as_actor(ALL, agency=key) for key in ids])


async def waiting(client: AsyncClient, query: str = "") -> list[tuple[str, str | None, list[str]]]:
    answer = await client.get(f"/me/work?limit=200&{query}")
    assert answer.status_code == 200, answer.text
    return [
        (item["title"]["en"], item["due_on"], item["reasons"]) for item in answer.json()["items"]
    ]


async def work(
    database: "Connection[Any]", agency_id: str, name: str, due: str | None = None, **values: Any
) -> UUID:
    """An assignment to a task of this name."""
    plan = await rows.plan(database)
    due_on = due and {"kind": "date", "on": due}
    title = {"vi": None, "en": name, "lo": None}
    task = await rows.task(database, plan, due=due_on, title=title)
    return await rows.assignment(database, task, UUID(agency_id), **values)


async def test_assignments_wait_for_those_who_have_them(
    house: House, database: "Connection[Any]"
) -> None:
    office = house.ids["office"]
    at_work = {"state": "in_progress"}
    await work(database, office, "late", "2026-11-25", **at_work)
    await work(database, office, "soon", "2026-12-03", **at_work)
    await work(database, office, "later", "2026-12-04", **at_work)
    await work(database, office, "new", "2026-12-04")
    await work(database, office, "new and late", "2026-11-01")
    await work(database, office, "returned", None, state="returned")
    await work(database, office, "submitted", "2026-11-01", state="submitted")
    await work(database, office, "done", "2026-11-01", done_on="2026-11-20")
    await work(database, office, "withdrawn", "2026-11-01", cancelled_on="2026-11-20")
    await work(
        database,
        house.ids["sibling"],
        "elsewhere",
        "2026-11-01",
        visibility="agency",
        owner_agency_id=UUID(house.ids["sibling"]),
    )
    expected = [
        ("new and late", "2026-11-01", ["overdue", "to_accept"]),
        ("late", "2026-11-25", ["overdue"]),
        ("soon", "2026-12-03", ["due_soon"]),
        ("new", "2026-12-04", ["to_accept"]),
        ("returned", None, ["returned"]),
    ]
    assert await waiting(house.office) == await waiting(house.department) == expected
    assert [title for title, *_ in await waiting(house.sibling)] == ["elsewhere"]


async def test_each_item_leads_to_its_record(
    api: AsyncClient, house: House, database: "Connection[Any]"
) -> None:
    id_ = await work(database, house.ids["office"], "late", "2026-11-25")
    (item,) = (await house.office.get("/me/work")).json()["items"]
    assert (item["resource"], item["id"]) == ("assignments", str(id_))
    assert item["agency"]["id"] == house.ids["office"]
    record = (await api.get(item["href"].removeprefix("/api/v1"))).json()
    assert record["task"]["title"] == item["title"]


async def test_owners_decide_on_what_is_put_before_them(
    house: House, database: "Connection[Any]", as_actor: Callable[..., Any]
) -> None:
    owner = {"owner_agency_id": UUID(house.ids["department"])}
    sibling = house.ids["sibling"]
    await work(database, sibling, "result", "2026-11-01", state="submitted", **owner)
    await work(database, sibling, "extension", "2026-11-20", state="extension_requested", **owner)
    await work(database, sibling, "at work", "2027-11-20", state="in_progress", **owner)
    assert await waiting(house.department) == [
        ("result", "2026-11-01", ["result_to_decide"]),
        ("extension", "2026-11-20", ["extension_to_decide"]),
    ]
    assert await waiting(house.sibling) == await waiting(house.office) == []
    reader = await as_actor("assignments:read", agency="department")
    assert await waiting(reader) == []


async def test_delegations_to_answer_to_report_on_and_to_approve(
    api: AsyncClient, house: House, as_actor: Callable[..., Any]
) -> None:
    office, department = house.ids["office"], house.ids["department"]
    asked = [{"agency_id": office, "due_on": "2026-11-20"}, {"agency_id": department}]
    answered = [{"agency_id": office, "answered_on": "2026-11-20"}, {"agency_id": department}]
    for title, body in (
        ("asked", {"consultations": asked}),
        ("answered", {"consultations": answered}),
        ("unasked", {"members": [{"name": "Lò Văn A", "agency_id": office}]}),
        ("proposed", {"owner_agency_id": department, "lead_agency_id": office}),
        ("travelled", {"lead_agency_id": office, "when": "2026-06-01/2026-06-03"}),
    ):
        record = await made(api, "/delegations", delegation(title={"en": title}, **body))
        steps = {"proposed": ["submit"], "travelled": ["submit", "approve", "depart", "complete"]}
        decision = {"decision": [{"symbol": "1/QĐ-UBND"}]}
        address = f"/delegations/{record['id']}"
        await api.patch(address, json=decision, headers={"If-Match": "*"})
        for verb in steps.get(title, []):
            answer = await api.post(
                f"{address}/transitions", json={"verb": verb}, headers={"If-Match": "*"}
            )
            assert answer.status_code == 201, answer.text
    ahead = ("travelled", "2026-06-24", ["report_overdue"])
    proposed = ("proposed", "2026-12-01", ["delegation_to_decide"])
    assert await waiting(house.office) == [ahead, ("asked", "2026-11-20", ["to_answer"])]
    assert await waiting(house.department) == [
        ahead,
        ("asked", "2026-11-20", ["to_answer"]),
        proposed,
        ("answered", None, ["to_answer"]),
    ]
    assert await waiting(house.department, "reason=delegation_to_decide") == [proposed]
    reader = await as_actor("assignments:read", agency="department")
    assert await waiting(reader) == []
    reader = await as_actor("assignments:read delegations:read", agency="department")
    assert proposed not in await waiting(reader)


async def test_work_comes_in_pages(house: House, database: "Connection[Any]") -> None:
    for number in range(7):
        due = f"2026-11-0{number // 2 + 1}" if number < 5 else None
        await work(database, house.ids["office"], str(number), due)
    whole = await waiting(house.office)
    for reasons in ("", "&reason=overdue&reason=to_accept"):
        found: list[str] = []
        address = f"/me/work?limit=2&count=exact{reasons}"
        while address:
            page = await house.office.get(address)
            assert page.json()["total"] == 7
            found += [item["title"]["en"] for item in page.json()["items"]]
            address = page.links["next"]["url"].removeprefix("/api/v1") if page.links else ""
        assert found == [title for title, *_ in whole]
    cursor = (await house.office.get("/me/work?limit=2")).json()["next_cursor"]
    for wrong in (f"cursor={cursor}&reason=overdue", "cursor=x"):
        assert (await house.office.get(f"/me/work?{wrong}")).status_code == 400
    assert (await house.office.get("/me/work?limit=201")).status_code == 422
    assert (await house.sibling.get("/me/work?count=exact")).json()["total"] == 0


async def test_it_is_told_whose_work_it_would_be(
    api: AsyncClient, stranger: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    assert (await stranger.get("/me/work")).status_code == 401
    for client in (api, await as_actor("assignments:read")):
        answer = await client.get("/me/work")
        assert (answer.status_code, answer.json()["type"]) == (403, "/docs/problems/no-agency")


async def test_a_cursor_by_hand_does_no_harm(house: House, database: "Connection[Any]") -> None:
    await work(database, house.ids["office"], "late", "2026-11-25")
    for position in (["2026-01-01", "no id"], ["no day", str(UUID(int=1))]):
        cursor = seal(position, list(WorkReason))
        answer = await house.office.get(f"/me/work?cursor={cursor}")
        assert is_plain(answer), answer.text


@pytest.mark.parametrize("operation", WORK, ids=str)
async def test_what_is_ones_own_is_answered_as_other_lists_are(
    house: House, database: "Connection[Any]", as_actor: Callable[..., Any], operation: Operation
) -> None:
    """The rules over all lists, which ask without an agency."""
    address = f"http://test{operation.at()}"
    await work(database, house.ids["office"], "late", "2026-11-25")
    answer = await house.office.get(address)
    documented(operation).validate(answer.json())
    assert answer.json()["items"]
    assert_no_default_is_left_out(operation, answer.json())
    unknown = await house.office.get(address, params={"colour": "red"})
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (400, "unknown_parameter")
    reader = await as_actor("delegations:read", agency="office")
    assert (await reader.get(address)).json()["permission"] == "assignments:read"
    for parameter in operation.about["parameters"]:
        for value in QUERIES:
            query: dict[str, Any] = {parameter["name"]: value}
            found = await house.office.get(address, params=query)
            assert is_plain(found), (parameter, value)


async def test_it_takes_one_query_however_much_it_is(
    house: House, database: "Connection[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.office.get("/me/work")
    for _ in range(5):
        await work(database, house.ids["office"], "late", "2026-11-25")
        with counted(monkeypatch) as sent:
            await house.office.get("/me/work?count=exact")
        assert len(sent) == 1
