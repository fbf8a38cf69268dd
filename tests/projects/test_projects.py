"""A project keeps what it is given, shows whom it names, and is flagged where it does not fit."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import agency, document, full_project, made, partner, project, transaction

ANY = {"If-Match": "*"}


@pytest.fixture
async def full(api: AsyncClient) -> Any:
    """A project with something in every field."""
    donor = await made(api, "/partners", partner("AFD", visibility="public"))
    board = await made(api, "/agencies", agency())
    paper = await made(api, "/documents", document(visibility="public"))
    body = full_project(donor["id"], board["id"], paper["id"], visibility="public")
    return await made(api, "/projects", body)


async def test_a_project_shows_all_that_was_given(api: AsyncClient, full: Any) -> None:
    shown = (await api.get(f"/projects/{full['id']}")).json()
    assert shown == full
    funding, implementing = shown["participants"]
    assert (funding["partner"]["name"]["en"], funding["agency"]) == ("AFD", None)
    assert (implementing["agency"]["name"]["vi"], implementing["role"]) == (
        "Sở Ngoại vụ tỉnh Sơn La",
        "implementing",
    )
    assert shown["legal_basis"][0]["document"]["symbol"] == "152/KH-UBND"
    assert shown["legal_basis"][0]["clause"] == "Điều 1"
    assert shown["certificate"] == {"number": "5401234567", "issued_on": "2024-05"}
    assert shown["related"] == [{"resource": "sites", "key": "long-sap-gate"}]
    assert (shown["components"], shown["state"], shown["totals"]) == (5, "pipeline", [])


async def test_a_public_project_does_not_name_who_is_internal(
    stranger: AsyncClient, full: Any
) -> None:
    shown = (await stranger.get(f"/projects/{full['id']}")).json()
    assert [p["agency"] for p in shown["participants"]] == [None, None]
    assert shown["participants"][0]["partner"]["name"]["en"] == "AFD"


async def test_a_list_is_that_of_its_items(api: AsyncClient, full: Any) -> None:
    assert (await api.get("/projects")).json()["items"] == [full]


@pytest.mark.parametrize(
    ("baseline", "actual", "days"),
    [
        ("2025-08-15", "2025-06-03", 73),
        ("2024-02-28", "2024-03-01", -2),
        ("2025-05-01", "2025-05-01", 0),
        ("2025-08", "2025-06-03", None),
        ("2025-08-15", "2025", None),
        (None, "2025-06-03", None),
        ("2025-08-15", None, None),
    ],
)
async def test_days_early_are_computed_where_both_are_days(
    api: AsyncClient, baseline: str | None, actual: str | None, days: int | None
) -> None:
    milestone = {"name": {"vi": "Khởi công"}, "baseline": baseline, "actual": actual}
    shown = await made(api, "/projects", project(milestones=[milestone]))
    assert shown["milestones"] == [
        {
            "name": {"vi": "Khởi công", "en": None, "lo": None},
            "baseline": baseline,
            "forecast": None,
            "actual": actual,
            "days_early": days,
            "days_early_as_stated": None,
        }
    ]


async def test_a_length_may_float(api: AsyncClient) -> None:
    floating = {"duration": "P4Y", "from": "signing of the agreement"}
    shown = await made(api, "/projects", project(period=floating))
    assert shown["period"] == floating


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"participants": [{"role": "funding"}]}, "/participants/0/partner_id", "one_party"),
        (
            {
                "participants": [
                    {
                        "partner_id": "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f",
                        "agency_id": "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f",
                    }
                ]
            },
            "/participants/0/partner_id",
            "one_party",
        ),
        ({"sectors": [{"scheme": "vsic", "code": "mining"}]}, "/sectors/0/code", "sector_code"),
        ({"sectors": [{"scheme": "oecd_dac", "code": "43"}]}, "/sectors/0/code", "sector_code"),
        (
            {"sectors": [{"scheme": "isic", "code": "43"}]},
            "/sectors/0/scheme",
            "enum",
        ),
        (
            {"sectors": [{"scheme": "other", "code": "x", "percentage": "100.5"}]},
            "/sectors/0/percentage",
            "string_pattern_mismatch",
        ),
        (
            {"progress": [{"on": "2025", "physical": 62.5}]},
            "/progress/0/physical",
            "string_type",
        ),
        ({"related": [{"resource": "events", "key": "x"}]}, "/related/0/resource", "enum"),
        ({"milestones": [{"baseline": "2025"}]}, "/milestones/0/name", "missing"),
        ({"components": -1}, "/components", "greater_than_equal"),
        ({"components": 5.5}, "/components", "int_type"),
        ({"components": True}, "/components", "int_type"),
        ({"state": "closed"}, "/state", "extra_forbidden"),
        ({"totals": []}, "/totals", "extra_forbidden"),
        ({"period": "2025-H3"}, "/period", "period_form"),
    ],
)
async def test_what_does_not_fit_is_named(
    api: AsyncClient, changed: Any, pointer: str, code: str
) -> None:
    answer = await api.post("/projects", json=project(**changed))
    assert answer.status_code == 422, answer.text
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


async def test_a_whole_number_may_be_written_with_a_zero_behind_the_point(
    api: AsyncClient,
) -> None:
    """To JSON they are the same number, and a schema that asks for an integer takes both."""
    shown = await made(api, "/projects", project(components=5.0))
    assert str(shown["components"]) == "5"


@pytest.mark.parametrize(
    ("scheme", "code"),
    [("vsic", "B"), ("vsic", "0710"), ("vsic", "C10"), ("oecd_dac", "430"), ("other", "mining")],
)
async def test_sectors_by_their_schemes(api: AsyncClient, scheme: str, code: str) -> None:
    sector = {"scheme": scheme, "code": code}
    shown = await made(api, "/projects", project(sectors=[sector]))
    assert shown["sectors"] == [sector | {"name": None, "percentage": None}]


def sectors(*shares: tuple[str, str | None]) -> Any:
    codes = (f"{n:05}" for n in range(10_000, 99_999))
    return [
        {"scheme": scheme, "code": code, "percentage": share}
        for (scheme, share), code in zip(shares, codes, strict=False)
    ]


@pytest.mark.parametrize(
    ("shares", "differing"),
    [
        ([], ""),
        ([("oecd_dac", None), ("oecd_dac", None)], ""),
        ([("oecd_dac", "60"), ("oecd_dac", "40")], ""),
        ([("oecd_dac", "60"), ("oecd_dac", "30")], "oecd_dac"),
        ([("oecd_dac", "60"), ("vsic", "40")], "oecd_dac, vsic"),
        ([("oecd_dac", "100"), ("vsic", "40")], "vsic"),
        ([("other", "33.33")] * 3, ""),
        ([("other", "33.3")] * 3, ""),
        ([("other", "33")] * 3, "other"),
        ([("other", "60"), ("other", "50")], "other"),
        ([("other", "60"), ("other", None)], "other"),
    ],
)
async def test_percentages_of_a_scheme_sum_to_100_or_are_flagged(
    api: AsyncClient, shares: Any, differing: str
) -> None:
    shown = await made(api, "/projects", project(sectors=sectors(*shares)))
    flags = [(flag["code"], flag["origin"]) for flag in shown["flags"]]
    assert flags == ([("percentages_differ", "rule")] if differing else [])
    for flag in shown["flags"]:
        assert flag["why"]["en"].endswith(f"by {differing} do not sum to 100.")
        assert differing in flag["why"]["vi"]
    mended = await api.patch(f"/projects/{shown['id']}", json={"sectors": []}, headers=ANY)
    assert mended.json()["flags"] == []


async def test_no_project_is_a_part_of_itself(api: AsyncClient) -> None:
    whole = await made(api, "/projects", project())
    part = await made(api, "/projects", project(parent_id=whole["id"]))
    assert part["parent"] == {"id": whole["id"], "title": whole["title"]}
    body = {"parent_id": part["id"]}
    circle = await api.patch(f"/projects/{whole['id']}", json=body, headers=ANY)
    assert circle.status_code == 422
    assert circle.json()["errors"][0]["pointer"] == "/parent_id"


async def test_what_is_left_out_of_a_patch_stays(api: AsyncClient, full: Any) -> None:
    changed = await api.patch(
        f"/projects/{full['id']}", json={"certificate": {"issued_on": None}}, headers=ANY
    )
    assert changed.json()["certificate"] == {"number": "5401234567", "issued_on": None}
    left = ("participants", "milestones", "sectors", "legal_basis", "progress", "locations")
    assert [changed.json()[name] for name in left] == [full[name] for name in left]


async def test_a_project_that_something_refers_to_stays(api: AsyncClient) -> None:
    whole = await made(api, "/projects", project())
    part = await made(api, "/projects", project(parent_id=whole["id"]))
    paid = await made(api, "/transactions", transaction(whole["id"]))
    address = f"/projects/{whole['id']}"
    refused = await api.delete(address, headers=ANY)
    assert refused.status_code == 409
    assert refused.json()["referred_by"] == [
        {"resource": "projects", "count": 1},
        {"resource": "transactions", "count": 1},
    ]
    for path in (f"/projects/{part['id']}", f"/transactions/{paid['id']}", address):
        assert (await api.delete(path, headers=ANY)).status_code == 204
    assert (await api.get(address)).status_code == 410


async def test_projects_are_found_by_what_they_are(api: AsyncClient, full: Any) -> None:
    other = await made(
        api,
        "/projects",
        project(
            kind="fdi",
            title={"vi": "Mỏ niken Bản Phúc"},
            key="fdi-nickel",
            period=None,
            countries=["AU", "KR"],
            sectors=[{"scheme": "vsic", "code": "0722"}],
            parent_id=full["id"],
        ),
    )
    donor = full["participants"][0]["partner"]["id"]
    board = full["participants"][1]["agency"]["id"]
    paper = full["legal_basis"][0]["document"]["id"]
    for query, found in (
        ("kind=fdi", [other]),
        ("kind=fdi&kind=oda_loan&sort=created_at", [full, other]),
        ("state=closed", []),
        ("q=niken+ban+phuc", [other]),
        ("q=son+la+city", [full]),
        ("key=fdi-nickel", [other]),
        ("country=KR", [other]),
        ("sector=oecd_dac:43030", [full]),
        ("sector=oecd_dac:43030&sector=vsic:0722&sort=kind", [other, full]),
        (f"partner_id={donor}", [full]),
        (f"agency_id={board}", [full]),
        (f"agency_id={donor}", []),
        (f"document_id={paper}", [full]),
        (f"parent_id={full['id']}", [other]),
        ("has_parent=false", [full]),
        ("period=2025", [full]),
        ("within=2024/2027", [full]),
        ("within=2025", []),
        ("not_placed_in=2025&sort=-state", [other, full]),
        ("without=sector", []),
    ):
        listed = await api.get(f"/projects?{query}")
        assert listed.status_code == 200, listed.text
        assert [p["id"] for p in listed.json()["items"]] == [p["id"] for p in found], query
    for wrong in ("43030", "other:", "other:%00", f"other:{'x' * 61}"):
        assert (await api.get(f"/projects?sector={wrong}")).status_code == 422, wrong


async def test_an_agency_that_takes_part_sees_what_is_its_own(
    api: AsyncClient, as_actor: Any
) -> None:
    board = await made(api, "/agencies", agency(key="board"))
    other = await made(api, "/agencies", agency(key="other"))
    reads = "projects:read transactions:read"
    part, rest = await as_actor(reads, agency="board"), await as_actor(reads, agency="other")
    hidden = {"visibility": "agency", "owner_agency_id": other["id"]}
    body = project(participants=[{"agency_id": board["id"]}], **hidden)
    work = await made(api, "/projects", body)
    paid = await made(
        api, "/transactions", transaction(work["id"], receiver={"agency_id": board["id"]}, **hidden)
    )
    kept = await made(api, "/transactions", transaction(work["id"], **hidden))
    for client, payments in ((part, {paid["id"]}), (rest, {paid["id"], kept["id"]})):
        assert (await client.get(f"/projects/{work['id']}")).status_code == 200
        listed = (await client.get("/transactions")).json()["items"]
        assert {one["id"] for one in listed} == payments
    nobody = {"participants": []}
    assert (await api.patch(f"/projects/{work['id']}", json=nobody, headers=ANY)).is_success
    assert (await part.get(f"/projects/{work['id']}")).status_code == 404
