import json
import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient

from sonla_api.kit import logs
from tests import factories
from tests.conftest import Connection


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[logging.Logger]:
    """Loggers without pytest's own handlers, which would be closed."""
    level = logging.root.level
    monkeypatch.setattr(logging.root, "handlers", [])
    yield logging.root
    logging.root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_library_is_logged_as_json_with_the_request_it_worked_for(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("INFO")
    logging.getLogger("asyncpg").info("nothing is asked of it")
    token = logs.request_id.set("01a2")
    try:
        logging.getLogger("asyncpg").warning("Sơn La is %s", "away")
    finally:
        logs.request_id.reset(token)
    first, second = lines(capsys)
    assert "request_id" not in first
    assert second["event"] == "Sơn La is away"
    assert (second["level"], second["logger"], second["request_id"]) == (
        "warning",
        "asyncpg",
        "01a2",
    )
    assert second["timestamp"].endswith("Z")


def test_an_error_brings_its_traceback_in_the_same_line(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("ERROR")
    logging.getLogger("sonla_api").warning("not at this level")
    try:
        date.fromisoformat("2025-02-30")
    except ValueError:
        logging.getLogger("sonla_api").exception("failed")
    (line,) = lines(capsys)
    assert "ValueError: day is out of range" in line["exception"]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_a_broken_rule_of_no_name_is_logged_without_what_was_written(
    root: logging.Logger,
    api: AsyncClient,
    database: "Connection[Any]",
    capsys: pytest.CaptureFixture[str],
    method: str,
) -> None:
    """PostgreSQL repeats the whole row that it refuses, and so do asyncpg and SQLAlchemy."""
    made = await factories.made(api, "/partners", factories.partner())
    await database.execute("alter table partners add constraint odd check (note is null)")
    logs.configure()
    try:
        path = "/partners" if method == "POST" else f"/partners/{made['id']}"
        body = factories.partner() if method == "POST" else {}
        answer = await api.request(
            method, path, json={**body, "note": "a private matter"}, headers={"if-match": "*"}
        )
    finally:
        await database.execute("alter table partners drop constraint odd")
    said = capsys.readouterr().err
    assert answer.status_code == 500
    assert "violates check constraint" in said
    assert "a private matter" not in answer.text + said
