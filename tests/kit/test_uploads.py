"""How a file comes in: read as it comes, within its limit, and all of it or nothing."""

import tempfile
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from sonla_api.kit import uploads
from sonla_api.kit.files import FILE_LIMIT
from tests.conftest import Connection
from tests.documents.contents import PDF
from tests.factories import document, made
from tests.routes import NO_FILE

FORM = {"content-type": "multipart/form-data; boundary=b"}


def part(content: bytes = PDF, disposition: bytes = b'name="file"; filename="a.pdf"') -> bytes:
    head = b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: form-data; "
    return head + disposition + b"\r\n\r\n" + content + b"\r\n"


END = b"--b--\r\n"


@pytest.fixture
async def address(api: AsyncClient) -> str:
    paper = await made(api, "/documents", document())
    return f"/documents/{paper['id']}/attachments"


async def post(api: AsyncClient, address: str, content: Any, **headers: str) -> Response:
    return await api.post(address, content=content, headers=FORM | headers)


async def in_pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]


@pytest.mark.parametrize("size", [1, 7, 64])
async def test_a_file_is_read_in_pieces_of_any_size(
    api: AsyncClient, address: str, size: int
) -> None:
    tricky = PDF + b"\r\n--b\r\r\n--c--\r\n-"
    made = await post(api, address, in_pieces(part(tricky) + END, size))
    assert made.status_code == 201, made.text
    assert (await api.get(f"http://test{made.json()['href']}")).content == tricky


MALFORMED = {
    "nothing": b"",
    "no multipart": b"%PDF-1.7",
    "JSON": b'{"file": "x"}',
    "no end": part(),
    "broken off": part()[:-20],
    "broken off in its head": part()[:30],
    "no colon": b"--b\r\nContent-Disposition\r\n\r\nx\r\n" + END,
    "another boundary": part().replace(b"--b", b"--c") + b"--c--\r\n",
    "a header without end": b"--b\r\nX: " + b"x" * 100_000,
    "many headers": b"--b\r\n" + b"X: y\r\n" * 1000 + b"\r\n" + END,
}


@pytest.mark.parametrize("what", MALFORMED)
async def test_what_is_no_multipart_is_400(api: AsyncClient, address: str, what: str) -> None:
    answer = await post(api, address, MALFORMED[what])
    assert answer.status_code == 400, answer.text
    assert "multipart/form-data" in answer.json()["detail"]


@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=" + "b" * 300])
async def test_a_boundary_is_needed(api: AsyncClient, address: str, boundary: str) -> None:
    headers = {"content-type": f"multipart/form-data{boundary}"}
    answer = await api.post(address, content=part() + END, headers=headers)
    assert answer.status_code == 400


REFUSED = {
    "no part": (END, "/file", "missing"),
    "a field": (part(disposition=b'name="file"'), "/file", "missing"),
    "no name": (part(disposition=b'filename="a.pdf"'), "/", "extra_forbidden"),
    "no disposition": (b"--b\r\nX: y\r\n\r\nx\r\n", "/", "extra_forbidden"),
    "another part": (part() + part(disposition=b'name="a/b~"'), "/a~1b~0", "extra_forbidden"),
    "a part that is no text": (part(disposition=b'name="\x00"'), "/", "extra_forbidden"),
    "two files": (part() + part(), "/file", "extra_forbidden"),
    "an empty name": (part(disposition=b'name="file"; filename=""'), "/file", "file_name"),
    "a blank name": (part(disposition=b'name="file"; filename=" "'), "/file", "file_name"),
    "a path": (part(disposition=b'name="file"; filename="../a.pdf"'), "/file", "file_name"),
    "a folder": (part(disposition=b'name="file"; filename=".."'), "/file", "file_name"),
    "a backslash": (part(disposition=b'name="file"; filename="a\\\\b.pdf"'), "/file", "file_name"),
    "a NUL": (part(disposition=b'name="file"; filename="a\x00.pdf"'), "/file", "file_name"),
    "no UTF-8": (part(disposition=b'name="file"; filename="K\xea.pdf"'), "/file", "file_name"),
    "a long name": (
        part(disposition=b'name="file"; filename="' + b"a" * 256 + b'"'),
        "/file",
        "file_name",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("language", ["en", "vi"])
async def test_what_is_wrong_with_a_form_is_named(
    api: AsyncClient, address: str, what: str, language: str
) -> None:
    content, pointer, code = REFUSED[what]
    content = content if content == END else content + END
    answer = await post(api, address, content, **{"accept-language": language})
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert "{" not in error["message"]
    assert (await api.get(address)).json()["items"] == []


async def test_a_path_of_windows_is_cut_off(api: AsyncClient, address: str) -> None:
    """As Internet Explorer sends it."""
    name = b'name="file"; filename="C:\\Users\\thu\\a.pdf"'
    answer = await post(api, address, part(disposition=name) + END)
    assert answer.json()["name"] == "a.pdf"


async def test_a_file_is_sent_as_a_form(api: AsyncClient, address: str) -> None:
    for kind in ("application/json", "application/pdf", "application/x-www-form-urlencoded", ""):
        answer = await api.post(address, content=b"{}", headers={"content-type": kind})
        assert answer.status_code == 415
        assert "multipart/form-data" in answer.json()["detail"]
    empty = await api.post(address)
    assert (empty.status_code, empty.json()["errors"][0]["code"]) == (422, "missing")
    assert (await api.post(address, headers=FORM)).status_code == 400
    other = await post(api, "/documents", part() + END)
    assert (other.status_code, other.json()["detail"].count("JSON")) == (415, 1)
    assert (await api.patch(address, json={})).status_code == 405
    patched = await api.patch(address, content=part() + END, headers=FORM)
    assert (patched.status_code, patched.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")


async def test_a_file_over_the_limit_is_413(
    api: AsyncClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nobody said beforehand how long it is; and a form of many small parts."""
    monkeypatch.setattr(uploads, "FILE_LIMIT", 100_000)
    fits, larger = PDF.ljust(100_000), PDF.ljust(100_001)
    assert (await post(api, address, part(fits) + END)).status_code == 201
    much = part(PDF.ljust(200_000)) + END
    beside = part(fits) + END + b"x" * 70_000
    streamed = [in_pieces(content, 5000) for content in (part(larger) + END, beside)]
    for content in (part(larger) + END, much, beside, *streamed):
        answer = await post(api, address, content)
        assert (answer.status_code, answer.json()["limit"]) == (413, 100_000)
    said = {"content-length": "99999999999"}
    assert (await post(api, address, b"", **said)).status_code == 413
    for length in ("²", "-1", "9" * 5000):
        headers = [(b"content-type", FORM["content-type"].encode())]
        headers.append((b"content-length", length.encode("latin-1")))
        odd = await api.post(address, content=part() + END, headers=headers)
        assert odd.status_code == 201, length
    assert FILE_LIMIT == 20 * 1024 * 1024


async def test_a_stranger_is_refused_before_a_byte_is_read(
    app: FastAPI, stranger: AsyncClient
) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("the body was asked for")

    async def send(message: Any) -> None:
        sent.append(message)

    path = f"/api/v1/documents/{NO_FILE}/attachments"
    headers = [(b"content-type", FORM["content-type"].encode()), (b"content-length", b"99999999")]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    await app({**scope, "query_string": b"", "client": ("127.0.0.1", 1)}, receive, send)
    assert sent[0]["status"] == 401


async def test_an_upload_that_breaks_off_leaves_nothing(
    app: FastAPI,
    api: AsyncClient,
    address: str,
    database: "Connection[Any]",
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    content = part(PDF + bytes(600_000))
    parts = iter([content[:300_000], content[300_000:]])
    sent: list[Any] = []

    async def receive() -> Any:
        piece = next(parts, None)
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", FORM["content-type"].encode()), (b"idempotency-key", b"k-1")]
    headers.append((b"authorization", api.headers["authorization"].encode()))
    scope = {"type": "http", "method": "POST", "path": f"/api/v1{address}", "headers": headers}
    await app({**scope, "query_string": b"", "client": ("127.0.0.1", 1)}, receive, send)
    assert sent[0]["status"] == 400
    assert await database.fetchval("select count(*) from attachments") == 0
    assert await database.fetchval("select count(*) from attachment_pieces") == 0
    assert list(tmp_path.iterdir()) == []
    whole = await post(api, address, content + END, **{"idempotency-key": "k-1"})
    assert whole.status_code == 201


async def test_a_file_that_cannot_be_kept_leaves_nothing(
    api: AsyncClient, address: str, database: "Connection[Any]"
) -> None:
    """One transaction: where its last piece fails, the others are not there either."""
    await database.execute(
        "alter table attachment_pieces add constraint ck_attachment_pieces_few check (number < 1)"
    )
    try:
        answer = await post(api, address, part(PDF + bytes(600_000)) + END)
    finally:
        await database.execute(
            "alter table attachment_pieces drop constraint ck_attachment_pieces_few"
        )
    assert answer.status_code == 422
    for table in ("attachments", "attachment_pieces"):
        assert await database.fetchval(f"select count(*) from {table}") == 0
    assert (await api.get(f"{address.removesuffix('/attachments')}/history")).json()["items"][
        1:
    ] == []


async def test_what_is_wrong_is_told_to_who_may_send_a_file(
    as_actor: Callable[..., Any], address: str
) -> None:
    reader = await as_actor("documents:read")
    for content, _, _ in REFUSED.values():
        assert (await post(reader, address, content + END)).status_code == 403
