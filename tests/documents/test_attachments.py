"""Files of documents over HTTP: added, listed, downloaded, removed, and who is told of it."""

import asyncio
import hashlib
import json
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from sonla_api.kit.files import FILE_LIMIT
from tests.changes.test_feed import Follower
from tests.conftest import Connection
from tests.documents.contents import CONTENTS, PDF
from tests.factories import agency, document, made
from tests.routes import NO_FILE

HERE = {"If-Match": "*"}
NAME = "Kế hoạch số 152 của Ủy ban nhân dân tỉnh Sơn La (bản ký).pdf"


async def sent(
    api: AsyncClient, paper: Any, content: Any = PDF, name: str = NAME, **more: Any
) -> Response:
    files = {"file": (name, content, "application/octet-stream")}
    return await api.post(f"/documents/{paper['id']}/attachments", files=files, **more)


async def attached(api: AsyncClient, paper: Any, content: Any = PDF, name: str = NAME) -> Any:
    answer = await sent(api, paper, content, name)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def read(api: AsyncClient, paper: Any) -> Any:
    return (await api.get(f"/documents/{paper['id']}")).json()


async def test_a_file_is_given_back_as_it_was_sent(api: AsyncClient) -> None:
    paper = await made(api, "/documents", document())
    answer = await sent(api, paper)
    assert answer.status_code == 201, answer.text
    file = answer.json()
    assert answer.headers["location"] == file["href"]
    assert answer.headers["etag"].startswith('"1.')
    assert file["href"] == f"/api/v1/documents/{paper['id']}/attachments/{file['id']}"
    assert (file["name"], file["media_type"], file["size"]) == (NAME, "application/pdf", len(PDF))
    assert file["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert file["created_by"] is not None
    got = await api.get(f"http://test{file['href']}")
    assert (got.status_code, got.content) == (200, PDF)
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["content-length"] == str(len(PDF))
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["etag"] == f'"1.{file["sha256"][:8]}"'
    assert got.headers["content-disposition"] == (
        'attachment; filename="Ke hoach so 152 cua Uy ban nhan dan tinh Son La (ban ky).pdf";'
        " filename*=UTF-8''K%E1%BA%BF%20ho%E1%BA%A1ch%20s%E1%BB%91%20152%20c%E1%BB%A7a%20%E1%BB%A6y"
        "%20ban%20nh%C3%A2n%20d%C3%A2n%20t%E1%BB%89nh%20S%C6%A1n%20La%20%28b%E1%BA%A3n%20k%C3%BD%29"
        ".pdf"
    )


async def test_a_document_shows_its_files_and_keeps_its_version(api: AsyncClient) -> None:
    paper = await made(api, "/documents", document())
    before = (await api.get(f"/documents/{paper['id']}")).headers["etag"]
    files = [await attached(api, paper, name=f"{n}.pdf") for n in range(3)]
    shown = await read(api, paper)
    assert [file["name"] for file in shown["attachments"]] == ["0.pdf", "1.pdf", "2.pdf"]
    assert shown["attachments"][0] == {
        name: files[0][name] for name in ("id", "name", "media_type", "size", "href")
    }
    assert shown | {"attachments": []} == paper
    # Nobody's own file is in the way of his change.
    patched = await api.patch(
        f"/documents/{paper['id']}", json={"note": "x"}, headers={"If-Match": before}
    )
    assert (patched.status_code, patched.json()["version"]) == (200, 2)
    address = f"/documents/{paper['id']}/attachments"
    found, cursor = [], ""
    while cursor is not None:
        params = {"limit": 2, "count": "exact", **({"cursor": cursor} if cursor else {})}
        page = (await api.get(address, params=params)).json()
        found += page["items"]
        cursor = page["next_cursor"]
        assert page["total"] == 3
    assert found == files
    newest = (await api.get(address, params={"sort": "-created_at"})).json()["items"]
    assert newest == files[::-1]


async def test_a_file_is_known_by_its_etag_and_asked_for_by_head(api: AsyncClient) -> None:
    paper = await made(api, "/documents", document())
    href = f"http://test{(await attached(api, paper))['href']}"
    got = await api.get(href)
    for known in (got.headers["etag"], '"1.00000000", ' + got.headers["etag"], "*"):
        again = await api.get(href, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == got.headers["etag"]
    assert (await api.get(href, headers={"If-None-Match": '"1.00000000"'})).status_code == 200
    head = await api.head(href)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "content-type", "content-disposition", "etag"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize("accepted", ["application/pdf", "text/html, image/*", "*/*;q=0"])
async def test_a_file_is_given_whatever_is_accepted(api: AsyncClient, accepted: str) -> None:
    paper = await made(api, "/documents", document())
    href = f"http://test{(await attached(api, paper))['href']}"
    assert (await api.get(href, headers={"Accept": accepted})).content == PDF
    address = f"/documents/{paper['id']}/attachments"
    assert (await api.get(address, headers={"Accept": accepted})).status_code == 406


async def test_a_file_that_is_sent_again_is_kept_once(api: AsyncClient) -> None:
    """Although the boundaries of multipart differ each time."""
    paper = await made(api, "/documents", document())
    first, second = [await sent(api, paper, headers={"Idempotency-Key": "k-1"}) for _ in range(2)]
    assert first.request.headers["content-type"] != second.request.headers["content-type"]
    assert (second.status_code, second.json()) == (201, first.json())
    assert second.headers["location"] == first.headers["location"]
    assert len((await read(api, paper))["attachments"]) == 1
    for content, name in ((PDF + b"\n", NAME), (PDF, "other.pdf")):
        other = await sent(api, paper, content, name, headers={"Idempotency-Key": "k-1"})
        assert (other.status_code, other.json()["type"]) == (422, "/docs/problems/key-reused")


async def test_a_removed_file_is_gone(api: AsyncClient, database: "Connection[Any]") -> None:
    paper = await made(api, "/documents", document())
    file, kept = await attached(api, paper), await attached(api, paper, name="kept.pdf")
    href = f"http://test{file['href']}"
    assert (await api.delete(href)).status_code == 428
    stale = await api.delete(href, headers={"If-Match": '"2.00000000"'})
    assert (stale.status_code, stale.json()["version"]) == (412, 1)
    etag = (await api.get(href)).headers["etag"]
    assert (await api.delete(href, headers={"If-Match": etag})).status_code == 204
    assert (await api.get(href)).status_code == 410
    assert (await api.delete(href, headers=HERE)).status_code == 410
    assert [it["id"] for it in (await read(api, paper))["attachments"]] == [kept["id"]]
    assert await database.fetchval("select count(*) from attachment_pieces") == 1


async def test_files_go_with_their_document(api: AsyncClient, database: "Connection[Any]") -> None:
    paper = await made(api, "/documents", document())
    file = await attached(api, paper)
    address = f"/documents/{paper['id']}"
    assert (await api.delete(address, headers=HERE)).status_code == 204
    for gone in (f"{address}/attachments", f"{address}/attachments/{file['id']}"):
        assert (await api.get(gone)).status_code == 410
    assert (await sent(api, paper)).status_code == 410
    count = "select (select count(*) from attachments) + (select count(*) from attachment_pieces)"
    assert await database.fetchval(count) == 0


async def test_what_is_not_there_is_404(api: AsyncClient) -> None:
    paper, other = [await made(api, "/documents", document()) for _ in range(2)]
    file = await attached(api, paper)
    for of, id_ in ((paper["id"], NO_FILE), (other["id"], file["id"]), (NO_FILE, file["id"])):
        address = f"/documents/{of}/attachments/{id_}"
        assert (await api.get(address)).status_code == 404
        assert (await api.delete(address, headers=HERE)).status_code == 404
    assert (await api.get(f"/documents/{NO_FILE}/attachments")).status_code == 404
    assert (await sent(api, {"id": NO_FILE})).status_code == 404
    empty = await api.get(f"/documents/{other['id']}/attachments")
    assert (empty.status_code, empty.json()["items"]) == (200, [])


async def test_a_document_has_so_many_files_and_no_more(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    paper = await made(api, "/documents", document())
    await attached(api, paper)
    await database.execute(
        "insert into attachments (id, document_id, name, media_type, size, sha256)"
        " select gen_random_uuid(), document_id, name, media_type, size, sha256"
        " from attachments, generate_series(2, 99)"
    )
    answers = await asyncio.gather(*(sent(api, paper) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422]
    (refused, _) = [answer for answer in answers if answer.status_code == 422]
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/file", "too_many_files")


async def test_who_writes_a_document_adds_its_files(
    api: AsyncClient, as_actor: Callable[..., Any], stranger: AsyncClient
) -> None:
    owner = await made(api, "/agencies", agency(key="owner"))
    await made(api, "/agencies", agency(key="other"))
    writes = "documents:read documents:write"
    writer = await as_actor(writes, agency="owner")
    other, reader = await as_actor(writes, agency="other"), await as_actor("documents:read")
    paper = await made(writer, "/documents", document(visibility="public"))
    assert paper["owner_agency"]["id"] == owner["id"]
    file = await attached(writer, paper)
    href = f"http://test{file['href']}"
    for caller, status in ((other, 403), (reader, 403), (stranger, 401)):
        assert (await sent(caller, paper)).status_code == status
        assert (await caller.delete(href, headers=HERE)).status_code == status
        assert (await caller.get(href)).content == PDF
    (listed,) = (await stranger.get(f"/documents/{paper['id']}/attachments")).json()["items"]
    assert listed == file | {"created_by": None}
    assert (await writer.delete(href, headers=HERE)).status_code == 204


async def test_files_are_seen_by_whoever_sees_the_document(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    paper = await made(api, "/documents", document(visibility="public"))
    file, removed = await attached(api, paper), await attached(api, paper, name="Removed.pdf")
    address = f"/documents/{paper['id']}"
    href, gone = (f"http://test{it['href']}" for it in (file, removed))
    assert (await api.delete(gone, headers=HERE)).status_code == 204
    assert [(await stranger.get(it)).status_code for it in (href, gone)] == [200, 410]
    await api.patch(address, json={"visibility": "internal"}, headers=HERE)
    later = await attached(api, paper, name="Later.pdf")
    for hidden in (address, f"{address}/attachments", f"{address}/history", href, gone):
        assert (await stranger.get(hidden)).status_code == 404, hidden
    events = await Follower(stranger).until(5)
    assert events[-1]["type"] == "vn.gov.sonla.document.deleted.v1"
    await Follower(api).until(6)
    for way in ("/changes?limit=200", "/documents"):
        told = (await stranger.get(way)).text
        assert later["id"] not in told
        assert "Later.pdf" not in told


async def test_who_added_and_removed_what_is_told(api: AsyncClient) -> None:
    paper = await made(api, "/documents", document())
    file = await attached(api, paper)
    await api.delete(f"http://test{file['href']}", headers=HERE)
    history = (await api.get(f"/documents/{paper['id']}/history")).json()["items"]
    assert [(it["action"], it["version"]) for it in history] == [
        ("updated", 1),
        ("updated", 1),
        ("created", 1),
    ]
    about = {name: file[name] for name in ("id", "name", "media_type", "size", "sha256")}
    removed, added = history[0]["fields"], history[1]["fields"]
    assert added == [{"field": "attachments", "before": None, "after": about}]
    assert removed == [{"field": "attachments", "before": about, "after": None}]
    assert {it["actor"]["name"] for it in history} == {"Test"}
    events = await Follower(api).until(3)
    assert [event["data"]["changed"] for event in events[1:]] == [["attachments"]] * 2
    assert {event["data"]["version"] for event in events} == {1}
    assert events[1]["type"] == "vn.gov.sonla.document.updated.v1"


@pytest.mark.parametrize("name", CONTENTS)
async def test_every_type_is_known_by_its_content(api: AsyncClient, name: str) -> None:
    paper = await made(api, "/documents", document())
    media_type, content = CONTENTS[name]
    file = await attached(api, paper, content, name.upper())
    assert (file["name"], file["media_type"]) == (name.upper(), media_type)
    got = await api.get(f"http://test{file['href']}")
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    assert (got.content, got.headers["content-type"]) == (content, media_type + charset)


REFUSED: dict[str, tuple[str, bytes, str]] = {
    "a programme": ("setup.exe", b"MZ\x90\0", "file_type"),
    "a page": ("page.html", b"<script>alert(1)</script>", "file_type"),
    "a drawing that runs": ("a.svg", b"<svg onload='alert(1)'/>", "file_type"),
    "an archive": ("a.zip", CONTENTS["a.docx"][1], "file_type"),
    "no type": ("Kế hoạch", PDF, "file_type"),
    "nothing but a type": (".pdf", b"", "file_empty"),
    "nothing": ("a.txt", b"", "file_empty"),
    "a page called PDF": ("a.pdf", b"<html>", "file_content"),
    "an archive called Word": ("a.docx", CONTENTS["a.xlsx"][1], "file_content"),
    "Excel called Word": ("a.doc", CONTENTS["a.xls"][1], "file_content"),
    "bytes called text": ("a.txt", b"a\0b", "file_content"),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("language", ["en", "vi"])
async def test_what_is_not_kept_is_told(api: AsyncClient, what: str, language: str) -> None:
    name, content, code = REFUSED[what]
    paper = await made(api, "/documents", document())
    answer = await sent(api, paper, content, name, headers={"Accept-Language": language})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/file", code)
    assert "{" not in error["message"]
    assert (await read(api, paper))["attachments"] == []


async def test_names_are_kept_as_they_are(api: AsyncClient) -> None:
    paper = await made(api, "/documents", document())
    for name in ("ế" * 251 + ".pdf", 'Thư "mời".pdf', "a;b=c%20d.pdf", "ແຜນການ.pdf", " .pdf", "…"):
        given = name if name != "…" else unicodedata.normalize("NFD", "Quyết định.pdf")
        file = await attached(api, paper, name=given)
        assert file["name"] == unicodedata.normalize("NFC", given)
        got = await api.get(f"http://test{file['href']}")
        assert got.headers["content-disposition"].isascii()
        assert "\n" not in got.headers["content-disposition"]


MARKED = {
    "name": ("Phương án (TUYỆT MẬT) Khoanhkhac.pdf", PDF),
    "name alone": ("MẬT.pdf", PDF),
    "decomposed name": (unicodedata.normalize("NFD", "Mật - Khoanhkhac.pdf"), PDF),
    "name of what is not kept": ("Tối mật Khoanhkhac.exe", b"MZ"),
    "text": ("a.txt", "Dòng một\r\nKhoanhkhac\r\nTỐI MẬT\r\n".encode()),
    "text after a mark of order": ("a.csv", "\ufeffMẬT\nKhoanhkhac".encode()),
    "decomposed text": (
        "a.txt",
        unicodedata.normalize("NFD", "x\n\nĐộ mật: Mật\nKhoanhkhac").encode(),
    ),
}


@pytest.mark.parametrize("what", MARKED)
async def test_nothing_of_a_secret_file_stays(
    api: AsyncClient, database: "Connection[Any]", caplog: Any, what: str
) -> None:
    name, content = MARKED[what]
    paper = await made(api, "/documents", document())
    tables = await database.fetch("select tablename from pg_tables where schemaname = 'public'")
    count = "select " + " + ".join(f"(select count(*) from {name})" for (name,) in tables)
    before = await database.fetchval(count)
    answer = await sent(api, paper, content, name, headers={"Idempotency-Key": "k-1"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/file", "state_secret")
    assert "Khoanhkhac" not in json.dumps(answer.json(), ensure_ascii=False)
    assert await database.fetchval(count) == before
    assert caplog.text == ""
    assert (await sent(api, paper, headers={"Idempotency-Key": "k-1"})).status_code == 201


async def test_the_largest_file_comes_and_goes_in_pieces(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    paper = await made(api, "/documents", document())
    largest = PDF + bytes(FILE_LIMIT - len(PDF))
    file = await attached(api, paper, largest)
    longest = await database.fetchval("select max(length(content)) from attachment_pieces")
    assert (file["size"], longest) == (FILE_LIMIT, 256 * 1024)
    async with api.stream("GET", f"http://test{file['href']}") as got:
        digest = hashlib.sha256(b"".join([piece async for piece in got.aiter_bytes()]))
    assert digest.hexdigest() == file["sha256"]
    refused = await sent(api, paper, largest + b" ")
    assert (refused.status_code, refused.json()["limit"]) == (413, FILE_LIMIT)


async def download(app: FastAPI, api: AsyncClient, path: str, events: Any) -> list[Any]:
    """What the service sends to a caller who behaves as `events` say after each piece."""
    messages: list[Any] = []
    hung_up = asyncio.Event()

    async def receive() -> Any:
        await hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        messages.append(message)
        if message.get("body"):
            await events(hung_up)

    headers = [(b"authorization", api.headers["authorization"].encode())]
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers}
    whom = {"query_string": b"", "client": ("127.0.0.1", 1), "asgi": {"spec_version": "2.3"}}
    await app({**scope, **whom}, receive, send)
    return messages


@pytest.fixture
async def large(api: AsyncClient) -> Any:
    """A file of five pieces."""
    paper = await made(api, "/documents", document())
    return await attached(api, paper, PDF + bytes(1_200_000))


async def test_a_caller_who_hangs_up_holds_nothing(
    app: FastAPI, api: AsyncClient, large: Any
) -> None:
    async def hang_up(hung_up: asyncio.Event) -> None:
        hung_up.set()
        await asyncio.sleep(0)

    messages = await download(app, api, large["href"], hang_up)
    assert 1 < len(messages) < 5
    # All connections are there to be lent.
    pages = await asyncio.gather(*(api.get("/documents") for _ in range(20)))
    assert {page.status_code for page in pages} == {200}


async def test_a_caller_who_reads_slowly_holds_no_connection(
    app: FastAPI, api: AsyncClient, large: Any
) -> None:
    size = app.state.database.reads._places._value

    async def look(_: asyncio.Event) -> None:
        assert app.state.database.reads._places._value == size

    messages = await download(app, api, large["href"], look)
    assert [message.get("more_body") for message in messages] == [None, *[True] * 5, False]


async def test_a_file_removed_while_it_is_read_breaks_off(
    app: FastAPI, api: AsyncClient, large: Any
) -> None:
    async def remove(_: asyncio.Event) -> None:
        await api.delete(f"http://test{large['href']}", headers=HERE)

    messages = await download(app, api, large["href"], remove)
    sent = sum(len(message.get("body", b"")) for message in messages)
    assert sent == 256 * 1024 < large["size"]


async def test_files_on_a_real_socket(live_server: str, api: AsyncClient) -> None:
    key = {"authorization": api.headers["authorization"]}
    paper = await made(api, "/documents", document())
    content = PDF + bytes(3_000_000)
    async with AsyncClient(base_url=f"{live_server}/api/v1", headers=key) as client:
        file = await attached(client, paper, content)
        got = await client.get(f"{live_server}{file['href']}")
        assert hashlib.sha256(got.content).hexdigest() == file["sha256"]
        head = await client.head(f"{live_server}{file['href']}")
        assert head.headers["content-length"] == str(len(content))
