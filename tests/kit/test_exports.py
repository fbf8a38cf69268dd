"""Every list leaves the service whole: in what form, with what in it, what happens meanwhile."""

import asyncio
import csv
import io
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from sonla_api.kit import exports
from sonla_api.kit.context import PROVINCE_TIME
from tests import factories
from tests.kit.test_records import full_records
from tests.routes import MINE, READS, Operation

Connection = asyncpg.Connection
FORMATS = {
    "csv": "text/csv; charset=utf-8; header=present",
    "ndjson": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OPEN = """
select pid from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
and backend_type = 'client backend'
"""


def is_list(operation: Operation) -> bool:
    content = operation.about["responses"].get("200", {}).get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    return "/Page_" in reference


EXPORTED = [it for it in [*READS, *MINE] if is_list(it)]


def table(answer: Response) -> list[list[str]]:
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    return [*csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))]


def sheet(answer: Response) -> list[dict[str, tuple[str, str]]]:
    """The cells of each row by column: what kind or style each has, and what it says."""
    archive = ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    written = archive.read("xl/worksheets/sheet1.xml")
    rows = ET.fromstring(written).iter(f"{SHEET}row")  # noqa: S314  our own
    return [{cell.get("r", "").rstrip("0123456789"): said(cell) for cell in row} for row in rows]


def said(cell: ET.Element) -> tuple[str, str]:
    kind = cell.get("t") or f"style {cell.get('s')}"
    return kind, "".join(part.text or "" for part in cell.iter() if part.tag[-2:] in ("}t", "}v"))


async def whole(client: AsyncClient, address: str, format_: str, **query: Any) -> Response:
    answer = await client.get(address, params={"format": format_, **query})
    assert answer.status_code == 200, (address, answer.text)
    assert answer.headers["content-type"] == FORMATS[format_]
    return answer


async def test_every_list_is_given_in_every_form(
    api: AsyncClient, as_actor: Callable[..., Any], stranger: AsyncClient
) -> None:
    """The same records in the same order as on its pages, for who has a key and for a stranger."""
    ids = await full_records(api)
    officer = await as_actor(agency="sngv")
    assert len(EXPORTED) > 30
    for operation in EXPORTED:
        address = f"http://test{operation.at(ids.get(operation.path.split('/')[3]))}"
        client = officer if operation in MINE else api
        items = await listed(client, operation, address)
        lines = (await whole(client, address, "ndjson")).text.splitlines()
        assert_same(operation, [json.loads(line) for line in lines], items)
        head, *rows = table(await whole(client, address, "csv"))
        assert head == documented(operation)
        assert {len(row) for row in rows} <= {len(head)}
        told, *cells = sheet(await whole(client, address, "xlsx"))
        assert [text for _, text in told.values()] == head
        assert len(lines) <= len(rows) <= len(cells)
        if operation not in MINE:
            items = await listed(stranger, operation, address)
            lines = (await whole(stranger, address, "ndjson")).text.splitlines()
            assert_same(operation, [json.loads(line) for line in lines], items)


async def listed(client: AsyncClient, operation: Operation, address: str) -> Any:
    names = {parameter["name"] for parameter in operation.about["parameters"]}
    limit = {"limit": 200} if "limit" in names else {}
    return (await client.get(address, params=limit)).json()["items"]


def assert_same(operation: Operation, lines: list[Any], items: list[Any]) -> None:
    """The feed may have gone on meanwhile."""
    is_feed = operation.path == "/api/v1/changes"
    assert lines[: len(items)] == items, operation
    assert is_feed or len(lines) == len(items), operation


def documented(operation: Operation) -> list[str]:
    content = operation.about["responses"]["200"]["content"]
    forms = {"application/json", *(it.partition(";")[0] for it in FORMATS.values())}
    assert {*content} - {"application/geo+json"} == forms
    head: str = content["text/csv"]["example"]
    return head.rstrip("\r\n").split(",")


async def test_a_file_holds_all_that_is_chosen_in_its_order(
    api: AsyncClient, stranger: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_FIRST", 2)
    monkeypatch.setattr(exports, "_NEXT", 3)
    monkeypatch.setattr(exports, "_PORTION", 2)
    for n in range(9):
        body = factories.source(title=f"Báo cáo {n}", visibility="public" if n % 2 else "internal")
        day = {"published_on": f"2025-01-0{n}"} if n else {}
        await factories.made(api, "/sources", body | day | {"language": "vi" if n < 8 else "lo"})
    for client, numbers in ((api, [7, 6, 5, 4, 3, 2, 1, 0]), (stranger, [7, 5, 3, 1])):
        query = {"sort": "-published_on", "language": "vi"}
        head, *rows = table(await whole(client, "/sources", "csv", **query))
        assert [row[head.index("title")] for row in rows] == [f"Báo cáo {n}" for n in numbers]
    assert len(table(await whole(api, "/sources", "csv", language="km"))) == 1
    assert (await whole(api, "/sources", "ndjson", language="km")).content == b""


async def test_the_feed_goes_on_behind_what_is_known(
    api: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_FIRST", 2)
    monkeypatch.setattr(exports, "_NEXT", 2)
    for n in range(5):
        await factories.made(api, "/sources", factories.source(title=f"{n}"))
    feed: list[str] = []
    async with asyncio.timeout(15):  # whoever writes elsewhere in the cluster holds it up
        while len(feed) < 5:
            feed = (await whole(api, "/changes", "ndjson")).text.splitlines()
    after = json.loads(feed[0])["id"]
    assert (await whole(api, "/changes", "ndjson", after=after)).text.splitlines() == feed[1:]


@pytest.mark.parametrize(
    ("accepted", "query", "found"),
    [
        ("text/csv", "", "csv"),
        ("Text/CSV;q=0.8, application/json;q=0.5", "", "csv"),
        ("application/json, text/csv", "", "json"),
        ("text/csv;q=0.5, */*", "", "json"),
        ("text/csv; q=0, application/x-ndjson;q=0.001", "", "ndjson"),
        (FORMATS["xlsx"], "", "xlsx"),
        (FORMATS["xlsx"], "?format=csv", "csv"),
        ("*/*", "?form%61t=csv", "csv"),
        ("*/*", "?format=csv&format=json", "json"),
        ("*/*", "?q=format", "json"),
    ],
)
async def test_the_form_is_chosen(api: AsyncClient, accepted: str, query: str, found: str) -> None:
    answer = await api.get(f"/sources{query}", headers={"accept": accepted})
    assert answer.headers["content-type"] == {"json": "application/json", **FORMATS}[found]
    assert answer.headers["vary"] == "Authorization, Accept, Accept-Language"


async def test_the_file_has_a_name(api: AsyncClient, today: Callable[[str], None]) -> None:
    today("2026-11-28")
    partner = await factories.made(api, "/partners", factories.partner())
    for address, name in (
        ("/partner-relations", "partner-relations"),
        (f"/partners/{partner['id']}/history", "partners-history"),
    ):
        answer = await whole(api, address, "xlsx")
        file = f"{name}-2026-11-28.xlsx"
        expected = f"attachment; filename=\"{file}\"; filename*=UTF-8''{file}"
        assert answer.headers["content-disposition"] == expected
        head = await api.head(address, params={"format": "xlsx"})
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-disposition"] == expected


async def refused(client: AsyncClient, query: str, status: int, *pointers: str) -> Response:
    answer = await client.get(query)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json().get("errors", [])] == [*pointers]
    return answer


async def test_what_cannot_be_exported_is_a_problem(
    api: AsyncClient, as_actor: Callable[..., Any], stranger: AsyncClient
) -> None:
    await refused(api, "/sources?format=csv&limit=5&count=exact", 422, "/limit", "/count")
    await refused(api, "/sources?format=csv&cursor=x", 422, "/cursor")
    await refused(api, "/changes?format=csv&limit=5", 422, "/limit")
    await refused(api, "/sources?format=pdf", 422, "/format")
    await refused(api, "/sources?format=csv&colour=red", 400, "")
    await refused(api, "/sources?format=csv&published_on_from=today", 422, "/published_on_from")
    await refused(api, "/partners/x/history?format=csv", 422, "/id")
    await refused(api, "/search?q=x&format=csv", 400, "")
    listed = await api.get("/code-lists", headers={"accept": "text/csv"})
    assert listed.status_code == 406
    unknown = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
    await refused(api, f"/partners/{unknown}/timeline?format=csv", 404)
    await refused(await as_actor("partners:read"), "/sources?format=csv", 403)
    await refused(stranger, "/me/work?format=csv", 401)
    await refused(stranger, "/delegations?format=csv&funding=self", 401)


RUN = ["=1+1", "+84 212", "-5", "@SUM(A1)", "\tx", "\rx", "＝1+1", "'=1+1", "''@x"]
SAFE = ["'quoted'", "a=1", "0012", 'Thào A "Chớ", bản Mòng', "ແຂວງຫົວພັນ", "dòng 1\ndòng 2", "'"]


async def test_no_cell_is_run_and_every_text_is_found_again(api: AsyncClient) -> None:
    for note in (*RUN, *SAFE):
        await factories.made(api, "/sources", factories.source(note=note))
    head, *rows = table(await whole(api, "/sources", "csv", sort="created_at"))
    notes = [row[head.index("note")] for row in rows]
    assert notes == [*(f"'{note}" for note in RUN), *SAFE]
    told, *cells = sheet(await whole(api, "/sources", "xlsx", sort="created_at"))
    (column,) = [letters for letters, (_, name) in told.items() if name == "note"]
    exact = [("inlineStr", it.replace("\r", "_x000D_")) for it in (*RUN, *SAFE)]
    assert [row[column] for row in cells] == exact


async def test_numbers_days_and_instants_are_what_they_are(api: AsyncClient) -> None:
    project = await factories.made(api, "/projects", factories.project())
    for amount in ("-12.50", "12345678901234567890.5"):
        money = {"amount": amount, "currency": "USD"}
        body = factories.transaction(project["id"], value=money, on="2025-06-26")
        await factories.made(api, "/transactions", body)
    head, *rows = table(await whole(api, "/transactions", "csv", sort="created_at"))
    assert [row[head.index("value.amount")] for row in rows] == ["-12.50", "12345678901234567890.5"]
    told, *cells = sheet(await whole(api, "/transactions", "xlsx", sort="created_at"))
    by_name = {name: letters for letters, (_, name) in told.items()}
    assert cells[0][by_name["value.amount"]] == ("style None", "-12.50")
    assert cells[1][by_name["value.amount"]] == ("inlineStr", "12345678901234567890.5")
    assert cells[0][by_name["version"]] == ("style None", "1")
    style, serial = cells[0][by_name["created_at"]]
    day = datetime(1899, 12, 30, tzinfo=PROVINCE_TIME) + timedelta(days=float(serial))
    made_at = datetime.fromisoformat(rows[0][head.index("created_at")])
    assert style == "style 2"
    assert abs(day - made_at) < timedelta(milliseconds=1)


class Asked:
    """One request to the service as a server passes it on, with what the caller does meanwhile."""

    def __init__(
        self, app: FastAPI, client: AsyncClient, address: str, version: str = "1.1"
    ) -> None:
        self.headers: dict[bytes, bytes] = {}
        self._app, self.body, self.has_ended, self.left = app, b"", False, asyncio.Event()
        path, _, query = address.partition("?")
        self._scope = {
            "type": "http",
            "http_version": version,
            "method": "GET",
            "path": f"/api/v1{path}",
            "raw_path": b"",
            "root_path": "",
            "query_string": query.encode(),
            "scheme": "http",
            "headers": [(b"authorization", client.headers["authorization"].encode())],
            "client": ("127.0.0.1", 1),
            "server": ("test", 80),
        }

    async def run(self, on_piece: Callable[[], Awaitable[None]]) -> None:
        async def receive() -> Any:
            await self.left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            self.headers |= dict(message.get("headers", ()))
            if message["type"] == "http.response.body":
                self.body += message["body"]
                self.has_ended = not message["more_body"]
                await on_piece()

        await self._app(self._scope, receive, send)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of a few records."""
    monkeypatch.setattr(exports, "_FIRST", 2)
    monkeypatch.setattr(exports, "_NEXT", 2)


async def test_a_file_is_of_one_moment(
    app: FastAPI, api: AsyncClient, database: "Connection[Any]", small: None
) -> None:
    """What others change while it is sent is not in it, also where that lies ahead."""
    for n in range(6):
        await factories.made(api, "/sources", factories.source(title=f"{n}"))
    before = (await whole(api, "/sources", "ndjson")).content

    async def others() -> None:
        await database.execute("delete from sources where title = '0'")
        await database.execute("update sources set title = 'changed' where title = '1'")

    asked = Asked(app, api, "/sources?format=ndjson")
    await asked.run(others)
    assert asked.has_ended
    assert asked.body == before
    assert (await whole(api, "/sources", "ndjson")).content != before


async def test_who_hangs_up_ends_it(
    app: FastAPI, api: AsyncClient, database: "Connection[Any]", small: None
) -> None:
    for n in range(6):
        await factories.made(api, "/sources", factories.source(title=f"{n}"))
    asked = Asked(app, api, "/sources?format=ndjson")

    async def leave() -> None:
        asked.left.set()
        await asyncio.Event().wait()

    await asked.run(leave)
    assert asked.body.count(b"\n") == 2
    await freed(database)


async def test_who_receives_nothing_is_cut_off(
    app: FastAPI,
    api: AsyncClient,
    database: "Connection[Any]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exports, "_STALLED", 0.05)
    await factories.made(api, "/sources", factories.source())
    asked = Asked(app, api, "/sources?format=csv")
    with pytest.raises(TimeoutError):
        await asked.run(asyncio.Event().wait)
    await freed(database)


async def test_over_http_1_0_its_length_is_told(app: FastAPI, api: AsyncClient) -> None:
    """Where the end of the connection is the end of the file, one that broke off looks whole."""
    await factories.made(api, "/sources", factories.source())
    asked = Asked(app, api, "/sources?format=csv", "1.0")
    await asked.run(lambda: asyncio.sleep(0))
    assert int(asked.headers[b"content-length"]) == len(asked.body) > 0
    assert asked.body == (await whole(api, "/sources", "csv")).content


async def freed(database: "Connection[Any]") -> None:
    """No transaction is left open, at the latest in five seconds."""
    until = time.monotonic() + 5
    while await database.fetch(OPEN):
        assert time.monotonic() < until
        await asyncio.sleep(0.02)


async def test_as_many_at_once_as_leave_connections_to_others(
    app: FastAPI, api: AsyncClient
) -> None:
    reads = app.state.database.reads
    async with reads.snapshot(), reads.snapshot():
        answer = await refused(api, "/sources?format=csv", 503)
        assert answer.json()["type"] == "/docs/problems/exports-full"
        assert int(answer.headers["retry-after"]) > 0
        assert (await api.get("/sources")).status_code == 200
    assert (await whole(api, "/sources", "csv")).status_code == 200


LARGE = """
insert into sources (id, version, title, note, visibility, created_at, updated_at)
select gen_random_uuid(), 1, 'Báo cáo ' || n, repeat(md5(n::text), 300), 'internal', now(), now()
from generate_series(1, 3000) n
"""


@pytest.fixture
async def under_way(
    live_server: str, api: AsyncClient, database: "Connection[Any]"
) -> AsyncIterator[httpx.Response]:
    """A file of 30 MB over a real line, of which the caller has read the beginning."""
    await database.execute(f"set session_replication_role = replica; {LARGE}")
    await database.execute("set session_replication_role = origin")
    address = f"{live_server}/api/v1/sources?format=csv"
    async with (
        httpx.AsyncClient(headers=dict(api.headers)) as client,
        client.stream("GET", address) as answer,
    ):
        answer.begun = answer.aiter_raw()  # type: ignore[attr-defined]  # a mark of this test
        await anext(answer.begun)  # type: ignore[attr-defined]  # a mark of this test
        yield answer


async def test_who_hangs_up_on_a_real_line_frees_the_connection(
    under_way: httpx.Response, database: "Connection[Any]"
) -> None:
    assert await database.fetch(OPEN)
    await under_way.aclose()
    await freed(database)


async def test_a_file_that_breaks_off_does_not_look_whole(
    under_way: httpx.Response, database: "Connection[Any]", caplog: pytest.LogCaptureFixture
) -> None:
    ((process,),) = await database.fetch(OPEN)
    await database.execute("select pg_terminate_backend($1)", process)
    with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
        async for _ in under_way.begun:  # type: ignore[attr-defined]  # a mark of this test
            pass
    assert "Exception in ASGI application" in caplog.text
