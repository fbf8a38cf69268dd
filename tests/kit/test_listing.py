"""Paging, sorting, filtering and counting, the same for every list."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from httpx import AsyncClient

from sonla_api.delegations.models import Delegation
from sonla_api.evidence.models import Evidence
from sonla_api.kit.cursors import seal
from sonla_api.kit.filters import one_of, through
from sonla_api.kit.listing import list_address
from sonla_api.settings import Settings
from tests import factories
from tests.conftest import Connection
from tests.routes import LISTS
from tests.running import caller, running

# How many records of a kind are made at once, by hand: of three one has no value to sort by, the
# others share few values; all were made at one of five instants.
COLUMNS = {
    "sources": (
        "title, published_on",
        "'S', case when n % 3 > 0 then '2025-01-01'::date + n % 5 end",
    ),
    "agencies": (
        "name, kind, valid_to",
        (
            """'{"vi": "A"}'::jsonb, 'department', """
            """case when n % 3 > 0 then '2025-01-01'::date + n % 5 end"""
        ),
    ),
    "partners": (
        "name, kind, country",
        """'{"vi": "P"}'::jsonb, (array['ingo', 'media', 'other'])[1 + n % 2],
           (array[null, 'LA', 'CN'])[1 + n % 3]""",
    ),
    "documents": (
        "subject, type, issued_on",
        """'{"vi": "V"}'::jsonb, 'plan',
           (array[null, '"2025"', '"2025-06"', '"2025-06-26"'])[1 + n % 4]::jsonb""",
    ),
    "agreements": (
        "title, kind, state, signed_on, effective",
        """'{"vi": "T"}'::jsonb, 'mou', 'signed',
           (array[null, '"2025"', '"2025-06"', '"2025-06-26"'])[1 + n % 4]::jsonb,
           (array[null, '"2024/2026"', '"2012/.."', '"../2025-06"'])[1 + n % 4]::jsonb""",
    ),
    "partner_relations": (
        "partner_id, kind, state",
        "(select id from partners limit 1), (array['contact', 'funding'])[1 + n % 2], 'recorded'",
    ),
    "calendar_days": (  # each day once, whoever else is writing
        "day, kind, name",
        """'1000-01-01'::date + (pg_current_xact_id()::text::bigint % 29000 * 100 + n)::integer,
           'holiday', '{"vi": "Tết"}'::jsonb""",
    ),
    "compliance_rules": (  # each rule once, whoever else is writing
        'code, edition, kind, title, valid, "limit"',
        """'rule-' || pg_current_xact_id() || '-' || n, 1,
           'headcount', '{"vi": "Q"}'::jsonb, '"2020/.."'::jsonb, 8""",
    ),
    "delegations": (
        'title, state, "when"',
        """'{"vi": "D"}'::jsonb, 'recorded',
           (array[null, '"2025-03-01/2025-03-04"', '"2025-H1"', '"../2024"'])[1 + n % 3]::jsonb""",
    ),
    "plans": ("document_id, period", """{own}, (array[null, '"2025"'])[1 + n % 2]::jsonb"""),
    "tasks": (
        "plan_id, code, title, weight, due",
        """(select id from plans limit 1), (n % 12) || '.' || gen_random_uuid(),
           '{"vi": "N"}'::jsonb, 1,
           (array[null, '{"kind": "date", "on": "2026-03-01"}',
                  '{"kind": "period", "period": "2026"}'])[1 + n % 3]::jsonb""",
    ),
    "assignments": (
        "task_id, agency_id, role, state, assigned_on, extended_to",
        """(select id from tasks limit 1), {own}, 'coordinating', 'assigned',
           '2025-01-01'::date + n % 5,
           case when n % 3 > 0 then '2025-06-01'::date + n % 5 end""",
    ),
    "progress_reports": (
        "assignment_id, period, text",
        """(select id from assignments limit 1), '"2025"'::jsonb, 'T'""",
    ),
    "evidence": ("task_id, document_id", "(select id from tasks limit 1), {own}"),
    "projects": (
        "title, kind, state",
        """'{"vi": "D"}'::jsonb, (array['fdi', 'ngo_aid'])[1 + n % 2],
           (array['pipeline', 'approved', 'closed'])[1 + n % 3]""",
    ),
    "transactions": (
        'project_id, type, value, "on"',
        """(select id from projects limit 1), 'stated', '{"amount": "1", "currency": "VND"}'::jsonb,
           (array[null, '"2025"', '"2025-06"'])[1 + n % 3]::jsonb""",
    ),
    "events": (
        'name, kind, state, "when"',
        """'{"vi": "H"}'::jsonb, 'fair', 'recorded',
           (array[null, '"2025-03-01/2025-03-04"', '"2025-H1"', '"../2024"'])[1 + n % 4]::jsonb""",
    ),
    "sites": (
        "name, kind",
        """'{"vi": "C"}'::jsonb, (array['border_gate', 'airport'])[1 + n % 2]""",
    ),
    "notices": (
        "title, topic, is_to_all, state, sent_on, sent_at",
        """'{"vi": "T"}'::jsonb, 'sps', true, case when n % 3 > 0 then 'sent' else 'draft' end,
           case when n % 3 > 0 then '2025-01-01'::date + n % 5 end,
           case when n % 3 > 0 then now() end""",
    ),
    "notice_acknowledgements": (
        "notice_id, partner_id, acknowledged_on",
        "(select id from notices limit 1), {own}, '2025-01-01'::date + n % 5",
    ),
    "reports": (
        "title, period, kinds, state, cut_off, frozen_at, sections",
        """'{"vi": "B"}'::jsonb, '"2024-H1"'::jsonb, '{}', 'draft', '2025-01-01'::date + n % 5,
           now(), '[]'::jsonb""",
    ),
    "indicators": (
        "code, name, unit, coverage",
        """'i.' || gen_random_uuid(), '{"vi": "C"}'::jsonb, 'USD', '{"en": "All"}'::jsonb""",
    ),
    "observations": (  # each a vintage of its own
        "indicator_id, value, vintage, period",
        """(select id from indicators limit 1), '1', gen_random_uuid(),
           (array[null, '"2025"', '"2025-06"'])[1 + n % 3]::jsonb""",
    ),
}
SORTS = {
    "sources": ["created_at", "published_on"],
    "agencies": ["created_at", "valid_to"],
    "partners": ["created_at", "country", "kind"],
    "documents": ["created_at", "issued_on"],
    "agreements": ["created_at", "signed_on", "ends_on"],
    "partner_relations": ["created_at", "kind"],
    "calendar_days": ["created_at", "day"],
    "compliance_rules": ["created_at", "code"],
    "delegations": ["created_at", "when"],
    "plans": ["created_at"],
    "tasks": ["created_at", "due_on", "code"],
    "assignments": ["created_at", "due_on", "assigned_on"],
    "progress_reports": ["created_at"],
    "evidence": ["created_at"],
    "projects": ["created_at", "kind", "state"],
    "transactions": ["created_at", "on"],
    "events": ["created_at", "when"],
    "sites": ["created_at", "kind"],
    "notices": ["created_at", "sent_on"],
    "notice_acknowledgements": ["created_at", "acknowledged_on"],
    "reports": ["created_at", "cut_off"],
    "indicators": ["created_at", "code"],
    "observations": ["created_at", "period"],
}
KEYS = {
    "delegations": {"when": "when_from"},
    "agreements": {"signed_on": "signed_from"},
    "documents": {"issued_on": "issued_from"},
    "events": {"when": "when_from"},
    "tasks": {"code": "code_order"},
    "transactions": {"on": "on_from"},
    "observations": {"period": "period_from"},
}
"""What a list is sorted by, where that is another column."""
NEEDED = {
    "partner_relations": ["partners"],
    "tasks": ["plans"],
    "assignments": ["plans", "tasks"],
    "progress_reports": ["plans", "tasks", "assignments"],
    "evidence": ["plans", "tasks"],
    "transactions": ["projects"],
    "observations": ["indicators"],
    "notice_acknowledgements": ["notices"],
}
"""What there must be one of."""
OWN = {
    "plans": "documents",
    "assignments": "agencies",
    "evidence": "documents",
    "notice_acknowledgements": "partners",
}
"""What each record needs one of its own of."""
CASES = [
    (table, direction + sort)
    for table, sorts in SORTS.items()
    for sort in sorts
    for direction in ("", "-")
]


async def make(database: "Connection[Any]", table: str, count: int, note: str = "kept") -> None:
    names, values = COLUMNS[table]
    if table in OWN:
        tag = str(uuid4())
        await make(database, OWN[table], count, tag)
        own = f"(select id from {OWN[table]} where note = '{tag}' order by id offset n - 1 limit 1)"
        values = values.replace("{own}", own)
    await database.execute(
        f"insert into {table} (id, version, visibility, note, created_at, {names})"
        f" select gen_random_uuid(), 1, 'internal', $2, '2026-01-01'::timestamptz"
        f" + n % 5 * interval '1 hour', {values} from generate_series(1, $1) n",
        count,
        note,
    )


async def in_order(database: "Connection[Any]", table: str, sort: str) -> list[str]:
    """The ids of the records that stay, as the database itself orders them."""
    key, falls = sort.removeprefix("-"), "desc" if sort.startswith("-") else "asc"
    rows = await database.fetch(
        f"select id from {table} where note = 'kept'"
        f" order by {KEYS.get(table, {}).get(key, key)} {falls} nulls last, id {falls}"
    )
    return [str(row[0]) for row in rows]


async def pages(api: AsyncClient, path: str, after_each: Any = None, **params: Any) -> list[Any]:
    """All records of a list, page by page, following `next_cursor`."""
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await api.get(path, params={**params, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= params["limit"]
        found += page["items"]
        if page["next_cursor"] is None:
            assert "link" not in answer.headers
            return found
        assert len(page["items"]) == params["limit"]
        cursor = {"cursor": page["next_cursor"]}
        if after_each:
            await after_each()


async def restless(url: str, table: str, done: asyncio.Event) -> None:
    """Somebody who makes and removes records of the same kind all the time."""
    connection = await asyncpg.connect(url)
    stays = table == "progress_reports"
    while not done.is_set():
        await make(connection, table, 1 if stays else 6, "passing")
        removed = f"delete from {table} where note = 'passing' and random() < 0.7 and not $1"
        await connection.execute(removed, stays)
    await connection.close()


@pytest.mark.parametrize(("table", "sort"), CASES)
async def test_paging_beside_others_who_write(
    api: AsyncClient, database: "Connection[Any]", database_url: str, table: str, sort: str
) -> None:
    """Nothing that existed throughout is lost or doubled, and the order holds."""
    for above in NEEDED.get(table, []):
        await make(database, above, 1, "above")
    await make(database, table, 45)
    done = asyncio.Event()
    writer = asyncio.create_task(restless(database_url, table, done))

    async def disturbed() -> None:
        await make(database, table, 3, "passing")

    path = f"/{table.replace('_', '-')}"
    found = await pages(api, path, disturbed, sort=sort, limit=7)
    done.set()
    await writer
    ids = [record["id"] for record in found]
    assert len(ids) == len(set(ids))
    kept = [record["id"] for record in found if record["note"] == "kept"]
    assert kept == await in_order(database, table, sort)


async def test_every_order_of_every_list_is_tried() -> None:
    described = {
        operation.path.removeprefix("/api/v1/").replace("-", "_"): next(
            parameter["schema"].get("description") or parameter.get("description", "")
            for parameter in operation.about["parameters"]
            if parameter["name"] == "sort"
        )
        for operation in LISTS
        # That of flags has one order alone.
        if "{id}" not in operation.path and operation.path != "/api/v1/data-quality"
    }
    assert described.keys() == SORTS.keys(), "each list has a row in COLUMNS and one in SORTS"
    for table, sorts in SORTS.items():
        offered = ", ".join(f"{name}, -{name}" for name in sorts)
        assert offered in described[table], (table, described[table])


async def test_one_page_is_the_whole(api: AsyncClient, database: "Connection[Any]") -> None:
    for count, pages_expected in ((0, 1), (6, 1), (7, 2)):
        await database.execute("delete from sources")
        await make(database, "sources", count)
        answers = [await api.get("/sources", params={"limit": 6, "sort": "published_on"})]
        while "link" in answers[-1].headers:
            target = answers[-1].links["next"]["url"]
            assert target.startswith("/api/v1/sources?")
            answers.append(await api.get(f"http://test{target}"))
        assert len(answers) == pages_expected
        assert sum(len(answer.json()["items"]) for answer in answers) == count
        assert answers[-1].json()["next_cursor"] is None


async def test_the_link_leads_on_with_all_filters(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    await make(database, "partners", 30)
    params = {"kind": ["ingo", "media"], "country": "LA", "limit": 2, "sort": "-kind", "q": "p"}
    address = "/partners"
    found: list[Any] = []
    answer = await api.get(address, params=params)
    while True:
        found += answer.json()["items"]
        if "link" not in answer.headers:
            break
        assert answer.headers["link"].endswith('; rel="next"')
        answer = await api.get(f"http://test{answer.links['next']['url']}")
        assert answer.status_code == 200
    assert len(found) == len({record["id"] for record in found}) == 10
    assert {record["country"] for record in found} == {"LA"}


async def test_limits(api: AsyncClient, database: "Connection[Any]") -> None:
    await make(database, "sources", 210)
    assert len((await api.get("/sources")).json()["items"]) == 50
    assert len((await api.get("/sources", params={"limit": 200})).json()["items"]) == 200
    assert len((await api.get("/sources", params={"limit": 1})).json()["items"]) == 1
    for limit in ("201", "0", "-1", "x", "1e2", "9" * 30, "", "1.5"):
        answer = await api.get("/sources", params={"limit": limit})
        assert answer.status_code == 422, limit
        assert answer.json()["errors"][0]["pointer"] == "/limit"


async def test_the_exact_count_is_made_for_who_asks(
    api: AsyncClient, stranger: AsyncClient, database: "Connection[Any]"
) -> None:
    await make(database, "partners", 30)
    await database.execute("update partners set visibility = 'public' where country = 'LA'")
    params: dict[str, Any] = {"count": "exact", "limit": 3}
    assert (await api.get("/partners")).json()["total"] is None
    assert (await api.get("/partners", params=params)).json()["total"] == 30
    assert (await stranger.get("/partners", params=params)).json()["total"] == 10
    first = await api.get("/partners", params=params | {"country": "CN"})
    assert first.json()["total"] == 10
    cursor = first.json()["next_cursor"]
    second = await api.get("/partners", params=params | {"country": "CN", "cursor": cursor})
    assert second.json()["total"] == 10
    answer = await api.get("/partners", params={"count": "about"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/count")


async def test_unknown_parameters_are_told_the_known_ones(api: AsyncClient) -> None:
    for operation in LISTS:
        answer = await api.get(
            f"http://test{operation.at()}", params={"colour": "red", "size": "1"}
        )
        assert answer.status_code == 400, operation
        (error,) = answer.json()["errors"]
        assert error["code"] == "unknown_parameter"
        assert "colour, size" in error["message"]
        for parameter in operation.about["parameters"]:
            if parameter["in"] == "query":
                assert parameter["name"] in error["message"], operation


async def test_an_unknown_order_is_told_the_known_ones(api: AsyncClient) -> None:
    for sort in ("name", "--when", "when,created_at", "WHEN", "", "-", "when "):
        answer = await api.get("/delegations", params={"sort": sort})
        assert answer.status_code == 400, sort
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/sort", "unknown_sort")
        assert "created_at, when" in error["message"]
    assert (await api.get("/delegations", params={"sort": "x" * 61})).status_code == 422


async def test_a_wrong_value_is_422(api: AsyncClient) -> None:
    for path, name, value in (
        ("/partners", "kind", "friend"),
        ("/partners", "country", "XX"),
        ("/partners", "parent_id", "x"),
        ("/partners", "has_parent", "perhaps"),
        ("/partners", "q", " "),
        ("/partners", "q", "a\x00b"),
        ("/partners", "q", "x" * 501),
        ("/delegations", "period", "2025-13"),
        ("/delegations", "direction", ""),
        ("/sources", "published_on_from", "0"),
        ("/sources", "published_on_from", "2025-02-30"),
        ("/sources", "published_on_to", "1e10"),
        ("/sources", "published_on_to", "20250101"),
        ("/agencies", "valid_on", "2025-01-01T00:00:00"),
        ("/agencies", "valid_on", "1735689600"),
        ("/partner-relations", "as_of", "0"),
        ("/partner-relations/summary", "as_of", "0"),
    ):
        answer = await api.get(path, params={name: value})
        assert answer.status_code == 422, (name, value)
        assert answer.json()["errors"][0]["pointer"].startswith(f"/{name}")


async def a_cursor(api: AsyncClient, database: "Connection[Any]") -> str:
    await make(database, "partners", 9)
    await make(database, "sources", 9)
    params = {"limit": 2, "sort": "country", "kind": "ingo"}
    cursor: str = (await api.get("/partners", params=params)).json()["next_cursor"]
    return cursor


async def test_a_cursor_is_bound_to_its_list(api: AsyncClient, database: "Connection[Any]") -> None:
    cursor = await a_cursor(api, database)
    good = {"limit": 2, "sort": "country", "kind": "ingo", "cursor": cursor}
    assert (await api.get("/partners", params=good)).status_code == 200
    assert (await api.get("/partners", params=good | {"limit": 5})).status_code == 200
    for path, params in (
        ("/partners", good | {"sort": "-country"}),
        ("/partners", good | {"sort": "kind"}),
        ("/partners", good | {"kind": "media"}),
        ("/partners", good | {"kind": ["ingo", "media"]}),
        ("/partners", good | {"country": "LA"}),
        ("/partners", {"limit": 2, "sort": "country", "cursor": cursor}),
        ("/sources", {"cursor": cursor}),
        ("/partners", good | {"cursor": cursor[:-2] + "AA"}),
        ("/partners", good | {"cursor": ("B" if cursor[0] == "A" else "A") + cursor[1:]}),
        ("/partners", good | {"cursor": ""}),
        ("/partners", good | {"cursor": "%%%"}),
        ("/partners", good | {"cursor": "ký"}),
        ("/partners", good | {"cursor": "A"}),
    ):
        answer = await api.get(path, params=params)
        assert answer.status_code == 400, params
        assert answer.json()["errors"][0]["code"] == "wrong_cursor"


async def test_a_cursor_of_one_record_is_none_for_another(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    addresses = []
    for _ in range(2):
        partner = await factories.made(api, "/partners", factories.partner())
        addresses.append(f"/partners/{partner['id']}")
        await api.patch(addresses[-1], json={"note": "x"}, headers={"if-match": "*"})
    first = (await api.get(f"{addresses[0]}/history", params={"limit": 1})).json()["next_cursor"]
    params = {"limit": 1, "cursor": first}
    assert (await api.get(f"{addresses[0]}/history", params=params)).status_code == 200
    assert (await api.get(f"{addresses[1]}/history", params=params)).status_code == 400


FORGED: list[Any] = [
    [],
    ["LA"],
    ["LA", "x"],
    ["LA", None],
    [None, None],
    [None, "x"],
    ["LA", "0" * 32, "more"],
    {"country": "LA", "id": "0" * 32},
    "LA",
    7,
    None,
    [1, 2],
    [["LA"], {}],
    ["a\x00b", "0" * 32],
    ["\ud800", "0" * 32],
    [True, "0" * 32],
]


@pytest.mark.parametrize("position", FORGED, ids=repr)
@pytest.mark.parametrize("sort", ["country", "-created_at"])
async def test_a_forged_cursor_is_refused(api: AsyncClient, position: Any, sort: str) -> None:
    """The checksum has no secret, so whoever reads the code can make one."""
    cursor = seal(position, "partners", sort, {}, {})
    answer = await api.get("/partners", params={"sort": sort, "cursor": cursor})
    assert answer.status_code == 400


async def test_a_forged_cursor_of_no_json_is_refused(
    api: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for raw in ("", "{", "[" * 1400, "NaN", "\udcff", '"' + "x" * 500):
        with monkeypatch.context() as patched:
            patched.setattr(json, "dumps", raw_or_dumps(raw))
            cursor = seal(["raw"], "partners", "-created_at", {}, {})
        assert len(cursor) <= 2000
        answer = await api.get("/partners", params={"cursor": cursor})
        assert answer.status_code == 400, raw[:20]


def raw_or_dumps(raw: str) -> Callable[..., Any]:
    dumps = json.dumps

    class Raw(str):
        __slots__ = ()

        def encode(self, *_: Any) -> bytes:
            return super().encode("utf-8", "surrogateescape")

    return lambda value, **more: Raw(raw) if value == ["raw"] else dumps(value, **more)


async def test_a_cursor_holds_when_its_record_is_gone(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    await make(database, "sources", 20)
    expected = await in_order(database, "sources", "published_on")
    for limit in (1, 13, 14):
        params: dict[str, Any] = {"sort": "published_on", "limit": limit}
        page = (await api.get("/sources", params=params)).json()
        last = page["items"][-1]["id"]
        async with database.transaction():
            await database.execute("delete from sources where id = $1", UUID(last))
        rest = await pages(
            api, "/sources", sort="published_on", limit=4, cursor=page["next_cursor"]
        )
        assert [record["id"] for record in rest] == expected[limit:]
        expected.remove(last)


async def test_several_values_are_alternatives_and_filters_narrow(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    await make(database, "partners", 30)

    async def total(**params: Any) -> int:
        answer = await api.get("/partners", params={"count": "exact", **params})
        found: int = answer.json()["total"]
        return found

    assert await total(country="LA") == 10
    assert await total(country=["LA", "CN"]) == 20
    assert await total(country=["LA", "LA"]) == 10
    assert await total(country=["LA", "CN"], kind="media") == 10
    assert await total(country="LA", kind=["media", "other"]) == 5
    assert await total(country="VN") == 0


async def test_text_in_a_search_is_text(api: AsyncClient) -> None:
    await factories.made(api, "/partners", factories.partner("100% Coffee_Co \\ Sơn La"))
    await factories.made(api, "/partners", factories.partner("1000 Tea Co"))

    async def found(q: str) -> list[str]:
        answer = await api.get("/partners", params={"q": q, "sort": "created_at"})
        assert answer.status_code == 200, answer.text
        return [record["name"]["en"] for record in answer.json()["items"]]

    both = ["100% Coffee_Co \\ Sơn La", "1000 Tea Co"]
    assert await found("100% cof") == both[:1]
    assert await found("fee_c") == both[:1]
    assert await found("\\") == both[:1]
    assert await found("son LA 100") == both[:1]
    assert await found("co 100") == both
    for q in ("%", "_", "'; drop table partners; --", "\\%", "%%%%", "\u0301", "(", "a|b", "💣"):
        assert await found(q) == (both[:1] if q in {"%", "_"} else []), q


async def test_a_filter_takes_a_hundred_values(api: AsyncClient) -> None:
    """Each is compared with every record, and an address has room for six thousand."""
    for operation in LISTS:
        for parameter in operation.about["parameters"]:
            if parameter["schema"].get("type") != "array":
                continue
            name = parameter["name"]
            assert parameter["schema"]["maxItems"] == 100, (operation, name)
            values = [f"{name}={value}" for value in ["x"] * 101]
            answer = await api.get(f"http://test{operation.at()}?{'&'.join(values)}")
            assert answer.status_code == 422, (operation, name)
            errors = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
            assert errors[f"/{name}"] == "too_long", (operation, name)


async def test_values_that_are_repeated_count_once(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    await make(database, "partners", 9)
    many = [("country", "LA")] * 60 + [("country", "CN")] * 40
    page = (await api.get("/partners", params=[*many, ("limit", "2")])).json()
    few = {"country": ["LA", "CN"], "limit": 2, "cursor": page["next_cursor"]}
    assert (await api.get("/partners", params=few)).status_code == 200


@pytest.mark.parametrize(("count", "status"), [(20, 200), (21, 422), (250, 422)])
async def test_a_search_has_twenty_words(api: AsyncClient, count: int, status: int) -> None:
    answer = await api.get("/partners", params={"q": " ".join(["a"] * count)})
    assert answer.status_code == status
    found = [(e["pointer"], e["code"]) for e in answer.json().get("errors", [])]
    assert found == ([("/q", "too_many_words")] if status == 422 else [])


@pytest.mark.parametrize("searched", ["GET", "POST"])
async def test_what_is_asked_is_folded_once(
    settings: Settings, api: AsyncClient, database: "Connection[Any]", searched: str
) -> None:
    """And not for every record that it is compared with, which costs more than to compare."""
    await make(database, "partners", 60)
    await database.execute("""update partners set name = '{"en": "Luang Prabang Province"}'""")
    name = await database.fetchval("select current_database()")
    secret = api.headers["authorization"].removeprefix("Bearer ")
    before = await calls(database)
    await database.execute(f"alter database {name} set track_functions = 'all'")
    await database.execute(f"alter database {name} set plan_cache_mode = 'force_generic_plan'")
    try:
        async with running(settings) as app, caller(app, secret) as client:
            if searched == "GET":
                answer = await client.get("/partners", params={"q": "prabang province"})
                assert len(answer.json()["items"]) == 50
            else:
                answer = await client.post("/partners", json=factories.partner())
                assert answer.json()["flags"][0]["code"] == "likely_duplicate"
    finally:
        await database.execute(f"alter database {name} reset all")
    for _ in range(200):
        if await calls(database) > before:
            break
        await asyncio.sleep(0.02)
    assert 0 < await calls(database) - before < 20


def test_a_filter_through_a_reference_is_as_internal_as_what_it_asks_for() -> None:
    """Else a stranger would learn from a count what no view shows."""
    assert through(Evidence.delegation_id, one_of(Delegation.funding)).is_internal
    assert not through(Evidence.delegation_id, one_of(Delegation.state)).is_internal


async def calls(database: "Connection[Any]") -> int:
    """How often text was folded on connections that have ended."""
    found: int = await database.fetchval(
        "select coalesce(sum(calls), 0)::integer from pg_stat_user_functions"
        " where funcname in ('unaccent', 'folded', 'like_words')"
    )
    return found


def test_an_address_says_what_is_asked_for_as_a_caller_would() -> None:
    said = list_address("tasks", has_lead=False, without=[], as_of=None, q="đ &", health=["a", "b"])
    assert said == "/api/v1/tasks?has_lead=false&q=%C4%91+%26&health=a&health=b"
    assert list_address("tasks") == "/api/v1/tasks"
