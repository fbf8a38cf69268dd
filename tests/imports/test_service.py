"""A load writes what its lines say that is new, and nothing else."""

import asyncio
from collections.abc import Callable
from typing import Any

from httpx import AsyncClient

from tests.imports.lines import PART, PLAN, RESOLUTION, SOURCE, VISIT, WHOLE

Load = Callable[..., Any]
ANY = {"if-match": "*"}


async def _only(api: AsyncClient, path: str, **filters: str) -> Any:
    (record,) = (await api.get(path, params=filters)).json()["items"]
    return record


async def test_a_second_run_writes_nothing(load: Load, changes: Any, database: Any) -> None:
    first = await load()
    assert first.lines == [
        "sources: 1 new, 0 changed, 0 unchanged",
        "agencies: 1 new, 0 changed, 0 unchanged",
        "partners: 2 new, 0 changed, 0 unchanged",
        "partner_relations: 2 new, 0 changed, 0 unchanged",
        "documents: 0 new, 0 changed, 0 unchanged",
        "agreements: 0 new, 0 changed, 0 unchanged",
        "delegations: 1 new, 0 changed, 0 unchanged",
        "sites: 0 new, 0 changed, 0 unchanged",
        "projects: 0 new, 0 changed, 0 unchanged",
        "transactions: 0 new, 0 changed, 0 unchanged",
        "plans: 0 new, 0 changed, 0 unchanged",
        "tasks: 0 new, 0 changed, 0 unchanged",
        "events: 0 new, 0 changed, 0 unchanged",
    ]
    written = await changes()
    again = await load(notes="what somebody noted")
    assert again.lines[2:] == [
        "partners: 0 new, 0 changed, 2 unchanged",
        "partner_relations: 0 new, 0 changed, 2 unchanged",
        "documents: 0 new, 0 changed, 0 unchanged",
        "agreements: 0 new, 0 changed, 0 unchanged",
        "delegations: 0 new, 0 changed, 1 unchanged",
        "sites: 0 new, 0 changed, 0 unchanged",
        "projects: 0 new, 0 changed, 0 unchanged",
        "transactions: 0 new, 0 changed, 0 unchanged",
        "plans: 0 new, 0 changed, 0 unchanged",
        "tasks: 0 new, 0 changed, 0 unchanged",
        "events: 0 new, 0 changed, 0 unchanged",
        "notes.json: left aside, no file of this name is known",
    ]
    assert await changes() == written == 7
    assert await database.fetchval("select max(version) from delegations") == 1


async def test_the_change_log_says_that_it_was_a_load(load: Load, database: Any) -> None:
    await load()
    rows = await database.fetch("select distinct actor_id, request_id from changes")
    ((actor, request),) = rows
    assert actor is None
    assert request.startswith("load ")


async def test_two_loads_at_once_are_one_after_the_other(load: Load, changes: Any) -> None:
    both = await asyncio.gather(load(), load())
    assert sorted(report.lines[0] for report in both) == [
        "sources: 0 new, 0 changed, 1 unchanged",
        "sources: 1 new, 0 changed, 0 unchanged",
    ]
    assert await changes() == 7


async def test_a_source_that_reaches_further_settles_a_doubt(load: Load, api: AsyncClient) -> None:
    """The flag of a document follows its source, though no line of the document changes."""
    late = RESOLUTION | {"issued_on": "2024-09-01"}
    for covers, codes in (
        ("2024-H1", ["date_conflict"]),
        ("2024", []),
        ("2023", ["date_conflict"]),
    ):
        await load(sources=[SOURCE | {"covers": covers}], documents=[late])
        record = await _only(api, "/documents")
        assert [flag["code"] for flag in record["flags"]] == codes


async def test_a_changed_line_changes_its_record_only(
    load: Load, changes: Any, api: AsyncClient
) -> None:
    await load()
    changed = VISIT | {"place": "Moc Chau", "flags": ["date_conflict"], "date_as_printed": "7/6"}
    again = await load(delegations=[changed])
    assert "delegations: 0 new, 1 changed, 0 unchanged" in again.lines
    assert await changes() == 8
    record = await _only(api, "/delegations")
    assert (record["place"], record["version"], record["state"]) == ("Moc Chau", 2, "recorded")
    assert [flag["code"] for flag in record["flags"]] == ["date_conflict", "year_inferred"]
    assert record["printed"] == {"when": "7/6"}


async def test_every_kind_of_record_can_change(load: Load, api: AsyncClient) -> None:
    await load()
    again = await load(
        sources=[SOURCE | {"published_as": "6/11/2024"}, SOURCE | {"key": "S2"}],
        agencies=[],
        partners=[PART | {"relation": "contact"}, WHOLE | {"aliases": ["Hua Phan"]}],
        delegations=[VISIT | {"more_sources": ["S2"]}],
    )
    assert again.lines[:7] == [
        "sources: 1 new, 1 changed, 0 unchanged",
        "agencies: 0 new, 0 changed, 0 unchanged",
        "partners: 0 new, 1 changed, 1 unchanged",
        "partner_relations: 0 new, 1 changed, 1 unchanged",
        "documents: 0 new, 0 changed, 0 unchanged",
        "agreements: 0 new, 0 changed, 0 unchanged",
        "delegations: 0 new, 1 changed, 0 unchanged",
    ]
    source = await _only(api, "/sources", key="S1")
    assert source["printed"] == {"published_on": "6/11/2024"}
    assert (await _only(api, "/partner-relations", key="la-ho-xk"))["kind"] == "contact"
    assert (await _only(api, "/partners", key="la-ho"))["aliases"] == ["Hua Phan"]
    assert len((await _only(api, "/delegations"))["sources"]) == 2


async def test_an_agency_ends_when_its_line_says_so(load: Load, api: AsyncClient) -> None:
    ended = {"key": "d", "kind": "district", "name": {"en": "District"}, "source": "S1"}
    await load(agencies=[ended])
    await load(agencies=[ended | {"valid_to": "2025-07-01"}])
    assert (await _only(api, "/agencies"))["valid_to"] == "2025-07-01"


async def test_what_a_line_says_no_more_is_taken_out(load: Load, api: AsyncClient) -> None:
    await load(delegations=[VISIT | {"place": "Moc Chau", "note": "A note."}])
    gone = {"flags", "date_as_printed", "date", "date_precision"}
    left = {name: value for name, value in VISIT.items() if name not in gone}
    again = await load(delegations=[left | {"place": None}])
    assert "delegations: 0 new, 1 changed, 0 unchanged" in again.lines
    record = await _only(api, "/delegations")
    emptied = ("place", "note", "when", "flags", "printed")
    assert [record[name] for name in emptied] == [None, None, None, [], {}]
    again = await load(delegations=[left])
    assert "delegations: 0 new, 0 changed, 1 unchanged" in again.lines


async def test_what_people_changed_since_stays(load: Load, api: AsyncClient, changes: Any) -> None:
    await load()
    path = f"/delegations/{(await _only(api, '/delegations'))['id']}"
    flags = [{"code": "doubtful"}, {"code": "year_inferred", "origin": "source"}]
    body = {
        "place": "Son La City",
        "note": "Seen by us.",
        "visibility": "internal",
        "flags": flags,
        "printed": {"place": "T.P Sơn La"},
    }
    assert (await api.patch(path, json=body, headers=ANY)).status_code == 200
    written = await changes()
    await load()
    assert await changes() == written
    changed = VISIT | {"purpose": "Talks", "flags": ["date_conflict"], "date_as_printed": "7/6"}
    await load(delegations=[changed])
    now = (await api.get(path)).json()
    kept = ("place", "note", "visibility", "purpose")
    assert [now[name] for name in kept] == ["Son La City", "Seen by us.", "internal", "Talks"]
    codes = {flag["code"] for flag in now["flags"]}
    assert codes == {"date_conflict", "doubtful", "year_inferred"}
    assert now["printed"] == {"when": "7/6", "place": "T.P Sơn La"}
    written = await changes()
    await load()  # of the first lines again: they are news once more, and only once
    assert await changes() == written + 1
    await load()
    assert await changes() == written + 1


async def test_a_record_made_by_hand_is_met_by_its_key(load: Load, api: AsyncClient) -> None:
    made = {"key": "la-ho", "name": {"lo": "ຫົວພັນ"}, "kind": "other", "website": "https://a.la"}
    assert (await api.post("/partners", json=made)).status_code == 201
    assert "1 new, 1 changed" in (await load()).lines[2]
    now = await _only(api, "/partners", key="la-ho")
    assert (now["kind"], now["country"], now["website"]) == (
        "local_government",
        "LA",
        "https://a.la",
    )


async def test_lines_may_name_records_of_earlier_loads(load: Load, api: AsyncClient) -> None:
    await load(delegations=[])
    await load(sources=[], agencies=[], partners=[])
    assert (await _only(api, "/delegations"))["partners"][0]["partner"]["name"]["en"] == "Houaphanh"


async def test_a_direction_that_comes_to_be_known_is_a_step(load: Load, api: AsyncClient) -> None:
    await load(delegations=[VISIT | {"direction": None}])
    again = await load(delegations=[VISIT | {"place": "Moc Chau"}])
    assert "delegations: 0 new, 1 changed, 0 unchanged" in again.lines
    record = await _only(api, "/delegations")
    assert (record["direction"], record["place"]) == ("inbound", "Moc Chau")
    steps = (await api.get(f"/delegations/{record['id']}/transitions")).json()["items"]
    assert [step["verb"] for step in steps] == ["set_direction"]


async def test_a_partner_that_was_merged_stays_merged(
    load: Load, api: AsyncClient, changes: Any
) -> None:
    visits = [VISIT, VISIT | {"key": "in-2", "partners": ["la-ho-xk", "la-ho"]}]
    await load(delegations=visits)
    ids = {p["key"]: p["id"] for p in (await api.get("/partners")).json()["items"]}
    body, path = {"into_id": ids["la-ho"]}, f"/partners/{ids['la-ho-xk']}/merge"
    merged = await api.post(path, json=body, headers=ANY)
    assert merged.status_code == 201, merged.text
    written = await changes()
    again = await load(delegations=visits)
    assert again.lines[2] == "partners: 0 new, 0 changed, 1 unchanged, 1 merged"
    assert await changes() == written
    again = await load(delegations=[*visits, VISIT | {"key": "in-3", "partners": ["la-ho-xk"]}])
    visit = await _only(api, "/delegations", key="in-3")
    assert [p["partner"]["id"] for p in visit["partners"]] == [ids["la-ho"]]


async def test_what_was_removed_comes_back_with_its_line(load: Load, api: AsyncClient) -> None:
    await load()
    path = f"/delegations/{(await _only(api, '/delegations'))['id']}"
    assert (await api.delete(path, headers=ANY)).status_code == 204
    assert "delegations: 1 new, 0 changed, 0 unchanged" in (await load()).lines


async def test_documents_come_with_what_they_implement(load: Load, api: AsyncClient) -> None:
    """In whatever order the lines stand; a second load writes nothing."""
    both = {"documents": [PLAN, RESOLUTION]}
    assert (await load(**both)).lines[4] == "documents: 2 new, 0 changed, 0 unchanged"
    assert (await load(**both)).lines[4] == "documents: 0 new, 0 changed, 2 unchanged"
    changed = {"documents": [PLAN | {"implements": []}, RESOLUTION]}
    plan = await _only(api, "/documents", key="1/KH-UBND")
    assert [link["document"]["symbol"] for link in plan["links"]] == ["2-NQ/TW"]
    assert (await load(**changed)).lines[4] == "documents: 0 new, 1 changed, 1 unchanged"
    assert (await _only(api, "/documents", key="1/KH-UBND"))["links"] == []


async def test_plans_come_with_their_tasks(load: Load, api: AsyncClient) -> None:
    """A plan has the key of its document, its tasks that with their codes, and its sources."""
    first, second = ({"code": code, "title": {"en": f"Task {code}"}} for code in ("1", "2"))
    line = {"document": "1/KH-UBND", "tasks": [first, second], "source": "S1", "note": "A note."}
    folder = {"documents": [PLAN, RESOLUTION], "plans": [line]}
    assert {
        "plans: 1 new, 0 changed, 0 unchanged",
        "tasks: 2 new, 0 changed, 0 unchanged",
    } <= {*(await load(**folder)).lines}
    assert {
        "plans: 0 new, 0 changed, 1 unchanged",
        "tasks: 0 new, 0 changed, 2 unchanged",
    } <= {*(await load(**folder)).lines}
    folder["plans"] = [line | {"note": None, "tasks": [first, second | {"markets": ["ASEAN"]}]}]
    assert {
        "plans: 0 new, 1 changed, 0 unchanged",
        "tasks: 0 new, 1 changed, 1 unchanged",
    } <= {*(await load(**folder)).lines}
    plan = await _only(api, "/plans")
    assert (plan["key"], plan["note"], plan["document"]["symbol"]) == (
        "1/KH-UBND",
        None,
        "1/KH-UBND",
    )
    task = await _only(api, "/tasks", key="1/KH-UBND#2")
    assert (task["plan"]["id"], task["markets"], task["version"]) == (plan["id"], ["ASEAN"], 2)
    assert [cited["source"]["title"] for cited in task["sources"]] == ["A page"]


async def test_a_changed_line_changes_its_rule(load: Load, api: AsyncClient) -> None:
    rule = {"key": "trips", "code": "trips", "edition": 1, "kind": "trips_per_year", "limit": 2}
    rule |= {"title": {"vi": "Số chuyến đi trong năm"}, "valid": "2020-01-01/.."}
    await load(compliance_rules=[rule])
    again = await load(compliance_rules=[rule | {"limit": 3}])
    assert "compliance_rules: 0 new, 1 changed, 0 unchanged" in again.lines
    assert (await _only(api, "/compliance-rules"))["limit"] == 3
