"""Reports are frozen, decided on, published for good, and restated by new ones."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from httpx import AsyncClient
from openpyxl import load_workbook

from tests.conftest import Connection
from tests.factories import agency, delegation, made, report, source
from tests.workloads import rows

ANY = {"if-match": "*"}
ISSUED = {
    "symbol": "152/BC-UBND",
    "place": "Sơn La",
    "issued_on": "2024-07-05",
    "signer": {"authority": "KT. CHỦ TỊCH", "position": "PHÓ CHỦ TỊCH", "name": "Nguyễn Văn A"},
    "recipients": ["Bộ Ngoại giao", "Lưu: VT, SNgV"],
}


async def visit(api: AsyncClient, **changed: Any) -> None:
    """A delegation that took place in the first half of 2024."""
    cited = await made(api, "/sources", source())
    told = {"when": "2024-03-06/2024-03-08", "sources": [{"source_id": cited["id"]}]}
    found = await made(api, "/delegations", delegation(**told | changed))
    await step(api, f"/delegations/{found['id']}", "record")


async def step(api: AsyncClient, address: str, *verbs: str) -> None:
    for verb in verbs:
        taken = await api.post(f"{address}/transitions", json={"verb": verb}, headers=ANY)
        assert taken.status_code == 201, taken.text


async def published(api: AsyncClient, **changed: Any) -> Any:
    issuer = await made(api, "/agencies", agency())
    found = await made(api, "/reports", report(issuer_id=issuer["id"], **ISSUED | changed))
    await step(api, f"/reports/{found['id']}", "submit", "approve", "publish")
    return (await api.get(f"/reports/{found['id']}")).json()


def value(sections: Any, code: str) -> str:
    (found,) = [f["value"] for s in sections for f in s["figures"] if f["code"] == code]
    return str(found)


async def test_what_only_some_see_is_named_in_no_report_that_is_kept(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    """Whoever made it sees more than those who read it; its figures count all the same."""
    owner = (await made(api, "/agencies", agency(key="so")))["id"]
    hidden = {"visibility": "agency", "owner_agency_id": owner}
    lead = await made(api, "/agencies", agency(name={"vi": "Tổ công tác kín"}, **hidden))
    await visit(api, lead_agency_id=lead["id"])
    kept = await made(api, "/reports", report())
    assert value(kept["sections"], "delegations") == "1"
    reader = await as_actor("reports:read")
    shown = await reader.get(f"/reports/{kept['id']}")
    assert shown.status_code == 200
    assert "Tổ công tác kín" not in shown.text
    now = await api.get("/reports/periodic?period=2024-H1")
    assert "Tổ công tác kín" in now.text


async def test_what_only_some_see_is_no_change_since_it_was_kept(api: AsyncClient) -> None:
    owner = (await made(api, "/agencies", agency(key="so")))["id"]
    hidden = {"visibility": "agency", "owner_agency_id": owner}
    lead = await made(api, "/agencies", agency(name={"vi": "Tổ công tác kín"}, **hidden))
    await visit(api, lead_agency_id=lead["id"])
    kept = await published(api)
    restated = (await api.get(f"/reports/{kept['id']}/restatement")).json()
    assert (restated["differs"], restated["cells"]) == (False, [])


def rows_by_code(sections: Any, code: str) -> tuple[dict[str, Any], Any]:
    """The lines of a table by what they are about, and its total."""
    (table,) = [t for s in sections for t in s["tables"] if t["code"] == code]
    named = {(it["agency"] or {}).get("id") or it["code"]: it for it in table["rows"]}
    return named, table["total"]


async def test_tables_by_agency_come_to_their_total_without_naming_whom_some_may_not_see(
    api: AsyncClient, as_actor: Callable[..., Any], database: "Connection[Any]"
) -> None:
    """One line is of all the others: in a report that is kept not even their ids are told."""
    owner = (await made(api, "/agencies", agency(key="so")))["id"]
    hidden = {"visibility": "agency", "owner_agency_id": owner}
    leads = [
        (await made(api, "/agencies", agency(name={"vi": f"Tổ kín {n}"}, **hidden)))["id"]
        for n in range(2)
    ]
    plan = await rows.plan(database)
    for lead in [*leads, owner]:
        await visit(api, lead_agency_id=lead, headcount=12)
        task = await rows.task(database, plan)
        await rows.assignment(database, task, UUID(lead), assigned_on="2024-02-01")
    await visit(api, lead_agency_id=leads[0], when="2024", headcount=5)
    await visit(api)
    viewer = await as_actor("reports:read delegations:read assignments:read", role="viewer")
    kept = (await made(api, "/reports", report()))["sections"]
    live, whole = [
        (await it.get("/reports/periodic?period=2024-H1")).json()["sections"]
        for it in (viewer, api)
    ]
    for code in ("delegations.by_agency", "tasks.by_agency"):
        assert "unnamed" not in rows_by_code(whole, code)[0]
        for sections in (kept, live, whole):
            lines, total = rows_by_code(sections, code)
            for n, cell in enumerate(total["cells"]):
                each = [line["cells"][n] for line in lines.values()]
                assert sum(int(it["value"]) for it in each) == int(cell["value"])
                assert sum(it["records"] for it in each) == cell["records"]
        of_kept, total = rows_by_code(kept, code)
        of_live, _ = rows_by_code(live, code)
        for line in (of_kept["unnamed"], of_live["unnamed"]):
            assert line["agency"] is None
            assert line["label"]["en"] == "Agencies that are not named here"
            assert max(int(cell["value"]) for cell in line["cells"][:2]) > 1
        hrefs = [cell["href"] for cell in of_kept["unnamed"]["cells"]]
        assert hrefs == [cell["href"] for cell in total["cells"]]
        assert {cell["hidden"] for cell in of_kept["unnamed"]["cells"]} == {0}
        for cell in of_live["unnamed"]["cells"]:
            href = cell["href"].removeprefix("/api/v1")
            assert (await viewer.get(href)).json()["items"] == []
            assert cell["hidden"] == cell["records"]
            listed = (await api.get(href)).json()["items"]
            assert len(listed) == cell["records"]
    beside = rows_by_code(live, "delegations.by_agency")[0]["unnamed"]["cells"][0]["not_placed"]
    assert (beside["value"], beside["records"]) == ("1", 1)
    assert not any(lead in str(kept) for lead in leads)


async def test_what_unnamed_agencies_lead_is_restated_in_their_line(
    api: AsyncClient,
) -> None:
    owner = (await made(api, "/agencies", agency(key="so")))["id"]
    hidden = {"visibility": "agency", "owner_agency_id": owner}
    lead = await made(api, "/agencies", agency(name={"vi": "Tổ công tác kín"}, **hidden))
    await visit(api, lead_agency_id=lead["id"])
    kept = await published(api)
    await visit(api, lead_agency_id=lead["id"])
    restated = (await api.get(f"/reports/{kept['id']}/restatement")).json()
    cells = {it["code"]: (it["as_published"], it["as_now_known"]) for it in restated["cells"]}
    assert cells["delegations.by_agency/unnamed/delegations"] == ("1", "2")
    book = await api.get(f"/reports/{kept['id']}?format=xlsx")
    sheet = load_workbook(BytesIO(book.content)).worksheets[1]
    codes = {row[-1]: row[1] for row in sheet.values}
    told = codes["delegations.by_agency/unnamed/delegations"]
    assert told == "Cơ quan không nêu tên tại đây"


async def test_a_report_keeps_the_figures_that_it_was_made_with(api: AsyncClient) -> None:
    await visit(api, headcount=12)
    told = [{"part": "delegations", "text": {"vi": "Đoàn ra đúng kế hoạch.", "lo": "ຄະນະ"}}]
    found = await made(api, "/reports", report(narrative=told))
    assert (found["state"], found["cut_off"]) == ("draft", "2024-06-30")
    assert found["verbs"] == ["recount", "submit"]
    first, *others = found["sections"]
    assert (first["code"], first["narrative"]["lo"]) == ("delegations", "ຄະນະ")
    assert {other["narrative"] for other in others} == {None}
    await visit(api)
    address = f"/reports/{found['id']}"
    kept = (await api.get(address)).json()
    assert kept["sections"] == found["sections"]
    assert value(kept["sections"], "delegations.outbound") == "1"
    assert value(kept["sections"], "delegations.outbound.person_trips") == "12"
    await step(api, address, "recount")
    anew = (await api.get(address)).json()
    assert value(anew["sections"], "delegations.outbound") == "2"
    assert anew["frozen_at"] > found["frozen_at"]
    other = {"period": "2024-03-07/2024-06-14", "title": {"vi": "Báo cáo đến 14/6"}}
    changed = await api.patch(address, json=other, headers=ANY)
    assert changed.status_code == 200, changed.text
    assert value(changed.json()["sections"], "delegations.outbound") == "0"
    assert changed.json()["cut_off"] == "2024-06-14"
    fewer = await api.patch(address, json={"kinds": ["ministry"]}, headers=ANY)
    assert fewer.json()["kinds"] == ["ministry"]
    listed = (await api.get("/reports?state=draft&q=bao+cao")).json()["items"]
    assert [it["id"] for it in listed] == [found["id"]]
    assert "sections" not in listed[0]
    assert (await api.delete(address, headers=ANY)).status_code == 204


async def test_a_published_report_never_changes(
    api: AsyncClient, stranger: AsyncClient, database: "Connection[Any]"
) -> None:
    found = await published(api)
    address = f"/reports/{found['id']}"
    assert (found["state"], found["visibility"], found["verbs"]) == ("published", "public", [])
    changed = await api.patch(address, json={"place": "Hà Nội"}, headers=ANY)
    assert (changed.status_code, changed.json()["state"]) == (409, "published")
    assert (await api.delete(address, headers=ANY)).status_code == 409
    again = await api.post(f"{address}/transitions", json={"verb": "return"}, headers=ANY)
    assert again.status_code == 409
    for statement in (
        "update reports set place = 'Hà Nội'",
        "update reports set state = 'draft', visibility = 'internal'",
        "delete from reports",
        "update published_reports set record = '{}'",
        "delete from published_reports",
        "truncate published_reports",
    ):
        with pytest.raises(asyncpg.CheckViolationError, match="never changed"):
            await database.execute(statement)
    assert (await stranger.get(address)).json()["sections"] == found["sections"]
    await database.execute("set session_replication_role = replica")
    await database.execute("update reports set place = 'Hà Nội', sections = '[]'")
    kept = (await stranger.get(address)).json()
    assert (kept["place"], kept["sections"]) == ("Sơn La", found["sections"])


async def test_no_role_may_change_what_is_published(database: "Connection[Any]") -> None:
    """The owner of the table as little as others; a superuser asks for no right."""
    granted = await database.fetch(
        "select privilege_type, grantee::regrole::text as grantee from pg_class,"
        " aclexplode(relacl) where relname = 'published_reports'"
    )
    assert {row["privilege_type"] for row in granted} >= {"SELECT", "INSERT"}
    assert not {row["privilege_type"] for row in granted} & {"UPDATE", "DELETE", "TRUNCATE"}
    owner = await database.fetchval(
        "select relowner::regrole::text from pg_class where relname = 'published_reports'"
    )
    assert {row["grantee"] for row in granted} == {owner}


async def test_an_owner_who_is_no_superuser_may_not_change_it(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    await published(api)
    await database.execute("begin; create role clerk; alter table published_reports owner to clerk")
    await database.execute("grant usage on schema public to clerk; set local role clerk")
    try:
        assert await database.fetchval("select count(*) from published_reports") == 1
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await database.execute("update published_reports set record = '{}'")
    finally:
        await database.execute("rollback")


async def test_strangers_see_published_reports_only(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    draft = await made(api, "/reports", report())
    found = await published(api)
    listed = (await stranger.get("/reports")).json()["items"]
    assert [it["id"] for it in listed] == [found["id"]]
    assert (await stranger.get(f"/reports/{draft['id']}")).status_code == 404
    for address in ("/reports/periodic?period=2024-H1", f"/reports/{found['id']}/restatement"):
        assert (await stranger.get(address)).status_code == 401
    early = await api.post("/reports", json=report(visibility="public"))
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "/visibility")


async def test_what_is_published_is_restated_by_a_new_report(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    await visit(api, headcount=3)
    old = await published(api)
    address = f"/reports/{old['id']}"
    same = (await api.get(f"{address}/restatement")).json()
    assert (same["differs"], same["cells"]) == (False, [])
    await visit(api, channel="party", headcount=4)
    told = (await api.get(f"{address}/restatement")).json()
    changed = {f["code"]: f for f in told["figures"] if f["difference"] != "0"}
    persons = changed["delegations.outbound.person_trips"]
    assert [persons[n] for n in ("as_published", "as_now_known", "difference")] == ["3", "7", "4"]
    cells = {cell["code"]: cell["difference"] for cell in told["cells"]}
    assert cells["delegations.by_channel/party/person_trips"] == "4"
    assert cells["delegations.by_channel/total/delegations"] == "1"
    assert told["differs"] is True
    new = await published(api, replaces_id=old["id"])
    replaced = (await stranger.get(address)).json()
    assert (replaced["state"], replaced["replaced_by"]["id"]) == ("restated", new["id"])
    assert replaced["sections"] == old["sections"]
    assert new["replaces"]["id"] == old["id"]
    for state, id_ in (("restated", old["id"]), ("published", new["id"])):
        listed = (await stranger.get(f"/reports?state={state}")).json()["items"]
        assert [it["id"] for it in listed] == [id_]
    other = await made(api, "/reports", report(**ISSUED, replaces_id=old["id"]))
    await api.patch(f"/reports/{other['id']}", json={"issuer_id": old["issuer"]["id"]}, headers=ANY)
    await step(api, f"/reports/{other['id']}", "submit", "approve")
    steps = f"/reports/{other['id']}/transitions"
    second = await api.post(steps, json={"verb": "publish"}, headers=ANY)
    assert (second.status_code, second.json()["errors"][0]["pointer"]) == (409, "/replaces_id")


async def test_only_a_published_report_of_the_same_days_is_replaced(api: AsyncClient) -> None:
    draft = await made(api, "/reports", report())
    old = await published(api)
    for body in (
        report(replaces_id=draft["id"]),
        report(replaces_id=old["id"], period="2024-01-01/2024-06-14"),
    ):
        refused = await api.post("/reports", json=body)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (
            422,
            "not_replaceable",
        )
    address = f"/reports/{draft['id']}"
    moved = {"period": "2025", "replaces_id": old["id"]}
    assert (await api.patch(address, json=moved, headers=ANY)).status_code == 422
    assert (await api.get(f"{address}/restatement")).status_code == 409
    assert (
        await api.get("/reports/019a7c1e-5b60-7cc3-98c4-dc0c0c07398f/restatement")
    ).status_code == 404


async def test_steps_ask_for_what_an_official_report_needs(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    found = await made(api, "/reports", report())
    address = f"/reports/{found['id']}/transitions"
    refused = await api.post(address, json={"verb": "submit"}, headers=ANY)
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/issuer_id"]
    issuer = await made(api, "/agencies", agency())
    await api.patch(f"/reports/{found['id']}", json={"issuer_id": issuer["id"]}, headers=ANY)
    await step(api, f"/reports/{found['id']}", "submit", "return", "submit", "approve")
    refused = await api.post(address, json={"verb": "publish"}, headers=ANY)
    pointers = [e["pointer"] for e in refused.json()["errors"]]
    assert pointers == ["/symbol", "/place", "/issued_on", "/signer"]
    writer = await as_actor("reports:read reports:write", role="officer")
    assert (await writer.post(address, json={"verb": "publish"}, headers=ANY)).status_code == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("period=2012/..", 422),
        ("period=1899", 422),
        ("from=2024-01-01", 422),
        ("from=2024-06-14&to=2024-01-01", 422),
        ("period=2024&from=2024-01-01&to=2024-06-14", 422),
        ("until=2024-01-01", 400),
    ],
)
async def test_a_report_is_about_one_period_with_both_ends(
    api: AsyncClient, query: str, status: int
) -> None:
    assert (await api.get(f"/reports/periodic?{query}")).status_code == status
    assert (await api.post("/reports", json=report(period="2012/.."))).status_code == 422
