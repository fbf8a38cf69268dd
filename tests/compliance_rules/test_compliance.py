"""What the rules say of a delegation: the version valid on the day, and the numbers compared."""

from collections.abc import Callable
from typing import Any

import pytest
from asyncpg import Connection
from httpx import AsyncClient

from tests.delegations.steps import drafted, patch, put, read, taken
from tests.factories import agency, calendar_day, compliance_rule, delegation, made

CHAIR = "Chủ tịch UBND tỉnh"
HERE = {"If-Match": "*"}


@pytest.fixture(autouse=True)
def in_november(today: Callable[[str], None]) -> None:
    today("2026-11-02")


@pytest.fixture
async def office(api: AsyncClient) -> Any:
    return await made(api, "/agencies", agency())


def person(office: Any, key: str | None = "nv-017", **changed: Any) -> dict[str, Any]:
    return {"name": "Lò Văn Páo", "agency_id": office["id"], "person_key": key} | changed


async def rule(api: AsyncClient, kind: str, limit: int, **changed: Any) -> Any:
    code = changed.pop("code", kind.replace("_", "-"))
    return await made(
        api, "/compliance-rules", compliance_rule(code, kind=kind, limit=limit, **changed)
    )


async def judged(api: AsyncClient, record: Any) -> Any:
    answer = await api.get(f"/delegations/{record['id']}/compliance")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def checked(api: AsyncClient, record: Any) -> Any:
    """The only check."""
    (check,) = (await judged(api, record))["checks"]
    return check


def numbers(check: Any) -> tuple[str, int | None, int | None]:
    return check["result"], check["limit"], check["actual"]


NOT = ("not_applicable", None, None)


async def test_trips_of_a_person_in_the_year_are_counted(
    api: AsyncClient, office: Any, database: "Connection[Any]"
) -> None:
    """By the day on which each begins; of whom no key is known nothing can be counted."""
    limited = await rule(api, "trips_per_year", 2, directions=["outbound"])
    members = {"members": [person(office), person(office), person(office, None)]}
    record = await made(api, "/delegations", delegation(**members))
    for when, state, changed in (
        ("2026-02-02/2026-02-06", "recorded", {}),
        ("2026-12-30/2027-01-03", "approved", {}),
        ("2025-12-30/2026-01-03", "closed", {}),  # of another year
        ("2026-03", "draft", {}),  # not decided on
        ("2026-04", "recorded", {"direction": "inbound"}),
        ("2026-05", "recorded", {"members": [person(office, "nv-018")]}),
        (None, "recorded", {}),
    ):
        body = delegation(when=when, title={"vi": str(when)}, **members | changed)
        await put(database, await made(api, "/delegations", body), state)
    answer = await judged(api, record)
    check, others = answer["checks"]
    assert numbers(check) == ("warning", 2, 3)
    assert (check["pointer"], check["on"], check["day"]) == (
        "/members/0",
        "2026-12-01",
        "departure",
    )
    assert check["rule"] == {"id": limited["id"], "code": "trips-per-year", "edition": 1}
    assert check["why"]["vi"] == "Lò Văn Páo: 3 chuyến đi trong năm 2026, tối đa 2."
    assert [it["title"]["vi"] for it in check["counted"]] == [
        "2026-02-02/2026-02-06",
        "2026-12-30/2027-01-03",
    ]
    for it in check["counted"]:
        shown = await api.get(f"http://test{it['href']}")
        assert shown.json()["when"] == it["when"]
    assert (others["pointer"], numbers(others)) == ("/members", NOT)
    assert others["why"]["en"].startswith("1 members have no person_key")
    assert (answer["passed"], answer["warnings"], answer["not_applicable"]) == (0, 1, 1)


async def test_trips_may_be_limited_for_positions_alone(api: AsyncClient, office: Any) -> None:
    await rule(api, "trips_per_year", 1, positions=["CHU TICH UBND tinh"])
    chair = person(office, "ct", position=CHAIR)
    both = await made(api, "/delegations", delegation(members=[person(office), chair]))
    check = await checked(api, both)
    assert (check["pointer"], numbers(check)) == ("/members/1", ("pass", 1, 1))
    alone = await made(api, "/delegations", delegation(members=[person(office)]))
    check = await checked(api, alone)
    assert (check["pointer"], numbers(check)) == ("/members", NOT)


async def test_hidden_trips_count_and_are_not_named(
    api: AsyncClient, as_actor: Callable[..., Any], office: Any, database: "Connection[Any]"
) -> None:
    await rule(api, "trips_per_year", 1)
    await rule(api, "headcount", 1, visibility="agency", owner_agency_id=office["id"])
    record = await made(api, "/delegations", delegation(members=[person(office)]))
    other = await made(api, "/agencies", agency(key="khac"))
    secret = {"visibility": "agency", "owner_agency_id": other["id"]}
    third = await made(
        api, "/delegations", delegation(when="2026-03", members=[person(office)], **secret)
    )
    await put(database, third, "recorded")
    await database.execute("update delegations set taking_part = '{}' where id = $1", third["id"])
    check, _ = (await judged(api, record))["checks"][:2]
    assert (check["hidden"], len(check["counted"])) == (0, 1)
    caller = await as_actor("delegations:read")
    answer = await judged(caller, record)
    (check,) = answer["checks"]
    assert (*numbers(check), check["hidden"], check["counted"]) == ("warning", 1, 2, 1, [])
    assert answer["hidden_rules"] == 1


@pytest.mark.parametrize(
    ("kind", "given", "body", "expected"),
    [
        ("headcount", {}, {"headcount": 8}, ("pass", 8, 8)),
        ("headcount", {}, {"headcount": 9}, ("warning", 8, 9)),
        ("headcount", {}, {"headcount": None}, NOT),
        ("headcount", {"levels": ["department"]}, {"headcount": 9}, NOT),
        (
            "headcount",
            {"levels": ["department"]},
            {"headcount": 9, "level": "department"},
            ("warning", 8, 9),
        ),
        ("headcount", {"directions": ["inbound"]}, {"headcount": 9}, NOT),
        ("countries_per_trip", {}, {"countries": ["LA", "TH", "LA"]}, ("pass", 8, 2)),
        ("countries_per_trip", {}, {"countries": []}, NOT),
        ("days_per_trip", {}, {"when": "2026-12-01/2026-12-09"}, ("warning", 8, 9)),
        ("days_per_trip", {}, {"when": "2026-12-01"}, ("pass", 8, 1)),
        ("days_per_trip", {}, {"when": "2026-12"}, NOT),
        ("days_per_trip", {}, {"when": None}, NOT),
        ("days_per_trip", {}, {"when": "../2026-12-01"}, NOT),
        ("days_per_trip", {"country_count": 2}, {"countries": ["LA"]}, NOT),
        ("days_per_trip", {"country_count": 1}, {"countries": ["LA"]}, ("pass", 8, 3)),
        ("days_per_trip", {"valid": "2027/.."}, {}, NOT),
    ],
)
async def test_what_a_trip_itself_says_is_compared(
    api: AsyncClient, kind: str, given: Any, body: Any, expected: Any
) -> None:
    await rule(api, kind, 8, **given)
    record = await made(api, "/delegations", delegation(**body))
    assert numbers(await checked(api, record)) == expected


async def test_each_day_has_the_version_valid_on_it(api: AsyncClient) -> None:
    for edition, limit, valid in ((1, 5, "../2025-12-07"), (2, 8, "2025-12-08/2026-06")):
        await rule(api, "headcount", limit, edition=edition, valid=valid)
    bodies = [
        delegation(when=when, headcount=7)
        for when in ("2025-12-07/2025-12-09", "2025-12-08", "2026-07")
    ]
    found = [await checked(api, await made(api, "/delegations", body)) for body in bodies]
    assert [(it["rule"] and it["rule"]["edition"], it["result"]) for it in found] == [
        (1, "warning"),
        (2, "pass"),
        (None, "not_applicable"),
    ]
    assert found[2]["why"]["en"] == "No version of the rule was valid on 2026-07-01."
    assert (found[2]["code"], found[2]["href"]) == ("headcount", None)


async def test_key_leaders_away_at_once_are_counted_on_the_worst_day(
    api: AsyncClient, office: Any, database: "Connection[Any]"
) -> None:
    positions = [CHAIR, "Bí thư Tỉnh ủy", "Chủ tịch HĐND tỉnh"]
    await rule(api, "leaders_at_once", 1, positions=positions, directions=["outbound"])
    chair = person(office, "ct", position=CHAIR)
    own = delegation(when="2026-12-01/2026-12-10", head_position=CHAIR, members=[chair])
    record = await made(api, "/delegations", own)
    assert numbers(await checked(api, record)) == ("pass", 1, 1)
    for when, state, changed in (
        ("2026-12-02/2026-12-03", "approved", {"head_position": "bi thu TINH UY"}),
        ("2026-12-05/2026-12-20", "recorded", {"head_position": "Chủ tịch HĐND tỉnh"}),
        ("2026-12-07", "recorded", {"head_position": "Bí thư Tỉnh ủy"}),
        ("2026-12-07/2026-12-08", "recorded", {"members": [chair]}),  # the same person
        ("2026-12-07", "draft", {"head_position": "Bí thư Tỉnh ủy"}),
        ("2026-12", "recorded", {"head_position": "Bí thư Tỉnh ủy"}),  # not known to the day
        ("2026-12-07", "recorded", {"head_position": "Phó Chủ tịch UBND tỉnh"}),
        ("2026-12-07", "recorded", {"head_position": CHAIR, "direction": "inbound"}),
        ("2026-12-11", "recorded", {"head_position": "Bí thư Tỉnh ủy"}),
    ):
        body = delegation(when=when, **changed)
        await put(database, await made(api, "/delegations", body), state)
    check = await checked(api, record)
    assert numbers(check) == ("warning", 1, 3)
    assert check["why"]["vi"] == "3 lãnh đạo chủ chốt cùng đi ngày 2026-12-07, tối đa 1."
    assert [it["when"] for it in check["counted"]] == [
        "2026-12-05/2026-12-20",
        "2026-12-07",
        "2026-12-07/2026-12-08",
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"when": "2026-12", "head_position": CHAIR}, NOT),
        ({"when": "2026-12/..", "head_position": CHAIR, "members": "secretary"}, ("warning", 1, 2)),
        ({"head_position": "Giám đốc sở"}, NOT),
        ({"head_position": None, "members": "secretary"}, ("pass", 1, 1)),
    ],
)
async def test_key_leaders_of_one_delegation(
    api: AsyncClient, office: Any, body: Any, expected: Any
) -> None:
    """Two in one are too many, whenever it is."""
    await rule(api, "leaders_at_once", 1, positions=[CHAIR, "Bí thư Tỉnh ủy"])
    if "members" in body:
        body = body | {"members": [person(office, None, position="Bí thư Tỉnh ủy")]}
    record = await made(api, "/delegations", delegation(**body))
    assert numbers(await checked(api, record)) == expected


async def test_a_dossier_is_to_be_in_before_departure(
    api: AsyncClient, today: Callable[[str], None], database: "Connection[Any]"
) -> None:
    """In working days by the calendar; a draft is told how it would be today."""
    await rule(api, "dossier_lead_time", 21, counted_in="working")
    await made(api, "/calendar-days", calendar_day("2026-11-24", kind="holiday"))
    record = await drafted(api, when="2026-12-01/2026-12-03")
    check = await checked(api, record)
    assert (*numbers(check), check["on"], check["done_on"]) == (
        "warning",
        21,
        20,
        "2026-11-02",
        None,
    )
    assert check["why"]["en"].startswith("Submitted today it would be 20 days")
    await patch(api, record, when="2026-12-02/2026-12-03")
    await taken(api, record, "submit")
    today("2026-11-20")
    check = await checked(api, record)
    assert (*numbers(check), check["done_on"], check["day"]) == (
        "pass",
        21,
        21,
        "2026-11-02",
        "submission",
    )
    told = await made(api, "/delegations", delegation())
    await put(database, told, "recorded")
    assert numbers(await checked(api, told)) == NOT
    unknown = await made(api, "/delegations", delegation(when=None))
    assert numbers(await checked(api, unknown)) == NOT


async def test_a_dossier_may_be_due_in_calendar_days(api: AsyncClient) -> None:
    await rule(api, "dossier_lead_time", 29, counted_in="calendar")
    record = await made(api, "/delegations", delegation(when="2026-12-01"))
    assert numbers(await checked(api, record)) == ("pass", 29, 29)


async def test_consultations_follow_the_version_valid_on_receipt(
    api: AsyncClient, office: Any, today: Callable[[str], None]
) -> None:
    """Calendar days before, working days since; a day that was given goes before both."""
    await made(api, "/calendar-days", calendar_day("2026-10-07", kind="holiday"))
    old = {"edition": 1, "counted_in": "calendar", "valid": "2020/2026-09"}
    new = {"edition": 2, "counted_in": "working", "valid": "2026-10-01/.."}
    await rule(api, "consultation_reply", 7, **old)
    in_force = await rule(api, "consultation_reply", 5, **new)
    asked = [
        {"received_on": "2026-09-30", "answered_on": "2026-10-07"},
        {"received_on": "2026-10-01", "answered_on": "2026-10-09"},
        {"received_on": "2026-10-01", "answered_on": "2026-10-10"},  # a Saturday
        {"received_on": "2026-10-01", "due_on": "2026-10-20", "answered_on": "2026-10-19"},
        {"received_on": "2026-10-30"},
        {"asked_on": "2026-10-30"},
    ]
    body = delegation(consultations=[{"agency_id": office["id"], **it} for it in asked])
    record = await made(api, "/delegations", body)
    shown = (await read(api, record))["consultations"]
    assert shown == record["consultations"]
    due = ["2026-10-07", "2026-10-09", "2026-10-09", "2026-10-20", "2026-11-06", None]
    assert [it["due_on"] for it in shown] == due
    assert [it["due_rule"] and it["due_rule"]["edition"] for it in shown] == [
        1,
        2,
        2,
        None,
        2,
        None,
    ]
    assert shown[1]["due_rule"]["id"] == in_force["id"]
    checks = (await judged(api, record))["checks"]
    assert [check["pointer"] for check in checks] == [f"/consultations/{n}" for n in range(6)]
    assert [numbers(check) for check in checks] == [
        ("pass", 7, 7),
        ("pass", 5, 5),
        ("warning", 5, 6),
        ("pass", None, 11),
        ("pass", 5, 1),
        NOT,
    ]
    assert [check["due_on"] for check in checks] == due
    today("2026-11-07")
    assert numbers((await judged(api, record))["checks"][4]) == ("warning", 5, 6)
    nobody = await made(api, "/delegations", delegation())
    assert numbers(await checked(api, nobody)) == NOT


async def test_reports_are_due_by_the_rule_valid_on_the_last_day(
    api: AsyncClient, today: Callable[[str], None], database: "Connection[Any]"
) -> None:
    """Else by the setting; of several the first counts; an example moves no due day."""
    record = await drafted(api, when="2026-11-03/2026-11-06", report=None)
    await rule(api, "report_due", 1, counted_in="calendar", code="example", is_example=True)

    async def due() -> str:
        return str((await read(api, record))["report_due_on"])

    assert await due() == "2026-11-27"
    await rule(api, "report_due", 20, counted_in="calendar", code="a", valid="2026-11-06")
    assert await due() == "2026-11-26"
    await rule(api, "report_due", 10, counted_in="working", code="b", levels=["department"])
    assert await due() == "2026-11-26"
    await patch(api, record, level="department")
    assert await due() == "2026-11-20"
    await rule(api, "report_due", 3, counted_in="working", code="c", directions=["inbound"])
    assert await due() == "2026-11-20"

    async def found() -> list[Any]:
        checks = (await judged(api, record))["checks"]
        return [numbers(check) for check in checks]

    assert await found() == [NOT] * 4
    await put(database, record, "completed")
    today("2026-11-21")  # a Saturday
    assert await found() == [("pass", 20, 15), ("warning", 10, 11), NOT, ("warning", 1, 15)]
    await patch(api, record, report={"submitted_on": "2026-11-20"})
    checks = (await judged(api, record))["checks"]
    assert [numbers(check) for check in checks] == [
        ("pass", 20, 14),
        ("pass", 10, 10),
        NOT,
        ("warning", 1, 14),
    ]
    assert [check["is_example"] for check in checks] == [False, False, False, True]
    await patch(api, record, report=None)
    await put(database, record, "recorded")
    assert await found() == [NOT] * 4


async def test_an_example_taken_into_force_moves_due_days_from_its_first_day_on(
    api: AsyncClient, office: Any
) -> None:
    """And a later version those since its own; the check names each version and compares."""
    asked = [
        {"agency_id": office["id"], "received_on": day} for day in ("2026-09-30", "2026-10-01")
    ]
    trips = [
        await drafted(api, when=f"{last}/{last}", report=None, consultations=asked)
        for last in ("2026-09-30", "2026-10-01")
    ]

    async def due() -> list[tuple[str | None, ...]]:
        shown = [await read(api, trip) for trip in trips]
        replies = [it["due_on"] for it in shown[0]["consultations"]]
        return [tuple(it["report_due_on"] for it in shown), tuple(replies)]

    before = await due()
    assert before[1] == (None, None)
    since = {"counted_in": "calendar", "valid": "2020/2026-09", "is_example": True}
    report = await rule(api, "report_due", 7, **since)
    reply = await rule(api, "consultation_reply", 3, **since)
    assert await due() == before
    decided = {"is_example": False, "legal_basis": [{"symbol": "12/2026/QĐ-UBND"}]}
    for known in (report, reply):
        address = f"/compliance-rules/{known['id']}"
        changed = await api.patch(address, json=decided, headers=HERE)
        assert changed.status_code == 200, changed.text
    assert await due() == [("2026-10-07", before[0][1]), ("2026-10-03", None)]
    later = {"edition": 2, "counted_in": "calendar", "valid": "2026-10-01/.."}
    await rule(api, "report_due", 20, **later)
    await rule(api, "consultation_reply", 10, **later)
    assert await due() == [("2026-10-07", "2026-10-21"), ("2026-10-03", "2026-10-11")]
    checks = (await judged(api, trips[1]))["checks"]
    assert [(it["rule"]["edition"], it["due_on"], *numbers(it)) for it in checks] == [
        (1, "2026-10-03", "warning", 3, 33),
        (2, "2026-10-11", "warning", 10, 32),
        (2, "2026-10-21", "warning", 20, 32),
    ]


async def test_the_work_of_those_asked_is_due_by_the_rule(
    api: AsyncClient, as_actor: Callable[..., Any], database: "Connection[Any]"
) -> None:
    await rule(api, "consultation_reply", 5, counted_in="calendar")
    asked = await made(api, "/agencies", agency(key="hoi"))
    body = {"consultations": [{"agency_id": asked["id"], "received_on": "2026-10-30"}]}
    await put(database, await made(api, "/delegations", delegation(**body)), "submitted")
    caller = await as_actor("assignments:read delegations:read", agency="hoi")
    (item,) = (await caller.get("/me/work")).json()["items"]
    assert (item["reasons"], item["due_on"]) == (["to_answer"], "2026-11-04")


async def test_it_is_no_stranger_s_to_know(
    api: AsyncClient, stranger: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    record = await made(api, "/delegations", delegation(visibility="public"))
    address = f"/delegations/{record['id']}/compliance"
    assert (await stranger.get(f"/delegations/{record['id']}")).status_code == 200
    assert (await stranger.get(address)).status_code == 401
    assert (await (await as_actor("partners:read")).get(address)).status_code == 403
    assert (await judged(api, record))["checks"] == []
    await api.delete(f"/delegations/{record['id']}", headers=HERE)
    assert (await api.get(address)).status_code == 410


async def test_two_queries_whatever_there_is(
    api: AsyncClient, office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.kit.test_records import counted

    members = [person(office, f"nv-{n}") for n in range(20)]
    asked = [{"agency_id": office["id"], "received_on": "2026-10-01"}] * 20
    record = await made(api, "/delegations", delegation(members=members, consultations=asked))
    await rule(api, "trips_per_year", 2)
    for n in range(5):
        await rule(api, "consultation_reply", n, code=f"r{n}", counted_in="working")
    await judged(api, record)
    with counted(monkeypatch) as sent:
        assert len((await judged(api, record))["checks"]) == 120
    assert len(sent) == 2
