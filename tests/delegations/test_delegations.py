"""Delegations over HTTP: what they hold and how they are found."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.delegations.steps import HERE, drafted, patch, put, read
from tests.factories import agency, delegation, made, partner

WHOLE: dict[str, Any] = {
    "key": "out-2026-la-ho",
    "note": "Second visit of the year.",
    "direction": "outbound",
    "channel": "party",
    "level": "province_leader",
    "title": {"vi": "Thăm và làm việc tại Hủa Phăn", "en": None, "lo": None},
    "purpose": "Border trade\nand drug control",
    "head_position": "Phó Chủ tịch UBND tỉnh",
    "host_position": "Governor",
    "headcount": 12,
    "countries": ["LA", "TH"],
    "subdivision": "LA-HO",
    "place": "Sầm Nưa",
    "when": "2026-12-01/2026-12-03",
    "funding": "state_budget",
    "cost": {
        "planned": {"amount": "150000000", "currency": "VND"},
        "actual": {"amount": "5812.50", "currency": "USD"},
    },
    "in_annual_plan": True,
    "outcomes": ["Memorandum signed", "Two routes opened"],
    "report": {"document": None, "submitted_on": "2026-12-11"},
    "visibility": "public",
}


async def keys_of(api: AsyncClient, query: str) -> list[str]:
    found = await api.get(f"/delegations?sort=created_at&{query}")
    assert found.status_code == 200, found.text
    return [item["key"] for item in found.json()["items"]]


async def test_a_delegation_is_shown_as_it_was_given(api: AsyncClient) -> None:
    lead = await made(api, "/agencies", agency())
    host = await made(api, "/partners", partner())
    named = {"id": lead["id"], "name": lead["name"]}
    hosting = {"id": host["id"], "name": host["name"]}
    asked = {
        "asked_on": "2026-11-01",
        "received_on": "2026-11-02",
        "due_on": "2026-11-09",
        "answered_on": "2026-11-08",
        "opinion": "Agreed",
    }
    member = {"name": "Nguyễn Văn A", "position": "Giám đốc", "person_key": "nv-017"}
    visit = {"on": "2026-12-02", "time": "08:30", "place": "Sầm Nưa", "activity": "Talks"}
    given = WHOLE | {
        "lead_agency_id": lead["id"],
        "members": [member | {"agency_id": lead["id"]}, {"name": "Trần B"}],
        "partners": [{"partner_id": host["id"], "role": "host"}, {"partner_id": host["id"]}],
        "programme": [visit | {"partner_id": host["id"]}, {"activity": "Return"}],
        "consultations": [asked | {"agency_id": lead["id"]}],
    }
    created = await made(api, "/delegations", given)
    assert {name: created[name] for name in WHOLE} == WHOLE
    assert created["lead_agency"] == named
    assert created["members"] == [
        member | {"agency": named},
        {"name": "Trần B", "position": None, "person_key": None, "agency": None},
    ]
    assert created["partners"] == [
        {"partner": hosting, "role": "host"},
        {"partner": hosting, "role": None},
    ]
    empty = {"on": None, "time": None, "place": None, "partner": None}
    assert created["programme"] == [
        visit | {"partner": hosting},
        empty | {"activity": "Return"},
    ]
    assert created["consultations"] == [
        asked | {"agency": named, "document": None, "due_rule": None}
    ]
    assert created == await read(api, created)


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"direction": "sideways"}, "/direction", "enum"),
        ({"headcount": -1}, "/headcount", "greater_than_equal"),
        ({"headcount": "3"}, "/headcount", "int_type"),
        ({"countries": ["LA", "Laos"]}, "/countries/1", "country_unknown"),
        ({"subdivision": "CN-YN"}, "/subdivision", "subdivision_elsewhere"),
        ({"members": [{"name": "Nguyễn 012345678"}]}, "/members/0/name", "no_digits"),
        (
            {"members": [{"name": "A", "person_key": "x"}]},
            "/members/0/agency_id",
            "agency_needed",
        ),
        (
            {"members": [{"name": "A", "passport": "C1234567"}]},
            "/members/0/passport",
            "extra_forbidden",
        ),
        ({"programme": [{"activity": "x", "time": "25:00"}]}, "/programme/0/time", None),
        ({"cost": {"planned": {"amount": 5, "currency": "VND"}}}, "/cost/planned/amount", None),
        ({"report": {"document": None}}, "/report/submitted_on", "missing"),
        ({"in_annual_plan": 1}, "/in_annual_plan", "bool_type"),
        ({"code": "DR-2026-0001"}, "/code", "extra_forbidden"),
        ({"state": "approved"}, "/state", "extra_forbidden"),
    ],
)
@pytest.mark.parametrize("language", ["en", "vi"])
async def test_what_does_not_fit_is_named(
    api: AsyncClient, changed: dict[str, Any], pointer: str, code: str | None, language: str
) -> None:
    refused = await api.post(
        "/delegations", json=delegation(**changed), headers={"Accept-Language": language}
    )
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert error["pointer"] == pointer
    assert code in (None, error["code"])
    assert "{" not in error["message"]
    assert "value does not fit" not in error["message"]
    assert "không phù hợp" not in error["message"]


@pytest.mark.parametrize(
    "field", ["lead_agency_id", "members", "partners", "programme", "consultations"]
)
async def test_what_does_not_exist_cannot_be_named(api: AsyncClient, field: str) -> None:
    unknown = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
    agency_of = {"agency_id": unknown}
    values: dict[str, tuple[Any, str]] = {
        "lead_agency_id": (unknown, ""),
        "members": ([agency_of | {"name": "A"}], "/0/agency_id"),
        "partners": ([{"partner_id": unknown}], "/0/partner_id"),
        "programme": ([{"partner_id": unknown, "activity": "x"}], "/0/partner_id"),
        "consultations": ([agency_of], "/0/agency_id"),
    }
    value, inside = values[field]
    refused = await api.post("/delegations", json=delegation(**{field: value}))
    assert refused.status_code == 422
    assert [e["pointer"] for e in refused.json()["errors"]] == [f"/{field}{inside}"]


async def test_a_patch_changes_what_it_names(api: AsyncClient) -> None:
    report = {"document": {"symbol": "12/BC-SNgV"}, "submitted_on": "2026-12-11"}
    record = await made(api, "/delegations", WHOLE | {"report": report})
    changed = await patch(
        api,
        record,
        title={"en": "Working visit"},
        cost={"actual": None, "planned": {"amount": "1"}},
        report={"document": None},
        outcomes=[],
        in_annual_plan=None,
        funding=None,
    )
    assert changed.status_code == 200, changed.text
    after = changed.json()
    assert after["title"] == WHOLE["title"] | {"en": "Working visit"}
    assert after["cost"] == {"planned": {"amount": "1", "currency": "VND"}, "actual": None}
    assert after["report"] == {"document": None, "submitted_on": "2026-12-11"}
    assert (after["outcomes"], after["in_annual_plan"], after["funding"]) == ([], None, None)
    kept = set(WHOLE) - {"title", "cost", "report", "outcomes", "in_annual_plan", "funding"}
    assert {name: after[name] for name in kept} == {name: WHOLE[name] for name in kept}


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"in_annual_plan": True, "headcount": 2}, []),
        ({"in_annual_plan": False}, ["outside_annual_plan"]),
        ({"headcount": 1}, ["headcount_differs"]),
        ({"headcount": 0, "in_annual_plan": False}, ["headcount_differs", "outside_annual_plan"]),
        ({"headcount": None}, []),
    ],
)
async def test_what_is_not_plausible_is_marked_and_stays(
    api: AsyncClient, changed: dict[str, Any], codes: list[str]
) -> None:
    members = [{"name": "A"}, {"name": "B"}]
    record = await made(api, "/delegations", delegation(members=members, **changed))
    assert sorted(flag["code"] for flag in record["flags"]) == codes
    assert {flag["origin"] for flag in record["flags"]} <= {"rule"}
    after = await patch(api, record, headcount=2, in_annual_plan=True)
    assert after.json()["flags"] == []


async def test_lists_are_narrowed_by_every_filter(api: AsyncClient, database: Any) -> None:
    lead = await made(api, "/agencies", agency())
    host = await made(api, "/partners", partner())
    await made(
        api,
        "/delegations",
        WHOLE
        | {
            "key": "a",
            "lead_agency_id": lead["id"],
            "members": [{"name": "A", "agency_id": lead["id"]}],
            "partners": [{"partner_id": host["id"], "role": "host"}],
        },
    )
    bare = {"title": {"en": "Unknown"}, "key": "b", "when": "2026-12"}
    record = await made(api, "/delegations", bare)
    await put(database, record, "recorded")
    for query, expected in {
        "direction=outbound": ["a"],
        "direction=inbound&direction=outbound": ["a"],
        "channel=party": ["a"],
        "level=province_leader&level=central": ["a"],
        "country=TH": ["a"],
        "country=CN&country=LA": ["a"],
        "country=CN": [],
        "subdivision=LA-HO": ["a"],
        f"partner_id={host['id']}": ["a"],
        f"lead_agency_id={lead['id']}": ["a"],
        f"member_agency_id={lead['id']}": ["a"],
        f"member_agency_id={lead['id']}&member_agency_id={host['id']}": ["a"],
        f"member_agency_id={host['id']}": [],
        "funding=state_budget&funding=self": ["a"],
        "state=draft": ["a"],
        "state=recorded&state=draft": ["a", "b"],
        "key=b": ["b"],
        "q=sam nua": ["a"],
        "q=hua phan lam viec": ["a"],
        "q=drug": ["a"],
        "without=direction": ["b"],
        "without=channel&without=level&without=country": ["b"],
        "without=channel&without=when": [],
        "without=when": [],
        "period=2026-12-03": ["a", "b"],
        "period=2026-12-04": ["b"],
        "within=2026-12-01/2026-12-03": ["a"],
        "within=2026-12": ["a", "b"],
        "not_placed_in=2026-12-03/2026-12-10": ["a", "b"],
        "not_placed_in=2026-12": [],
    }.items():
        assert await keys_of(api, query) == expected, query


async def test_delegations_are_sorted_by_their_first_day(api: AsyncClient) -> None:
    for key, when in [("a", None), ("b", "2026-H2"), ("c", "2026-06-30"), ("d", "../2026")]:
        await made(api, "/delegations", delegation(key=key, when=when))
    for sort, expected in [("when", ["c", "b"]), ("-when", ["b", "c"])]:
        found = (await api.get(f"/delegations?sort={sort}")).json()["items"]
        keys = [item["key"] for item in found]
        assert keys[:2] == expected
        assert set(keys[2:]) == {"a", "d"}


async def test_the_database_takes_no_code_twice(api: AsyncClient, database: Any) -> None:
    one, two = [await drafted(api) for _ in range(2)]
    await put(database, one, "submitted", code="DR-2026-0001")
    with pytest.raises(Exception, match="ix_delegations_code"):
        await put(database, two, "submitted", code="DR-2026-0001")


async def test_a_removed_delegation_is_gone_and_its_history_stays(api: AsyncClient) -> None:
    record = await made(api, "/delegations", WHOLE)
    await api.delete(f"/delegations/{record['id']}", headers=HERE)
    assert (await api.get(f"/delegations/{record['id']}")).status_code == 410
    history = (await api.get(f"/delegations/{record['id']}/history")).json()["items"]
    assert [change["action"] for change in history] == ["deleted", "created"]
