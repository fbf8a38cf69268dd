"""Every list leaves the service whole: in what form, with what in it, and what happens meanwhile."""

import asyncio
import csv
import io
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from sonla_api.kit import exports
from tests import factories
from tests.kit.test_records import full_records
from tests.routes import API, MINE, READS, Operation, described

Connection = asyncpg.Connection
FORMATS = {
    "csv": "text/csv; charset=utf-8; header=present",
    "ndjson": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
BUSY = "select pid from pg_stat_activity where backend_xmin is not null and pid <> pg_backend_pid()"


def is_list(operation: Operation) -> bool:
    content = operation.about["responses"]["200"].get("content", {})
    name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    return name.startswith("Page_")


EXPORTED = [it for it in [*READS, *MINE] if is_list(it)]


def table(answer: Response) -> list[list[str]]:
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    return [*csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))]


def sheet(answer: Response) -> list[dict[str, tuple[str, str]]]:
    """The cells of each row by column: what kind or style each has, and what it says."""
    archive = ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    rows = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml")).iter(f"{SHEET}row")
    return [{cell.get("r", "").rstrip("0123456789"): said(cell) for cell in row} for row in rows]


def said(cell: ElementTree.Element) -> tuple[str, str]:
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
        assert {*FORMATS.values()} >= {"text/csv; charset=utf-8; header=present"}
        address = f"http://test{operation.at(ids.get(operation.path.split('/')[3]))}"
        for client in (officer,) if operation in MINE else (api, stranger):
            items = (await client.get(address)).json()["items"]
            lines = (await whole(client, address, "ndjson")).text.splitlines()
            assert [json.loads(line) for line in lines] == items, operation
            head, *rows = table(await whole(client, address, "csv"))
            assert head == documented(operation)
            assert len(rows) == len(items)
            assert {len(row) for row in rows} <= {len(head)}
            told, *cells = sheet(await whole(client, address, "xlsx"))
            assert [text for _, text in told.values()] == head
            assert len(cells) == len(items)


def documented(operation: Operation) -> list[str]:
    content = operation.about["responses"]["200"]["content"]
    assert {*content} == {"application/json", *(kind.partition(";")[0] for kind in FORMATS.values())}
    head: str = content["text/csv"]["example"]
    return head.rstrip("\r\n").split(",")
