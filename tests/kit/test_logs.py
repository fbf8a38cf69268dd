import json
import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient

from sonla_api.kit import logs
from sonla_api.settings import Settings
from tests import factories
from tests.conftest import Connection
from tests.running import caller, running

JSON = {"content-type": "application/json"}


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


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
async def test_no_secret_is_logged_or_answered(
    root: logging.Logger,
    settings: Settings,
    api: AsyncClient,
    database: "Connection[Any]",
    capsys: pytest.CaptureFixture[str],
    level: str,
) -> None:
    """Neither keys, right or wrong, nor what was written, whether it was taken, refused or lost."""
    key, wrong = api.headers["authorization"], f"Bearer sonla_{'q' * 40}"
    body, name = "the Governor's illness", "name-of-a-request"
    secrets = [key.partition(" ")[2], wrong.partition(" ")[2], "dXNlcjpwYXNz", body, name]
    ours = {"authorization": key, "idempotency-key": name, "if-match": "*"}
    given = factories.partner(note=body)
    logs.configure(level)
    async with running(settings) as app, caller(app) as client:
        for strange in (wrong, f"Bearer {body}", "Basic dXNlcjpwYXNz", key.lower() + "x"):
            headers = ours | {"authorization": strange}
            assert (await client.get("/partners", headers=headers)).status_code == 401
            refused = await client.post("/partners", json=given, headers=headers)
            assert refused.status_code == 401
            assert not [secret for secret in secrets if secret in refused.text]
        made = await client.post("/partners", json=given, headers=ours)
        address = f"/partners/{made.json()['id']}"
        changed = await client.patch(address, json={"note": f"{body}!"}, headers=ours)
        assert (made.status_code, changed.status_code) == (201, 200)
        answers = [
            await client.post("/partners", json=given | {"note": 1}, headers=ours),
            await client.post("/partners", json=given | {"country": body}, headers=ours),
            await client.post("/partners", content=f'{{"note": "{body}', headers=JSON | ours),
            await client.post("/partners", content=body, headers=ours),
            await client.post("/partners", json=given | {"kind": "other"}, headers=ours),
            await client.patch(address, json={"website": body}, headers=ours),
            await client.patch(address, json={"printed": {"note": body * 500}}, headers=ours),
            await client.get("/partners", params={"cursor": body}, headers=ours),
        ]
        await database.execute("alter table partners rename column note to remark")
        try:
            again = ours | {"idempotency-key": f"{name}-2"}
            answers += [
                await client.post("/partners", json=given, headers=again),
                await client.patch(address, json=given, headers=again),
                await client.get("/partners", headers=again),
                await client.get(address, headers=again),
            ]
        finally:
            await database.execute("alter table partners rename column remark to note")
    said = capsys.readouterr().err
    assert {answer.status_code for answer in answers} == {400, 415, 422, 500}
    assert "UndefinedColumn" in said
    for secret in secrets:
        assert secret not in said
        assert not [answer for answer in answers if secret in answer.text]
